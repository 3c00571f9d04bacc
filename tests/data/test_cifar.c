/* SPDX-License-Identifier: MIT */
/* CIFAR-10's binary files. */
#include "making.h"

#include "data/form.h"

#include <stdlib.h>

enum { RECORD = 1 + 3 * 32 * 32 };

/* A batch of `count` images: image i has label (first + i) % 10, and all its pixels have that value. */
static const char *make_batch(const char *folder, const char *name, size_t count, size_t first) {
    static unsigned char bytes[16 * RECORD];
    dsc_error error;
    for (size_t i = 0; i < count; i++) {
        bytes[i * RECORD] = (unsigned char)((first + i) % 10);
        memset(bytes + i * RECORD + 1, (int)(first + i), RECORD - 1);
        bytes[i * RECORD + 1 + 1024] = 200; /* the first green value */
    }
    ASSERT_OK(dsc_file_write(make_path(folder, name), bytes, count * RECORD, &error), error);
    return make_path(folder, name);
}

static const char *make_cifar(void) {
    const char *folder = testing_folder();
    (void)make_batch(folder, "data_batch_1.bin", 10, 0);
    (void)make_batch(folder, "data_batch_2.bin", 4, 10);
    (void)make_batch(folder, "test_batch.bin", 3, 5);
    return folder;
}

static dsc_status open_any(dsc_dataset *sets[2], const char *path, dsc_error *error) {
    return dsc_dataset_open_any(&sets[0], &sets[1], path, NULL, NULL, error);
}

static void colour_images_are_read_batch_after_batch(void **state) {
    (void)state;
    const char *folder = make_cifar();
    dsc_dataset *sets[2];
    dsc_error error;
    size_t shape[3];
    ASSERT_OK(open_any(sets, folder, &error), error);
    dsc_dataset_shape(sets[0], shape);
    assert_true(shape[0] == 3 && shape[1] == 32 && shape[2] == 32);
    assert_int_equal(dsc_dataset_count(sets[0]), 14);
    assert_int_equal(dsc_dataset_count(sets[1]), 3);
    assert_int_equal(dsc_dataset_labels(sets[0])[12], 2);
    assert_int_equal(dsc_dataset_labels(sets[1])[0], 5);
    const uint8_t *image = dsc_dataset_images(sets[0]) + (size_t)12 * 3 * 1024;
    assert_int_equal(image[0], 12);
    assert_int_equal(image[1024], 200);
    assert_string_equal(dsc_dataset_class_name(sets[0], 3), "3");
    dsc_dataset_free(sets[0]);
    dsc_dataset_free(sets[1]);
}

static void classes_have_their_names(void **state) {
    (void)state;
    const char *folder = make_cifar();
    (void)make_text(folder, "batches.meta.txt",
                    "airplane\r\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
    dsc_dataset *sets[2];
    dsc_error error;
    ASSERT_OK(open_any(sets, folder, &error), error);
    assert_string_equal(dsc_dataset_class_name(sets[0], 0), "airplane");
    assert_string_equal(dsc_dataset_class_name(sets[1], 9), "truck");
    assert_int_equal(dsc_dataset_labels(sets[1])[0], 5);
    dsc_dataset_free(sets[0]);
    dsc_dataset_free(sets[1]);
}

static void what_is_wrong_is_said(void **state) {
    (void)state;
    const char *folder = make_cifar();
    dsc_dataset *sets[2];
    dsc_error error;
    (void)make_text(folder, "batches.meta.txt", "one\ntwo\n");
    assert_int_equal(open_any(sets, folder, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "the label of image 2 is 2, but batches.meta.txt names 2 classes");
    (void)make_text(folder, "batches.meta.txt", "");
    (void)make_text(folder, "data_batch_3.bin", "cut short");
    assert_int_equal(open_any(sets, folder, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "data_batch_3.bin: holds 9 bytes, expected records of 3073");
    assert_null(sets[0]);
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    const char *folder = make_cifar();
    (void)make_text(folder, "batches.meta.txt", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    for (long n = 0;; n++) {
        dsc_dataset *sets[2];
        dsc_error error;
        testing_fail_allocation(n);
        dsc_status status = open_any(sets, folder, &error);
        const bool failed = testing_allocation_failed();
        dsc_dataset_free(sets[0]);
        dsc_dataset_free(sets[1]);
        if (!failed) {
            ASSERT_OK(status, error);
            break;
        }
        if (status) assert_int_equal(status, DSC_ERROR_MEMORY);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colour_images_are_read_batch_after_batch),
        cmocka_unit_test(classes_have_their_names),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(failing_allocations_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
