/* SPDX-License-Identifier: MIT */
/* condis switch: the network between hosts. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <condis/switch.h>

enum { PLACES_MAX = 64, ROUTES_MAX = 1024, HOST_CHARACTERS = 256 };

/* HOST:PORT, in the order of a URL: [::1]:2812. */
struct place {
    char host[HOST_CHARACTERS];
    uint16_t port; /* 0: not given */
};

struct settings {
    struct place listen;
    struct place trunk_listen;
    struct place trunks[PLACES_MAX];
    struct condis_switch_route routes[ROUTES_MAX];
    struct condis_switch_trunk trunk_list[PLACES_MAX];
    struct condis_switch_options options;
    uint8_t prefix[13];
    bool status;
    bool help;
};

static const char *take_prefix(void *context, const char *value)
{
    struct settings *settings = context;
    struct condis_switch_route route;

    if (!condis_switch_prefix_parse(value, &route) || route.digit_count != 26)
        return "wants 26 hexadecimal digits";
    memcpy(settings->prefix, route.prefix, sizeof settings->prefix);
    settings->options.prefix = settings->prefix;
    return NULL;
}

static const char *parse_number(const char *text, unsigned long most, unsigned long *out)
{
    char *end;

    errno = 0;
    *out = strtoul(text, &end, 10);
    if (errno || end == text || *end || text[0] == '-' || text[0] == '+' || *out > most)
        return "it is a number, and not so large a one";
    return NULL;
}

static const char *parse_place(const char *text, struct place *out)
{
    const char *host = text;
    const char *end = strrchr(text, ':');
    unsigned long port = 0;

    if (text[0] == '[') {
        host = text + 1;
        end = strchr(text, ']');
        if (!end || (end[1] && end[1] != ':'))
            return "an IPv6 address is written [::1]:2812";
        text = end[1] ? end + 2 : NULL;
    } else {
        if (end && strchr(text, ':') != end)
            return "an IPv6 address is written [::1]:2812";
        text = end ? end + 1 : NULL;
    }
    size_t length = end ? (size_t)(end - host) : strlen(host);
    if (length >= sizeof out->host)
        return "the host's name is too long";
    memcpy(out->host, host, length);
    out->host[length] = 0;
    if (text && parse_number(text, UINT16_MAX, &port))
        return "a port is a number up to 65535";
    out->port = (uint16_t)port;
    return NULL;
}

static const char *take_listen(void *context, const char *value)
{
    struct settings *settings = context;
    const char *wrong = parse_place(value, &settings->listen);

    if (wrong)
        return wrong;
    settings->options.host = settings->listen.host[0] ? settings->listen.host : NULL;
    settings->options.port = strrchr(value, ':') && value[strlen(value) - 1] != ']'
                                 ? settings->listen.port
                                 : CONDIS_SWITCH_PORT;
    return NULL;
}

static const char *take_trunk_listen(void *context, const char *value)
{
    struct settings *settings = context;
    const char *wrong = parse_place(value, &settings->trunk_listen);

    if (wrong)
        return wrong;
    settings->options.trunk_host =
        settings->trunk_listen.host[0] ? settings->trunk_listen.host : NULL;
    settings->options.trunk_port = settings->trunk_listen.port;
    settings->options.trunk_listens = true;
    return NULL;
}

static const char *take_trunk(void *context, const char *value)
{
    struct settings *settings = context;
    size_t at = settings->options.trunk_count;

    if (at == PLACES_MAX)
        return "there are too many trunks";
    const char *wrong = parse_place(value, &settings->trunks[at]);
    if (!wrong && !settings->trunks[at].host[0])
        wrong = "wants HOST[:PORT]";
    if (wrong)
        return wrong;
    settings->trunk_list[at] =
        (struct condis_switch_trunk){settings->trunks[at].host, settings->trunks[at].port};
    settings->options.trunk_count++;
    return NULL;
}

/* PREFIX=PORT[,METRIC] */
static const char *take_route(void *context, const char *value)
{
    struct settings *settings = context;
    struct condis_switch_route route = {.metric = 0};
    char text[128];
    unsigned long number;

    if (settings->options.route_count == ROUTES_MAX)
        return "there are too many routes";
    if (strlen(value) >= sizeof text)
        return "it is too long";
    strcpy(text, value);
    char *port = strchr(text, '=');
    if (!port)
        return "it is PREFIX=PORT or PREFIX=PORT,METRIC";
    *port++ = 0;
    char *metric = strchr(port, ',');
    if (metric)
        *metric++ = 0;
    if (!condis_switch_prefix_parse(text, &route))
        return "a prefix is @name (1 to 12 characters of A-Z a-z 0-9 . _ -), up to 40 hexadecimal "
               "digits, or * for all";
    if (parse_number(port, 65535, &number))
        return "a switch's port is a number up to 65535";
    route.port = (uint32_t)number;
    if (metric && parse_number(metric, UINT32_MAX, &number))
        return "a metric is a number";
    route.metric = metric ? (uint32_t)number : 0;
    settings->routes[settings->options.route_count++] = route;
    return NULL;
}

static const char *take_uni(void *context, const char *value)
{
    struct settings *settings = context;

    bool is_31 = strcmp(value, "3.1") == 0;
    if (!is_31 && strcmp(value, "4.0") != 0)
        return "it is 3.1 or 4.0";
    settings->options.uni = is_31 ? CONDIS_UNI_31 : CONDIS_UNI_40;
    return NULL;
}

static const char *take_limit(const char *value, uint32_t *out)
{
    unsigned long number;
    const char *wrong = parse_number(value, UINT32_MAX, &number);

    if (!wrong)
        *out = (uint32_t)number;
    return wrong;
}

static const char *take_calls(void *context, const char *value)
{
    return take_limit(value, &((struct settings *)context)->options.call_count_max);
}

static const char *take_parties(void *context, const char *value)
{
    return take_limit(value, &((struct settings *)context)->options.party_count_max);
}

static const char *take_cells(void *context, const char *value)
{
    return take_limit(value, &((struct settings *)context)->options.cell_rate);
}

static const char *take_queue(void *context, const char *value)
{
    return take_limit(value, &((struct settings *)context)->options.queue_bytes_max);
}

static const char *take_t309(void *context, const char *value)
{
    uint32_t *t309_ms = &((struct settings *)context)->options.t309_ms;
    const char *wrong = take_limit(value, t309_ms);

    return wrong || *t309_ms ? wrong : "it is a number of milliseconds, from 1 on";
}

static const char *take_pcap(void *context, const char *value)
{
    ((struct settings *)context)->options.pcap_path = value;
    return *value ? NULL : "wants a file's name";
}

static const char *take_control(void *context, const char *value)
{
    ((struct settings *)context)->options.control_path = value;
    return *value ? NULL : "wants a path for a socket";
}

static const char *take_status(void *context, const char *value)
{
    (void)value;
    ((struct settings *)context)->status = true;
    return NULL;
}

static const char *take_json(void *context, const char *value)
{
    (void)value;
    ((struct settings *)context)->options.json = true;
    return NULL;
}

static const char *take_help(void *context, const char *value)
{
    (void)value;
    ((struct settings *)context)->help = true;
    return NULL;
}

static const struct option_row rows[] = {
    {"--listen", "ADDRESS[:PORT]", "where hosts connect (default all addresses, port 2812)",
     take_listen},
    {"--trunk", "HOST[:PORT]", "connect to another switch's --trunk-listen; ports 0, 1, ...",
     take_trunk},
    {"--trunk-listen", "ADDRESS:PORT", "where other switches connect", take_trunk_listen},
    {"--prefix", "DIGITS", "26 digits that hosts' addresses begin with (default 470005...00)",
     take_prefix},
    {"--route", "PREFIX=PORT[,METRIC]", "a static route: hexadecimal digits, @name, or *",
     take_route},
    {"--uni", "3.1|4.0", "the signalling of hosts (default 4.0)", take_uni},
    {"--calls", "N", "calls that a port may hold", take_calls},
    {"--parties", "N", "parties that a port may hold", take_parties},
    {"--cells", "N", "cells a second that a port can promise", take_cells},
    {"--t309", "MS", "how long calls wait for a link that was lost (default 10000)", take_t309},
    {"--queue", "BYTES", "frames that may wait for a port (default 4 MiB)", take_queue},
    {"--pcap", "FILE", "capture every link, for Wireshark", take_pcap},
    {"--control", "PATH", "a socket at which condis show asks for the status", take_control},
    {"--status", NULL, "write the status on SIGUSR1 and at the end", take_status},
    {"--json", NULL, "the status as a line of JSON", take_json},
    {"--help", NULL, "this", take_help},
};

static int run_switch(struct settings *settings)
{
    struct condis_error error;

    settings->options.routes = settings->routes;
    settings->options.trunks = settings->trunk_list;
    settings->options.log = stderr;
    settings->options.status = settings->status || settings->options.json ? stdout : NULL;
    if (!condis_switch_run(&settings->options, &error))
        return command_refuse("switch: %s", error.text);
    return EXIT_PASSED;
}

static int run(const struct command *self, const char *const *arguments, size_t argument_count)
{
    struct option_rest rest;
    char error[256];
    const char **words = calloc(argument_count + 1, sizeof *words);
    struct settings *settings = calloc(1, sizeof *settings);
    int status = EXIT_USAGE;

    if (!words || !settings) {
        command_refuse("no memory");
        goto done;
    }
    settings->options.port = CONDIS_SWITCH_PORT;
    settings->options.uni = CONDIS_UNI_40;
    if (!options_parse(self->options, self->option_count, settings, arguments, argument_count,
                       words, &rest, error, sizeof error)) {
        command_refuse("%s", error);
    } else if (settings->help) {
        printf("usage: condis %s %s\n", self->name, self->arguments);
        options_help(stdout, self->options, self->option_count);
        status = EXIT_PASSED;
    } else if (rest.word_count || rest.after_count) {
        command_refuse("switch: takes options only; see condis switch --help");
    } else {
        status = run_switch(settings);
    }
done:
    free(settings);
    free(words);
    return status;
}

const struct command command_switch = {
    .name = "switch",
    .arguments = "[OPTION...]",
    .help = "Runs a switch: the network between hosts, until SIGTERM releases its calls.",
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
