/* SPDX-License-Identifier: MIT */
/* test_key.c: requests from other machines need the token, and then the cookie. */
#include "asking.h"

#include "serve/key.h"

static serve_key key;
static const char *cookie_name, *cookie_value;
static const char *cookie(void *context, const char *name) {
    (void)context;
    return cookie_name && !strcmp(name, cookie_name) ? cookie_value : NULL;
}

typedef struct asker {
    const char *host, *origin;
    bool is_local;
} asker;
static const asker pupil = {"digits.example.org", "https://digits.example.org", false};
static const asker teacher = {"localhost:8017", "http://localhost:8017", true};

static serve_response come(const asker *who, const char *method, const char *path) {
    const serve_request q = {.method = method,
                             .path = path,
                             .host = who->host,
                             .origin = who->origin,
                             .is_local = who->is_local,
                             .query = query,
                             .cookie = cookie};
    serve_response r;
    serve_handle(&r, site, &q, "127.0.0.1");
    return r;
}

static unsigned comes_in(const asker *who, const char *method, const char *path) {
    serve_response r = come(who, method, path);
    dsc_text_free(&r.text);
    assert_int_equal(r.cookie[0], '\0');
    return r.status;
}

static void bring(const char *token) {
    fields[0] = token ? "token" : NULL, fields[1] = token, fields[2] = NULL;
}

static int lock(void **unused) {
    if (make(unused) || serve_key_make(&key, &error)) return 1;
    serve_site_free(site);
    const serve_options options = {.model = model,
                                   .model_name = "shipped",
                                   .runs = runs,
                                   .allowed_hosts = "digits.example.org",
                                   .key = &key};
    return serve_site_create(&site, &options, &error) != DSC_OK;
}

static void nobody_comes_in_without_the_token(void **unused) {
    (void)unused;
    static const char *const paths[] = {"/", "/draw.js", "/api/model", "/api/runs", "/nothing"};
    bring(NULL);
    cookie_name = NULL;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(comes_in(&pupil, "GET", paths[i]), 403);
        assert_int_equal(comes_in(&pupil, "HEAD", paths[i]), 403);
        assert_int_equal(comes_in(&pupil, "POST", paths[i]), 403);
    }
    /* The page says what to do, and never contains the token. */
    serve_response r = come(&pupil, "GET", "/");
    assert_non_null(strstr(r.type, "text/html"));
    assert_non_null(strstr(r.fixed, "?token="));
    assert_null(strstr(r.fixed, key.token));
    r = come(&pupil, "GET", "/api/model");
    assert_non_null(strstr(r.text.data, "a token is required"));
    dsc_text_free(&r.text);
}

static void the_token_is_for_the_page_and_brings_a_cookie(void **unused) {
    (void)unused;
    char wrong[SERVE_SECRET + 4];
    bring(key.token);
    cookie_name = NULL;
    assert_int_equal(comes_in(&pupil, "GET", "/api/model"), 403); /* only the page accepts it */
    assert_int_equal(comes_in(&pupil, "POST", "/"), 403);
    for (int round = 0; round < 2; round++) { /* a whole class behind one address */
        serve_response r = come(&pupil, "GET", "/");
        assert_int_equal(r.status, 200);
        assert_non_null(strstr(r.cookie, key.session));
        assert_null(strstr(r.cookie, key.token));
        assert_non_null(strstr(r.cookie, "; HttpOnly; SameSite=Strict"));
    }
    for (size_t i = 0; i < SERVE_SECRET - 1; i++) {
        memcpy(wrong, key.token, sizeof key.token);
        wrong[i] = wrong[i] == '0' ? '1' : '0';
        bring(wrong);
        assert_int_equal(comes_in(&pupil, "GET", "/"), 403);
    }
    (void)snprintf(wrong, sizeof wrong, "%s0", key.token);
    bring(wrong);
    assert_int_equal(comes_in(&pupil, "GET", "/"), 403);
    wrong[SERVE_SECRET - 2] = '\0';
    assert_int_equal(comes_in(&pupil, "GET", "/"), 403);
    bring("");
    assert_int_equal(comes_in(&pupil, "GET", "/"), 403);
    bring(key.session);
    assert_int_equal(comes_in(&pupil, "GET", "/"), 403);
}

static void the_cookie_opens_all(void **unused) {
    (void)unused;
    bring(NULL);
    cookie_name = key.name, cookie_value = key.session;
    assert_int_equal(comes_in(&pupil, "GET", "/"), 200);
    assert_int_equal(comes_in(&pupil, "GET", "/api/model"), 200);
    assert_int_equal(comes_in(&pupil, "POST", "/api/collection"), 403); /* without a request for it */
    const asker stranger = {"digits.example.org", "http://evil.example", false};
    assert_int_equal(comes_in(&stranger, "GET", "/api/model"), 403);
    cookie_value = key.token;
    assert_int_equal(comes_in(&pupil, "GET", "/api/model"), 403);
    cookie_name = "descender", cookie_value = key.session;
    assert_int_equal(comes_in(&pupil, "GET", "/api/model"), 403);
    cookie_name = NULL;
}

/* The client chooses Host, so it counts only for connections from this machine. */
static void this_machine_needs_no_token(void **unused) {
    (void)unused;
    const asker liar = {"localhost:8017", NULL, false};
    const asker tunnel = {"localhost:9000", "http://localhost:9000", true};
    const asker proxied = {"localhost:8017", "https://digits.example.org", true};
    const asker named = {"digits.example.org", NULL, true};
    bring(NULL);
    cookie_name = NULL;
    assert_int_equal(comes_in(&teacher, "GET", "/"), 200);
    assert_int_equal(comes_in(&tunnel, "GET", "/api/model"), 200);
    assert_int_equal(comes_in(&liar, "GET", "/api/model"), 403);
    assert_int_equal(comes_in(&proxied, "GET", "/api/model"), 403);
    assert_int_equal(comes_in(&named, "GET", "/api/model"), 403);
}

static void each_start_has_its_own(void **unused) {
    (void)unused;
    serve_key other;
    ASSERT_OK(serve_key_make(&other, &error), error);
    assert_int_equal(strlen(key.token), 32);
    assert_int_equal(strlen(key.session), 32);
    assert_string_not_equal(key.token, other.token);
    assert_string_not_equal(key.session, other.session);
    assert_string_not_equal(key.name, other.name);
    assert_string_not_equal(key.token, key.session);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_comes_in_without_the_token),
        cmocka_unit_test(the_token_is_for_the_page_and_brings_a_cookie),
        cmocka_unit_test(the_cookie_opens_all),
        cmocka_unit_test(this_machine_needs_no_token),
        cmocka_unit_test(each_start_has_its_own),
    };
    return cmocka_run_group_tests(tests, lock, clear);
}
