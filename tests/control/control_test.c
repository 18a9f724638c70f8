/* SPDX-License-Identifier: MIT */
/* A control answers who asks right, tells off who does not, and leaves nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include <condis/control.h>

static char directory[] = "/tmp/condis-control-XXXXXX";
static char path[64];

static bool tell(void *context, FILE *out, bool json)
{
    fprintf(out, "%s in %s\n", (const char *)context, json ? "json" : "text");
    return true;
}

static bool fail_to_tell(void *context, FILE *out, bool json)
{
    (void)context;
    (void)out;
    (void)json;
    return false;
}

static struct condis_control *open_control(bool (*answer)(void *, FILE *, bool))
{
    static char name[] = "what is inside";
    const struct condis_control_options options = {.path = path, .answer = answer, .context = name};
    struct condis_control *control;
    struct condis_error error;
    if (!condis_control_open(&options, &control, &error))
        fail_msg("%s", error.text);
    return control;
}

/* What the control answers to these octets; the caller frees it. */
static char *send_raw(const char *octets, size_t bytes)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char *text = calloc(1, 4096);
    size_t used = 0;
    ssize_t got;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(fd, octets, bytes, MSG_NOSIGNAL), (ssize_t)bytes);
    shutdown(fd, SHUT_WR);
    while ((got = recv(fd, text + used, 4095 - used, 0)) > 0)
        used += (size_t)got;
    close(fd);
    return text;
}

static void asks(bool json, const char *wanted)
{
    struct condis_error error;
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    if (!condis_control_ask(path, json, out, &error))
        fail_msg("%s", error.text);
    fclose(out);
    assert_string_equal(text, wanted);
    free(text);
}

static void who_asks_is_answered_again_and_again(void **state)
{
    (void)state;
    struct condis_control *control = open_control(tell);
    for (int i = 0; i < 20; i++) {
        asks(false, "what is inside in text\n");
        asks(true, "what is inside in json\n");
    }
    condis_control_close(control);
    assert_int_equal(access(path, F_OK), -1);
}

static void a_bad_request_is_told_so_and_the_next_one_is_answered(void **state)
{
    (void)state;
    static const char *const bad[] = {"hello\n", "show", "\n", "show json please\n",
                                      "a line that is longer than any request may ever be\n"};
    struct condis_control *control = open_control(tell);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char *text = send_raw(bad[i], strlen(bad[i]));
        assert_string_equal(text, "error: a request is one line: show, or show json\n");
        free(text);
    }
    char *text = send_raw("show\0json\n", 10);
    assert_non_null(strstr(text, "what is inside in text"));
    free(text);
    asks(false, "what is inside in text\n");
    condis_control_close(control);
}

static void an_answer_that_cannot_be_made_is_an_error(void **state)
{
    (void)state;
    struct condis_control *control = open_control(fail_to_tell);
    struct condis_error error;
    assert_false(condis_control_ask(path, false, stdout, &error));
    assert_non_null(strstr(error.text, "no memory for the answer"));
    condis_control_close(control);
}

static void a_second_program_does_not_take_a_path_that_is_in_use(void **state)
{
    (void)state;
    struct condis_control *control = open_control(tell);
    const struct condis_control_options options = {.path = path, .answer = tell, .context = path};
    struct condis_control *second;
    struct condis_error error;
    assert_false(condis_control_open(&options, &second, &error));
    assert_null(second);
    assert_non_null(strstr(error.text, "is there already"));
    asks(false, "what is inside in text\n");
    condis_control_close(control);
}

static void what_an_ended_program_left_is_replaced(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    struct condis_control *control = open_control(tell);
    asks(false, "what is inside in text\n");
    condis_control_close(control);
}

static void a_file_that_is_no_socket_is_left_alone(void **state)
{
    (void)state;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    const struct condis_control_options options = {.path = path, .answer = tell, .context = path};
    struct condis_control *control;
    struct condis_error error;
    assert_false(condis_control_open(&options, &control, &error));
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
}

static void a_path_that_is_no_path_is_refused(void **state)
{
    (void)state;
    char longer[200];
    struct condis_control *control;
    struct condis_error error;
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    const char *const paths[] = {"", longer, "/no/such/directory/c"};
    for (size_t i = 0; i < 3; i++) {
        const struct condis_control_options options = {.path = paths[i], .answer = tell};
        assert_false(condis_control_open(&options, &control, &error));
        assert_false(condis_control_ask(paths[i], false, stdout, &error));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_is_answered_again_and_again),
        cmocka_unit_test(a_bad_request_is_told_so_and_the_next_one_is_answered),
        cmocka_unit_test(an_answer_that_cannot_be_made_is_an_error),
        cmocka_unit_test(a_second_program_does_not_take_a_path_that_is_in_use),
        cmocka_unit_test(what_an_ended_program_left_is_replaced),
        cmocka_unit_test(a_file_that_is_no_socket_is_left_alone),
        cmocka_unit_test(a_path_that_is_no_path_is_refused),
    };
    if (!mkdtemp(directory))
        return 1;
    snprintf(path, sizeof path, "%s/c", directory);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(directory);
    return failed;
}
