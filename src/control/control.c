/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <condis/control.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { REQUEST_BYTES = 32, BACKLOG = 4, SOCKET_WAIT_S = 5 };

struct condis_control {
    struct condis_control_options options;
    struct sockaddr_un address;
    int listen_fd;
    int stop_fd;
    pthread_t thread;
};

static bool say(struct condis_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static bool say(struct condis_error *error, const char *format, ...)
{
    va_list arguments;
    if (error) {
        va_start(arguments, format);
        vsnprintf(error->text, sizeof error->text, format, arguments);
        va_end(arguments);
    }
    return false;
}

static bool address_of(const char *path, struct sockaddr_un *address, struct condis_error *error)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (!*path || strlen(path) >= sizeof address->sun_path)
        return say(error, "a control's path has 1 to %zu bytes: '%.40s%s'",
                   sizeof address->sun_path - 1, path, strlen(path) > 40 ? "..." : "");
    strcpy(address->sun_path, path);
    return true;
}

static void bound_waits(int fd)
{
    const struct timeval wait = {.tv_sec = SOCKET_WAIT_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

static bool write_all(int fd, const char *text, size_t bytes)
{
    while (bytes > 0) {
        ssize_t written = send(fd, text, bytes, MSG_NOSIGNAL);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text += written;
        bytes -= (size_t)written;
    }
    return true;
}

/* ---- answering ---- */

/* The request's line without its end; false: too long, or none in time. */
static bool read_line(int fd, char line[REQUEST_BYTES])
{
    size_t used = 0;
    while (used < REQUEST_BYTES - 1) {
        ssize_t got = recv(fd, line + used, REQUEST_BYTES - 1 - used, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        used += (size_t)got;
        char *end = memchr(line, '\n', used);
        if (end) {
            *end = 0;
            return true;
        }
    }
    return false;
}

static bool is_ours(int fd)
{
    struct ucred peer;
    socklen_t bytes = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid());
}

static void refuse(int fd, const char *what)
{
    char text[128];
    int bytes = snprintf(text, sizeof text, "error: %s\n", what);
    (void)write_all(fd, text, (size_t)bytes);
}

static void answer(const struct condis_control *control, int fd)
{
    char line[REQUEST_BYTES];
    char *text = NULL;
    size_t bytes = 0;
    if (!is_ours(fd)) {
        refuse(fd, "only the user who runs this, and root, may ask");
        return;
    }
    if (!read_line(fd, line) || (strcmp(line, "show") != 0 && strcmp(line, "show json") != 0)) {
        refuse(fd, "a request is one line: show, or show json");
        return;
    }
    FILE *out = open_memstream(&text, &bytes);
    bool good = out && fputs("ok\n", out) >= 0 &&
                control->options.answer(control->options.context, out, strlen(line) > 4);
    if (out && fclose(out) != 0)
        good = false;
    if (good)
        (void)write_all(fd, text, bytes); /* an asker that went away wants nothing more */
    else
        refuse(fd, "no memory for the answer");
    free(text);
}

static void *serve(void *context)
{
    struct condis_control *control = context;
    for (;;) {
        struct pollfd wait[] = {{.fd = control->stop_fd, .events = POLLIN},
                                {.fd = control->listen_fd, .events = POLLIN}};
        if (poll(wait, 2, -1) < 0 && errno != EINTR)
            return NULL;
        if (wait[0].revents)
            return NULL;
        int fd = wait[1].revents ? accept4(control->listen_fd, NULL, NULL, SOCK_CLOEXEC) : -1;
        if (fd < 0)
            continue;
        bound_waits(fd);
        answer(control, fd);
        close(fd);
    }
}

/* ---- opening and closing ---- */

/* Whether what stands at an address is not the socket that an ended program left there. */
static bool is_in_use(const struct sockaddr_un *address)
{
    struct stat facts;
    if (lstat(address->sun_path, &facts) != 0 || !S_ISSOCK(facts.st_mode))
        return true;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answers = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;
    bool dead = fd >= 0 && !answers && errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return !dead;
}

static bool listen_at(struct condis_control *control, struct condis_error *error)
{
    const struct sockaddr *address = (const struct sockaddr *)&control->address;
    control->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (control->listen_fd < 0)
        return say(error, "control: %s", strerror(errno));
    int status = bind(control->listen_fd, address, sizeof control->address);
    if (status != 0 && errno == EADDRINUSE) {
        if (is_in_use(&control->address))
            return say(error, "control: %s is there already, and no ended program's",
                       control->address.sun_path);
        unlink(control->address.sun_path);
        status = bind(control->listen_fd, address, sizeof control->address);
    }
    if (status != 0)
        return say(error, "control: %s: %s", control->address.sun_path, strerror(errno));
    if (listen(control->listen_fd, BACKLOG) != 0) {
        unlink(control->address.sun_path);
        return say(error, "control: %s: %s", control->address.sun_path, strerror(errno));
    }
    return true;
}

/* Signals are for the program's own threads. */
static bool start_thread(struct condis_control *control)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    bool good = pthread_create(&control->thread, NULL, serve, control) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

bool condis_control_open(const struct condis_control_options *options, struct condis_control **out,
                         struct condis_error *error)
{
    struct condis_control *control = calloc(1, sizeof *control);
    *out = NULL;
    if (!control)
        return say(error, "control: no memory");
    control->options = *options;
    control->listen_fd = -1;
    control->stop_fd = eventfd(0, EFD_CLOEXEC);
    bool good = address_of(options->path, &control->address, error);
    if (good && control->stop_fd < 0)
        good = say(error, "control: %s", strerror(errno));
    good = good && listen_at(control, error);
    if (good && !start_thread(control)) {
        unlink(control->address.sun_path);
        good = say(error, "control: no thread");
    }
    if (good) {
        *out = control;
        return true;
    }
    if (control->listen_fd >= 0)
        close(control->listen_fd);
    if (control->stop_fd >= 0)
        close(control->stop_fd);
    free(control);
    return false;
}

void condis_control_close(struct condis_control *control)
{
    const uint64_t one = 1;
    if (!control)
        return;
    while (write(control->stop_fd, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    pthread_join(control->thread, NULL);
    unlink(control->address.sun_path);
    close(control->listen_fd);
    close(control->stop_fd);
    free(control);
}

/* ---- asking ---- */

/* The first line says whether what follows is the answer. */
static bool copy_answer(FILE *in, FILE *out, const char *path, struct condis_error *error)
{
    char text[4096];
    if (!fgets(text, sizeof text, in))
        return say(error, "%s: nothing was answered", path);
    if (strcmp(text, "ok\n") != 0) {
        text[strcspn(text, "\n")] = 0;
        return say(error, "%s: %s", path, text);
    }
    size_t bytes;
    while ((bytes = fread(text, 1, sizeof text, in)) > 0)
        if (fwrite(text, 1, bytes, out) != bytes)
            return say(error, "the answer cannot be written: %s", strerror(errno));
    if (ferror(in))
        return say(error, "%s: the answer was cut off", path);
    return fflush(out) == 0 || say(error, "the answer cannot be written: %s", strerror(errno));
}

bool condis_control_ask(const char *path, bool json, FILE *out, struct condis_error *error)
{
    struct sockaddr_un address;
    const char *request = json ? "show json\n" : "show\n";
    if (!address_of(path, &address, error))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return say(error, "%s: %s", path, strerror(errno));
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        say(error, "%s: %s; a program that was started with --control %s answers there", path,
            strerror(errno), path);
        close(fd);
        return false;
    }
    bound_waits(fd);
    FILE *in = write_all(fd, request, strlen(request)) ? fdopen(fd, "r") : NULL;
    bool good =
        in ? copy_answer(in, out, path, error) : say(error, "%s: %s", path, strerror(errno));
    if (in)
        fclose(in);
    else
        close(fd);
    return good;
}
