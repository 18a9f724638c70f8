/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "session.h"

#include <condis/control.h>
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "drivers.h"

#define SESSION_AF_WAIT_MS 10000u

/* --- Options -------------------------------------------------------------------------------- */

/* The port of "HOST:PORT" or "[IPV6]:PORT"; NULL: none is given. */
static const char *port_of(const char *place)
{
    const char *colon = strrchr(place, ':');
    if (place[0] == '[')
        return colon && colon[-1] == ']' ? colon + 1 : NULL;
    return colon && colon == strchr(place, ':') ? colon + 1 : NULL;
}

const char *session_take_switch(void *context, const char *value)
{
    struct session_settings *settings = context;
    const char *port = port_of(value);
    char *end = NULL;
    if (!*value || value[0] == ':')
        return "wants HOST or HOST:PORT";
    for (const char *at = value; *at; at++) {
        if (!isgraph((unsigned char)*at))
            return "wants HOST or HOST:PORT, without blanks";
    }
    if (port && (!isdigit((unsigned char)*port) || strtoul(port, &end, 10) - 1 > 65534 || *end))
        return "a port is a number from 1 to 65535";
    if (strlen(value) + sizeof "tcp:" > sizeof settings->medium)
        return "is longer than 59 characters";
    snprintf(settings->medium, sizeof settings->medium, "tcp:%s", value);
    return NULL;
}

const char *session_take_address(void *context, const char *value)
{
    static struct condis_error error; /* one command line a process */
    struct session_settings *settings = context;
    if (!condis_address_parse(value, &settings->address, &error))
        return error.text;
    condis_address_format(&settings->address, settings->address_text);
    settings->has_address = true;
    return NULL;
}

/* --- Begin ---------------------------------------------------------------------------------- */

static bool wrong(const char *text)
{
    command_refuse("%s", text);
    return false;
}

static bool answer_show(void *world, FILE *out, bool json)
{
    return condis_world_show(world, out, json);
}

static bool begin_world(struct session *session, const struct session_settings *settings)
{
    struct condis_error error;
    session->world = session->around->world;
    if (!session->world) {
        const char *end = settings->trace ? strrchr(settings->trace, '.') : NULL;
        bool lines = end && (!strcmp(end, ".json") || !strcmp(end, ".jsonl"));
        struct condis_world_options options = {
            .clock = CONDIS_LIVE,
            .trace_path = settings->trace,
            .trace_format = lines ? CONDIS_TRACE_JSON : CONDIS_TRACE_TEXT,
        };
        if (!condis_world_create(&options, &session->world, &error))
            return wrong(error.text);
        session->own_world = true;
    }
    if (settings->pcap) {
        if (!condis_world_capture(session->world, settings->pcap, &error))
            return wrong(error.text);
        session->capturing = true;
    }
    const struct condis_control_options control = {
        .path = settings->control, .answer = answer_show, .context = session->world};
    if (control.path && !condis_control_open(&control, &session->control, &error))
        return wrong(error.text);
    return true;
}

static bool load(struct session *session, const struct driver_dirs *dirs, const char *name,
                 const struct condis_setting *settings, size_t count, struct condis_driver **out)
{
    struct condis_error error;
    char *path = driver_find(dirs, name);
    if (!path)
        return wrong("no memory");
    bool loaded = condis_driver_load(session->host, path, settings, count, out, &error);
    if (!loaded && !strchr(path, '/'))
        command_refuse("no driver is called '%s': there is no %s.so in the driver directories "
                       "(CONDIS_DRIVER_PATH adds directories)",
                       name, name);
    else if (!loaded)
        command_refuse("%s", error.text);
    free(path);
    return loaded;
}

static const char *digits_of(const struct condis_address *address, char *text)
{
    for (int i = 0; i < CONDIS_ADDRESS_BYTES; i++)
        sprintf(text + 2 * i, "%02x", address->octets[i]);
    return text;
}

/* The call manager atmuni is a protocol: it binds to an adapter of atmlink's. Every other driver
 * holds its call manager in the miniport. */
static bool begin_adapter(struct session *session, const struct session_settings *settings,
                          const struct driver_dirs *dirs)
{
    struct condis_setting values[SESSION_SETTINGS_MAX] = {{"Link", settings->medium}};
    const char *name = settings->driver ? settings->driver : "atmmcm";
    bool stand_alone = !strcmp(name, "atmuni");
    struct condis_driver *miniport;
    struct condis_driver *call_manager;
    struct condis_adapter *adapter;
    struct condis_error error;
    size_t count = 1;
    if (settings->uni)
        values[count++] =
            (struct condis_setting){"Uni", strcmp(settings->uni, "3.1") ? "40" : "31"};
    char t309[16];
    snprintf(t309, sizeof t309, "%u", settings->t309_ms);
    if (settings->t309_ms)
        values[count++] = (struct condis_setting){"T309Milliseconds", t309};
    values[count++] = (struct condis_setting){"Station", condis_host_name(session->host)};
    char digits[2 * CONDIS_ADDRESS_BYTES + 1];
    if (settings->has_address && settings->address_text[0] != '@')
        values[count++] = (struct condis_setting){"Address", digits_of(&settings->address, digits)};
    if (session->around->setting_count)
        count = 0; /* the surroundings have another medium */
    for (size_t i = 0; i < session->around->setting_count && count < SESSION_SETTINGS_MAX; i++)
        values[count++] = session->around->settings[i];
    if (!load(session, dirs, stand_alone ? "atmlink" : name, values, count, &miniport))
        return false;
    if (stand_alone && !load(session, dirs, name, values, count, &call_manager))
        return false;
    return condis_adapter_start(miniport, "atm0", values, count, &adapter, &error) ||
           wrong(error.text);
}

static void on_addresses(void *context, struct condis_af *af)
{
    (void)af;
    eventfd_write(((struct session *)context)->poke_fd, 1);
}

/* A host is called as its address is. One whose address is no name gets a name that is made of it,
 * so that no two of a switch's hosts register the same one. */
static void host_name_set(char name[32], const struct session_settings *settings,
                          const char *otherwise)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (int i = 0; i < CONDIS_ADDRESS_BYTES; i++)
        hash = (hash ^ settings->address.octets[i]) * UINT64_C(0x100000001b3);
    if (!settings->has_address)
        snprintf(name, 32, "%s", otherwise);
    else if (settings->address_text[0] == '@')
        snprintf(name, 32, "%.31s", settings->address_text + 1);
    else
        snprintf(name, 32, "%012llx", (unsigned long long)(hash >> 16));
}

static bool begin_host(struct session *session, const struct session_settings *settings,
                       const char *name)
{
    struct condis_error error;
    struct driver_dirs dirs;
    char host_name[32];
    host_name_set(host_name, settings, name);
    struct condis_host_options options = {.name = host_name};
    struct condis_client_options client = {.on_addresses = on_addresses, .context = session};
    if (!condis_host_create(session->world, &options, &session->host, &error) ||
        !condis_client_open(session->host, &client, &session->client, &error))
        return wrong(error.text);
    if (!driver_dirs_find(&dirs))
        return wrong("no memory");
    bool begun = begin_adapter(session, settings, &dirs);
    driver_dirs_free(&dirs);
    if (!begun)
        return false;
    condis_status status =
        condis_af_wait(session->client, "atm0", 0, SESSION_AF_WAIT_MS, &session->af);
    if (status == CONDIS_SUCCESS)
        return true;
    if (status == CONDIS_TIMEOUT)
        command_refuse("no call manager opened on %s within %u s", settings->medium,
                       SESSION_AF_WAIT_MS / 1000);
    else
        command_refuse("the call manager on %s does not open: %s", settings->medium,
                       condis_status_name(status));
    return false;
}

bool session_begin(struct session *session, const struct session_settings *settings,
                   const struct surroundings *around, const char *name, int poke_fd)
{
    *session = (struct session){
        .around = around, .say = settings->json ? around->err : around->out, .poke_fd = poke_fd};
    if (begin_world(session, settings) && begin_host(session, settings, name))
        return true;
    session_end(session);
    return false;
}

bool session_end(struct session *session)
{
    bool clean = true;
    if (session->client)
        condis_client_close(session->client);
    if (session->host)
        condis_host_destroy(session->host);
    if (session->capturing) {
        struct condis_error error;
        clean = condis_world_capture(session->world, NULL, &error);
        if (!clean)
            command_refuse("%s", error.text);
    }
    condis_control_close(session->control);
    if (session->own_world) {
        struct condis_error error;
        if (!condis_world_trace_flush(session->world, &error)) {
            command_refuse("%s", error.text);
            clean = false;
        }
        struct condis_tally tally = condis_world_tally(session->world);
        condis_world_destroy(session->world);
        clean = clean && tally.violations == 0 && tally.leaks == 0;
    }
    *session = (struct session){0};
    return clean;
}

/* --- Output --------------------------------------------------------------------------------- */

void session_say(struct session *session, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(session->say, format, arguments);
    va_end(arguments);
    fputc('\n', session->say);
    fflush(session->say);
}

static bool is_among(const struct condis_address *address, const struct condis_address *known,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!memcmp(address, &known[i], sizeof *address))
            return true;
    }
    return false;
}

void session_look(struct session *session, bool waited_long)
{
    struct condis_address now[CONDIS_AF_ADDRESSES_MAX];
    char text[CONDIS_ADDRESS_TEXT_BYTES];
    size_t count = condis_af_addresses(session->af, now, CONDIS_AF_ADDRESSES_MAX);
    for (size_t i = 0; i < count; i++) {
        if (!is_among(&now[i], session->known, session->known_count))
            session_say(session, "the network knows %s", condis_address_format(&now[i], text));
    }
    if (count == 0 && session->known_count > 0)
        session_say(session, "the network is gone; waiting for it");
    else if (count == 0 && waited_long && !session->waiting_said)
        session_say(session, "no network answers yet; waiting for it");
    session->waiting_said = session->waiting_said || waited_long;
    memcpy(session->known, now, sizeof now);
    session->known_count = count;
}

void session_json(struct session *session, json_t *document)
{
    json_dumpf(document, session->around->out, JSON_INDENT(2));
    fputc('\n', session->around->out);
    fflush(session->around->out);
    json_decref(document);
}

const char *session_quote(char *text, size_t text_bytes, const void *data, size_t bytes)
{
    const unsigned char *from = data;
    size_t length = 0;
    text[0] = 0;
    for (size_t i = 0; i < bytes && length + 5 <= text_bytes; i++) {
        bool plain = from[i] >= 0x20 && from[i] < 0x7f && from[i] != '\\';
        length += (size_t)sprintf(text + length, plain ? "%c" : "\\x%02x", from[i]);
    }
    return text;
}

/* --- The process ---------------------------------------------------------------------------- */

int session_run(const struct command *self, const char *const *arguments, size_t argument_count,
                int (*run)(const struct command *self, const struct surroundings *around,
                           const char *const *arguments, size_t argument_count))
{
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    /* Before the world makes threads: they take the mask over. A reader that goes away is seen
     * where it is written to. */
    pthread_sigmask(SIG_BLOCK, &stops, NULL);
    signal(SIGPIPE, SIG_IGN);
    struct surroundings around = {
        .out = stdout,
        .err = stderr,
        .in_fd = STDIN_FILENO,
        .stop_fd = signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK),
    };
    if (around.stop_fd < 0)
        return command_refuse("no signals can be taken: %s", strerror(errno));
    int status = run(self, &around, arguments, argument_count);
    close(around.stop_fd);
    return command_end(status);
}
