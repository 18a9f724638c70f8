/* SPDX-License-Identifier: MIT */
/* Each allocation of a whole call fails once: what was asked is repeated, and nothing is half done.
 * Linked with malloc, calloc and realloc wrapped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "uni/uni.h"

enum { USER, NETWORK, PARTIES = 300 };

static unsigned allocation_count; /* since the run began */
static unsigned failing;          /* which one fails; 0: none */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size)
{
    return ++allocation_count == failing ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return ++allocation_count == failing ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return ++allocation_count == failing ? NULL : __real_realloc(memory, size);
}

static struct uni *ends[2];
static uint32_t call[2];
static unsigned refusals; /* UNI_NO_MEMORY that was returned */

/* What is asked is asked again when there was no memory, once. */
#define DO(what)                                                                                   \
    do {                                                                                           \
        enum uni_result result_ = (what);                                                          \
        if (result_ == UNI_NO_MEMORY) {                                                            \
            refusals++;                                                                            \
            result_ = (what);                                                                      \
        }                                                                                          \
        assert_int_equal(result_, UNI_OK);                                                         \
    } while (0)

static const uint8_t digits[20] = {0x47};

static struct uni_message *elements(bool setup)
{
    static struct uni_message m;

    uni_message_init(&m, 0, 0, 0);
    if (setup) {
        UNI_ADD(&m, TRAFFIC, traffic)->tags = UNI_TAG(BEST_EFFORT);
        UNI_ADD(&m, BEARER, bearer)->class = 0x10;
        m.bearer->multipoint = 1;
        UNI_ADD(&m, QOS, qos);
        UNI_ADD(&m, CONNECTION, connection)->vci = 32;
    }
    UNI_ADD(&m, CALLED_NUMBER, called_number)->plan = 2;
    m.called_number->digits = (struct uni_view){digits, 20};
    return &m;
}

static void answer(const struct uni_event *event)
{
    struct uni *const network = ends[NETWORK];

    if (event->kind == UNI_EVENT_SETUP) {
        call[NETWORK] = event->call;
        DO(uni_request_call(network, 0, event->call, UNI_REQUEST_CONNECT, NULL));
    } else if (event->kind == UNI_EVENT_ADD_PARTY) {
        DO(uni_request_party(network, 0, event->call, event->party, UNI_REQUEST_ADD_PARTY_ACK,
                             NULL));
    } else if (event->kind == UNI_EVENT_RELEASE) {
        DO(uni_request_call(network, 0, event->call, UNI_REQUEST_RELEASE, NULL));
    }
}

static void carry(void)
{
    bool moved = true;

    while (moved) {
        moved = false;
        for (int side = USER; side <= NETWORK; side++) {
            struct uni_frame frame;
            struct uni_event event;

            while (uni_take_frame(ends[side], &frame)) {
                DO(uni_feed(ends[!side], 0, frame.bytes, frame.byte_count));
                moved = true;
            }
            while (uni_take_event(ends[side], &event))
                if (side == NETWORK)
                    answer(&event);
        }
    }
}

static struct uni *make(enum uni_side side)
{
    const struct uni_config config = {.side = side, .version = UNI_40};
    struct uni *uni = uni_new(&config);

    if (!uni) {
        refusals++;
        uni = uni_new(&config);
    }
    assert_non_null(uni);
    return uni;
}

static void run(void)
{
    uint16_t id;

    ends[USER] = make(UNI_USER);
    ends[NETWORK] = make(UNI_NETWORK);
    for (int side = USER; side <= NETWORK; side++)
        DO(uni_link(ends[side], 0, UNI_LINK_ESTABLISHED));
    carry();
    DO(uni_setup(ends[USER], 0, elements(true), 1, &call[USER]));
    carry();
    assert_int_equal(uni_call_state(ends[USER], call[USER]), 10);
    for (unsigned i = 1; i < PARTIES; i++) {
        DO(uni_add_party(ends[USER], 0, call[USER], elements(false), i, &id));
        carry();
        /* The network may also have refused it: then it is absent at both ends. */
        assert_int_equal(uni_party_state(ends[USER], call[USER], id),
                         uni_party_state(ends[NETWORK], call[NETWORK], id));
    }
    DO(uni_audit(ends[USER], 0, call[USER]));
    carry();
    DO(uni_request_call(ends[USER], 0, call[USER], UNI_REQUEST_RELEASE, NULL));
    carry();
    for (int side = USER; side <= NETWORK; side++) {
        assert_int_equal(uni_counters(ends[side]).call_count, 0);
        assert_int_equal(uni_counters(ends[side]).party_count, 0);
        uni_free(ends[side]);
    }
}

static void each_allocation_may_fail_once(void **state)
{
    (void)state;
    failing = 0;
    allocation_count = 0;
    run();
    const unsigned all = allocation_count;

    refusals = 0;
    for (unsigned nth = 1; nth <= all; nth++) {
        allocation_count = 0;
        failing = nth;
        run();
    }
    failing = 0;
    assert_true(all > 10);
    assert_true(refusals > 10);
}

/* The network is the caller: what a CONNECT brings is kept nowhere beyond its call. */
static void calls_that_the_user_answers_leave_nothing_behind(void **state)
{
    (void)state;
    failing = 0;
    ends[USER] = make(UNI_USER);
    ends[NETWORK] = make(UNI_NETWORK);
    for (int side = USER; side <= NETWORK; side++)
        DO(uni_link(ends[side], 0, UNI_LINK_ESTABLISHED));
    unsigned before = 0;

    for (unsigned i = 0; i < 1000; i++) {
        struct uni_event event;

        if (i == 100)
            before = allocation_count;
        DO(uni_setup(ends[NETWORK], 0, elements(true), i, &call[NETWORK]));
        for (struct uni_frame frame; uni_take_frame(ends[NETWORK], &frame);)
            DO(uni_feed(ends[USER], 0, frame.bytes, frame.byte_count));
        while (uni_take_event(ends[USER], &event))
            if (event.kind == UNI_EVENT_SETUP)
                call[USER] = event.call;
        DO(uni_request_call(ends[USER], 0, call[USER], UNI_REQUEST_CONNECT, elements(false)));
        carry();
        DO(uni_request_call(ends[NETWORK], 0, call[NETWORK], UNI_REQUEST_CONNECT_ACK, NULL));
        carry();
        assert_int_equal(uni_call_state(ends[NETWORK], call[NETWORK]), 10);
        DO(uni_request_call(ends[USER], 0, call[USER], UNI_REQUEST_RELEASE, NULL));
        carry();
        assert_int_equal(uni_counters(ends[NETWORK]).call_count, 0);
        assert_int_equal(uni_counters(ends[USER]).call_count, 0);
    }
    assert_int_equal(allocation_count, before);
    uni_free(ends[USER]);
    uni_free(ends[NETWORK]);
}

static void a_steady_state_allocates_nothing(void **state)
{
    uint16_t id;

    (void)state;
    failing = 0;
    ends[USER] = make(UNI_USER);
    ends[NETWORK] = make(UNI_NETWORK);
    for (int side = USER; side <= NETWORK; side++)
        DO(uni_link(ends[side], 0, UNI_LINK_ESTABLISHED));
    DO(uni_setup(ends[USER], 0, elements(true), 1, &call[USER]));
    carry();
    unsigned before = 0;

    for (unsigned i = 0; i < 2000; i++) {
        if (i == 100)
            before = allocation_count;
        DO(uni_add_party(ends[USER], 0, call[USER], elements(false), i, &id));
        carry();
        DO(uni_request_party(ends[USER], 0, call[USER], id, UNI_REQUEST_DROP_PARTY, NULL));
        carry();
        DO(uni_request_party(ends[NETWORK], 0, call[NETWORK], id, UNI_REQUEST_DROP_PARTY_ACK,
                             NULL));
        carry();
    }
    assert_int_equal(allocation_count, before);
    uni_free(ends[USER]);
    uni_free(ends[NETWORK]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_may_fail_once),
        cmocka_unit_test(a_steady_state_allocates_nothing),
        cmocka_unit_test(calls_that_the_user_answers_leave_nothing_behind),
    };

    return cmocka_run_group_tests_name("uni/memory", tests, NULL, NULL);
}
