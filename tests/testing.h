/* SPDX-License-Identifier: MIT */
/* testing.h: shared by all test programs: cmocka, a folder of their own, failing allocations, the place of
 * MNIST.
 *
 * A test that cannot run here prints the reason and is counted as skipped: TEST_SKIP("needs ...").
 *  */
#ifndef TESTING_H
#define TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <descender.h>

#define TEST_SKIP(reason)                                                                                    \
    do {                                                                                                     \
        print_message("skipped: %s: %s\n", __func__, reason);                                                \
        skip();                                                                                              \
    } while (0)

/* True if $TESTS_EMULATED is set: the tests run in an emulator, so they measure no speed. */
bool testing_emulated(void);

/* Fails the test with the error's message unless `call` returned DSC_OK. */
#define ASSERT_OK(call, error)                                                                               \
    do {                                                                                                     \
        if ((call) != DSC_OK) fail_msg("%s: %s", #call, (error).message);                                    \
    } while (0)

/* Fails the test unless the message contains `part`. */
#define ASSERT_MESSAGE(error, part)                                                                          \
    do {                                                                                                     \
        if (!strstr((error).message, part))                                                                  \
            fail_msg("the message '%s' does not contain '%s'", (error).message, part);                       \
    } while (0)

/* A new empty folder, removed with its contents when the test program ends. The text lives until then. */
const char *testing_folder(void);

/* "TESTS_FOLDER/golden/NAME"; the text lives until the program ends. */
const char *testing_golden(const char *name);

/* The folder of the real MNIST, from $DESCENDER_DATA, or NULL if it is not set. */
const char *testing_mnist(void);

/* Lets the n-th allocation from now on fail (0: the next one), and only that one. */
void testing_fail_allocation(long n);
/* Lets no allocation fail any more; true if the one that was to fail was reached. */
bool testing_allocation_failed(void);

/* The number of allocations since the program started. */
long testing_allocations(void);

/* Reads or writes until `size` bytes are done or no more are possible: calls may do less, or be
 * interrupted. Returns the number of bytes. */
size_t testing_read(int file, void *bytes, size_t size);
size_t testing_write(int file, const void *bytes, size_t size);

/* Sets a locale whose decimal point is a comma (made with localedef if necessary); false: there is none.
 * setlocale(LC_ALL, "C") ends it. */
bool testing_set_comma_locale(void);

/* A Python with NumPy ("/usr/bin/python3"), or NULL if there is none. */
const char *testing_numpy(void);

/* A dataset of bytes in memory, which are copied: the arguments of dsc_dataset_options, in one line. */
static inline dsc_status testing_dataset(dsc_dataset **data, const uint8_t *images, const uint8_t *labels,
                                         size_t count, const size_t shape[3], size_t classes,
                                         const char *const *class_names, const char *name, dsc_error *error) {
    dsc_dataset_options how = dsc_dataset_options_defaults();
    how.images = images;
    how.labels = labels;
    how.count = count;
    memcpy(how.shape, shape, sizeof how.shape);
    how.classes = classes;
    how.class_names = class_names;
    how.name = name;
    return dsc_dataset_create(data, &how, error);
}

#endif
