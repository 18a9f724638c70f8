/* SPDX-License-Identifier: MIT */
/* A switch as a process of its own, and hosts that are plain sockets with saal, uni and ilmi. */
#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <condis/switch.h>

#include "ilmi/ilmi.h"
#include "saal/saal.h"
#include "uni/uni.h"

enum {
    HOSTS = 4,
    HEADER = 8,
    ROOM = 1 << 18,
    GIVE_UP_MS = 60000,
    FRAMES = 300,
    MANY_FRAMES = 6000,
    QUEUE_BYTES = 1 << 20,
    FRAME_BYTES = 4000
};

struct host {
    int fd;
    struct saal_pool *pool;
    struct saal *saal;
    struct uni *uni;
    struct ilmi *ilmi;
    uint8_t *in;
    size_t in_bytes;
    uint8_t address[ILMI_ADDRESS_BYTES];
    uint32_t call;
    uint16_t vci;
    bool registered;
    bool connected; /* as the root, or acknowledged as a leaf */
    bool cleared;
    uint8_t cause;
    uint32_t joined; /* parties that are in, of the root */
    uint32_t received;
    bool deaf; /* it does not read */
};

/* A switch in a process of its own. */
struct child {
    pid_t pid;
    FILE *log;
    FILE *status;
};

struct rig {
    struct child child;
    struct child second; /* pid 0: there is only one */
    struct host hosts[HOSTS];
    uint32_t sent; /* frames */
};

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void write_all(int fd, const uint8_t *octets, size_t bytes)
{
    while (bytes > 0) {
        ssize_t done = send(fd, octets, bytes, MSG_NOSIGNAL);
        if (done <= 0)
            return; /* the switch has gone: the reader sees it */
        octets += done;
        bytes -= (size_t)done;
    }
}

static void host_send(struct host *host, uint16_t vci, const uint8_t *octets, size_t bytes)
{
    uint8_t frame[HEADER + FRAME_BYTES] = {0, 0, (uint8_t)(vci >> 8),   (uint8_t)vci,
                                           0, 0, (uint8_t)(bytes >> 8), (uint8_t)bytes};

    assert_true(bytes <= FRAME_BYTES);
    memcpy(frame + HEADER, octets, bytes);
    write_all(host->fd, frame, HEADER + bytes);
}

static void host_event(struct host *host, const struct uni_event *event)
{
    switch (event->kind) {
    case UNI_EVENT_SETUP:
        host->call = event->call;
        host->vci = event->message->connection->vci;
        uni_request_call(host->uni, now_ms(), event->call, UNI_REQUEST_CONNECT, NULL);
        break;
    case UNI_EVENT_PROCEEDING:
        host->vci = event->message->connection->vci;
        break;
    case UNI_EVENT_CONNECT:
    case UNI_EVENT_CONNECT_ACK:
        host->connected = true;
        break;
    case UNI_EVENT_ADD_PARTY_ACK:
        host->joined++;
        break;
    case UNI_EVENT_RELEASE:
        host->cause = event->cause;
        uni_request_call(host->uni, now_ms(), event->call, UNI_REQUEST_RELEASE, NULL);
        break;
    case UNI_EVENT_CLEARED:
        host->cleared = true;
        break;
    case UNI_EVENT_LINK_WANTED:
        saal_establish(host->saal, now_ms());
        break;
    default:
        break;
    }
}

static void host_pump(struct host *host)
{
    struct saal_event event;
    struct ilmi_event told;
    struct uni_event uni_event;
    struct uni_frame frame;
    struct saal_buffer *out;
    uint8_t octets[ILMI_FRAME_BYTES_MAX];
    size_t bytes;

    while (saal_take_event(host->saal, &event)) {
        if (event.kind == SAAL_AAL_DATA_INDICATION)
            uni_feed(host->uni, now_ms(), event.data, event.bytes);
        else if (event.kind == SAAL_AAL_ESTABLISH_CONFIRM)
            uni_link(host->uni, now_ms(), UNI_LINK_CONFIRMED);
        else if (event.kind == SAAL_AAL_ESTABLISH_INDICATION)
            uni_link(host->uni, now_ms(), UNI_LINK_ESTABLISHED);
        saal_buffer_release(event.buffer);
    }
    while (uni_take_event(host->uni, &uni_event))
        host_event(host, &uni_event);
    while (uni_take_frame(host->uni, &frame))
        saal_send_octets(host->saal, now_ms(), frame.bytes, (uint32_t)frame.byte_count);
    while ((out = saal_take_frame(host->saal))) {
        host_send(host, 5, out->data, out->bytes);
        saal_buffer_release(out);
    }
    while (ilmi_take_event(host->ilmi, &told))
        host->registered |= told.kind == ILMI_ADDRESS;
    while ((bytes = ilmi_take_frame(host->ilmi, octets)) > 0)
        host_send(host, ILMI_VCI, octets, bytes);
}

static void host_frame(struct host *host, uint16_t vci, const uint8_t *octets, size_t bytes)
{
    if (vci == 5) {
        saal_feed_octets(host->saal, now_ms(), octets, bytes);
    } else if (vci == ILMI_VCI) {
        ilmi_feed(host->ilmi, now_ms(), octets, bytes);
    } else {
        assert_int_equal(vci, host->vci);
        assert_int_equal(bytes, FRAME_BYTES);
        assert_int_equal(octets[0] << 8 | octets[1], host->received);
        host->received++;
    }
    host_pump(host);
}

static void host_read(struct host *host)
{
    ssize_t got = recv(host->fd, host->in + host->in_bytes, ROOM - host->in_bytes, MSG_DONTWAIT);
    size_t at = 0;

    if (got <= 0)
        return;
    host->in_bytes += (size_t)got;
    while (host->in_bytes - at >= HEADER) {
        const uint8_t *header = host->in + at;
        size_t bytes =
            (size_t)header[4] << 24 | (size_t)header[5] << 16 | (size_t)header[6] << 8 | header[7];
        if (host->in_bytes - at < HEADER + bytes)
            break;
        host_frame(host, (uint16_t)(header[2] << 8 | header[3]), header + HEADER, bytes);
        at += HEADER + bytes;
    }
    memmove(host->in, host->in + at, host->in_bytes - at);
    host->in_bytes -= at;
}

/* Lets the hosts live until something holds of all of them, or fails the test. */
static void rig_until(struct rig *rig, bool (*holds)(const struct rig *rig))
{
    uint64_t until = now_ms() + GIVE_UP_MS;

    while (!holds(rig)) {
        struct pollfd polls[HOSTS];
        assert_true(now_ms() < until);
        for (int i = 0; i < HOSTS; i++) {
            struct host *host = &rig->hosts[i];
            saal_expire(host->saal, now_ms());
            uni_advance(host->uni, now_ms());
            ilmi_expire(host->ilmi, now_ms());
            host_pump(host);
            polls[i] = (struct pollfd){.fd = host->deaf ? -1 : host->fd, .events = POLLIN};
        }
        poll(polls, HOSTS, 20);
        for (int i = 0; i < HOSTS; i++)
            if (polls[i].revents)
                host_read(&rig->hosts[i]);
    }
}

static void host_begin(struct host *host, uint16_t port, int number)
{
    const struct uni_config uni = {.side = UNI_USER, .version = UNI_40};
    const struct ilmi_options ilmi = {.side = ILMI_USER,
                                      .system_id = {2, 0, 0, 0, 0, (uint8_t)number}};
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sscop_options sscop;

    *host = (struct host){.fd = socket(AF_INET, SOCK_STREAM, 0), .in = malloc(ROOM)};
    assert_non_null(host->in);
    assert_int_equal(connect(host->fd, (const struct sockaddr *)&to, sizeof to), 0);
    sscop_options_default(&sscop);
    host->pool = saal_pool_create(1 << 22);
    host->saal = saal_create(&sscop, host->pool);
    host->uni = uni_new(&uni);
    host->ilmi = ilmi_create(&ilmi);
    host->address[0] = 0x49;
    host->address[1] = 1;
    host->address[2] = (uint8_t)('a' + number);
    assert_true(ilmi_add_address(host->ilmi, now_ms(), host->address));
    ilmi_start(host->ilmi, now_ms());
    uni_link_want(host->uni, now_ms());
}

static void host_end(struct host *host)
{
    if (host->fd >= 0)
        close(host->fd);
    ilmi_destroy(host->ilmi);
    uni_free(host->uni);
    saal_destroy(host->saal);
    saal_pool_destroy(host->pool);
    free(host->in);
}

static struct child child_begin(const struct condis_switch_options *options)
{
    struct child child;
    int log[2];
    int status[2];

    assert_int_equal(pipe(log), 0);
    assert_int_equal(pipe(status), 0);
    child.pid = fork();
    assert_true(child.pid >= 0);
    if (child.pid == 0) {
        struct condis_switch_options mine = *options;
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind */
        mine.host = "127.0.0.1";
        mine.uni = CONDIS_UNI_40;
        mine.log = fdopen(log[1], "w");
        mine.status = fdopen(status[1], "w");
        mine.json = true;
        _exit(condis_switch_run(&mine, NULL) ? 0 : 1);
    }
    close(log[1]);
    close(status[1]);
    child.log = fdopen(log[0], "r");
    child.status = fdopen(status[0], "r");
    return child;
}

/* Takes the end of the child that SIGTERM was sent to. */
static void child_end(struct child *child)
{
    int status = -1;

    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    assert_int_equal(status, 0);
    fclose(child->log);
    fclose(child->status);
}

/* Reads on to where the child says what it listens on; a trunk may be up before that. */
static uint16_t child_port(struct child *child)
{
    char line[256];
    unsigned port = 0;

    do
        assert_non_null(fgets(line, sizeof line, child->log));
    while (sscanf(line, "listening on 127.0.0.1 port %u", &port) != 1);
    return (uint16_t)port;
}

static void rig_begin(struct rig *rig)
{
    const struct condis_switch_options options = {.queue_bytes_max = QUEUE_BYTES};

    *rig = (struct rig){.child = child_begin(&options)};
    uint16_t port = child_port(&rig->child);
    for (int i = 0; i < HOSTS; i++)
        host_begin(&rig->hosts[i], port, i);
}

/* Two switches and a trunk, which is port 0 of both; the second half of the hosts is at the
 * second. */
static void rig_begin_two(struct rig *rig)
{
    const struct condis_switch_route other = {.port = 0}; /* whatever is not registered here */
    const struct condis_switch_options first = {
        .trunk_host = "127.0.0.1", .trunk_listens = true, .routes = &other, .route_count = 1};
    char line[256];

    *rig = (struct rig){.child = child_begin(&first)};
    const struct condis_switch_trunk trunk = {"127.0.0.1", child_port(&rig->child)};
    const struct condis_switch_options second = {
        .trunks = &trunk, .trunk_count = 1, .routes = &other, .route_count = 1};
    uint16_t port = child_port(&rig->child);
    rig->second = child_begin(&second);
    uint16_t second_port = child_port(&rig->second);
    assert_non_null(fgets(line, sizeof line, rig->child.log));
    assert_memory_equal(line, "port 0: ", 8);
    for (int i = 0; i < HOSTS; i++)
        host_begin(&rig->hosts[i], i < HOSTS / 2 ? port : second_port, i);
}

static bool all_registered(const struct rig *rig)
{
    bool all = true;

    for (int i = 0; i < HOSTS; i++)
        all &= rig->hosts[i].registered;
    return all;
}

static bool root_connected(const struct rig *rig)
{
    return rig->hosts[0].connected;
}

static bool all_joined(const struct rig *rig)
{
    return rig->hosts[0].joined == HOSTS - 2;
}

static bool all_received(const struct rig *rig)
{
    bool all = true;

    for (int i = 1; i < HOSTS; i++)
        all &= rig->hosts[i].deaf || rig->hosts[i].received == rig->sent;
    return all;
}

static bool all_cleared(const struct rig *rig)
{
    bool all = true;

    for (int i = 0; i < HOSTS; i++)
        all &= rig->hosts[i].cleared;
    return all;
}

static void put_called(struct uni_message *message, const struct host *to)
{
    struct uni_called_number *number = UNI_ADD(message, CALLED_NUMBER, called_number);

    number->plan = 2;
    number->digits = (struct uni_view){to->address, ILMI_ADDRESS_BYTES};
}

static void rig_call(struct rig *rig)
{
    static struct uni_message message;
    struct host *root = &rig->hosts[0];

    uni_message_init(&message, UNI_SETUP, 0, 0);
    UNI_ADD(&message, TRAFFIC, traffic)->tags =
        UNI_TAG(FWD_PCR01) | UNI_TAG(BWD_PCR01) | UNI_TAG(BEST_EFFORT);
    struct uni_bearer *bearer = UNI_ADD(&message, BEARER, bearer);
    bearer->class = 0x10;
    bearer->multipoint = 1;
    UNI_ADD(&message, QOS, qos);
    put_called(&message, &rig->hosts[1]);
    assert_int_equal(uni_setup(root->uni, now_ms(), &message, 0, &root->call), UNI_OK);
    rig_until(rig, root_connected);
    for (int i = 2; i < HOSTS; i++) {
        uint16_t party;
        uni_message_init(&message, UNI_ADD_PARTY, 0, 0);
        put_called(&message, &rig->hosts[i]);
        assert_int_equal(uni_add_party(root->uni, now_ms(), root->call, &message, 0, &party),
                         UNI_OK);
    }
    rig_until(rig, all_joined);
}

/* Sends so many frames, no more at once than the readers of the test keep up with. */
static void rig_stream(struct rig *rig, uint32_t frame_count)
{
    uint8_t frame[FRAME_BYTES] = {0};

    while (rig->sent < frame_count) {
        frame[0] = (uint8_t)(rig->sent >> 8);
        frame[1] = (uint8_t)rig->sent;
        host_send(&rig->hosts[0], rig->hosts[0].vci, frame, sizeof frame);
        if (++rig->sent % 50 == 0)
            rig_until(rig, all_received);
    }
    rig_until(rig, all_received);
}

static void a_stream_reaches_every_leaf_and_sigterm_releases_the_call(void **state)
{
    (void)state;
    static struct rig rig;
    static char line[65536];

    rig_begin(&rig);
    rig_until(&rig, all_registered);
    rig_call(&rig);
    rig_stream(&rig, FRAMES);
    assert_int_equal(kill(rig.child.pid, SIGUSR1), 0);
    assert_non_null(fgets(line, sizeof line, rig.child.status));
    assert_non_null(strstr(line, "\"prefix\":\"@d\""));
    assert_non_null(strstr(line, "\"parties\":3"));
    assert_non_null(strstr(line, "\"frames\":300,\"dropped\":0"));
    assert_int_equal(kill(rig.child.pid, SIGTERM), 0);
    rig_until(&rig, all_cleared);
    for (int i = 0; i < HOSTS; i++)
        assert_int_equal(rig.hosts[i].cause, 38);
    child_end(&rig.child);
    for (int i = 0; i < HOSTS; i++)
        host_end(&rig.hosts[i]);
}

/* Counts the branches of a status line that lost frames, and those that lost none. */
static void count_branches(const char *line, int *losing, int *whole)
{
    *losing = *whole = 0;
    for (const char *at = strstr(line, "\"calls\":[{"); at && (at = strstr(at, "\"dropped\":"));
         at += 10)
        ++*(atoi(at + 10) > 0 ? losing : whole);
}

static void a_leaf_that_does_not_read_loses_its_own_frames_and_no_others(void **state)
{
    (void)state;
    static struct rig rig;
    static char line[65536];
    int losing;
    int whole;

    rig_begin(&rig);
    rig_until(&rig, all_registered);
    rig_call(&rig);
    rig.hosts[HOSTS - 1].deaf = true;
    rig_stream(&rig, MANY_FRAMES);
    assert_int_equal(kill(rig.child.pid, SIGUSR1), 0);
    assert_non_null(fgets(line, sizeof line, rig.child.status));
    count_branches(line, &losing, &whole);
    assert_int_equal(losing, 1);
    assert_int_equal(whole, HOSTS - 2);
    close(rig.hosts[HOSTS - 1].fd);
    rig.hosts[HOSTS - 1].fd = -1;
    rig.hosts[HOSTS - 1].cleared = true; /* as far as anybody will ever know */
    assert_int_equal(kill(rig.child.pid, SIGTERM), 0);
    rig_until(&rig, all_cleared);
    child_end(&rig.child);
    for (int i = 0; i < HOSTS; i++)
        host_end(&rig.hosts[i]);
}

static void a_stream_crosses_a_trunk_and_so_does_its_end(void **state)
{
    (void)state;
    static struct rig rig;

    rig_begin_two(&rig);
    rig_until(&rig, all_registered);
    rig_call(&rig);
    rig_stream(&rig, FRAMES);
    assert_int_equal(kill(rig.child.pid, SIGTERM), 0);
    rig_until(&rig, all_cleared);
    for (int i = 0; i < HOSTS; i++)
        assert_int_equal(rig.hosts[i].cause, 38);
    child_end(&rig.child);
    assert_int_equal(kill(rig.second.pid, SIGTERM), 0);
    child_end(&rig.second);
    for (int i = 0; i < HOSTS; i++)
        host_end(&rig.hosts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_reaches_every_leaf_and_sigterm_releases_the_call),
        cmocka_unit_test(a_leaf_that_does_not_read_loses_its_own_frames_and_no_others),
        cmocka_unit_test(a_stream_crosses_a_trunk_and_so_does_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
