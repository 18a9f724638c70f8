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

static const char *parse_place(const char *text, struct place *out)
{
    const char *host = text;
    const char *end = strrchr(text, ':');
    uint64_t port = 0;

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
    if (text && !option_number(text, 0, UINT16_MAX, &port))
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
    uint64_t number;

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
    if (!option_number(port, 0, 65535, &number))
        return "a switch's port is a number up to 65535";
    route.port = (uint32_t)number;
    if (metric && !option_number(metric, 0, UINT32_MAX, &number))
        return "a metric is a number";
    route.metric = metric ? (uint32_t)number : 0;
    settings->routes[settings->options.route_count++] = route;
    return NULL;
}

static const struct option_row rows[] = {
    {"--listen", "ADDRESS[:PORT]", "where hosts connect (default all addresses, port 2812)",
     .take = take_listen},
    {"--trunk", "HOST[:PORT]", "connect to another switch's --trunk-listen; ports 0, 1, ...",
     .take = take_trunk},
    {"--trunk-listen", "ADDRESS:PORT", "where other switches connect", .take = take_trunk_listen},
    {"--prefix", "DIGITS", "26 digits that hosts' addresses begin with (default 470005...00)",
     .take = take_prefix},
    {"--route", "PREFIX=PORT[,METRIC]", "a static route: hexadecimal digits, @name, or *",
     .take = take_route},
    {"--uni", "3.1|4.0", "the signalling of hosts (default 4.0)",
     OPTION_WORD(struct settings, options.uni, CONDIS_UNI_31)},
    {"--calls", "N", "calls that a port may hold",
     OPTION_U32(struct settings, options.call_count_max, 0, UINT32_MAX)},
    {"--parties", "N", "parties that a port may hold",
     OPTION_U32(struct settings, options.party_count_max, 0, UINT32_MAX)},
    {"--cells", "N", "cells a second that a port can promise",
     OPTION_U32(struct settings, options.cell_rate, 0, UINT32_MAX)},
    {"--t309", "MS", "how long calls wait for a link that was lost (default 10000)",
     OPTION_U32(struct settings, options.t309_ms, 1, UINT32_MAX), .of = "milliseconds"},
    {"--queue", "BYTES", "frames that may wait for a port (default 4 MiB)",
     OPTION_U32(struct settings, options.queue_bytes_max, 0, UINT32_MAX), .of = "bytes"},
    {"--pcap", "FILE", "capture every link, for Wireshark",
     OPTION_TEXT(struct settings, options.pcap_path)},
    {"--control", "PATH", "a socket at which condis show asks for the status",
     OPTION_TEXT(struct settings, options.control_path)},
    {"--status", NULL, "write the status on SIGUSR1 and at the end",
     OPTION_FLAG(struct settings, status)},
    {"--json", NULL, "the status as a line of JSON", OPTION_FLAG(struct settings, options.json)},
    HELP_ROW,
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
    struct settings *settings = calloc(1, sizeof *settings);
    struct option_rest rest;
    int status;

    if (!settings)
        return command_refuse("no memory");
    settings->options.port = CONDIS_SWITCH_PORT;
    settings->options.uni = CONDIS_UNI_40;
    if (command_read(self, settings, arguments, argument_count, &rest, &status))
        status = command_end(run_switch(settings));
    option_rest_free(&rest);
    free(settings);
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
