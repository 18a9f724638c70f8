/* SPDX-License-Identifier: MIT */
/* condis capture: what the frames of a capture hold, read by our own decoders. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>
#include <pcap/pcap.h>

#include "command.h"
#include "ilmi/snmp.h"
#include "saal/pdu.h"
#include "uni/message.h"

enum {
    PSEUDO_BYTES = 4,
    FROM_USER = 0x80, /* octet 0: from the host's side */
    VCI_SIGNAL = 5,
    VCI_ILMI = 16,
    LINE_BYTES = 4096,
};

enum way { TO_NETWORK, TO_USER, WAYS };

struct settings {
    bool list;
    bool json;
};

/* How often each kind of frame went each way. */
struct traffic {
    uint64_t messages[256][WAYS];
    uint64_t pdus[SSCOP_PDU_TYPE_COUNT][WAYS];
    uint64_t registrations[SNMP_TRAP - SNMP_GET + 1][WAYS];
    uint64_t unreadable[WAYS];
    uint64_t data_frames[WAYS];
    uint64_t data_bytes[WAYS];
    uint64_t frame_count;
    double first_s;
    double last_s;
};

static const char *const snmp_names[] = {"Get", "GetNext", "Response", "Set", "Trap"};

static const struct option_row rows[] = {
    {"--list", NULL, "a line for each signalling message, before the counts",
     OPTION_FLAG(struct settings, list)},
    {"--json", NULL, "the counts as one JSON document on standard output",
     OPTION_FLAG(struct settings, json)},
    HELP_ROW,
};

/* --- Counting ------------------------------------------------------------------------------- */

static void message_list(const struct uni_message *message, double at_s, enum way way)
{
    char line[LINE_BYTES];
    uni_print(message, line, sizeof line);
    printf("%10.6f  %s  %s\n", at_s, way == TO_NETWORK ? "host -> switch" : "switch -> host", line);
}

static void signal_count(struct traffic *traffic, const struct settings *settings, enum way way,
                         const uint8_t *octets, size_t bytes)
{
    static struct uni_message message; /* it is large */
    struct sscop_pdu pdu;
    if (sscop_pdu_read(octets, bytes, &pdu) != SSCOP_PDU_GOOD) {
        traffic->unreadable[way]++;
        return;
    }
    traffic->pdus[pdu.type][way]++;
    if (pdu.type != SSCOP_SD)
        return;
    if (uni_decode(&message, pdu.data, pdu.bytes) != UNI_DECODE_OK) {
        traffic->unreadable[way]++;
        return;
    }
    traffic->messages[message.type][way]++;
    if (settings->list)
        message_list(&message, traffic->last_s - traffic->first_s, way);
}

static void registration_count(struct traffic *traffic, enum way way, const uint8_t *octets,
                               size_t bytes)
{
    struct snmp_message message;
    if (snmp_decode(octets, bytes, &message))
        traffic->registrations[message.pdu - SNMP_GET][way]++;
    else
        traffic->unreadable[way]++;
}

static void frame_count(struct traffic *traffic, const struct settings *settings,
                        const struct pcap_pkthdr *header, const uint8_t *record)
{
    double now_s = (double)header->ts.tv_sec + (double)header->ts.tv_usec / 1e6;
    if (traffic->frame_count++ == 0)
        traffic->first_s = now_s;
    traffic->last_s = now_s;
    if (header->caplen < PSEUDO_BYTES || header->caplen < header->len) {
        traffic->unreadable[TO_NETWORK]++; /* cut short: its way may be unknown too */
        return;
    }
    enum way way = record[0] & FROM_USER ? TO_NETWORK : TO_USER;
    unsigned vci = (unsigned)record[2] << 8 | record[3];
    const uint8_t *octets = record + PSEUDO_BYTES;
    size_t bytes = header->caplen - PSEUDO_BYTES;
    if (record[1] == 0 && vci == VCI_SIGNAL) {
        signal_count(traffic, settings, way, octets, bytes);
    } else if (record[1] == 0 && vci == VCI_ILMI) {
        registration_count(traffic, way, octets, bytes);
    } else {
        traffic->data_frames[way]++;
        traffic->data_bytes[way] += bytes;
    }
}

/* --- Telling -------------------------------------------------------------------------------- */

/* One thing that is counted, for whoever shows all of them. */
typedef void show_row(void *context, const char *group, const char *name,
                      const uint64_t count[WAYS]);

static void traffic_each(const struct traffic *traffic, show_row *show, void *context)
{
    for (unsigned type = 0; type < 256; type++)
        show(context, "signalling", uni_type_name((uint8_t)type), traffic->messages[type]);
    for (unsigned type = 0; type < SSCOP_PDU_TYPE_COUNT; type++)
        show(context, "sscop", sscop_pdu_name((uint8_t)type), traffic->pdus[type]);
    for (size_t i = 0; i < sizeof snmp_names / sizeof *snmp_names; i++)
        show(context, "registration", snmp_names[i], traffic->registrations[i]);
    show(context, "data", "frames", traffic->data_frames);
    show(context, "data", "bytes", traffic->data_bytes);
    show(context, "unreadable", "frames", traffic->unreadable);
}

static void row_print(void *context, const char *group, const char *name,
                      const uint64_t count[WAYS])
{
    const char **last_group = context;
    if (count[TO_NETWORK] == 0 && count[TO_USER] == 0)
        return;
    if (*last_group != group)
        printf("%-26s  to the switch  to the hosts\n", group);
    *last_group = group;
    printf("  %-24s  %13" PRIu64 "  %12" PRIu64 "\n", name, count[TO_NETWORK], count[TO_USER]);
}

static void row_pack(void *context, const char *group, const char *name, const uint64_t count[WAYS])
{
    json_t *document = context;
    if (count[TO_NETWORK] == 0 && count[TO_USER] == 0)
        return;
    json_t *rows_of_group = json_object_get(document, group);
    if (!rows_of_group) {
        rows_of_group = json_object();
        json_object_set_new(document, group, rows_of_group);
    }
    json_object_set_new(rows_of_group, name,
                        json_pack("{s:I, s:I}", "to_switch", (json_int_t)count[TO_NETWORK],
                                  "to_hosts", (json_int_t)count[TO_USER]));
}

static void traffic_tell(const struct traffic *traffic, const struct settings *settings,
                         const char *file)
{
    if (settings->json) {
        json_t *document =
            json_pack("{s:s, s:I, s:f}", "file", file, "frames", (json_int_t)traffic->frame_count,
                      "seconds", traffic->last_s - traffic->first_s);
        traffic_each(traffic, row_pack, document);
        json_dumpf(document, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(document);
        return;
    }
    const char *group = NULL;
    printf("%s: %" PRIu64 " frames in %.3f s\n", file, traffic->frame_count,
           traffic->last_s - traffic->first_s);
    traffic_each(traffic, row_print, &group);
}

/* --- The command ---------------------------------------------------------------------------- */

static int file_read(pcap_t *pcap, const struct settings *settings, const char *file)
{
    static struct traffic traffic;
    struct pcap_pkthdr *header;
    const u_char *record;
    int more;
    if (pcap_datalink(pcap) != DLT_SUNATM)
        return command_refuse("%s: a capture of another kind of link than SUNATM, which --pcap of "
                              "condis writes",
                              file);
    traffic = (struct traffic){0};
    while ((more = pcap_next_ex(pcap, &header, &record)) == 1)
        frame_count(&traffic, settings, header, record);
    traffic_tell(&traffic, settings, file);
    if (more == PCAP_ERROR)
        return command_refuse("%s: damaged behind frame %" PRIu64 ": %s", file, traffic.frame_count,
                              pcap_geterr(pcap));
    return EXIT_PASSED;
}

/* pcap says less about a file that cannot be read than the system does. */
static int capture(const struct settings *settings, const char *file)
{
    char error[PCAP_ERRBUF_SIZE];
    struct stat kind;
    FILE *stream = fopen(file, "rb");
    if (!stream)
        return command_refuse("%s: %s", file, strerror(errno));
    if (fstat(fileno(stream), &kind) == 0 && S_ISDIR(kind.st_mode)) {
        fclose(stream);
        return command_refuse("%s: %s", file, strerror(EISDIR));
    }
    pcap_t *pcap = pcap_fopen_offline(stream, error);
    if (!pcap) {
        fclose(stream);
        return command_refuse("%s: no capture: %s", file, error);
    }
    int status = file_read(pcap, settings, file);
    pcap_close(pcap); /* and the stream with it */
    return status;
}

static int run(const struct command *self, const char *const *arguments, size_t argument_count)
{
    struct settings settings = {0};
    struct option_rest rest;
    int status;
    if (command_read(self, &settings, arguments, argument_count, &rest, &status))
        status = command_end(settings.list && settings.json
                                 ? command_refuse("capture: either --list or --json")
                                 : capture(&settings, rest.words[0]));
    option_rest_free(&rest);
    return status;
}

const struct command command_capture = {
    .name = "capture",
    .arguments = "FILE [--list] [--json]",
    .help = "Counts what a capture of --pcap holds: signalling, registration, data.",
    .manual =
        "The command reads a capture of condis switch, answer or call and says how many messages "
        "of each kind went which way. The signalling is that of Q.2931 and Q.2971 on VPI 0, VCI "
        "5, with the SSCOP frames that carry it; the registration is ILMI's SNMP on VPI 0, VCI 16; "
        "all other VCs carry data. A capture of the switch holds the links of all hosts. A frame "
        "that SSCOP sent twice counts twice.\n\n"
        "With --list each message comes as a line before the counts: the seconds since the first "
        "frame, which way it went, its type, its call reference and flag, its information "
        "elements.\n\n"
        "The exit status is 0, or 2 when the file is no such capture or is damaged; what comes "
        "before the damage is counted.",
    .word = "file",
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
