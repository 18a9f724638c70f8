/* SPDX-License-Identifier: MIT */
/* condis answer: takes one call and writes what it brings. */
#define _GNU_SOURCE
#include "answer.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "session.h"
#include "status.h"
#include "stream.h"

#define ANSWER_TURN_MS     200u
#define ANSWER_CLOSE_MS    10000u
#define ANSWER_PROGRESS_MS 1000u
#define ANSWER_NETWORK_MS  1000 /* after so long it is said that none has answered */

struct settings {
    struct session_settings session; /* first: its rows find it there */
    const char *out;
    uint64_t until_bytes;    /* UINT64_MAX: the stream's end */
    uint64_t progress_bytes; /* 0: by the clock */
};

struct answer {
    struct settings settings;
    struct session session;
    struct condis_listener *listener;
    struct condis_call *_Atomic call; /* taken by on_offer */
    int poke_fd;                      /* readable: there is a call, or news of the network */
    int file;                         /* -1: nothing is written */
    const char *file_error;           /* NULL: none */
    struct stream_reader reader;
    uint64_t bytes;
    uint64_t said_100ns; /* when progress was printed last */
    uint64_t said_bytes;
    bool stopped;
};

static const struct option_row rows[] = {
    SESSION_ENDS("where calls are taken"),
    {"--out", "FILE", "write what comes to FILE; -: to standard output",
     OPTION_TEXT(struct settings, out)},
    {"--until", "BYTES", "hang up when so much has come",
     OPTION_U64(struct settings, until_bytes, 0, INT64_MAX), .of = "bytes"},
    {"--progress", "BYTES", "say each time when so much more has come (default: each second)",
     OPTION_U64(struct settings, progress_bytes, 1, INT64_MAX), .of = "bytes"},
    SESSION_ROWS,
};

/* --- Taking the call ------------------------------------------------------------------------ */

static enum condis_answer on_offer(void *context, struct condis_listener *listener,
                                   struct condis_call *call)
{
    struct answer *answer = context;
    struct condis_call *none = NULL;
    (void)listener;
    if (!atomic_compare_exchange_strong(&answer->call, &none, call))
        return CONDIS_REJECT; /* one call a command */
    eventfd_write(answer->poke_fd, 1);
    return CONDIS_ACCEPT;
}

static bool stop_seen(struct answer *answer, int timeout_ms)
{
    struct pollfd fds[] = {{.fd = answer->session.around->stop_fd, .events = POLLIN},
                           {.fd = answer->poke_fd, .events = POLLIN}};
    eventfd_t count;
    poll(fds, timeout_ms ? 2 : 1, timeout_ms);
    if (timeout_ms && fds[1].revents)
        eventfd_read(answer->poke_fd, &count);
    answer->stopped = answer->stopped || fds[0].revents;
    return answer->stopped;
}

static bool call_wait(struct answer *answer)
{
    struct condis_call_info info;
    char from[CONDIS_ADDRESS_TEXT_BYTES] = "somebody";
    while (!atomic_load(&answer->call)) {
        bool waited_long = answer->session.waiting_said || answer->session.known_count;
        uint64_t begun = condis_world_now_100ns(answer->session.world);
        if (stop_seen(answer, waited_long ? -1 : ANSWER_NETWORK_MS))
            return false;
        uint64_t waited = condis_world_now_100ns(answer->session.world) - begun;
        session_look(&answer->session, waited >= ANSWER_NETWORK_MS * 10000ull);
    }
    condis_call_info(answer->call, &info);
    if (info.has_from)
        condis_address_format(&info.from, from);
    session_say(&answer->session, "%s calls", from);
    return true;
}

/* --- Receiving ------------------------------------------------------------------------------ */

static void file_write(struct answer *answer, const uint8_t *at, size_t bytes)
{
    while (bytes > 0 && answer->file >= 0 && !answer->file_error) {
        ssize_t count = write(answer->file, at, bytes);
        if (count < 0 && errno != EINTR)
            answer->file_error = strerror(errno);
        if (count > 0) {
            at += count;
            bytes -= (size_t)count;
        }
    }
}

static void data_take(struct answer *answer, struct condis_data *data)
{
    uint8_t head[STREAM_HEADER_BYTES];
    struct condis_span span = {0};
    size_t skip;
    condis_data_copy(data, 0, head, sizeof head);
    stream_reader_take(&answer->reader, head, condis_data_bytes(data), &skip);
    answer->bytes += condis_data_bytes(data) - skip;
    while (condis_data_next(data, &span)) {
        size_t leave_out = skip < span.bytes ? skip : span.bytes;
        skip -= leave_out;
        file_write(answer, (const uint8_t *)span.at + leave_out, span.bytes - leave_out);
    }
    condis_data_release(data);
}

static bool is_enough(const struct answer *answer)
{
    return answer->bytes >= answer->settings.until_bytes;
}

static void progress_say(struct answer *answer)
{
    uint64_t now = condis_world_now_100ns(answer->session.world);
    uint64_t step = answer->settings.progress_bytes;
    while (step && answer->bytes - answer->said_bytes >= step) {
        answer->said_bytes += step;
        session_say(&answer->session, "%" PRIu64 " bytes", answer->said_bytes);
    }
    if (step)
        return;
    if (now - answer->said_100ns < ANSWER_PROGRESS_MS * 10000ull)
        return;
    answer->said_100ns = now;
    session_say(&answer->session, "%" PRIu64 " bytes", answer->bytes);
}

/* Receives until the call is closed, the stream ended, enough has come, the file cannot be written,
 * or a stop. */
static void call_receive(struct answer *answer)
{
    answer->said_100ns = condis_world_now_100ns(answer->session.world);
    while (!answer->reader.ended && !answer->file_error && !is_enough(answer) &&
           !stop_seen(answer, 0)) {
        struct condis_data *data;
        condis_status status = condis_receive(answer->call, ANSWER_TURN_MS, &data);
        if (status == CONDIS_SUCCESS)
            data_take(answer, data);
        else if (status != CONDIS_TIMEOUT)
            return;
        progress_say(answer);
    }
}

/* Hangs up, with a report where the medium carries one. Who lacks something and cannot say so
 * stays until the caller ends it: hanging up without a word means that all is there. */
static void call_hang_up(struct answer *answer)
{
    char report[STREAM_REPORT_BYTES];
    size_t bytes = stream_report(&answer->reader, report);
    bool whole = answer->reader.lost_bytes == 0 && !answer->file_error;
    if (answer->file_error)
        bytes = (size_t)snprintf(report, sizeof report, "cannot write: %.60s", answer->file_error);
    else if (answer->stopped)
        bytes = (size_t)snprintf(report, sizeof report, "stopped by its user");
    condis_status status = condis_call_close(answer->call, report, bytes);
    if (status == NDIS_STATUS_INVALID_DATA && !whole && !answer->stopped)
        status = condis_call_closed_wait(answer->call, 2 * ANSWER_CLOSE_MS);
    if (status != CONDIS_SUCCESS)
        condis_call_close(answer->call, NULL, 0);
    condis_call_closed_wait(answer->call, ANSWER_CLOSE_MS);
}

/* --- The end -------------------------------------------------------------------------------- */

static const char *end_name(const struct answer *answer, const struct condis_call_info *info)
{
    if (answer->file_error)
        return "file";
    if (answer->stopped)
        return "stopped";
    if (answer->reader.ended)
        return "complete";
    if (is_enough(answer))
        return "enough";
    return info->status == CONDIS_SUCCESS ? "closed" : "failed";
}

static void end_say(struct answer *answer, const struct condis_call_info *info, const char *words)
{
    struct session *session = &answer->session;
    if (answer->reader.lost_bytes || info->lost_count)
        session_say(session, "lost: %" PRIu64 " bytes of %" PRIu64 "..%" PRIu64,
                    answer->reader.lost_bytes, answer->reader.first, answer->reader.next);
    if (info->close_bytes)
        session_say(session, "the other end says: %s", words);
    if (answer->file_error)
        session_say(session, "%s: %s", answer->settings.out, answer->file_error);
    if (answer->reader.ended)
        session_say(session, "the stream ended, %" PRIu64 " bytes", answer->bytes);
    else if (!answer->stopped && is_enough(answer))
        session_say(session, "that is enough, %" PRIu64 " bytes", answer->bytes);
    else if (answer->stopped)
        session_say(session, "stopped after %" PRIu64 " bytes", answer->bytes);
    else
        session_say(session, "the call was closed (%s), %" PRIu64 " bytes",
                    condis_status_name(info->status), answer->bytes);
}

static void end_json(struct answer *answer, const struct condis_call_info *info, const char *words,
                     int status)
{
    char from[CONDIS_ADDRESS_TEXT_BYTES] = "";
    if (info->has_from)
        condis_address_format(&info->from, from);
    session_json(&answer->session,
                 json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:i}", "address",
                           answer->settings.session.address_text, "from", from, "end",
                           end_name(answer, info), "status", condis_status_name(info->status),
                           "close_data", words, "bytes", (json_int_t)answer->bytes, "first",
                           (json_int_t)answer->reader.first, "next",
                           (json_int_t)answer->reader.next, "lost_bytes",
                           (json_int_t)answer->reader.lost_bytes, "exit_status", status));
}

static int call_end(struct answer *answer)
{
    struct condis_call_info info;
    static const char none[] = "";
    condis_call_info(answer->call, &info);
    size_t words_bytes = 4 * info.close_bytes + 5;
    char *words = malloc(words_bytes);
    if (words)
        session_quote(words, words_bytes, info.close_data, info.close_bytes);
    bool lost = answer->reader.lost_bytes || info.lost_count || answer->file_error;
    bool ended = answer->reader.ended || (is_enough(answer) && !answer->stopped) ||
                 (info.status == CONDIS_SUCCESS && !answer->stopped);
    int status = ended && !lost ? EXIT_PASSED : EXIT_FAILED;
    end_say(answer, &info, words ? words : none);
    if (answer->settings.session.json)
        end_json(answer, &info, words ? words : none, status);
    free(words);
    condis_call_release(answer->call);
    return status;
}

/* --- The command ---------------------------------------------------------------------------- */

static int serve(struct answer *answer)
{
    struct condis_listen_options options = {.on_offer = on_offer, .context = answer};
    const struct session_settings *settings = &answer->settings.session;
    condis_status status =
        condis_listen(answer->session.af, &settings->address, &options, &answer->listener);
    if (status != CONDIS_SUCCESS)
        return command_refuse("%s cannot be listened to: %s", settings->address_text,
                              condis_status_name(status));
    session_say(&answer->session, "%s waits for a call", settings->address_text);
    if (!call_wait(answer)) {
        session_say(&answer->session, "stopped; nobody called");
        return EXIT_FAILED;
    }
    call_receive(answer);
    if (answer->reader.ended || answer->file_error || answer->stopped || is_enough(answer))
        call_hang_up(answer);
    condis_call_closed_wait(answer->call, ANSWER_CLOSE_MS);
    return call_end(answer);
}

static int file_open(struct answer *answer)
{
    const char *name = answer->settings.out;
    answer->file = -1;
    if (!name)
        return EXIT_PASSED;
    if (!strcmp(name, "-") && answer->settings.session.json)
        return command_refuse("answer: with --json, standard output is taken; --out wants a file");
    answer->file = !strcmp(name, "-") ? dup(STDOUT_FILENO)
                                      : open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (answer->file < 0)
        return command_refuse("%s: %s", name, strerror(errno));
    return EXIT_PASSED;
}

static int answer_in(struct answer *answer, const struct surroundings *around)
{
    struct settings *settings = &answer->settings;
    int status = file_open(answer);
    if (status != EXIT_PASSED)
        return status;
    if (session_begin(&answer->session, &settings->session, around, "answer", answer->poke_fd)) {
        if (settings->out && !strcmp(settings->out, "-"))
            answer->session.say = around->err;
        status = serve(answer);
        if (!session_end(&answer->session) && status == EXIT_PASSED)
            status = EXIT_FAILED;
    } else {
        status = EXIT_USAGE;
    }
    if (answer->file >= 0 && close(answer->file) != 0)
        status = command_refuse("%s: %s", settings->out, strerror(errno));
    return status;
}

int answer_run(const struct command *self, const struct surroundings *around,
               const char *const *arguments, size_t argument_count)
{
    struct answer answer = {.poke_fd = -1, .settings.until_bytes = UINT64_MAX};
    struct option_rest rest;
    int status;
    bool run = command_read(self, &answer.settings, arguments, argument_count, &rest, &status);
    option_rest_free(&rest);
    if (!run)
        return status;
    if (!answer.settings.session.medium[0])
        return command_refuse("answer: which switch? --switch HOST[:PORT]");
    if (!answer.settings.session.has_address)
        return command_refuse("answer: at which address? --address @NAME");
    answer.poke_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (answer.poke_fd < 0)
        return command_refuse("no event: %s", strerror(errno));
    status = answer_in(&answer, around);
    close(answer.poke_fd);
    return status;
}

static int run(const struct command *self, const char *const *arguments, size_t argument_count)
{
    return session_run(self, arguments, argument_count, answer_run);
}

const struct command command_answer = {
    .name = "answer",
    .arguments = "--switch HOST[:PORT] --address @NAME [OPTION...]",
    .help = "Takes one call at an address of the switch's and writes what it brings.",
    .manual =
        "The command waits for a call, says who calls, and writes the data to FILE until the "
        "caller's stream ends, the caller drops this end or closes the call, enough has come "
        "(--until), or SIGINT or SIGTERM comes. Then it says what the other end gave as close "
        "data, how the call ended and how much came.\n\n"
        "The address is made known to the switch by itself (ILMI), and so is one made of the "
        "switch's prefix and of an end system identifier that belongs to the host; the command "
        "says which addresses the network knows, and once when none answers. An address is @NAME "
        "(1 to 12 characters), +NUMBER (E.164), NUMBER:REST, or 40 hexadecimal digits with dots "
        "or colons between octets.\n\n"
        "At the end of the stream, or when enough has come, it hangs up by itself, with a report "
        "for the caller as close data. Where the signalling carries none (UNI 3.1), hanging up "
        "means that all is there; with something lost it stays until the caller ends the call.\n\n"
        "The exit status is 0 when nothing was lost between the first and the last byte that "
        "came, and the stream ended, enough came, or the other end closed the call in order; 1 "
        "when not, and when a driver broke a rule or leaked; 2 when it could not begin.",
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
