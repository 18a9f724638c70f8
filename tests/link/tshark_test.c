/* SPDX-License-Identifier: MIT */
/* What we send, as stock Wireshark takes it apart: every signalling message of UNI 3.1 and 4.0,
 * every SSCOP PDU and every ILMI PDU in a capture, none of which may be marked as malformed. The
 * exceptions are Wireshark's own defects (SIG 10.6), a row each; a row holds for the frames that
 * have what it names, and every kind of message is also seen without any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#include "../uni/generate.h"
#include "ilmi/ilmi.h"
#include "ilmi/snmp.h"
#include "link/pcap.h"
#include "saal/number.h"
#include "saal/pdu.h"
#include "saal/saal.h"
#include "uni/tables.h"

enum {
    FRAMES_MAX = 2048,
    EACH = 24,
    LINE_BYTES = 8192,
    WANTED_BYTES = 64,
    NAME_BYTES = 64,
    OCTETS_MAX = 1 << 20
};

/* Wireshark reads some elements on beyond their end: the octet behind it gives an expert mark, and
 * "malformed" when the element is the last. A list of a cause gives only the latter. */
struct defect {
    const char *what;
    const char *expert; /* the mark; NULL: none */
    uint8_t element;
    bool malformed_when_last;
};

static const struct defect defects[] = {
    {"AAL parameters", "Unknown AAL parameter", 0x58, true},
    {"traffic descriptor", "Unknown ATM traffic descriptor element", 0x59, true},
    {"sending complete", "Unknown broadband sending complete element", 0x62, true},
    {"end-to-end delay: its first value is not stepped over", "Unknown transit delay identifier",
     0x42, false},
    {"diagnostics of causes 37, 43, 88, 96, 99, 100", NULL, 0x08, true},
};

struct frame {
    char name[NAME_BYTES];
    char wanted[WANTED_BYTES]; /* protocols and types, as tshark prints them */
    const uint8_t *message;    /* of signalling, ours; NULL: another frame */
    size_t message_bytes;
    bool malformed;
};

struct sheet {
    char path[40];
    struct link_capture *capture;
    struct saal_pool *pool;
    unsigned count;
    struct frame frames[FRAMES_MAX];
    uint8_t *octets; /* of the messages */
    size_t octet_count;
};

static bool has_tshark(void)
{
    return system("command -v tshark >/dev/null 2>&1") == 0;
}

static struct sheet *sheet_open(void)
{
    char error[LINK_CAPTURE_ERROR_CHARACTERS] = "";
    struct sheet *sheet = calloc(1, sizeof *sheet);
    assert_non_null(sheet);
    strcpy(sheet->path, "/tmp/condis-tshark-XXXXXX");
    int file = mkstemp(sheet->path);
    assert_true(file >= 0);
    close(file);
    sheet->capture = link_capture_open(sheet->path, error);
    assert_non_null(sheet->capture);
    sheet->pool = saal_pool_create(1U << 20);
    sheet->octets = malloc(OCTETS_MAX);
    assert_non_null(sheet->pool);
    assert_non_null(sheet->octets);
    return sheet;
}

static void sheet_close(struct sheet *sheet)
{
    saal_pool_destroy(sheet->pool);
    unlink(sheet->path);
    free(sheet->octets);
    free(sheet);
}

static struct frame *sheet_put(struct sheet *sheet, uint16_t vci, bool to_user,
                               const uint8_t *octets, size_t bytes)
{
    const struct link_capture_frame frame = {.direction = to_user ? LINK_NETWORK_TO_USER
                                                                  : LINK_USER_TO_NETWORK,
                                             .vci = vci,
                                             .time = 134116992001234560ull};
    const struct iovec piece = {(void *)(uintptr_t)octets, bytes};
    assert_true(sheet->count < FRAMES_MAX);
    link_capture_write(sheet->capture, &frame, &piece, 1);
    return &sheet->frames[sheet->count++];
}

static struct frame *sheet_put_pdu(struct sheet *sheet, struct sscop_pdu pdu,
                                   const uint32_t *elements, const uint8_t *data, size_t bytes,
                                   bool to_user)
{
    struct saal_buffer *buffer = saal_buffer_get(sheet->pool, bytes + 4 * pdu.list_count);
    assert_non_null(buffer);
    if (bytes > 0)
        memcpy(buffer->data, data, bytes);
    buffer->bytes = pdu.bytes = (uint32_t)bytes;
    sscop_pdu_write(&pdu, elements, buffer);
    struct frame *frame = sheet_put(sheet, 5, to_user, buffer->data, buffer->bytes);
    saal_buffer_release(buffer);
    (void)snprintf(frame->name, sizeof frame->name, "%s", sscop_pdu_name(pdu.type));
    (void)snprintf(frame->wanted, sizeof frame->wanted, "atm:sscop;0x%02x;;", pdu.type);
    return frame;
}

static void put_message(struct sheet *sheet, const struct uni_message *message,
                        enum uni_version version, bool to_user, uint32_t n_s)
{
    const struct sscop_pdu sd = {.type = SSCOP_SD, .n_s = n_s};
    assert_true(sheet->octet_count + UNI_MESSAGE_BYTES_MAX <= OCTETS_MAX);
    uint8_t *out = sheet->octets + sheet->octet_count;
    size_t bytes = uni_encode(message, out);
    assert_true(bytes >= UNI_HEADER_BYTES);
    sheet->octet_count += bytes;
    struct frame *frame = sheet_put_pdu(sheet, sd, NULL, out, bytes, to_user);
    (void)snprintf(frame->name, sizeof frame->name, "UNI %s %s", version == UNI_31 ? "3.1" : "4.0",
                   uni_message_rows[uni_index_of_type[message->type] - 1].title);
    (void)snprintf(frame->wanted, sizeof frame->wanted, "atm:sscop:q2931;0x08;0x%02x;",
                   message->type);
    frame->message = out;
    frame->message_bytes = bytes;
}

static size_t element_bytes(const uint8_t *element)
{
    return 4 + ((size_t)element[2] << 8 | element[3]);
}

/* The last element of an identifier in a message; NULL: there is none. */
static const uint8_t *element_of(const struct frame *frame, uint8_t identifier)
{
    const uint8_t *found = NULL;
    size_t at = UNI_HEADER_BYTES;
    for (; frame->message && at < frame->message_bytes; at += element_bytes(frame->message + at))
        if (frame->message[at] == identifier)
            found = frame->message + at;
    return found;
}

static bool has_list(const uint8_t *cause)
{
    static const uint8_t values[] = {37, 43, 88, 96, 99, 100};
    return memchr(values, cause[5] & 0x7f, sizeof values) != NULL;
}

/* Whether a defect explains that the frame is marked as malformed. */
static bool malformed_is_explained(const struct frame *frame)
{
    for (size_t i = 0; i < sizeof defects / sizeof defects[0]; i++) {
        const uint8_t *element = element_of(frame, defects[i].element);
        if (!defects[i].malformed_when_last || !element)
            continue;
        if (element + element_bytes(element) != frame->message + frame->message_bytes)
            continue;
        if (defects[i].element != 0x08 || has_list(element))
            return true;
    }
    return false;
}

static bool expert_is_explained(const struct frame *frame, const char *text)
{
    for (size_t i = 0; i < sizeof defects / sizeof defects[0]; i++)
        if (defects[i].expert && strcmp(defects[i].expert, text) == 0)
            return element_of(frame, defects[i].element) != NULL;
    return frame->malformed && strncmp(text, "Malformed Packet", 16) == 0;
}

/* What tshark said about one frame: protocols, types, malformed, experts. */
static void check_line(struct frame *frame, char *line)
{
    size_t wanted = strlen(frame->wanted);
    line[strcspn(line, "\n")] = '\0';
    frame->malformed = strstr(line, "alformed") != NULL;
    if (frame->malformed && !malformed_is_explained(frame))
        fail_msg("%s is malformed: %s", frame->name, line);
    if (!frame->malformed && strncmp(line, frame->wanted, wanted) != 0)
        fail_msg("%s: '%s', but wanted '%s'", frame->name, line, frame->wanted);
    char *experts = strrchr(line, ';') + 1;
    for (char *text = strtok(experts, "|"); text; text = strtok(NULL, "|"))
        if (!expert_is_explained(frame, text))
            fail_msg("%s has the mark '%s'", frame->name, text);
}

/* Lets tshark read all of it; each line of its answer is one frame. */
static void sheet_check(struct sheet *sheet)
{
    static char line[LINE_BYTES];
    char command[320];
    assert_true(link_capture_flush(sheet->capture));
    link_capture_release(sheet->capture);
    (void)snprintf(command, sizeof command,
                   "HOME=/nonexistent tshark -r %s -T fields -E separator=';' -E 'aggregator=|' "
                   "-e frame.protocols -e sscop.type -e q2931.message_type -e snmp.data "
                   "-e _ws.malformed -e _ws.expert.message 2>/dev/null",
                   sheet->path);
    FILE *out = popen(command, "r");
    assert_non_null(out);
    for (unsigned i = 0; i < sheet->count; i++) {
        assert_non_null(fgets(line, sizeof line, out));
        check_line(&sheet->frames[i], line);
    }
    assert_null(fgets(line, sizeof line, out));
    assert_int_equal(pclose(out), 0);
}

/* Every message in both directions, with what it must have and at random what it may. */
static void check_version(enum uni_version version)
{
    static struct generator generator;
    static struct uni_message message;
    if (!has_tshark())
        skip();
    struct sheet *sheet = sheet_open();
    uint32_t n_s = 0;
    uint8_t type;
    for (unsigned index = 0; (type = generator_type(index)) != 0; index++)
        for (unsigned each = 0; each < EACH; each++) {
            bool to_user = each & 1;
            if (!uni_message_rows[uni_index_of_type[type] - 1].in_version[version])
                continue;
            generator_init(&generator, each * 1000 + type);
            generate_message(&generator, type, version,
                             to_user ? UNI_NETWORK_TO_USER : UNI_USER_TO_NETWORK, &message);
            put_message(sheet, &message, version, to_user, n_s++);
        }
    sheet_check(sheet);
    for (unsigned i = 0; i < sheet->count; i += EACH) {
        unsigned good = 0;
        for (unsigned each = 0; each < EACH; each++)
            good += !sheet->frames[i + each].malformed;
        if (good == 0)
            fail_msg("no %s without a defect of Wireshark", sheet->frames[i].name);
    }
    sheet_close(sheet);
}

static void every_message_of_uni_31_is_read(void **state)
{
    (void)state;
    check_version(UNI_31);
}

static void every_message_of_uni_40_is_read(void **state)
{
    (void)state;
    check_version(UNI_40);
}

static void every_sscop_pdu_is_read(void **state)
{
    (void)state;
    static const uint32_t elements[] = {2, 3, 5};
    if (!has_tshark())
        skip();
    struct sheet *sheet = sheet_open();
    for (unsigned type = SSCOP_BGN; type < SSCOP_PDU_TYPE_COUNT; type++)
        for (uint32_t list = 0; list < 4; list++) {
            struct sscop_pdu pdu = {.type = (uint8_t)type, .from_sscop = list & 1};
            pdu.list_count = type == SSCOP_USTAT ? 2 : type == SSCOP_STAT ? list : 0;
            pdu.n_s = pdu.n_ps = pdu.n_mr = pdu.n_r = SSCOP_NUMBER_MAX;
            pdu.n_sq = (uint8_t)list;
            sheet_put_pdu(sheet, pdu, elements, NULL, 0, list & 1);
        }
    sheet_check(sheet);
    sheet_close(sheet);
}

static void put_ilmi(struct sheet *sheet, const uint8_t *octets, size_t bytes, bool to_user)
{
    struct snmp_message message;
    assert_true(snmp_decode(octets, bytes, &message));
    struct frame *frame = sheet_put(sheet, ILMI_VCI, to_user, octets, bytes);
    (void)snprintf(frame->name, sizeof frame->name, "ILMI PDU 0x%02x", message.pdu);
    (void)snprintf(frame->wanted, sizeof frame->wanted, "atm:ilmi;;;%d", message.pdu - SNMP_GET);
}

/* The five kinds, with a binding of each type of value. */
static void every_ilmi_pdu_is_read(void **state)
{
    (void)state;
    static const uint8_t octets[] = {0x2b, 6, 1, 4};
    static const enum snmp_type types[] = {SNMP_INTEGER, SNMP_OCTETS, SNMP_NULL,  SNMP_OBJECT,
                                           SNMP_COUNTER, SNMP_GAUGE,  SNMP_TICKS, SNMP_ADDRESS};
    if (!has_tshark())
        skip();
    struct sheet *sheet = sheet_open();
    for (unsigned pdu = SNMP_GET; pdu <= SNMP_TRAP; pdu++) {
        static uint8_t out[SNMP_MESSAGE_BYTES_MAX];
        struct snmp_message message = {.pdu = (enum snmp_pdu)pdu,
                                       .request_id = 7,
                                       .enterprise = {7, {1, 3, 6, 1, 4, 1, 353}},
                                       .binding_count = sizeof types / sizeof types[0]};
        for (unsigned i = 0; i < message.binding_count; i++)
            message.bindings[i] = (struct snmp_binding){
                .name = {9, {1, 3, 6, 1, 4, 1, 353, 9, i}},
                .type = types[i],
                .number = 40000,
                .octets = octets,
                .octet_count =
                    types[i] == SNMP_OCTETS || types[i] == SNMP_OBJECT || types[i] == SNMP_ADDRESS
                        ? sizeof octets
                        : 0};
        size_t bytes = snmp_encode(&message, out);
        assert_true(bytes > 0);
        put_ilmi(sheet, out, bytes, pdu & 1);
    }
    sheet_check(sheet);
    sheet_close(sheet);
}

/* What two entities say to each other until an address is registered. */
static void a_registration_is_read(void **state)
{
    (void)state;
    static const uint8_t prefix[ILMI_PREFIX_BYTES] = {0x47, 0, 5}, esi[ILMI_ESI_BYTES] = {2};
    uint8_t frame[ILMI_FRAME_BYTES_MAX];
    if (!has_tshark())
        skip();
    struct sheet *sheet = sheet_open();
    struct ilmi *ends[2];
    for (int i = 0; i < 2; i++) {
        const struct ilmi_options options = {.side = i ? ILMI_NETWORK : ILMI_USER};
        ends[i] = ilmi_create(&options);
        assert_non_null(ends[i]);
    }
    assert_true(ilmi_add_esi(ends[0], 1, esi, 0));
    assert_true(ilmi_add_prefix(ends[1], 1, prefix));
    for (int i = 0; i < 2; i++)
        ilmi_start(ends[i], 1);
    for (bool moved = true; moved;) {
        moved = false;
        for (int i = 0; i < 2; i++)
            for (size_t bytes; (bytes = ilmi_take_frame(ends[i], frame)) > 0; moved = true) {
                put_ilmi(sheet, frame, bytes, i == 1);
                ilmi_feed(ends[!i], 1, frame, bytes);
            }
    }
    assert_true(ilmi_is_connected(ends[0]) && ilmi_is_connected(ends[1]));
    assert_true(sheet->count >= 8);
    sheet_check(sheet);
    for (int i = 0; i < 2; i++)
        ilmi_destroy(ends[i]);
    sheet_close(sheet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_of_uni_31_is_read),
        cmocka_unit_test(every_message_of_uni_40_is_read),
        cmocka_unit_test(every_sscop_pdu_is_read),
        cmocka_unit_test(every_ilmi_pdu_is_read),
        cmocka_unit_test(a_registration_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
