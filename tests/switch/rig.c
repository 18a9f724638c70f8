/* SPDX-License-Identifier: MIT */
#include "rig.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

enum { HEADER = 8, ROOM = 1 << 18, GIVE_UP_MS = 60000, IN_FLIGHT = 50 };

uint64_t rig_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- hosts ---- */

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

void host_send(struct host *host, uint16_t vci, const uint8_t *octets, size_t bytes)
{
    uint8_t frame[HEADER + RIG_FRAME_BYTES] = {0, 0, (uint8_t)(vci >> 8),   (uint8_t)vci,
                                               0, 0, (uint8_t)(bytes >> 8), (uint8_t)bytes};

    assert_true(bytes <= RIG_FRAME_BYTES);
    if (host->fd < 0)
        return;
    memcpy(frame + HEADER, octets, bytes);
    write_all(host->fd, frame, HEADER + bytes);
}

static void host_event(struct host *host, const struct uni_event *event)
{
    const bool ends = event->kind == UNI_EVENT_RELEASE || event->kind == UNI_EVENT_DROP_PARTY ||
                      event->kind == UNI_EVENT_ADD_PARTY_REJECT ||
                      (event->kind == UNI_EVENT_CLEARED && !host->cause); /* the first says why */

    if (ends)
        host->cause = event->cause;
    switch (event->kind) {
    case UNI_EVENT_SETUP:
        host->call = event->call;
        host->vci = event->message->connection->vci;
        uni_request_call(host->uni, rig_now_ms(), event->call, UNI_REQUEST_CONNECT, NULL);
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
    case UNI_EVENT_ADD_PARTY_REJECT:
        host->refused++;
        break;
    case UNI_EVENT_DROP_PARTY:
        host->dropped++;
        uni_request_party(host->uni, rig_now_ms(), event->call, event->party,
                          UNI_REQUEST_DROP_PARTY_ACK, NULL);
        break;
    case UNI_EVENT_RELEASE:
        uni_request_call(host->uni, rig_now_ms(), event->call, UNI_REQUEST_RELEASE, NULL);
        break;
    case UNI_EVENT_CLEARED:
        host->cleared = true;
        break;
    case UNI_EVENT_LINK_WANTED:
        host->wanted = host->fd < 0;
        if (host->fd >= 0)
            saal_establish(host->saal, rig_now_ms());
        break;
    case UNI_EVENT_LINK_UP:
    case UNI_EVENT_LINK_DOWN:
        host->linked = event->kind == UNI_EVENT_LINK_UP;
        break;
    default:
        break;
    }
}

static void host_saal(struct host *host, const struct saal_event *event)
{
    switch (event->kind) {
    case SAAL_AAL_DATA_INDICATION:
        uni_feed(host->uni, rig_now_ms(), event->data, event->bytes);
        break;
    case SAAL_AAL_ESTABLISH_CONFIRM:
        uni_link(host->uni, rig_now_ms(), UNI_LINK_CONFIRMED);
        break;
    case SAAL_AAL_ESTABLISH_INDICATION:
        uni_link(host->uni, rig_now_ms(), UNI_LINK_ESTABLISHED);
        break;
    case SAAL_AAL_RELEASE_INDICATION:
        uni_link(host->uni, rig_now_ms(), UNI_LINK_RELEASED);
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

    do {
        while (uni_take_event(host->uni, &uni_event))
            host_event(host, &uni_event);
        while (uni_take_frame(host->uni, &frame))
            saal_send_octets(host->saal, rig_now_ms(), frame.bytes, (uint32_t)frame.byte_count);
        bool any = saal_take_event(host->saal, &event);
        if (!any)
            break;
        host_saal(host, &event);
        saal_buffer_release(event.buffer);
    } while (true);
    while ((out = saal_take_frame(host->saal))) {
        host_send(host, 5, out->data, out->bytes);
        saal_buffer_release(out);
    }
    while (ilmi_take_event(host->ilmi, &told))
        if (told.kind == ILMI_ADDRESS || told.kind == ILMI_ADDRESS_GONE)
            host->registered = told.kind == ILMI_ADDRESS;
    while ((bytes = ilmi_take_frame(host->ilmi, octets)) > 0)
        host_send(host, ILMI_VCI, octets, bytes);
}

static void host_frame(struct host *host, uint16_t vci, const uint8_t *octets, size_t bytes)
{
    if (vci == 5) {
        saal_feed_octets(host->saal, rig_now_ms(), octets, bytes);
    } else if (vci == ILMI_VCI) {
        ilmi_feed(host->ilmi, rig_now_ms(), octets, bytes);
    } else {
        assert_int_equal(vci, host->vci);
        assert_int_equal(bytes, RIG_FRAME_BYTES);
        assert_int_equal(octets[0] << 8 | octets[1], host->received);
        for (size_t i = 2; i < bytes; i++)
            assert_int_equal(octets[i], (uint8_t)(host->received + i));
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

void host_connect(struct host *host, uint16_t port)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    host->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    host->in_bytes = 0;
    assert_int_equal(connect(host->fd, (const struct sockaddr *)&to, sizeof to), 0);
    if (!host->mute)
        ilmi_start(host->ilmi, rig_now_ms());
    if (host->wanted)
        saal_establish(host->saal, rig_now_ms());
    host->wanted = false;
    host_pump(host);
}

void host_cut(struct host *host)
{
    if (host->fd >= 0)
        close(host->fd);
    host->fd = -1;
    ilmi_stop(host->ilmi, rig_now_ms());
    saal_wire_lost(host->saal, rig_now_ms());
    host_pump(host);
}

void host_begin(struct host *host, const struct host_options *options)
{
    const struct uni_config uni = {.side = UNI_USER, .version = UNI_40};
    const struct ilmi_options ilmi = {.side = ILMI_USER, .system_id = {2, 0, 0, 0, 0, options->id}};
    struct sscop_options sscop;

    *host = (struct host){.fd = -1, .in = malloc(ROOM), .mute = options->mute};
    assert_non_null(host->in);
    sscop_options_default(&sscop);
    host->pool = saal_pool_create(1 << 22);
    host->saal = saal_create(&sscop, host->pool);
    host->uni = uni_new(&uni);
    host->ilmi = ilmi_create(&ilmi);
    host->address[0] = 0x49;
    host->address[1] = 1;
    host->address[2] = (uint8_t)options->letter;
    assert_true(ilmi_add_address(host->ilmi, rig_now_ms(), host->address));
    uni_link_want(host->uni, rig_now_ms());
    host_pump(host);
    host_connect(host, options->port);
}

static void host_begin_number(struct host *host, uint16_t port, int number)
{
    const struct host_options options = {
        .port = port, .id = (uint8_t)number, .letter = (char)('a' + number)};

    host_begin(host, &options);
}

void host_end(struct host *host)
{
    if (host->fd >= 0)
        close(host->fd);
    ilmi_destroy(host->ilmi);
    uni_free(host->uni);
    saal_destroy(host->saal);
    saal_pool_destroy(host->pool);
    free(host->in);
    *host = (struct host){.fd = -1};
}

/* ---- switches ---- */

static struct child child_begin(const struct condis_switch_options *options)
{
    struct child child = {.said = calloc(1, RIG_LOG_BYTES)};
    int log[2];
    int status[2];

    assert_non_null(child.said);
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
    child.log = log[0];
    child.status = fdopen(status[0], "r");
    return child;
}

static void child_read(struct child *child)
{
    assert_true(child->said_bytes < RIG_LOG_BYTES - 1);
    ssize_t got =
        read(child->log, child->said + child->said_bytes, RIG_LOG_BYTES - 1 - child->said_bytes);
    if (got > 0)
        child->said_bytes += (size_t)got;
}

/* Whether a whole line with the text was logged, behind the last one that was found. */
static bool child_said(struct child *child, const char *text)
{
    char *from = child->said + child->seen_bytes;
    char *found = strstr(from, text);
    char *end = found ? strchr(found, '\n') : NULL;

    if (!end)
        return false;
    child->seen_bytes = (size_t)(end + 1 - child->said);
    return true;
}

/* ---- the rig ---- */

static void rig_poll(struct rig *rig)
{
    struct pollfd polls[RIG_ROOM + 2];
    struct child *children[2] = {&rig->child, &rig->second};

    for (int i = 0; i < RIG_ROOM; i++) {
        struct host *host = &rig->hosts[i];
        polls[i] = (struct pollfd){.fd = -1};
        if (!host->saal)
            continue;
        saal_expire(host->saal, rig_now_ms());
        uni_advance(host->uni, rig_now_ms());
        ilmi_expire(host->ilmi, rig_now_ms());
        host_pump(host);
        polls[i] = (struct pollfd){.fd = host->deaf ? -1 : host->fd, .events = POLLIN};
    }
    for (int i = 0; i < 2; i++)
        polls[RIG_ROOM + i] =
            (struct pollfd){.fd = children[i]->pid ? children[i]->log : -1, .events = POLLIN};
    poll(polls, RIG_ROOM + 2, 20);
    for (int i = 0; i < RIG_ROOM; i++)
        if (polls[i].revents)
            host_read(&rig->hosts[i]);
    for (int i = 0; i < 2; i++)
        if (polls[RIG_ROOM + i].revents)
            child_read(children[i]);
}

void rig_until(struct rig *rig, bool (*holds)(const struct rig *rig))
{
    uint64_t until = rig_now_ms() + GIVE_UP_MS;

    while (!holds(rig)) {
        if (rig_now_ms() >= until)
            fail_msg("it never came to that; the switch said:\n%s", rig->child.said);
        rig_poll(rig);
    }
}

void rig_until_said(struct rig *rig, struct child *child, const char *text)
{
    uint64_t until = rig_now_ms() + GIVE_UP_MS;

    while (!child_said(child, text)) {
        if (rig_now_ms() >= until)
            fail_msg("no '%s' in:\n%s", text, child->said);
        rig_poll(rig);
    }
}

/* A listener's port, of the next line that names one. */
static uint16_t child_listens(struct rig *rig, struct child *child)
{
    static const char text[] = "listening on 127.0.0.1 port ";

    rig_until_said(rig, child, text);
    const char *end = child->said + child->seen_bytes - 1;
    while (end > child->said && end[-1] != '\n')
        end--;
    return (uint16_t)atoi(strstr(end, text) + sizeof text - 1);
}

void rig_begin(struct rig *rig, const struct condis_switch_options *options)
{
    const struct condis_switch_options none = {0};

    *rig = (struct rig){.child = child_begin(options ? options : &none)};
    rig->child.port = child_listens(rig, &rig->child);
    for (int i = 0; i < RIG_HOSTS; i++)
        host_begin_number(&rig->hosts[i], rig->child.port, i);
    rig_until(rig, rig_registered);
    rig_until(rig, rig_linked); /* before a short T309 gives that up */
}

void rig_begin_two(struct rig *rig, const struct condis_switch_options *options,
                   uint16_t (*through)(uint16_t port))
{
    const struct condis_switch_route other = {.port = 0}; /* whatever is not registered here */
    struct condis_switch_options first = {0};

    if (options)
        first = *options;
    first.routes = &other;
    first.route_count = 1;
    struct condis_switch_options second = first;
    first.trunk_host = "127.0.0.1";
    first.trunk_listens = true;
    *rig = (struct rig){.child = child_begin(&first)};
    uint16_t trunk_port = child_listens(rig, &rig->child);
    rig->child.port = child_listens(rig, &rig->child);
    const struct condis_switch_trunk trunk = {"127.0.0.1",
                                              through ? through(trunk_port) : trunk_port};
    second.trunks = &trunk;
    second.trunk_count = 1;
    rig->second = child_begin(&second);
    rig->second.port = child_listens(rig, &rig->second);
    rig_until_said(rig, &rig->child, "port 0: ");
    for (int i = 0; i < RIG_HOSTS; i++)
        host_begin_number(&rig->hosts[i], i < RIG_HOSTS / 2 ? rig->child.port : rig->second.port,
                          i);
    rig_until(rig, rig_registered);
    rig_until(rig, rig_linked); /* before a short T309 gives that up */
}

/* Takes the end of a switch that has its SIGTERM, while the hosts answer. */
static void child_end(struct rig *rig, struct child *child)
{
    uint64_t until = rig_now_ms() + GIVE_UP_MS;
    int status = -1;
    pid_t ended;

    while ((ended = waitpid(child->pid, &status, WNOHANG)) == 0 && rig_now_ms() < until)
        rig_poll(rig);
    assert_int_equal(ended, child->pid);
    assert_int_equal(status, 0);
    close(child->log);
    fclose(child->status);
    free(child->said);
    child->pid = 0;
}

static bool all_cleared(const struct rig *rig)
{
    bool all = true;

    for (int i = 0; i < RIG_HOSTS; i++)
        all &= rig->hosts[i].cleared || rig->hosts[i].fd < 0 ||
               uni_counters(rig->hosts[i].uni).call_count == 0;
    return all;
}

void rig_terminate(struct rig *rig)
{
    if (!rig->ending)
        assert_int_equal(kill(rig->child.pid, SIGTERM), 0);
    rig->ending = true;
}

void rig_end(struct rig *rig)
{
    rig_terminate(rig);
    rig_until(rig, all_cleared);
    child_end(rig, &rig->child);
    if (rig->second.pid) {
        assert_int_equal(kill(rig->second.pid, SIGTERM), 0);
        child_end(rig, &rig->second);
    }
    for (int i = 0; i < RIG_ROOM; i++)
        if (rig->hosts[i].saal)
            host_end(&rig->hosts[i]);
}

bool rig_registered(const struct rig *rig)
{
    bool all = true;

    for (int i = 0; i < RIG_HOSTS; i++)
        all &= rig->hosts[i].registered;
    return all;
}

bool rig_linked(const struct rig *rig)
{
    bool all = true;

    for (int i = 0; i < RIG_HOSTS; i++)
        all &= rig->hosts[i].linked;
    return all;
}

bool rig_received(const struct rig *rig)
{
    bool all = true;

    for (int i = 1; i < RIG_ROOM; i++) {
        const struct host *host = &rig->hosts[i];
        all &= !host->connected || host->deaf || host->fd < 0 || host->received == rig->sent;
    }
    return all;
}

static bool root_connected(const struct rig *rig)
{
    return rig->hosts[0].connected;
}

static bool all_joined(const struct rig *rig)
{
    return rig->hosts[0].joined == RIG_HOSTS - 2;
}

static void put_called(struct uni_message *message, const struct host *to)
{
    struct uni_called_number *number = UNI_ADD(message, CALLED_NUMBER, called_number);

    number->plan = 2;
    number->digits = (struct uni_view){to->address, ILMI_ADDRESS_BYTES};
}

void rig_add(struct rig *rig, const struct host *to)
{
    static struct uni_message message;
    struct host *root = &rig->hosts[0];
    uint16_t party;

    uni_message_init(&message, UNI_ADD_PARTY, 0, 0);
    put_called(&message, to);
    assert_int_equal(uni_add_party(root->uni, rig_now_ms(), root->call, &message, 0, &party),
                     UNI_OK);
}

void rig_call(struct rig *rig)
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
    assert_int_equal(uni_setup(root->uni, rig_now_ms(), &message, 0, &root->call), UNI_OK);
    rig_until(rig, root_connected);
    for (int i = 2; i < RIG_HOSTS; i++)
        rig_add(rig, &rig->hosts[i]);
    rig_until(rig, all_joined);
}

void rig_stream(struct rig *rig, uint32_t frame_count)
{
    uint8_t frame[RIG_FRAME_BYTES];

    while (rig->sent < frame_count) {
        for (size_t i = 0; i < sizeof frame; i++)
            frame[i] = (uint8_t)(rig->sent + i);
        frame[0] = (uint8_t)(rig->sent >> 8);
        frame[1] = (uint8_t)rig->sent;
        host_send(&rig->hosts[0], rig->hosts[0].vci, frame, sizeof frame);
        if (++rig->sent % IN_FLIGHT == 0)
            rig_until(rig, rig_received);
    }
    rig_until(rig, rig_received);
}
