/* SPDX-License-Identifier: MIT */
/* The floor: the same bytes on the same sockets, with nothing between read and write. The root
 * writes many frames with one writev; the relay reads what there is and writes it to each leaf. */
#define _GNU_SOURCE
#include "relay.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FRAMES_A_WRITE = 32 };

static struct relay_shared *shared;
static struct relay_shape shape;

static void must(bool holds, const char *what)
{
    if (!holds)
        relay_fail(shared, what, strerror(errno));
}

static int listen_any(struct sockaddr_in *address)
{
    socklen_t bytes = sizeof *address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    must(fd >= 0 && !bind(fd, (struct sockaddr *)address, bytes) && !listen(fd, 32), "listen");
    must(!getsockname(fd, (struct sockaddr *)address, &bytes), "getsockname");
    return fd;
}

static int prepared(int fd)
{
    const int on = 1;
    must(fd >= 0 && !setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "a connection");
    return fd;
}

static int connect_to(const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0 && !connect(fd, (const struct sockaddr *)address, sizeof *address), "connect");
    return prepared(fd);
}

static void write_all(int fd, struct iovec *pieces, int count)
{
    while (count > 0) {
        ssize_t bytes = writev(fd, pieces, count);
        must(bytes > 0, "writev");
        for (; count > 0 && (size_t)bytes >= pieces->iov_len; pieces++, count--)
            bytes -= (ssize_t)pieces->iov_len;
        if (count > 0) {
            pieces->iov_base = (char *)pieces->iov_base + bytes;
            pieces->iov_len -= (size_t)bytes;
        }
    }
}

static void root(const struct sockaddr_in *address)
{
    static uint8_t header[RELAY_HEADER_BYTES];
    uint8_t *payload = calloc(FRAMES_A_WRITE, shape.frame_bytes);
    int fd = connect_to(address);
    must(payload != NULL, "memory");
    while (atomic_load(&shared->joined) < shape.leaf_count)
        relay_pause();
    atomic_store(&shared->begin_ns, relay_now_ns());
    for (uint64_t sent = 0; sent < shape.frame_count;) {
        struct iovec pieces[2 * FRAMES_A_WRITE];
        int count = 0;
        for (; count < FRAMES_A_WRITE && sent < shape.frame_count &&
               relay_may_send(shared, &shape, sent);
             count++, sent++) {
            pieces[2 * count] = (struct iovec){header, sizeof header};
            pieces[2 * count + 1] =
                (struct iovec){payload + (size_t)count * shape.frame_bytes, shape.frame_bytes};
        }
        if (count == 0)
            relay_pause();
        write_all(fd, pieces, 2 * count);
    }
    for (;;)
        pause();
}

static void leaf(const struct sockaddr_in *address, uint32_t number)
{
    uint8_t *buffer = malloc(RELAY_READ_BYTES);
    uint64_t bytes = 0, taken = 0;
    int fd = connect_to(address);
    must(buffer != NULL, "memory");
    for (;;) {
        ssize_t got = read(fd, buffer, RELAY_READ_BYTES);
        must(got > 0, "read");
        bytes += (uint64_t)got;
        uint64_t frames = bytes / (RELAY_HEADER_BYTES + shape.frame_bytes);
        relay_took(shared, number, &shape, frames - taken);
        taken = frames;
    }
}

static void relay(int listener, int leaf_listener)
{
    uint8_t *buffer = malloc(RELAY_READ_BYTES);
    int leaves[RELAY_LEAVES_MAX] = {0};
    must(buffer != NULL, "memory");
    for (uint32_t i = 0; i < shape.leaf_count; i++)
        leaves[i] = prepared(accept(leaf_listener, NULL, NULL));
    int from = prepared(accept(listener, NULL, NULL));
    atomic_store(&shared->joined, shape.leaf_count);
    for (ssize_t got; (got = read(from, buffer, RELAY_READ_BYTES)) > 0;)
        for (uint32_t i = 0; i < shape.leaf_count; i++) {
            struct iovec piece = {buffer, (size_t)got};
            write_all(leaves[i], &piece, 1);
        }
    for (;;)
        pause();
}

void relay_floor_run(struct relay_shared *shared_, const struct relay_shape *shape_)
{
    struct sockaddr_in root_address, leaf_address;
    pid_t children[RELAY_LEAVES_MAX + 2];
    uint32_t count = 0;
    shared = shared_;
    shape = *shape_;
    int listener = listen_any(&root_address), leaf_listener = listen_any(&leaf_address);
    for (; count < shape.leaf_count + 2; count++) {
        children[count] = fork();
        must(children[count] >= 0, "fork");
        if (children[count])
            continue;
        relay_name(count == 0 ? "floor relay" : count == 1 ? "floor root" : "floor leaf");
        if (count == 0)
            relay(listener, leaf_listener);
        else if (count == 1)
            root(&root_address);
        else
            leaf(&leaf_address, count - 2);
        _exit(0);
    }
    close(listener);
    close(leaf_listener);
    relay_watch(shared, &shape, children, count);
}
