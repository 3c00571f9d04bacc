/* SPDX-License-Identifier: MIT */
/* test_work.c: the jobs that the page starts, with a script in place of the program. */
#include "asking.h"

#include "serve/host.h"

#include <sys/stat.h>
#include <time.h>

/* In place of the program: records its arguments, prints a lot, and obeys the word in "how": fail, wait,
 * or nothing. A waiting script ends at SIGTERM, and records that. */
static const char *place;

static char *stand_in(const char *how) {
    static const char script[] =
        "#!/bin/sh\n"
        "cd \"$(dirname \"$0\")\"\n"
        "echo \"$*\" >>calls\n"
        "yes 'descender prints' | head -c 200000\n"
        "echo 'descender: warning: of no account' >&2\n"
        "case $(cat how) in\n"
        "fail) echo 'descender: this cannot be done; do that' >&2; echo 'more' >&2; exit 1 ;;\n"
        "wait) trap 'echo ended >>calls; exit 0' TERM; touch waiting; while :; do sleep 0.02; done ;;\n"
        "esac\n";
    place = testing_folder();
    char *path = dsc_path_join(place, "program");
    ASSERT_OK(dsc_file_write(path, script, sizeof script - 1, &error), error);
    assert_int_equal(chmod(path, 0700), 0);
    write_file(place, "how", how);
    write_file(place, "calls", "");
    return path;
}

static void forget_waiting(void) {
    char *path = dsc_path_join(place, "waiting");
    (void)unlink(path);
    free(path);
}

static void until_it_waits(void) {
    char *path = dsc_path_join(place, "waiting");
    for (int i = 0; i < 1000 && !dsc_is_there(path); i++)
        (void)nanosleep(&(const struct timespec){0, 10000000}, NULL);
    assert_true(dsc_is_there(path));
    free(path);
}

static bool was_called(const char *with) {
    unsigned char *text;
    size_t size;
    char *path = dsc_path_join(place, "calls");
    ASSERT_OK(dsc_file_read(&text, &size, path, 1 << 20, &error), error);
    const bool found = strstr((const char *)text, with) != NULL;
    free(text);
    free(path);
    return found;
}

static serve_site *usual;

static void open_site(const serve_options *more) {
    static const char *const data[] = {"digits", NULL};
    serve_options options = *more;
    options.model = model;
    options.model_name = "shipped";
    options.runs = runs;
    options.data = data;
    usual = site;
    ASSERT_OK(serve_site_create(&site, &options, &error), error);
}

static void close_site(void) {
    serve_site_free(site);
    site = usual;
    fields[0] = NULL;
}

static bool is_refused(unsigned expected, const char *path, const char *why) {
    json_t *json;
    const unsigned status = ask_json(&json, "POST", path, NULL, 0);
    const char *said = json_string_value(json_object_get(json, "error"));
    const bool refused = status == expected && said && strstr(said, why);
    if (!refused) print_message("%s: %u %s\n", path, status, said ? said : "nothing");
    json_decref(json);
    return refused;
}

static void a_report_is_made_when_asked_for(void **unused) {
    (void)unused;
    assert_true(is_refused(403, "/api/runs/0001-one/report", "makes no reports")); /* there is no program */
    char *program = stand_in("");
    open_site(&(serve_options){.program = program});
    assert_int_equal(status_of("POST", "/api/runs/0001-one/report"), 200);
    assert_true(was_called("report "));
    assert_true(was_called("/runs/0001-one --out "));
    assert_true(was_called("/runs/0001-one/report --offline --quiet --json"));
    static const char *const strange[] = {"/api/runs/none/report",
                                          "/api/runs//report",
                                          "/api/runs/../secret/report",
                                          "/api/runs/report",
                                          "/api/runs/0001-one/report/report",
                                          NULL};
    for (size_t i = 0; strange[i]; i++) assert_int_equal(status_of("POST", strange[i]), 404);
    write_file(place, "how", "fail"); /* its last line is reported */
    assert_true(is_refused(500, "/api/runs/0001-one/report", "this cannot be done; do that"));
    close_site();
    open_site(&(serve_options){.program = program, .no_reports = "it is read-only"});
    assert_true(is_refused(403, "/api/runs/0001-one/report", "it is read-only"));
    close_site();
    free(program);
}

static json_t *training(void) {
    json_t *json;
    assert_int_equal(ask_json(&json, "GET", "/api/training", NULL, 0), 200);
    return json;
}

static void wish(const char *data, const char *recipe) {
    const char *all[] = {"data", data, "recipe", recipe, "epochs", "3", NULL};
    memcpy(fields, all, sizeof all);
}

static void one_run_is_trained_at_a_time_and_ends_with_the_site(void **unused) {
    (void)unused;
    char *program = stand_in("wait");
    forget_waiting();
    open_site(&(serve_options){.program = program});
    json_t *json = training();
    assert_true(json_is_true(json_object_get(json, "allowed")));
    assert_true(json_is_null(json_object_get(json, "running")));
    assert_string_equal(json_string_value(json_array_get(json_object_get(json, "data"), 0)), "digits");
    json_decref(json);
    wish("digits", "tutorial");
    assert_int_equal(ask_json(&json, "POST", "/api/training", NULL, 0), 200);
    assert_string_equal(json_string_value(json_object_get(json, "run")), "0002-digits");
    json_decref(json);
    until_it_waits();
    assert_true(was_called("train --quiet --recipe tutorial --data digits --out "));
    assert_true(was_called("/runs/0002-digits --epochs 3"));
    json = training();
    assert_string_equal(json_string_value(json_object_get(json, "running")), "0002-digits");
    json_decref(json);
    assert_true(is_refused(409, "/api/training", "only one can train at a time"));
    assert_true(is_refused(409, "/api/runs/0001-one/resume", "only one can train at a time"));
    assert_true(is_refused(409, "/api/runs/0001-one/stop", "this page does not train that run"));
    assert_false(was_called("ended"));
    close_site();
    assert_true(was_called("ended"));
    free(program);
}

static void a_run_is_stopped_and_resumed(void **unused) {
    (void)unused;
    char *program = stand_in("wait");
    forget_waiting();
    open_site(&(serve_options){.program = program});
    assert_int_equal(status_of("POST", "/api/runs/0001-one/resume"), 200);
    until_it_waits();
    assert_true(was_called("train --quiet --resume "));
    assert_true(was_called("/runs/0001-one\n"));
    assert_int_equal(status_of("POST", "/api/runs/0001-one/stop"), 200);
    json_t *json = NULL;
    for (int i = 0; i < 1000; i++) {
        json = training();
        if (json_is_null(json_object_get(json, "running"))) break;
        json_decref(json);
        json = NULL;
        (void)nanosleep(&(const struct timespec){0, 10000000}, NULL);
    }
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "said")), ""); /* it did not fail */
    json_decref(json);
    assert_true(was_called("ended"));
    close_site();
    free(program);
}

static void only_what_is_on_the_lists_is_trained(void **unused) {
    (void)unused;
    char *program = stand_in("fail");
    open_site(&(serve_options){.program = program});
    static const char *const tries[][2] = {{"/etc", "tutorial"}, {"digits", "/etc/passwd"},
                                           {"digits", "--help"}, {"", "tutorial"},
                                           {"digits", ""},       {"digits ", "tutorial"}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        wish(tries[i][0], tries[i][1]);
        assert_true(is_refused(400, "/api/training", "from the lists"));
        assert_true(is_refused(400, "/api/rate", "from the lists"));
    }
    assert_false(was_called("train"));
    /* A failed job reports the reason, and leaves no folder behind. */
    wish("digits", "tutorial");
    json_t *json = NULL;
    assert_int_equal(ask_json(&json, "POST", "/api/training", NULL, 0), 200);
    char *folder = dsc_path_join(runs, json_string_value(json_object_get(json, "run")));
    json_decref(json);
    for (int i = 0; i < 1000; i++) {
        json = training();
        if (json_is_null(json_object_get(json, "running"))) break;
        json_decref(json);
        json = NULL;
        (void)nanosleep(&(const struct timespec){0, 10000000}, NULL);
    }
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "said")), "this cannot be done; do that");
    json_decref(json);
    assert_false(dsc_is_there(folder));
    free(folder);
    close_site();
    free(program);
}

static void nothing_is_trained_where_that_is_not_allowed(void **unused) {
    (void)unused;
    char *program = stand_in("");
    open_site(&(serve_options){.program = program, .no_training = "it is read-only"});
    wish("digits", "tutorial");
    assert_true(is_refused(403, "/api/training", "it is read-only"));
    assert_true(is_refused(403, "/api/rate", "it is read-only"));
    assert_true(is_refused(403, "/api/runs/0001-one/stop", "it is read-only"));
    assert_true(is_refused(403, "/api/runs/0001-one/resume", "it is read-only"));
    json_t *json = training();
    assert_true(json_is_false(json_object_get(json, "allowed")));
    assert_string_equal(json_string_value(json_object_get(json, "why")), "it is read-only");
    assert_int_equal(json_array_size(json_object_get(json, "data")), 0);
    json_decref(json);
    /* A page from elsewhere is refused before anything else is checked. */
    const serve_request q = {.method = "POST",
                             .path = "/api/training",
                             .host = "localhost:8017",
                             .origin = "http://evil.example",
                             .query = query};
    serve_response r;
    close_site();
    open_site(&(serve_options){.program = program});
    wish("digits", "tutorial");
    serve_handle(&r, site, &q, "127.0.0.1");
    assert_int_equal(r.status, 403);
    dsc_text_free(&r.text);
    assert_false(was_called("train"));
    close_site();
    assert_true(serve_host_is_loopback("127.0.0.1") && serve_host_is_loopback("::1") &&
                serve_host_is_loopback("localhost") && serve_host_is_loopback("127.9.9.9"));
    assert_false(serve_host_is_loopback("0.0.0.0") || serve_host_is_loopback("::") ||
                 serve_host_is_loopback("192.168.1.4") || serve_host_is_loopback(""));
    free(program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_is_made_when_asked_for),
        cmocka_unit_test(one_run_is_trained_at_a_time_and_ends_with_the_site),
        cmocka_unit_test(a_run_is_stopped_and_resumed),
        cmocka_unit_test(only_what_is_on_the_lists_is_trained),
        cmocka_unit_test(nothing_is_trained_where_that_is_not_allowed),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
