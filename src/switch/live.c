/* SPDX-License-Identifier: MIT */
/* A switch as a program: a live world of one processor, listeners, and signals of the system. */
#define _GNU_SOURCE
#include <condis/control.h>
#include <condis/switch.h>

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "link/tcp.h"
#include "switch/node.h"

enum {
    CAUSE_NETWORK_OUT_OF_ORDER = 38,
    END_WAIT_MS = 5000, /* for peers to confirm that their calls are released */
    END_STEP_MS = 10,
    ERROR_CHARACTERS = TCP_ERROR_CHARACTERS,
};

struct live {
    const struct condis_switch_options *options;
    struct condis_error *error;
    struct exec_world *world;
    struct exec *exec;
    struct node *node;
    struct link_capture *capture;
    struct tcp_listener *listeners[2]; /* hosts, trunks */
    uint32_t listener_count;
    struct condis_control *control;
};

/* Something to be done on the node's processor while the caller waits. */
struct errand {
    struct exec_item item;
    void (*run)(struct live *live, struct errand *errand);
    struct live *live;
    sem_t done;
    uint32_t answer;
};

static bool live_fail(struct live *live, const char *format, const char *what)
{
    if (live->error)
        snprintf(live->error->text, sizeof live->error->text, format, what);
    return false;
}

static void errand_run(struct exec_item *item)
{
    struct errand *errand = (struct errand *)(void *)item;

    errand->run(errand->live, errand);
    sem_post(&errand->done);
}

static uint32_t live_run(struct live *live, struct errand *errand)
{
    errand->item.run = errand_run;
    errand->live = live;
    sem_init(&errand->done, 0, 0);
    exec_post(live->exec, 0, &errand->item);
    while (sem_wait(&errand->done) != 0)
        continue;
    sem_destroy(&errand->done);
    return errand->answer;
}

static uint32_t live_do(struct live *live, void (*run)(struct live *live, struct errand *errand))
{
    struct errand errand = {.run = run};

    return live_run(live, &errand);
}

static void log_line(void *context, const char *line)
{
    const struct live *live = context;

    if (live->options->log) {
        fprintf(live->options->log, "%s\n", line);
        fflush(live->options->log);
    }
}

static void accept_host(void *context, int socket, const char *peer)
{
    node_accept(((struct live *)context)->node, socket, peer, false);
}

static void accept_trunk(void *context, int socket, const char *peer)
{
    node_accept(((struct live *)context)->node, socket, peer, true);
}

static void listener_closed(void *context)
{
    ((struct live *)context)->listener_count--;
}

static bool live_listen(struct live *live, bool trunk)
{
    const struct condis_switch_options *options = live->options;
    const char *host = trunk ? options->trunk_host : options->host;
    char error[TCP_ERROR_CHARACTERS];
    char line[ERROR_CHARACTERS];
    const struct tcp_listener_options listener = {.exec = live->exec,
                                                  .host = host,
                                                  .port =
                                                      trunk ? options->trunk_port : options->port,
                                                  .accepted = trunk ? accept_trunk : accept_host,
                                                  .closed = listener_closed,
                                                  .context = live};

    live->listeners[trunk] = tcp_listen(&listener, error);
    if (!live->listeners[trunk])
        return live_fail(live, "cannot listen: %s", error);
    live->listener_count++;
    snprintf(line, sizeof line, "listening on %s port %u for %s", host ? host : "*",
             tcp_listener_port(live->listeners[trunk]), trunk ? "trunks" : "hosts");
    log_line(live, line);
    return true;
}

/* Trunks and routes, before anybody else can take a port's number. */
static void errand_begin(struct live *live, struct errand *errand)
{
    const struct condis_switch_options *options = live->options;

    errand->answer = 0;
    for (size_t i = 0; i < options->trunk_count; i++)
        if (!node_trunk(live->node, options->trunks[i].host, options->trunks[i].port))
            return;
    for (size_t i = 0; i < options->route_count; i++) {
        const struct condis_switch_route *route = &options->routes[i];
        if (!route_add(switch_routes(node_switch(live->node)), route->prefix, route->digit_count,
                       route->port, route->metric, ROUTE_STATIC))
            return;
    }
    errand->answer = 1;
}

static void errand_status(struct live *live, struct errand *errand)
{
    (void)errand;
    if (!live->options->status)
        return;
    node_status(live->node, live->options->status, live->options->json);
    fflush(live->options->status);
}

/* The status as somebody asked for it. */
struct question {
    struct errand errand; /* first */
    FILE *out;
    bool json;
};

static void errand_answer(struct live *live, struct errand *errand)
{
    const struct question *question = (const struct question *)(void *)errand;

    errand->answer = node_status(live->node, question->out, question->json);
}

static bool answer_show(void *context, FILE *out, bool json)
{
    struct question question = {.errand = {.run = errand_answer}, .out = out, .json = json};

    return live_run(context, &question.errand) != 0;
}

static void errand_release(struct live *live, struct errand *errand)
{
    (void)errand;
    node_release_all(live->node, CAUSE_NETWORK_OUT_OF_ORDER);
}

static void errand_calls(struct live *live, struct errand *errand)
{
    errand->answer = switch_call_count(node_switch(live->node));
}

static void errand_close(struct live *live, struct errand *errand)
{
    (void)errand;
    node_close(live->node);
    for (size_t i = 0; i < 2; i++)
        if (live->listeners[i])
            tcp_listener_close(live->listeners[i]);
}

static void errand_left(struct live *live, struct errand *errand)
{
    errand->answer = node_wire_count(live->node) + live->listener_count;
}

static void errand_free(struct live *live, struct errand *errand)
{
    (void)errand;
    node_free(live->node);
}

static void live_wait(struct live *live, void (*count)(struct live *live, struct errand *errand))
{
    const struct timespec step = {0, END_STEP_MS * 1000000L};

    for (int waited_ms = 0; waited_ms < END_WAIT_MS && live_do(live, count);
         waited_ms += END_STEP_MS)
        nanosleep(&step, NULL);
}

static bool live_open_control(struct live *live)
{
    const struct condis_control_options control = {
        .path = live->options->control_path, .answer = answer_show, .context = live};

    return !control.path || condis_control_open(&control, &live->control, live->error);
}

static bool live_begin(struct live *live)
{
    static const uint8_t prefix[NODE_PREFIX_BYTES] = {0x47, 0x00, 0x05, 0x80, 0xFF, 0xE1};
    const struct condis_switch_options *options = live->options;
    const struct exec_world_options world = {.kind = EXEC_LIVE};
    const struct exec_options exec = {.name = "switch", .processor_count = 1};
    char error[LINK_CAPTURE_ERROR_CHARACTERS];

    if (options->pcap_path) {
        live->capture = link_capture_open(options->pcap_path, error);
        if (!live->capture)
            return live_fail(live, "cannot capture: %s", error);
    }
    live->world = exec_world_create(&world);
    live->exec = live->world ? exec_create(live->world, &exec) : NULL;
    if (!live->exec || !exec_attach(live->exec, 0))
        return live_fail(live, "%s", "no memory for a processor");
    struct node_options node = {
        .exec = live->exec,
        .port = {.version = options->uni == CONDIS_UNI_31 ? UNI_31 : UNI_40,
                 .call_count_max = options->call_count_max,
                 .party_count_max = options->party_count_max,
                 .cell_rate = options->cell_rate,
                 .t309_ms = options->t309_ms},
        .queue_bytes_max = options->queue_bytes_max,
        .capture = live->capture,
        .log = log_line,
        .context = live,
    };
    memcpy(node.prefix, options->prefix ? options->prefix : prefix, sizeof prefix);
    if (getrandom(node.system_id, sizeof node.system_id, 0) != sizeof node.system_id)
        return live_fail(live, "%s", "the system has no random numbers");
    live->node = node_new(&node);
    if (!live->node || !live_do(live, errand_begin))
        return live_fail(live, "%s", "no memory for the trunks and routes");
    if (options->trunk_listens && !live_listen(live, true))
        return false;
    return live_listen(live, false) && live_open_control(live);
}

/* Until somebody asks for the end. */
static void live_serve(struct live *live, const sigset_t *signals)
{
    int number = 0;

    while (sigwait(signals, &number) == 0 && number == SIGUSR1)
        live_do(live, errand_status);
    live_do(live, errand_status);
    live_do(live, errand_release);
    live_wait(live, errand_calls);
}

static void live_end(struct live *live)
{
    condis_control_close(live->control);
    if (live->node) {
        live_do(live, errand_close);
        while (live_do(live, errand_left))
            live_wait(live, errand_left);
        live_do(live, errand_free);
    }
    if (live->exec) {
        exec_destroy(live->exec);
    }
    if (live->world)
        exec_world_destroy(live->world);
    link_capture_release(live->capture);
}

bool condis_switch_run(const struct condis_switch_options *options, struct condis_error *error)
{
    struct live live = {.options = options, .error = error};
    sigset_t signals;
    sigset_t before;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &signals, &before);
    bool began = live_begin(&live);
    if (began)
        live_serve(&live, &signals);
    live_end(&live);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return began;
}
