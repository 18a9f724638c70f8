/* SPDX-License-Identifier: MIT */
/* A switch as a process that serves a call with data, while other hosts send it what the fuzzers
 * know: whole, cut short, twice, backwards and in the wrong order, as a stream, as frames on the
 * reserved VCs, and as messages on an established signalling link. */
#include "rig.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <sys/socket.h>

enum { SAMPLES_MAX = 512, SAMPLE_BYTES_MAX = 4096, FRAMES_EACH = 4 };

struct sample {
    uint8_t octets[SAMPLE_BYTES_MAX];
    size_t bytes;
};

static struct sample samples[SAMPLES_MAX];
static size_t sample_count;

static void read_corpus(const char *name)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", FUZZ_DIR, name);
    DIR *folder = opendir(path);
    size_t before = sample_count;
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        assert_true(sample_count < SAMPLES_MAX);
        struct sample *sample = &samples[sample_count++];
        snprintf(path, sizeof path, "%s/%s/%s", FUZZ_DIR, name, entry->d_name);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        sample->bytes = fread(sample->octets, 1, SAMPLE_BYTES_MAX, file);
        fclose(file);
    }
    closedir(folder);
    assert_true(sample_count > before);
}

static int read_corpora(void **state)
{
    static const char *const names[] = {
        "ilmi/peer_corpus",  "link/atmtcp_corpus", "saal/link_corpus",   "saal/pdu_corpus",
        "saal/sscop_corpus", "uni/control_corpus", "uni/message_corpus", "uni/peer_corpus",
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        read_corpus(names[i]);
    return 0;
}

static void assert_nobody_heard_of_it(const struct rig *rig)
{
    assert_int_equal(rig->hosts[0].dropped, 0);
    for (int i = 0; i < RIG_HOSTS; i++) {
        assert_false(rig->hosts[i].cleared);
        assert_int_equal(rig->hosts[i].cause, 0);
    }
}

/* Each sample with the bytes of the way to be hostile; then the call has to have gone on. */
static void each_sample(struct rig *rig,
                        void (*attack)(struct rig *rig, const struct sample *sample, size_t index))
{
    rig_begin(rig, NULL);
    rig_call(rig);
    for (size_t i = 0; i < sample_count; i++) {
        attack(rig, &samples[i], i);
        if (i % 8 == 0)
            rig_stream(rig, rig->sent + FRAMES_EACH);
    }
    rig_stream(rig, rig->sent + 100);
    assert_nobody_heard_of_it(rig);
    /* and what is new is served, too */
    host_begin(&rig->hosts[5], &(struct host_options){rig->child.port, 77, 'z', false});
}

static bool sixth_registered(const struct rig *rig)
{
    return rig->hosts[5].registered;
}

static bool sixth_joined(const struct rig *rig)
{
    return rig->hosts[0].joined == RIG_HOSTS - 1;
}

static void serve_one_more_and_end(struct rig *rig)
{
    rig_until(rig, sixth_registered);
    rig->hosts[5].received = rig->sent;
    rig_add(rig, &rig->hosts[5]);
    rig_until(rig, sixth_joined);
    rig_stream(rig, rig->sent + 100);
    assert_int_equal(rig->hosts[5].received, rig->sent);
    rig_end(rig);
}

/* ---- as a stream ---- */

static int connection(uint16_t port)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void send_stream(struct rig *rig, const struct sample *sample, size_t index)
{
    int fd = connection(rig->child.port);
    size_t bytes = index % 3 == 1 ? sample->bytes / 2 : sample->bytes;

    for (int i = 0; i < 2; i++)
        (void)!send(fd, sample->octets, bytes, MSG_NOSIGNAL);
    close(fd);
}

static void a_stream_of_anything_disturbs_nobody_else(void **state)
{
    (void)state;
    static struct rig rig;

    each_sample(&rig, send_stream);
    serve_one_more_and_end(&rig);
}

/* ---- as frames ---- */

static struct host attacker; /* a connection and nothing behind it: what comes is not read */

static void send_frames(struct rig *rig, const struct sample *sample, size_t index)
{
    static const uint16_t vcis[] = {5, ILMI_VCI, 0, 31, 32, 65535};
    static uint8_t backwards[SAMPLE_BYTES_MAX];
    size_t bytes = sample->bytes < RIG_FRAME_BYTES ? sample->bytes : RIG_FRAME_BYTES;

    if (index % 16 == 0) { /* an answer that nobody reads must not hold the switch up */
        if (attacker.fd > 0)
            close(attacker.fd);
        attacker.fd = connection(rig->child.port);
    }
    for (size_t i = 0; i < bytes; i++)
        backwards[i] = sample->octets[bytes - 1 - i];
    for (size_t i = 0; i < sizeof vcis / sizeof vcis[0]; i++) {
        host_send(&attacker, vcis[i], sample->octets, bytes);
        host_send(&attacker, vcis[i], sample->octets, bytes); /* twice */
        host_send(&attacker, vcis[i], sample->octets, bytes / 2);
        host_send(&attacker, vcis[i], backwards, bytes);
    }
    const struct sample *other = &samples[(index * 7 + 3) % sample_count];
    if (other->bytes <= RIG_FRAME_BYTES)
        host_send(&attacker, 5, other->octets, other->bytes);
}

static void frames_of_anything_disturb_nobody_else(void **state)
{
    (void)state;
    static struct rig rig;

    attacker = (struct host){.fd = -1};
    each_sample(&rig, send_frames);
    serve_one_more_and_end(&rig);
    close(attacker.fd);
}

/* ---- as messages on a link that is established ---- */

static bool fifth_linked(const struct rig *rig)
{
    return rig->hosts[4].linked;
}

static void say(struct host *host, const uint8_t *octets, size_t bytes)
{
    if (bytes > 0 && bytes <= RIG_FRAME_BYTES)
        saal_send_octets(host->saal, rig_now_ms(), octets, (uint32_t)bytes);
}

static void send_messages(struct rig *rig, const struct sample *sample, size_t index)
{
    struct host *host = &rig->hosts[4];
    const struct sample *other = &samples[(index * 5 + 1) % sample_count];

    if (!host->saal)
        host_begin(host, &(struct host_options){rig->child.port, 66, 'y', false});
    if (index % 8 == 0)
        rig_until(rig, fifth_linked);
    say(host, sample->octets, sample->bytes);
    say(host, sample->octets, sample->bytes);
    say(host, other->octets, other->bytes);
    say(host, sample->octets, sample->bytes / 2);
    if (sample->bytes > 1) /* the corpora of scripts begin with an octet of their own */
        say(host, sample->octets + 1, sample->bytes - 1);
}

static void messages_of_anything_disturb_nobody_else(void **state)
{
    (void)state;
    static struct rig rig;

    each_sample(&rig, send_messages);
    serve_one_more_and_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_of_anything_disturbs_nobody_else),
        cmocka_unit_test(frames_of_anything_disturb_nobody_else),
        cmocka_unit_test(messages_of_anything_disturb_nobody_else),
    };
    return cmocka_run_group_tests(tests, read_corpora, NULL);
}
