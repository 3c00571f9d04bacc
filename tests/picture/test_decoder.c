/* SPDX-License-Identifier: MIT */
/* test_decoder.c: a library that crashes, takes memory without end, or waits for ever costs a picture, not
 * the program. In place of libheif stands a library that does so; it is compiled here.
 *
 * labels: long */
#include "pictures.h"

#include "base/file.h"
#include "child/child.h"
#include "picture/decoder.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#if DESCENDER_WITH_HEIF

static dsc_error error;

/* All functions that heif.c looks for must be there; the first that it calls ends as $FAULT says. */
static const char library_source[] = "#include <signal.h>\n"
                                     "#include <stdlib.h>\n"
                                     "#include <string.h>\n"
                                     "#include <unistd.h>\n"
                                     "void *heif_context_alloc(void) {\n"
                                     "    const char *fault = getenv(\"FAULT\");\n"
                                     "    if (!fault) return NULL;\n"
                                     "    if (!strcmp(fault, \"crash\")) raise(SIGKILL);\n"
                                     "    if (!strcmp(fault, \"exit\")) exit(0);\n"
                                     "    if (!strcmp(fault, \"wait\"))\n"
                                     "        for (;;) pause();\n"
                                     "    for (int i = 0; i < 2048; i++) { /* 2 GB, if nothing limits it */\n"
                                     "        char *block = malloc(1 << 20);\n"
                                     "        if (!block) return NULL;\n"
                                     "        memset(block, 1, 1 << 20);\n"
                                     "    }\n"
                                     "    return NULL;\n"
                                     "}\n"
                                     "#define NOT_CALLED(name) void name(void) { abort(); }\n"
                                     "NOT_CALLED(heif_context_free)\n"
                                     "NOT_CALLED(heif_context_read_from_memory_without_copy)\n"
                                     "NOT_CALLED(heif_context_get_primary_image_handle)\n"
                                     "NOT_CALLED(heif_image_handle_get_width)\n"
                                     "NOT_CALLED(heif_image_handle_get_height)\n"
                                     "NOT_CALLED(heif_image_handle_get_ispe_width)\n"
                                     "NOT_CALLED(heif_image_handle_get_ispe_height)\n"
                                     "NOT_CALLED(heif_image_handle_has_alpha_channel)\n"
                                     "NOT_CALLED(heif_image_handle_is_premultiplied_alpha)\n"
                                     "NOT_CALLED(heif_image_handle_release)\n"
                                     "NOT_CALLED(heif_decoding_options_alloc)\n"
                                     "NOT_CALLED(heif_decoding_options_free)\n"
                                     "NOT_CALLED(heif_decode_image)\n"
                                     "NOT_CALLED(heif_image_get_width)\n"
                                     "NOT_CALLED(heif_image_get_height)\n"
                                     "NOT_CALLED(heif_image_get_plane_readonly)\n"
                                     "NOT_CALLED(heif_image_release)\n";

static bool made; /* the library, by a compiler */

static int make_library(void **state) {
    (void)state;
    const char *folder = testing_folder();
    char source[512], library[512];
    (void)snprintf(source, sizeof source, "%s/heif.c", folder);
    (void)snprintf(library, sizeof library, "%s/" DESCENDER_HEIF_SONAME, folder);
    ASSERT_OK(dsc_file_write(source, library_source, sizeof library_source - 1, &error), error);
    char *compiler = child_find((const char *const[]){"cc", "gcc", "clang", NULL});
    made = compiler != NULL;
    if (!made) return 0;
    const char *const command[] = {"cc", "-shared", "-fPIC", "-o", library, source, NULL};
    ASSERT_OK(child_run(compiler, command, NULL, &error), error);
    free(compiler);
    return setenv("LD_LIBRARY_PATH", folder, 1);
}

#define NEEDS_LIBRARY                                                                                        \
    if (!made) TEST_SKIP("needs a C compiler");

/* Fails by its message, and leaves no process behind. */
static void fail_to_parse(const char *fault, const char *message) {
    static const unsigned char file[] = "\0\0\0\x10"
                                        "ftypheic\0\0\0\0";
    dsc_image image;
    assert_int_equal(setenv("FAULT", fault, 1), 0);
    assert_int_equal(parse_exact(&image, file, sizeof file - 1, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, message);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void a_library_that_crashes_costs_the_picture_only(void **state) {
    (void)state;
    NEEDS_LIBRARY
    fail_to_parse("crash", "the HEIF file is damaged, or needs far more");
    fail_to_parse("exit", "the HEIF file is damaged, or needs far more");
}

static void a_library_that_takes_memory_without_end_is_stopped(void **state) {
    (void)state;
    NEEDS_LIBRARY
    struct rusage used;
    fail_to_parse("allocate", "needs far more memory");
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &used), 0);
    if (used.ru_maxrss > 600 << 10) fail_msg("decoding took %ld kB", used.ru_maxrss);
}

static void a_library_that_waits_for_ever_is_stopped(void **state) {
    (void)state;
    NEEDS_LIBRARY
    sigset_t alarm;
    (void)sigemptyset(&alarm);
    (void)sigaddset(&alarm, SIGALRM);
    (void)sigprocmask(SIG_BLOCK, &alarm, NULL); /* inherited */
    fail_to_parse("wait", "needs far more memory or time");
    (void)sigprocmask(SIG_UNBLOCK, &alarm, NULL);
}

#else

static int make_library(void **state) {
    (void)state;
    return 0;
}

static void a_library_that_crashes_costs_the_picture_only(void **state) {
    (void)state;
    TEST_SKIP("needs libheif");
}

#endif

int main(int argc, char **argv) {
    picture_decoder_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_library_that_crashes_costs_the_picture_only),
#if DESCENDER_WITH_HEIF
        cmocka_unit_test(a_library_that_takes_memory_without_end_is_stopped),
        cmocka_unit_test(a_library_that_waits_for_ever_is_stopped),
#endif
    };
    return cmocka_run_group_tests(tests, make_library, NULL);
}
