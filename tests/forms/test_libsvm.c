/* SPDX-License-Identifier: MIT */
/* test_libsvm.c: images as lines with a label and numbered pixels. */
#include "testing.h"

#include "base/file.h"
#include "data/form.h"
#include "forms/forms.h"
#include "forms/unpack.h"

#include <stdlib.h>

static const char *path_in(const char *folder, const char *name) {
    static char paths[8][600];
    static unsigned next;
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static const char *write_text(const char *folder, const char *name, const char *text) {
    dsc_error error;
    const char *path = path_in(folder, name);
    ASSERT_OK(dsc_file_write(path, text, strlen(text), &error), error);
    return path;
}

static dsc_status open_place(dsc_opening *o, const char *place, dsc_error *error) {
    static dsc_reading reading;
    reading = dsc_reading_defaults();
    *o = (dsc_opening){.title = place, .reading = &reading, .forms = &forms_registry, .keep_order = true};
    return dsc_data_form_open(o, place, error);
}

static void lines_become_images(void **state) {
    (void)state;
    const char *folder = testing_folder();
    (void)write_text(folder, "usps", "1 1:-1 2:1 3:0 4:-0.5\n2 1:1 4:1\n1 2:0.5\n");
    (void)write_text(folder, "usps.t", "2 1:-1 4:-1 \n\n");
    dsc_opening o;
    dsc_error error;
    for (int i = 0; i < 2; i++) { /* by the folder, and by the file */
        ASSERT_OK(open_place(&o, i ? path_in(folder, "usps") : folder, &error), error);
        static const uint8_t first[4] = {0, 255, 128, 64}, second[4] = {255, 128, 128, 255};
        assert_string_equal(o.form->name, "libsvm");
        assert_int_equal(dsc_dataset_count(o.train), 3);
        assert_int_equal(dsc_dataset_count(o.test), 1);
        assert_memory_equal(dsc_dataset_images(o.train), first, 4);
        assert_memory_equal(dsc_dataset_images(o.train) + 4, second, 4);
        assert_int_equal(dsc_dataset_labels(o.train)[1], 1); /* labels from 1 begin with 0 */
        dsc_opening_clear(&o);
    }
}

static void whole_numbers_and_shares_become_bytes(void **state) {
    (void)state;
    const char *folder = testing_folder();
    static const uint8_t bytes[4] = {0, 7, 0, 255}, shares[4] = {128, 0, 0, 255};
    dsc_opening o;
    dsc_error error;
    ASSERT_OK(open_place(&o, write_text(folder, "bytes", "0 2:7 4:255\n1 1:1\n0 1:2\n1 1:2\n0 3:1\n1 3:2\n"),
                         &error),
              error);
    assert_memory_equal(dsc_dataset_image(o.train, 0), bytes, 4);
    dsc_opening_clear(&o);
    ASSERT_OK(open_place(&o, write_text(folder, "shares", "0 1:0.5 4:1\n1 1:1\n0 1:0.1\n1 1:0.1\n"), &error),
              error);
    assert_memory_equal(dsc_dataset_image(o.train, 0), shares, 4);
    dsc_opening_clear(&o);
}

/* As in the collection's MNIST: pixels that are 0 in every image are in no line. */
static void a_stated_shape_has_the_pixels_that_all_lines_leave_out(void **state) {
    (void)state;
    const char *path = write_text(testing_folder(), "some", "0 1:9 2:255\n1 1:1\n0 2:7\n1 1:3\n");
    static const uint8_t first[6] = {9, 255, 0, 0, 0, 0};
    dsc_reading how = dsc_reading_defaults();
    dsc_error error;
    size_t shape[3];
    static char fits[] = "2x3", small[] = "1x1", huge[] = "999999x999999x999999";
    how.shape = fits;
    dsc_opening o = {.title = path, .reading = &how, .forms = &forms_registry, .keep_order = true};
    ASSERT_OK(dsc_data_form_open(&o, path, &error), error);
    dsc_dataset_shape(o.train, shape);
    assert_true(shape[0] == 1 && shape[1] == 2 && shape[2] == 3);
    assert_memory_equal(dsc_dataset_image(o.train, 0), first, 6);
    dsc_opening_clear(&o);
    for (int i = 0; i < 2; i++) {
        how.shape = i ? huge : small;
        o = (dsc_opening){.title = path, .reading = &how, .forms = &forms_registry};
        assert_int_equal(dsc_data_form_open(&o, path, &error), DSC_ERROR_MISMATCH);
        ASSERT_MESSAGE(error, "an image has 2 numbers");
        dsc_opening_clear(&o);
    }
}

static void what_is_wrong_is_said(void **state) {
    (void)state;
    static const struct {
        const char *text, *part;
    } wrong[] = {
        {"1 1:0.5 4:1\n1 1:x\n", "line 2: expected a label and numbers"},
        {"1 1:0.5\n\n1 2:1 2:1\n", "line 3"}, /* indices must increase */
        {"1 1:0.5\nx 1:1\n", "found \"x\""},
        {"1 1:0.5\n1 0:1\n", "line 2"},
        {"1 1:0.5\n1 9999999:1\n", "line 2"},
        {"1 1:0.5\n1 1:nan\n", "line 2"},
        {"1 1:0.5 4:300\n", "from 0 to 300"},
        {"1 1:-2 4:1\n", "from -2 to 1"},
        {"1 1:0.5 3:1\n2 1:1\n", "3"}, /* three pixels are no square */
        {"1 1:0.5\n1 1:0.00000000000000000000000000000000000000000000000000000000000001e62\n", "line 2"},
        {"1 1:1 1000000:1\n2 1:1\n3 1:1\n", "are no images"},
    };
    const char *folder = testing_folder();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        dsc_opening o;
        dsc_error error;
        assert_int_not_equal(open_place(&o, write_text(folder, "some", wrong[i].text), &error), DSC_OK);
        ASSERT_MESSAGE(error, wrong[i].part);
        dsc_opening_clear(&o);
    }
}

static volatile bool has_archive = DESCENDER_WITH_ARCHIVE;

static void packed_files_are_read(void **state) {
    (void)state;
    if (!has_archive) TEST_SKIP("needs libarchive");
    if (system("bzip2 --version >/dev/null 2>&1 </dev/null")) TEST_SKIP("needs bzip2"); /* NOLINT(*env33-c) */
    const char *folder = testing_folder();
    char command[1300];
    (void)write_text(folder, "usps", "1 1:-1 2:1 3:0 4:-0.5\n2 1:1 4:1\n");
    (void)write_text(folder, "usps.t", "2 1:-1 4:-1\n");
    (void)snprintf(command, sizeof command, "bzip2 '%s/usps' '%s/usps.t'", folder, folder);
    assert_int_equal(system(command), 0); /* NOLINT(*env33-c) */
    dsc_opening o;
    dsc_error error;
    for (int i = 0; i < 2; i++) {
        ASSERT_OK(open_place(&o, i ? path_in(folder, "usps.bz2") : folder, &error), error);
        assert_int_equal(dsc_dataset_count(o.train), 2);
        assert_int_equal(dsc_dataset_images(o.train)[1], 255);
        dsc_opening_clear(&o);
    }
    (void)snprintf(command, sizeof command,
                   "cd '%s' && mkdir gz && bzip2 -dc usps.bz2 | gzip >gz/usps.gz && "
                   "bzip2 -dc usps.t.bz2 | gzip >gz/usps.t.gz",
                   folder);
    assert_int_equal(system(command), 0); /* NOLINT(*env33-c) */
    ASSERT_OK(open_place(&o, path_in(folder, "gz/usps.gz"), &error), error);
    assert_int_equal(dsc_dataset_count(o.test), 1);
    dsc_opening_clear(&o);
    unsigned char *bytes;
    size_t size;
    ASSERT_OK(unpack_file_alone(&bytes, &size, path_in(folder, "usps.t.bz2"), 1 << 20, &error), error);
    assert_string_equal((char *)bytes, "2 1:-1 4:-1\n");
    assert_int_equal(size, 12);
    free(bytes);
    assert_int_equal(unpack_file_alone(&bytes, &size, path_in(folder, "usps.t.bz2"), 11, &error),
                     DSC_ERROR_UNSUPPORTED);
    assert_null(bytes);
    unsigned char *packed;
    ASSERT_OK(dsc_file_read(&packed, &size, path_in(folder, "usps.bz2"), 1 << 20, &error), error);
    ASSERT_OK(dsc_file_write(path_in(folder, "usps.bz2"), packed, size - 9, &error), error); /* truncated */
    free(packed);
    assert_int_equal(open_place(&o, folder, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "usps.bz2: is damaged");
    dsc_opening_clear(&o);
}

/* For the address sanitizer: bytes of a valid file, changed at random. */
static void changed_bytes_do_no_harm(void **state) {
    (void)state;
    static const char good[] = "1 1:-1 2:1 3:0 4:-0.5\n2 1:1 4:1\n1 2:0.5 3:1e-3\n";
    const char *folder = testing_folder();
    uint32_t random = 1;
    size_t read = 0;
    for (int i = 0; i < 1500; i++) {
        char text[sizeof good];
        memcpy(text, good, sizeof good);
        for (int k = 0; k < 1 + i % 4; k++) {
            random = random * 1664525 + 1013904223;
            text[(random >> 8) % (sizeof good - 1)] = "0123456789:.- \n\xff"[(random >> 24) & 15];
        }
        dsc_opening o;
        dsc_error error;
        FILE *file = fopen(path_in(folder, "usps"), "w"); /* dsc_file_write waits for the disk */
        assert_non_null(file);
        assert_int_equal(fwrite(text, 1, sizeof good - 1, file), sizeof good - 1);
        assert_int_equal(fclose(file), 0);
        read += !open_place(&o, path_in(folder, "usps"), &error);
        dsc_opening_clear(&o);
    }
    assert_true(read > 10 && read < 1490);
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    const char *folder = testing_folder();
    (void)write_text(folder, "usps", "1 1:-1 2:1 3:0 4:-0.5\n2 1:1 4:1\n");
    (void)write_text(folder, "usps.t", "2 1:-1 4:-1\n");
    for (long n = 0;; n++) {
        dsc_opening o;
        dsc_error error;
        testing_fail_allocation(n);
        dsc_status status = open_place(&o, folder, &error);
        const bool failed = testing_allocation_failed();
        dsc_opening_clear(&o);
        if (!failed) {
            ASSERT_OK(status, error);
            break;
        }
        if (status) assert_int_equal(status, DSC_ERROR_MEMORY);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_become_images),
        cmocka_unit_test(whole_numbers_and_shares_become_bytes),
        cmocka_unit_test(a_stated_shape_has_the_pixels_that_all_lines_leave_out),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(packed_files_are_read),
        cmocka_unit_test(changed_bytes_do_no_harm),
        cmocka_unit_test(failing_allocations_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
