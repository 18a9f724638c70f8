/* SPDX-License-Identifier: MIT */
#include "link/pcap.h"

#include <pcap/pcap.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#define PSEUDO_BYTES  4u
#define PAYLOAD_BYTES 65535u
#define FROM_USER     0x80u /* octet 0, bit 8 */
#define TYPE_GUESSED  0u    /* octet 0, low nibble: what the payload is */
#define TYPE_ILMI     5u
#define TYPE_SIGNAL   6u
#define VCI_SIGNAL    5u
#define VCI_ILMI      16u
#define UNIX_EPOCH    116444736000000000ull /* 1601 to 1970, in 100 ns */
#define SECOND_100NS  10000000ull

struct link_capture {
    pthread_mutex_t lock;
    pcap_t *format;
    pcap_dumper_t *dumper;
    bool failed;
    _Atomic uint32_t references;
    uint8_t record[PSEUDO_BYTES + PAYLOAD_BYTES];
};

struct link_capture *link_capture_open(const char *path, char error[LINK_CAPTURE_ERROR_CHARACTERS])
{
    struct link_capture *capture = calloc(1, sizeof(*capture));
    if (!capture) {
        (void)snprintf(error, LINK_CAPTURE_ERROR_CHARACTERS, "no memory");
        return NULL;
    }
    capture->format = pcap_open_dead(DLT_SUNATM, sizeof(capture->record));
    if (!capture->format) {
        (void)snprintf(error, LINK_CAPTURE_ERROR_CHARACTERS, "no memory");
        goto free_capture;
    }
    capture->dumper = pcap_dump_open(capture->format, path);
    if (!capture->dumper) {
        (void)snprintf(error, LINK_CAPTURE_ERROR_CHARACTERS, "%s", pcap_geterr(capture->format));
        goto close_format;
    }
    (void)pthread_mutex_init(&capture->lock, NULL);
    atomic_store(&capture->references, 1);
    return capture;
close_format:
    pcap_close(capture->format);
free_capture:
    free(capture);
    return NULL;
}

struct link_capture *link_capture_hold(struct link_capture *capture)
{
    (void)atomic_fetch_add(&capture->references, 1);
    return capture;
}

void link_capture_release(struct link_capture *capture)
{
    if (!capture || atomic_fetch_sub(&capture->references, 1) != 1)
        return;
    pcap_dump_close(capture->dumper);
    pcap_close(capture->format);
    (void)pthread_mutex_destroy(&capture->lock);
    free(capture);
}

/* Type 6 is decoded as SSCOP whatever the VC is, so it is for 0/5 alone. */
static uint8_t traffic_type(const struct link_capture_frame *frame)
{
    if (frame->vpi == 0 && frame->vci == VCI_SIGNAL)
        return TYPE_SIGNAL;
    if (frame->vpi == 0 && frame->vci == VCI_ILMI)
        return TYPE_ILMI;
    return TYPE_GUESSED;
}

void link_capture_write(struct link_capture *capture, const struct link_capture_frame *frame,
                        const struct iovec *pieces, size_t piece_count)
{
    uint64_t time = frame->time > UNIX_EPOCH ? frame->time - UNIX_EPOCH : 0;
    struct pcap_pkthdr header = {.ts = {.tv_sec = (time_t)(time / SECOND_100NS),
                                        .tv_usec = (suseconds_t)(time % SECOND_100NS / 10)}};
    size_t bytes = 0;
    pthread_mutex_lock(&capture->lock);
    uint8_t from = frame->direction == LINK_USER_TO_NETWORK ? FROM_USER : 0;
    capture->record[0] = from | traffic_type(frame);
    capture->record[1] = (uint8_t)frame->vpi;
    capture->record[2] = (uint8_t)(frame->vci >> 8);
    capture->record[3] = (uint8_t)frame->vci;
    for (size_t i = 0; i < piece_count && bytes < PAYLOAD_BYTES; i++) {
        size_t now = pieces[i].iov_len;
        if (now > PAYLOAD_BYTES - bytes)
            now = PAYLOAD_BYTES - bytes;
        memcpy(capture->record + PSEUDO_BYTES + bytes, pieces[i].iov_base, now);
        bytes += now;
    }
    header.caplen = header.len = (bpf_u_int32)(PSEUDO_BYTES + bytes);
    pcap_dump((u_char *)capture->dumper, &header, capture->record);
    /* Who reads along sees signalling at once, and the data before it. */
    bool failed =
        (capture->record[0] & ~FROM_USER) != TYPE_GUESSED && pcap_dump_flush(capture->dumper) != 0;
    if (failed || ferror(pcap_dump_file(capture->dumper)))
        capture->failed = true;
    pthread_mutex_unlock(&capture->lock);
}

bool link_capture_flush(struct link_capture *capture)
{
    pthread_mutex_lock(&capture->lock);
    if (pcap_dump_flush(capture->dumper))
        capture->failed = true;
    bool good = !capture->failed;
    pthread_mutex_unlock(&capture->lock);
    return good;
}
