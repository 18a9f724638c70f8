/* SPDX-License-Identifier: MIT */
/* Captures as libpcap reads them back, and as tshark, when it is there, takes them apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>
#include <pcap/pcap.h>

#include "link/pcap.h"

static const uint8_t add_party[] = {
    0x09, 0x03, 0x00, 0x00, 0x12, 0x80, 0x80, 0x00, 0x29, 0x70, 0x80, 0x00, 0x15, 0x82,
    0x47, 0x00, 0x05, 0x80, 0xff, 0xe1, 0x00, 0x00, 0x00, 0xf2, 0x1a, 0x2b, 0x3c, 0x00,
    0x20, 0xea, 0x00, 0x01, 0x01, 0x00, 0x54, 0x80, 0x00, 0x03, 0x00, 0x00, 0x01, 0x7e,
    0x80, 0x00, 0x05, 0x00, 'P',  'I',  'N',  'G',  0x00, 0x00, 0x88, 0x00, 0x00, 0x00};
static const uint8_t drop_party_ack[] = {0x09, 0x03, 0x80, 0x00, 0x12, 0x84, 0x80,
                                         0x00, 0x07, 0x54, 0x80, 0x00, 0x03, 0x00,
                                         0x80, 0x01, 0x08, 0x00, 0x00, 0x01};
/* SNMPv1 Set, community ILMI: atmfNetPrefixStatus of a 13-octet prefix becomes valid. */
static const uint8_t set_prefix[] = {
    0x30, 0x38, 0x02, 0x01, 0x00, 0x04, 0x04, 'I',  'L',  'M',  'I',  0xa3, 0x2d, 0x02, 0x01,
    0x07, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x22, 0x30, 0x20, 0x06, 0x1b, 0x2b, 0x06,
    0x01, 0x04, 0x01, 0x82, 0x61, 0x02, 0x07, 0x01, 0x01, 0x03, 0x00, 0x0d, 0x47, 0x00, 0x05,
    0x01, 0x7f, 0x61, 0x00, 0x00, 0x00, 0x12, 0x1a, 0x2b, 0x3c, 0x02, 0x01, 0x01};

static char path[] = "/tmp/condis-capture-XXXXXX";

static void write_one(struct link_capture *capture, enum link_direction direction, uint16_t vci,
                      const uint8_t *bytes, size_t byte_count)
{
    struct link_capture_frame frame = {
        .direction = direction, .vci = vci, .time = 134116992001234560ull};
    struct iovec pieces[2] = {
        {(void *)(uintptr_t)bytes, byte_count / 3},
        {(void *)(uintptr_t)(bytes + byte_count / 3), byte_count - byte_count / 3}};
    link_capture_write(capture, &frame, pieces, 2);
}

static int capture_begin(void **state)
{
    (void)state;
    char error[LINK_CAPTURE_ERROR_CHARACTERS] = "";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    struct link_capture *capture = link_capture_open(path, error);
    assert_non_null(capture);
    write_one(capture, LINK_USER_TO_NETWORK, 5, add_party, sizeof(add_party));
    write_one(capture, LINK_NETWORK_TO_USER, 5, drop_party_ack, sizeof(drop_party_ack));
    write_one(capture, LINK_NETWORK_TO_USER, 16, set_prefix, sizeof(set_prefix));
    struct stat kind; /* signalling is in the file at once */
    assert_int_equal(stat(path, &kind), 0);
    assert_int_equal(kind.st_size, 24 + 3 * (16 + 4) + sizeof add_party + sizeof drop_party_ack +
                                       sizeof set_prefix);
    write_one(capture, LINK_USER_TO_NETWORK, 100, add_party, 9);
    assert_true(link_capture_flush(capture));
    link_capture_release(link_capture_hold(capture));
    link_capture_release(capture);
    return 0;
}

static int capture_end(void **state)
{
    (void)state;
    return unlink(path);
}

static void frames_read_back_with_their_header_and_time(void **state)
{
    (void)state;
    static const uint8_t headers[4][4] = {
        {0x86, 0, 0, 5}, {0x06, 0, 0, 5}, {0x05, 0, 0, 16}, {0x80, 0, 0, 100}};
    static const size_t sizes[4] = {sizeof(add_party), sizeof(drop_party_ack), sizeof(set_prefix),
                                    9};
    static const uint8_t *const bytes[4] = {add_party, drop_party_ack, set_prefix, add_party};
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *file = pcap_open_offline(path, error);
    assert_non_null(file);
    assert_int_equal(pcap_datalink(file), DLT_SUNATM);
    struct pcap_pkthdr *header;
    const u_char *data;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pcap_next_ex(file, &header, &data), 1);
        assert_int_equal(header->caplen, sizes[i] + 4);
        assert_memory_equal(data, headers[i], 4);
        assert_memory_equal(data + 4, bytes[i], sizes[i]);
        assert_int_equal(header->ts.tv_sec, 1767225600);
        assert_int_equal(header->ts.tv_usec, 123456);
    }
    assert_int_equal(pcap_next_ex(file, &header, &data), PCAP_ERROR_BREAK);
    pcap_close(file);
}

static void tshark_names_each_message(void **state)
{
    (void)state;
    if (system("command -v tshark >/dev/null 2>&1") != 0)
        skip();
    char command[512], line[256];
    (void)snprintf(command, sizeof(command),
                   "HOME=/nonexistent tshark -r %s -T fields -E separator=';' -e frame.protocols "
                   "-e q2931.message_type -e snmp.community -e snmp.name -e _ws.malformed "
                   "-e _ws.expert 2>/dev/null",
                   path);
    FILE *out = popen(command, "r");
    assert_non_null(out);
    static const char *const wanted[4] = {
        "atm:sscop:q2931;0x80;;;;\n",
        "atm:sscop:q2931;0x84;;;;\n",
        "atm:ilmi;;ILMI;1.3.6.1.4.1.353.2.7.1.1.3.0.13.71.0.5.1.127.97.0.0.0.18.26.43.60;;\n",
        "atm:data;;;;;\n",
    };
    for (int i = 0; i < 4; i++) {
        assert_non_null(fgets(line, sizeof(line), out));
        assert_string_equal(line, wanted[i]);
    }
    assert_null(fgets(line, sizeof(line), out));
    assert_int_equal(pclose(out), 0);
}

static void a_path_that_cannot_be_written_is_told(void **state)
{
    (void)state;
    char error[LINK_CAPTURE_ERROR_CHARACTERS] = "";
    assert_null(link_capture_open("/nonexistent/x.pcap", error));
    assert_non_null(strstr(error, "No such file"));
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    char error[LINK_CAPTURE_ERROR_CHARACTERS] = "";
    if (access("/dev/full", W_OK) != 0)
        skip();
    struct link_capture *capture = link_capture_open("/dev/full", error);
    assert_non_null(capture);
    write_one(capture, LINK_USER_TO_NETWORK, 5, add_party, sizeof(add_party));
    assert_false(link_capture_flush(capture));
    link_capture_release(capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_read_back_with_their_header_and_time),
        cmocka_unit_test(tshark_names_each_message),
        cmocka_unit_test(a_path_that_cannot_be_written_is_told),
        cmocka_unit_test(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, capture_begin, capture_end);
}
