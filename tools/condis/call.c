/* SPDX-License-Identifier: MIT */
/* condis call: sends one stream to all leaves of one call, which come and go. */
#define _GNU_SOURCE
#include "call.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "leaves.h"
#include "source.h"

#define CALL_PROGRESS_MS 1000
#define CALL_TURN_MS     100
#define CALL_REPORT_MS   10000u /* how long leaves may take to hang up after the end */

enum {
    CALL_LINE_BYTES = 1024,
    CALL_TO_MAX = 64, /* --to may be given so often; each holds any number of addresses */
};

struct settings {
    struct session_settings session; /* first: its rows find it there */
    const char *to[CALL_TO_MAX];
    size_t to_count;
    const char *send;
    uint64_t rate_bits_s;
    uint32_t chunk_bytes;
};

enum phase {
    PHASE_DIALLING, /* the first leaf that can be reached makes the call */
    PHASE_ADDING,   /* the others of --to are asked; data wait for them */
    PHASE_SENDING,
    PHASE_REPORTING, /* all was sent: leaves hang up */
    PHASE_OVER,
};

enum ending {
    ENDING_STREAM,  /* all was sent */
    ENDING_USER,    /* `close` */
    ENDING_STOPPED, /* a signal */
    ENDING_LOST,    /* the call ended otherwise */
    ENDING_FILE,    /* the file cannot be read */
};

struct caller {
    struct settings settings;
    struct session session;
    struct leaves leaves;
    struct condis_call *call;
    struct source source;
    enum phase phase;
    enum ending ending;
    int in_fd;
    int poke_fd;
    size_t dialled;          /* index of the leaf that is being dialled */
    uint64_t deadline_100ns; /* of the reports */
    uint64_t said_100ns;
    char line[CALL_LINE_BYTES];
    size_t line_bytes;
    char words[CALL_LINE_BYTES]; /* of `close` */
};

/* --- Options -------------------------------------------------------------------------------- */

static const char *take_to(void *context, const char *value)
{
    struct settings *settings = context;
    if (settings->to_count == CALL_TO_MAX)
        return "is given too often; one --to holds any number of addresses: @a,@b,@c";
    settings->to[settings->to_count++] = value;
    return NULL;
}

static const char *take_send(void *settings, const char *value)
{
    if (!*value)
        return "wants a file's name";
    ((struct settings *)settings)->send = value;
    return NULL;
}

static const char *take_rate(void *settings, const char *value)
{
    static const char wrong[] = "wants bits a second, such as 64K, 20M or 2.5G; at least 1K";
    char *end;
    double rate = strtod(value, &end);
    rate *= *end == 'K' ? 1e3 : *end == 'M' ? 1e6 : *end == 'G' ? 1e9 : 1;
    end += *end == 'K' || *end == 'M' || *end == 'G';
    if (end == value || *end || !(rate >= 1e3 && rate <= 1e12))
        return wrong;
    ((struct settings *)settings)->rate_bits_s = (uint64_t)rate;
    return NULL;
}

static const char *take_chunk(void *settings, const char *value)
{
    char *end;
    unsigned long chunk = strtoul(value, &end, 10);
    if (end == value || *end || value[0] == '-' || chunk < 1 || chunk > SOURCE_CHUNK_MAX)
        return "wants a number of bytes from 1 to 65519";
    ((struct settings *)settings)->chunk_bytes = (uint32_t)chunk;
    return NULL;
}

static const struct option_row rows[] = {
    {"--switch", "HOST[:PORT]", "the switch; its port is 2812 unless said", session_take_switch},
    {"--to", "@A,@B,...", "the first leaves", take_to},
    {"--send", "FILE", "what is sent; -: standard input, which then holds no commands", take_send},
    {"--rate", "BITS", "bits of data a second: 64K, 20M, 2.5G (default: no limit)", take_rate},
    {"--chunk", "BYTES", "data in one frame, 1 to 65519 (default 8192)", take_chunk},
    {"--address", "@NAME|AESA", "this end's own address", session_take_address},
    SESSION_ROWS,
};

/* --- Dialling ------------------------------------------------------------------------------- */

static uint64_t sent_bytes(struct caller *caller)
{
    return atomic_load(&caller->source.sent_bytes);
}

static void on_party_left(void *context, struct condis_party *party, condis_status status,
                          const void *close_data, size_t close_bytes)
{
    (void)party, (void)status, (void)close_data, (void)close_bytes;
    eventfd_write(((struct caller *)context)->poke_fd, 1);
}

static void on_closed(void *context, struct condis_call *call, condis_status status,
                      const void *close_data, size_t close_bytes)
{
    (void)call, (void)status, (void)close_data, (void)close_bytes;
    eventfd_write(((struct caller *)context)->poke_fd, 1);
}

/* Makes the call to the next leaf of --to; the phase is over when there is none. */
static void dial(struct caller *caller)
{
    if (caller->dialled == caller->leaves.count) {
        caller->phase = PHASE_OVER;
        caller->ending = ENDING_LOST;
        return;
    }
    struct leaf *leaf = caller->leaves.at[caller->dialled];
    const struct session_settings *session = &caller->settings.session;
    struct condis_call_options options = {
        .to = leaf->address,
        .has_from = session->has_address,
        .from = session->address,
        .multipoint = true,
        .transmit = {.token_rate_bytes_s = (uint32_t)(caller->settings.rate_bits_s / 8),
                     .peak_bandwidth_bytes_s = (uint32_t)(caller->settings.rate_bits_s / 8),
                     .sdu_bytes_max = STREAM_HEADER_BYTES + caller->settings.chunk_bytes},
        .events = {.on_party_left = on_party_left, .on_closed = on_closed, .context = caller},
        .party_context = leaf,
    };
    if (caller->settings.rate_bits_s / 8 > UINT32_MAX)
        options.transmit.token_rate_bytes_s = options.transmit.peak_bandwidth_bytes_s = 0;
    leaf->state = LEAF_ADDING;
    leaf->added.open = true;
    condis_status status = condis_call_make_async(caller->session.af, &options, &caller->call,
                                                  &leaf->party, leaf_asked_done, &leaf->added);
    if (status != CONDIS_PENDING) {
        caller->call = NULL;
        leaf_asked_done(&leaf->added, status);
    }
}

/* The dialled leaf has answered: the call is made, or the next one is dialled. */
static void dial_look(struct caller *caller)
{
    struct leaf *leaf = caller->leaves.at[caller->dialled];
    if (!atomic_load(&leaf->added.done))
        return;
    leaves_look(&caller->leaves, caller->call, 0, false);
    if (leaf->state == LEAF_REFUSED) {
        condis_call_release(caller->call);
        caller->call = NULL;
        leaf->party = NULL;
        caller->dialled++;
        dial(caller);
        return;
    }
    for (size_t i = caller->dialled + 1; i < caller->leaves.count; i++)
        leaf_ask_add(caller->leaves.at[i], caller->call);
    caller->phase = PHASE_ADDING;
}

/* --- What the user types -------------------------------------------------------------------- */

static void type_add(struct caller *caller, char *name, char *rest)
{
    if (!*name || *rest)
        return session_say(&caller->session, "say: add @NAME");
    if (caller->phase != PHASE_ADDING && caller->phase != PHASE_SENDING)
        return session_say(&caller->session, caller->phase == PHASE_DIALLING
                                                 ? "the call is not made yet"
                                                 : "all has been sent: nobody can be added");
    struct leaf *leaf = leaves_append(&caller->leaves, name);
    if (leaf)
        leaf_ask_add(leaf, caller->call);
}

static void type_drop(struct caller *caller, char *name, char *rest)
{
    if (!*name)
        return session_say(&caller->session, "say: drop @NAME [WORDS]");
    struct leaf *leaf = leaves_find(&caller->leaves, name);
    if (!leaf)
        return session_say(&caller->session, "no leaf is called %s", name);
    leaf_ask_drop(&caller->leaves, leaf, rest);
}

static void type_status(struct caller *caller, char *name, char *rest)
{
    if (*name || *rest)
        return session_say(&caller->session, "say: status");
    session_say(&caller->session, "%" PRIu64 " bytes sent", sent_bytes(caller));
    leaves_say(&caller->leaves, sent_bytes(caller));
}

static void type_close(struct caller *caller, char *name, char *rest)
{
    snprintf(caller->words, sizeof caller->words, "%s%s%s", name, *rest ? " " : "", rest);
    caller->phase = PHASE_OVER;
    caller->ending = ENDING_USER;
}

static const struct {
    const char *word;
    void (*type)(struct caller *caller, char *name, char *rest);
} typed[] = {
    {"add", type_add},
    {"drop", type_drop},
    {"status", type_status},
    {"close", type_close},
};

static char *word_take(char **at)
{
    char *word = *at + strspn(*at, " \t");
    char *end = word + strcspn(word, " \t");
    *at = end + strspn(end, " \t");
    *end = 0;
    return word;
}

static void line_take(struct caller *caller, char *line)
{
    line[strcspn(line, "\r")] = 0;
    char *word = word_take(&line);
    char *name = word_take(&line);
    if (!*word)
        return;
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        if (!strcmp(word, typed[i].word))
            return typed[i].type(caller, name, line);
    }
    session_say(&caller->session,
                "no command is called '%s': add @NAME, drop @NAME [WORDS], "
                "status, close [WORDS]",
                word);
}

static void input_take(struct caller *caller)
{
    ssize_t count = read(caller->in_fd, caller->line + caller->line_bytes,
                         sizeof caller->line - 1 - caller->line_bytes);
    if (count <= 0) {
        if (count == 0 || (errno != EINTR && errno != EAGAIN))
            caller->in_fd = -1; /* nobody types any more: the call goes on */
        return;
    }
    caller->line_bytes += (size_t)count;
    caller->line[caller->line_bytes] = 0;
    char *line = caller->line;
    for (char *end; caller->phase != PHASE_OVER && (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        line_take(caller, line);
    }
    caller->line_bytes -= (size_t)(line - caller->line);
    memmove(caller->line, line, caller->line_bytes + 1);
    if (caller->line_bytes == sizeof caller->line - 1) {
        session_say(&caller->session, "a line holds at most %d characters", CALL_LINE_BYTES - 2);
        caller->line_bytes = 0;
    }
}

/* --- The turns ------------------------------------------------------------------------------ */

static void over(struct caller *caller, enum ending ending)
{
    caller->phase = PHASE_OVER;
    caller->ending = ending;
}

static void sending_begin(struct caller *caller)
{
    caller->source.call = caller->call;
    caller->phase = PHASE_SENDING;
    caller->said_100ns = condis_world_now_100ns(caller->session.world);
    if (!source_begin(&caller->source)) {
        command_refuse("nothing can be sent: %s", strerror(errno));
        over(caller, ENDING_FILE);
    }
}

static void source_look(struct caller *caller)
{
    switch ((enum source_state)atomic_load(&caller->source.state)) {
    case SOURCE_IDLE:
    case SOURCE_SENDING:
        break;
    case SOURCE_SENT:
        caller->phase = PHASE_REPORTING;
        caller->deadline_100ns =
            condis_world_now_100ns(caller->session.world) + CALL_REPORT_MS * 10000ull;
        session_say(&caller->session, "all %" PRIu64 " bytes are sent", sent_bytes(caller));
        break;
    case SOURCE_STOPPED: /* the call is closing: it is closed soon */
        break;
    case SOURCE_FAILED:
        if (caller->source.error)
            command_refuse("%s: %s", caller->settings.send, strerror(caller->source.error));
        else
            command_refuse("sending failed: %s", condis_status_name(caller->source.status));
        over(caller, caller->source.error ? ENDING_FILE : ENDING_LOST);
        break;
    }
}

static void phase_look(struct caller *caller)
{
    struct condis_call_info info;
    if (caller->phase == PHASE_DIALLING)
        return dial_look(caller);
    leaves_look(&caller->leaves, caller->call, sent_bytes(caller),
                atomic_load(&caller->source.end_sent));
    condis_call_info(caller->call, &info);
    if (caller->phase == PHASE_ADDING && leaves_in(&caller->leaves, LEAF_ADDING) == 0)
        sending_begin(caller);
    if (caller->phase == PHASE_SENDING)
        source_look(caller);
    if (info.state != CONDIS_CALL_CLOSED && caller->phase != PHASE_REPORTING)
        return;
    bool late = caller->phase == PHASE_REPORTING &&
                condis_world_now_100ns(caller->session.world) > caller->deadline_100ns;
    if (info.state == CONDIS_CALL_CLOSED || late)
        over(caller, atomic_load(&caller->source.end_sent) ? ENDING_STREAM : ENDING_LOST);
}

static void progress_say(struct caller *caller)
{
    uint64_t now = condis_world_now_100ns(caller->session.world);
    if (caller->phase != PHASE_SENDING || now - caller->said_100ns < CALL_PROGRESS_MS * 10000ull)
        return;
    caller->said_100ns = now;
    session_say(&caller->session, "%" PRIu64 " bytes sent", sent_bytes(caller));
    leaves_say(&caller->leaves, sent_bytes(caller));
}

static void turns(struct caller *caller)
{
    dial(caller);
    while (caller->phase != PHASE_OVER) {
        struct pollfd fds[] = {{.fd = caller->session.around->stop_fd, .events = POLLIN},
                               {.fd = caller->poke_fd, .events = POLLIN},
                               {.fd = caller->in_fd, .events = POLLIN}};
        eventfd_t count;
        /* What begins to end pokes; that it has ended is looked for. */
        poll(fds, 3, CALL_TURN_MS);
        if (fds[1].revents)
            eventfd_read(caller->poke_fd, &count);
        phase_look(caller);
        if (caller->phase != PHASE_OVER && fds[2].revents)
            input_take(caller);
        if (caller->phase != PHASE_OVER && fds[0].revents)
            over(caller, ENDING_STOPPED);
        progress_say(caller);
    }
}

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
    leaves_look(&caller->leaves, caller->call, sent_bytes(caller),
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
                sent_bytes(caller));
    leaves_say(&caller->leaves, sent_bytes(caller));
    if (caller->settings.session.json)
        session_json(&caller->session,
                     json_pack("{s:s, s:I, s:i, s:o}", "end", names[caller->ending], "sent_bytes",
                               (json_int_t)sent_bytes(caller), "exit_status", status, "leaves",
                               leaves_json(&caller->leaves, sent_bytes(caller))));
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
    if (!session_begin(&caller->session, &caller->settings.session, around, "call"))
        return EXIT_USAGE;
    turns(caller);
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

static int read_settings(const struct command *self, struct settings *settings,
                         const char *const *arguments, size_t argument_count, bool *run)
{
    struct option_rest rest;
    int status;
    const char **words = calloc(argument_count + 1, sizeof *words);
    if (!words)
        return command_refuse("no memory");
    *run = session_read(self, settings, arguments, argument_count, words, &rest, &status);
    free(words);
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
        "from its joining on, or was dropped by a command, or was there when `close` ended the "
        "call. It is 1 when a leaf refused, left early, lost something or did not report, and "
        "after SIGINT; 2 when the call could not begin. A leaf under UNI 3.1 reports by hanging "
        "up. Of a leaf that was dropped or ended by `close`, no report comes: the command knows "
        "then only that the link took what was sent.",
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
