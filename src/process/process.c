/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

uint64_t process_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * PROCESS_SECOND_NS + (uint64_t)now.tv_nsec;
}

/* ---- files ---- */

int process_file(void)
{
    return memfd_create("condis-process", MFD_CLOEXEC);
}

bool process_file_empty(int file)
{
    return ftruncate(file, 0) == 0 && lseek(file, 0, SEEK_SET) == 0;
}

char *process_text(int file, size_t most, size_t *bytes)
{
    struct stat facts;
    size_t size = fstat(file, &facts) == 0 ? (size_t)facts.st_size : 0;
    size_t got = 0;
    if (size > most)
        size = most;
    char *text = malloc(size + 1);
    while (text && got < size) {
        ssize_t piece = pread(file, text + got, size - got, (off_t)got);
        if (piece <= 0 && !(piece < 0 && errno == EINTR))
            break;
        got += piece > 0 ? (size_t)piece : 0;
    }
    if (text)
        text[got] = 0;
    if (bytes)
        *bytes = got;
    return text;
}

/* ---- starting ---- */

static uint64_t nanoseconds_of(struct timeval time)
{
    return (uint64_t)time.tv_sec * PROCESS_SECOND_NS + (uint64_t)time.tv_usec * 1000;
}

static void reap(struct process *process)
{
    int status = 0;
    struct rusage used = {.ru_utime = {.tv_sec = 0}};
    while (wait4(process->pid, &status, 0, &used) < 0 && errno == EINTR)
        continue;
    if (process->death_fd >= 0)
        close(process->death_fd);
    process->death_fd = -1;
    process->pid = 0;
    process->took_ns = process_now_ns() - process->started_ns;
    process->processor_ns = nanoseconds_of(used.ru_utime) + nanoseconds_of(used.ru_stime);
    process->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    process->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* The process is there: from here on it is watched, or killed when it cannot be. */
static bool watch(struct process *process, pid_t pid, uint64_t limit_ns, uint64_t started_ns)
{
    *process = (struct process){.pid = pid, .started_ns = started_ns};
    process->deadline_ns = limit_ns < UINT64_MAX - started_ns ? started_ns + limit_ns : UINT64_MAX;
    process->death_fd = pidfd_open(pid, 0);
    if (process->death_fd >= 0)
        return true;
    int error = errno;
    process_kill(process);
    errno = error;
    return false;
}

/* In the forked process, whose parent may have died before it was noticed here. */
static _Noreturn void be(pid_t parent, struct process_files files, void (*run)(void *context),
                         void *context)
{
    const struct rlimit none = {0, 0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    (void)setrlimit(RLIMIT_CORE, &none);
    if ((files.out >= 0 && dup2(files.out, STDOUT_FILENO) < 0) ||
        (files.err >= 0 && dup2(files.err, STDERR_FILENO) < 0))
        _exit(2);
    run(context);
    fflush(NULL);
    _exit(0);
}

bool process_fork(struct process *process, uint64_t limit_ns, struct process_files files,
                  void (*run)(void *context), void *context)
{
    fflush(NULL); /* else both write what is there */
    uint64_t now = process_now_ns();
    const pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        be(parent, files, run, context);
    return pid > 0 && watch(process, pid, limit_ns, now);
}

/* Becomes this program once more. */
static void be_again(void *line)
{
    sigset_t none;
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (in >= 0 && dup2(in, STDIN_FILENO) >= 0)
        execv("/proc/self/exe", line);
    _exit(127);
}

bool process_again(struct process *process, uint64_t limit_ns, struct process_files files,
                   char *const *line)
{
    return process_fork(process, limit_ns, files, be_again, (void *)(uintptr_t)line);
}

/* ---- watching ---- */

void process_kill(struct process *process)
{
    if (!process->pid)
        return;
    kill(process->pid, SIGKILL);
    reap(process);
}

/* Sleeps until something may have happened. returns false: a signal came */
static bool doze(struct pollfd *fds, size_t count, uint64_t until_ns)
{
    uint64_t now = process_now_ns();
    uint64_t left = until_ns > now ? until_ns - now : 0;
    struct timespec time = {(time_t)(left / PROCESS_SECOND_NS), (long)(left % PROCESS_SECOND_NS)};
    return ppoll(fds, (nfds_t)count, &time, NULL) >= 0 || errno != EINTR;
}

size_t process_wait(struct process *const *list, size_t count, uint64_t until_ns)
{
    struct pollfd fds[PROCESS_COUNT_MAX];
    for (;;) {
        uint64_t wake = until_ns;
        size_t running = 0;
        for (size_t i = 0; i < count; i++) {
            const struct process *process = list[i];
            fds[i] = (struct pollfd){.fd = process->pid ? process->death_fd : -1, .events = POLLIN};
            running += process->pid != 0;
            if (process->pid && process->deadline_ns < wake)
                wake = process->deadline_ns;
        }
        if (running == 0 || !doze(fds, count, wake))
            return count;
        uint64_t now = process_now_ns();
        for (size_t i = 0; i < count; i++) {
            struct process *process = list[i];
            if (!process->pid)
                continue;
            if (fds[i].revents) {
                reap(process);
                return i;
            }
            if (now >= process->deadline_ns) {
                process->late = true;
                process_kill(process);
                return i;
            }
        }
        if (now >= until_ns)
            return count;
    }
}
