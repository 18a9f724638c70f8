/* SPDX-License-Identifier: MIT */
#include "uni.h"

#include <stdio.h>
#include <stdlib.h>

#include "uni/message.h"

/* Best of a few tries: the machine's other work only ever adds time. */
enum { TRIES = 7, ROUNDS = 200000, SMOKE_ROUNDS = 100 };

static const uint8_t aesa[20] = {0x47, 0,    5,    0x80, 0xFF, 0xE1, 0, 0, 0, 0xF2,
                                 0x1A, 0x2B, 0x3C, 0,    0x20, 0xEA, 0, 1, 1, 0};

static void add_called(struct uni_message *m)
{
    struct uni_called_number *const number = UNI_ADD(m, CALLED_NUMBER, called_number);

    number->plan = 2;
    number->digits = (struct uni_view){aesa, sizeof(aesa)};
}

static void make_setup(struct uni_message *m)
{
    uni_message_init(m, UNI_SETUP, 0x12, 0);
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
    add_called(m);
    UNI_ADD(m, QOS, qos)->head = 0xE0;
    UNI_ADD(m, ENDPOINT_REF, endpoint_ref);
}

static void make_add_party(struct uni_message *m)
{
    uni_message_init(m, UNI_ADD_PARTY, 0x12, 0);
    add_called(m);
    UNI_ADD(m, ENDPOINT_REF, endpoint_ref)->id = 1;
}

static void make_add_party_ack(struct uni_message *m)
{
    uni_message_init(m, UNI_ADD_PARTY_ACKNOWLEDGE, 0x12, 1);
    UNI_ADD(m, ENDPOINT_REF, endpoint_ref)->id = 1;
    m->endpoint_ref->flag = 1;
}

static void make_drop_party(struct uni_message *m)
{
    uni_message_init(m, UNI_DROP_PARTY, 0x12, 0);
    UNI_ADD(m, CAUSE, cause)->value = 16;
    UNI_ADD(m, ENDPOINT_REF, endpoint_ref)->id = 1;
}

static void measure(const char *name, void (*make)(struct uni_message *m), double other_encode_ns,
                    double other_decode_ns, unsigned rounds)
{
    static struct uni_message message, received;
    static uint8_t out[UNI_MESSAGE_BYTES_MAX];
    double encode_ns = 1e18, decode_ns = 1e18, judge_ns = 1e18;
    char text[64];
    size_t size = 0;

    make(&message);
    for (unsigned try = 0; try < TRIES; try++) {
        double start = bench_now_ns();

        for (unsigned i = 0; i < rounds; i++) {
            message.call_ref = i & 0xFFFF;
            size = uni_encode(&message, out);
        }
        double taken = (bench_now_ns() - start) / rounds;
        encode_ns = taken < encode_ns ? taken : encode_ns;
        start = bench_now_ns();
        for (unsigned i = 0; i < rounds; i++) {
            out[4] = (uint8_t)i;
            if (uni_decode(&received, out, size) != UNI_DECODE_OK || received.fault_count)
                abort();
        }
        taken = (bench_now_ns() - start) / rounds;
        decode_ns = taken < decode_ns ? taken : decode_ns;
        start = bench_now_ns();
        for (unsigned i = 0; i < rounds; i++) {
            out[4] = (uint8_t)i;
            uni_decode(&received, out, size);
            if (uni_check(&received, UNI_40, UNI_NETWORK_TO_USER).reaction != UNI_PROCESS)
                abort();
        }
        taken = (bench_now_ns() - start) / rounds;
        judge_ns = taken < judge_ns ? taken : judge_ns;
    }
    snprintf(text, sizeof(text), "encode %s (%zu octets)", name, size - UNI_HEADER_BYTES);
    bench_row(text, encode_ns, other_encode_ns);
    snprintf(text, sizeof(text), "decode %s", name);
    bench_row(text, decode_ns, other_decode_ns);
    snprintf(text, sizeof(text), "decode and check %s", name);
    bench_row(text, judge_ns, 0);
}

void bench_uni_codec(bool smoke)
{
    const unsigned rounds = smoke ? SMOKE_ROUNDS : ROUNDS;

    measure("SETUP", make_setup, 0, 0, rounds);
    measure("ADD PARTY", make_add_party, 73, 95, rounds);
    measure("ADD PARTY ACKNOWLEDGE", make_add_party_ack, 0, 0, rounds);
    measure("DROP PARTY", make_drop_party, 0, 0, rounds);
}
