/* SPDX-License-Identifier: MIT */
/* condis call: sends one stream to all leaves of one call, which come and go. */
#define _GNU_SOURCE
#include "call.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "caller.h"

/* --- Options -------------------------------------------------------------------------------- */

static const char *take_to(void *context, const char *value)
{
    struct call_settings *settings = context;
    if (settings->to_count == CALL_TO_MAX)
        return "is given too often; one --to holds any number of addresses: @a,@b,@c";
    settings->to[settings->to_count++] = value;
    return NULL;
}

static const char *take_rate(void *rate_bits_s, const char *value)
{
    static const char wrong[] = "wants bits a second, such as 64K, 20M or 2.5G; at least 1K";
    char *end;
    double rate = strtod(value, &end);
    rate *= *end == 'K' ? 1e3 : *end == 'M' ? 1e6 : *end == 'G' ? 1e9 : 1;
    end += *end == 'K' || *end == 'M' || *end == 'G';
    if (end == value || *end || !(rate >= 1e3 && rate <= 1e12))
        return wrong;
    *(uint64_t *)rate_bits_s = (uint64_t)rate;
    return NULL;
}

static const struct option_row rows[] = {
    SESSION_ENDS("this end's own address"),
    {"--to", "@A,@B,...", "the first leaves", OPTION_OWN(struct call_settings, session, take_to)},
    {"--send", "FILE", "what is sent; -: standard input, which then holds no commands",
     OPTION_TEXT(struct call_settings, send)},
    {"--rate", "BITS", "bits of data a second: 64K, 20M, 2.5G (default: no limit)",
     OPTION_OWN(struct call_settings, rate_bits_s, take_rate)},
    {"--chunk", "BYTES", "data in one frame, 1 to 65519 (default 8192)",
     OPTION_U32(struct call_settings, chunk_bytes, 1, SOURCE_CHUNK_MAX), .of = "bytes"},
    SESSION_ROWS,
};

/* --- The end -------------------------------------------------------------------------------- */

static void call_close(struct caller *caller)
{
    size_t bytes = strlen(caller->words);
    if (!caller->call)
        return;
    source_stop(&caller->source);
    condis_status status = condis_call_close(caller->call, bytes ? caller->words : NULL, bytes);
    if (status != CONDIS_SUCCESS && bytes) {
        session_say(&caller->session, "closed without words: %s", condis_status_name(status));
        condis_call_close(caller->call, NULL, 0);
    }
    condis_call_closed_wait(caller->call, CALL_REPORT_MS);
    source_end(&caller->source);
    leaves_look(&caller->leaves, caller->call, caller_sent_bytes(caller),
                atomic_load(&caller->source.end_sent));
}

static int report(struct caller *caller)
{
    static const char *const names[] = {
        [ENDING_STREAM] = "complete", [ENDING_USER] = "closed", [ENDING_STOPPED] = "stopped",
        [ENDING_LOST] = "lost",       [ENDING_FILE] = "file",
    };
    bool well = caller->ending == ENDING_USER || caller->ending == ENDING_STREAM;
    well = well && leaves_all_well(&caller->leaves, caller->ending == ENDING_USER);
    int status = well ? EXIT_PASSED : EXIT_FAILED;
    session_say(&caller->session, "%s, %" PRIu64 " bytes sent:", names[caller->ending],
                caller_sent_bytes(caller));
    leaves_say(&caller->leaves, caller_sent_bytes(caller));
    if (caller->settings.session.json)
        session_json(&caller->session,
                     json_pack("{s:s, s:I, s:i, s:o}", "end", names[caller->ending], "sent_bytes",
                               (json_int_t)caller_sent_bytes(caller), "exit_status", status,
                               "leaves", leaves_json(&caller->leaves, caller_sent_bytes(caller))));
    return status;
}

/* --- The command ---------------------------------------------------------------------------- */

static bool leaves_read(struct caller *caller)
{
    for (size_t i = 0; i < caller->settings.to_count; i++) {
        char *list = strdup(caller->settings.to[i]);
        char *rest = list;
        bool good = list != NULL;
        for (char *name; good && (name = strsep(&rest, ","));)
            good = leaves_append(&caller->leaves, name) != NULL;
        free(list);
        if (!good)
            return false;
    }
    return true;
}

static int caller_run(struct caller *caller, const struct surroundings *around)
{
    if (!leaves_read(caller))
        return EXIT_USAGE;
    char name[32];
    snprintf(name, sizeof name, "call-%ld", (long)getpid()); /* no other caller's */
    if (!session_begin(&caller->session, &caller->settings.session, around, name, caller->poke_fd))
        return EXIT_USAGE;
    caller_turns(caller);
    call_close(caller);
    int status = report(caller);
    condis_call_release(caller->call);
    return session_end(&caller->session) || status != EXIT_PASSED ? status : EXIT_FAILED;
}

static int file_open(struct caller *caller, const struct surroundings *around)
{
    const char *name = caller->settings.send;
    bool standard = !strcmp(name, "-");
    caller->source.fd = standard ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);
    caller->in_fd = standard ? -1 : around->in_fd;
    if (caller->source.fd < 0)
        return command_refuse("%s: %s", name, strerror(errno));
    char probe;
    if (!standard && read(caller->source.fd, &probe, 0) < 0) {
        int error = errno;
        close(caller->source.fd);
        return command_refuse("%s: %s", name, strerror(error));
    }
    caller->source.chunk_bytes = caller->settings.chunk_bytes;
    caller->source.rate_bits_s = caller->settings.rate_bits_s;
    caller->poke_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    caller->source.poke_fd = caller->leaves.poke_fd = caller->poke_fd;
    if (caller->poke_fd >= 0)
        return EXIT_PASSED;
    close(caller->source.fd);
    return command_refuse("no event: %s", strerror(errno));
}

static int read_settings(const struct command *self, struct call_settings *settings,
                         const char *const *arguments, size_t argument_count, bool *run)
{
    struct option_rest rest;
    int status;
    *run = command_read(self, settings, arguments, argument_count, &rest, &status);
    option_rest_free(&rest);
    if (!*run)
        return status;
    *run = false;
    if (!settings->session.medium[0])
        return command_refuse("call: which switch? --switch HOST[:PORT]");
    if (settings->to_count == 0)
        return command_refuse("call: to whom? --to @A,@B,...");
    if (!settings->send)
        return command_refuse("call: what is sent? --send FILE");
    *run = true;
    return EXIT_PASSED;
}

int call_run(const struct command *self, const struct surroundings *around,
             const char *const *arguments, size_t argument_count)
{
    struct caller *caller = calloc(1, sizeof *caller);
    bool run = false;
    if (!caller)
        return command_refuse("no memory");
    caller->settings.chunk_bytes = SOURCE_CHUNK_DEFAULT;
    caller->leaves.session = &caller->session;
    int status = read_settings(self, &caller->settings, arguments, argument_count, &run);
    if (run)
        status = file_open(caller, around);
    if (run && status == EXIT_PASSED) {
        status = caller_run(caller, around);
        close(caller->poke_fd);
        close(caller->source.fd);
    }
    leaves_free(&caller->leaves);
    free(caller);
    return status;
}

static int run(const struct command *self, const char *const *arguments, size_t argument_count)
{
    return session_run(self, arguments, argument_count, call_run);
}

const struct command command_call = {
    .name = "call",
    .arguments = "--switch HOST[:PORT] --to @A,@B,... --send FILE [OPTION...]",
    .help = "Sends one stream to all leaves of one call, which may come and go.",
    .manual =
        "The command calls the first leaf that can be reached, adds the others of --to, and sends "
        "the file to all of them when each has joined or refused. While it runs, lines on "
        "standard input are commands: add @NAME, drop @NAME [WORDS], status, close [WORDS]. A "
        "leaf that is added later gets what is sent from then on. WORDS reach the leaf as close "
        "data, where the signalling carries them (UNI 4.0).\n\n"
        "At the end of the file the leaves hang up, each with a report of what it has. A leaf "
        "that does not within ten seconds is ended with the call. SIGINT and SIGTERM close the "
        "call in order.\n\n"
        "The exit status is 0 when every leaf got all it should have: it reported everything "
        "from its joining on, or had enough and lacks nothing till then, or was dropped by a "
        "command, or was there when `close` ended the call. It is 1 when a leaf refused, left "
        "early, lost something or did not report, when a driver broke a rule or leaked, and after "
        "SIGINT; 2 when the call could not begin. A leaf under UNI 3.1 reports by hanging up at "
        "the end. Of a leaf that was dropped or ended by `close`, no report comes: the command "
        "knows then only that the link took what was sent.",
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
