/* SPDX-License-Identifier: MIT */
/* Encoding and decoding one message. The floors do what no codec can do without: a copy of octets
 * that are known, with the references put in, and a walk from element to element. */
#include "report.h"
#include "uni.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Best of a few tries: the machine's other work only ever adds time. */
enum { TRIES = 7, ROUNDS = 200000, SMOKE_ROUNDS = 100 };

static const uint8_t aesa[20] = {0x47, 0,    5,    0x80, 0xFF, 0xE1, 0, 0, 0, 0xF2,
                                 0x1A, 0x2B, 0x3C, 0,    0x20, 0xEA, 0, 1, 1, 0};

void bench_add_called(struct uni_message *m)
{
    struct uni_called_number *const number = UNI_ADD(m, CALLED_NUMBER, called_number);

    number->plan = 2;
    number->digits = (struct uni_view){aesa, sizeof(aesa)};
}

static void make_setup(struct uni_message *m)
{
    struct uni_traffic *const traffic = UNI_ADD(m, TRAFFIC, traffic);
    struct uni_bearer *const bearer = UNI_ADD(m, BEARER, bearer);
    struct uni_aal_parameters *const aal = UNI_ADD(m, AAL_PARAMETERS, aal_parameters);
    struct uni_connection *const connection = UNI_ADD(m, CONNECTION, connection);

    traffic->tags = UNI_TAG(FWD_PCR01) | UNI_TAG(BWD_PCR01) | UNI_TAG(BEST_EFFORT);
    traffic->fwd_pcr01 = 353207;
    bearer->class = 0x10;
    bearer->multipoint = 1;
    aal->type = 5;
    aal->tags = UNI_TAG(AAL_FORWARD_SDU) | UNI_TAG(AAL_BACKWARD_SDU);
    aal->forward_sdu_bytes = 9188;
    connection->association = 1;
    connection->vci = 32;
    bench_add_called(m);
    UNI_ADD(m, QOS, qos)->head = 0xE0;
}

static const struct {
    uint8_t type;
    bool answer;
    const char *name;
} kinds[BENCH_MESSAGE_COUNT] = {
    [BENCH_SETUP] = {UNI_SETUP, false, "SETUP"},
    [BENCH_ADD_PARTY] = {UNI_ADD_PARTY, false, "ADD PARTY"},
    [BENCH_ADD_PARTY_ACK] = {UNI_ADD_PARTY_ACKNOWLEDGE, true, "ADD PARTY ACKNOWLEDGE"},
    [BENCH_DROP_PARTY] = {UNI_DROP_PARTY, false, "DROP PARTY"},
    [BENCH_DROP_PARTY_ACK] = {UNI_DROP_PARTY_ACKNOWLEDGE, true, "DROP PARTY ACKNOWLEDGE"},
};

void bench_make(struct uni_message *m, enum bench_message which, uint16_t endpoint)
{
    uni_message_init(m, kinds[which].type, 0x12, kinds[which].answer);
    if (which == BENCH_SETUP)
        make_setup(m);
    if (which == BENCH_ADD_PARTY)
        bench_add_called(m);
    if (which == BENCH_DROP_PARTY)
        UNI_ADD(m, CAUSE, cause)->value = 16;
    UNI_ADD(m, ENDPOINT_REF, endpoint_ref)->id = endpoint;
    m->endpoint_ref->flag = kinds[which].answer;
}

struct figures {
    double copy_ns;
    double encode_ns;
    double walk_ns;
    double decode_ns;
    double judge_ns;
};

static void keep_least(double *least_ns, double start_ns, unsigned rounds)
{
    const double taken_ns = (report_now_ns() - start_ns) / rounds;

    if (*least_ns == 0 || taken_ns < *least_ns)
        *least_ns = taken_ns;
}

/* As if the compiler could not know what is there. */
#define UNKNOWN(what) __asm__ volatile("" : : "g"(&(what)) : "memory")

static void try_floors(struct figures *f, const uint8_t *known, size_t size, unsigned rounds)
{
    static uint8_t out[UNI_MESSAGE_BYTES_MAX];
    unsigned sum = 0;
    double start_ns = report_now_ns();

    for (unsigned i = 0; i < rounds; i++) {
        memcpy(out, known, size);
        out[3] = (uint8_t)(i >> 8);
        out[4] = (uint8_t)i;
        UNKNOWN(out);
    }
    keep_least(&f->copy_ns, start_ns, rounds);
    start_ns = report_now_ns();
    for (unsigned i = 0; i < rounds; i++) {
        UNKNOWN(out);
        for (size_t at = UNI_HEADER_BYTES; at + 4 <= size;
             at += 4 + (size_t)(out[at + 2] << 8 | out[at + 3]))
            sum += out[at];
    }
    keep_least(&f->walk_ns, start_ns, rounds);
    UNKNOWN(sum);
}

static void try_ours(struct figures *f, struct uni_message *message, uint8_t *out, size_t size,
                     unsigned rounds)
{
    static struct uni_message received;
    double start_ns = report_now_ns();

    for (unsigned i = 0; i < rounds; i++) {
        message->call_ref = i & 0xFFFF;
        if (uni_encode(message, out) != size)
            abort();
    }
    keep_least(&f->encode_ns, start_ns, rounds);
    start_ns = report_now_ns();
    for (unsigned i = 0; i < rounds; i++) {
        out[4] = (uint8_t)i;
        if (uni_decode(&received, out, size) != UNI_DECODE_OK || received.fault_count)
            abort();
    }
    keep_least(&f->decode_ns, start_ns, rounds);
    start_ns = report_now_ns();
    for (unsigned i = 0; i < rounds; i++) {
        out[4] = (uint8_t)i;
        uni_decode(&received, out, size);
        if (uni_check(&received, UNI_40, UNI_NETWORK_TO_USER).reaction != UNI_PROCESS)
            abort();
    }
    keep_least(&f->judge_ns, start_ns, rounds);
}

static void measure(enum bench_message which, unsigned rounds)
{
    static struct uni_message message;
    static uint8_t out[UNI_MESSAGE_BYTES_MAX], known[UNI_MESSAGE_BYTES_MAX];
    struct figures f = {0};
    char text[64];

    bench_make(&message, which, 1);
    const size_t size = uni_encode(&message, known);

    for (unsigned try = 0; try < TRIES; try++) {
        try_floors(&f, known, size, rounds);
        try_ours(&f, &message, out, size, rounds);
    }
    snprintf(text, sizeof(text), "encode %s, %zu octets", kinds[which].name,
             size - UNI_HEADER_BYTES);
    report_row(text, f.copy_ns, f.encode_ns, "ns");
    snprintf(text, sizeof(text), "decode %s", kinds[which].name);
    report_row(text, f.walk_ns, f.decode_ns, "ns");
    snprintf(text, sizeof(text), "decode and check %s", kinds[which].name);
    report_row(text, f.walk_ns, f.judge_ns, "ns");
}

void bench_uni_codec(bool smoke)
{
    for (unsigned i = 0; i < BENCH_MESSAGE_COUNT; i++)
        measure((enum bench_message)i, smoke ? SMOKE_ROUNDS : ROUNDS);
}
