/* SPDX-License-Identifier: MIT */
#include "bare_host.h"

#include <pthread.h>

struct worker {
    struct bare_host *b;
    NDIS_HANDLE pool;
    uint32_t processor;
    bool good;
};

static void *allocate_and_free(void *argument)
{
    struct worker *w = argument;
    if (!exec_attach(w->b->host->exec, w->processor))
        return NULL;
    exec_current()->owner = &w->b->alice;
    w->good = true;
    for (int round = 0; round < 200; round++) {
        PNET_BUFFER_LIST held[50];
        for (int i = 0; i < 50; i++) {
            held[i] = NdisAllocateNetBufferList(w->pool, 16, 0);
            w->good = w->good && held[i];
            if (held[i])
                held[i]->Scratch = w;
        }
        for (int i = 0; i < 50; i++) {
            w->good = w->good && held[i] && held[i]->Scratch == w;
            if (held[i])
                NdisFreeNetBufferList(held[i]);
        }
    }
    exec_detach();
    return NULL;
}

static void two_processors_share_a_pool(void **state)
{
    (void)state;
    struct bare_host *b = bare_host_begin(EXEC_LIVE);
    NDIS_HANDLE pool = list_pool(true, 16, 100);
    struct worker workers[2] = {{b, pool, 0, false}, {b, pool, 1, false}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, allocate_and_free, &workers[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_true(workers[0].good && workers[1].good);
    NdisFreeNetBufferListPool(pool);
    bare_host_end(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_processors_share_a_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
