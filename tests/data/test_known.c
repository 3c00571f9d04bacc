/* SPDX-License-Identifier: MIT */
/* Known data sets: the contract of every row, and recognition of files by their content. */
#include "making.h"

#include "data/folder.h"
#include "data/known.h"

#include <unistd.h>

#define DEBIANS "/usr/share/datasets/fashion-mnist"

static const dsc_known_data *row_at(size_t i) {
    return (const void *)dsc_registry_at(&dsc_known_data_registry, i);
}

static dsc_content content_of(const dsc_known_file *file) {
    return (dsc_content){.size = (size_t)file->content_size, .crc = file->content_crc};
}

static bool is_hex(const char *text, size_t length) {
    return strlen(text) == length && strspn(text, "0123456789abcdef") == length;
}

/* Each file has its own checksum, and no two files of all rows have the same content. */
static void check_file(const dsc_known_data *row, int f) {
    const dsc_known_file *file = &row->files[f];
    int which = -1, place;
    size_t prefix;
    assert_true(file->sha256 ? is_hex(file->sha256, 64) && file->size : is_hex(file->md5, 32));
    if (dsc_known_is_idx(row) && !row->members) {
        assert_true(dsc_mnist_name(&place, &prefix, file->name));
        assert_int_equal(place, f);
    }
    if (!file->content_size) return;
    assert_true(is_hex(file->content_sha256, 64));
    assert_ptr_equal(dsc_known_file_find(&which, file->content_size, file->content_crc), row);
    assert_int_equal(which, f);
}

static void every_row_says_all_that_others_ask_it(void **state) {
    (void)state;
    const dsc_known_data *row;
    size_t with_files = 0;
    for (size_t i = 0; (row = row_at(i)); i++) {
        char name[DSC_KNOWN_NAME];
        const size_t facts = strlen(row->facts);
        assert_ptr_equal(dsc_registry_find(&dsc_known_data_registry, row->name), row);
        assert_true(row->classes >= 1 && row->classes <= 256 && row->facts[facts - 1] == '.');
        assert_true(row->note.prepared_noted); /* otherwise its images would be guessed */
        for (size_t k = 0; row->class_names && k < row->classes; k++) assert_non_null(row->class_names[k]);
        dsc_known_name(name, row, DSC_TEST_IMAGES);
        assert_true(strlen(name) == strlen(row->title) + strlen(", test set")); /* not truncated */
        assert_true(row->shape[0] && row->shape[1] && row->shape[2]);
        assert_true(dsc_known_called(name) == NULL ||
                    row->draw); /* the name of a set differs from the name of the data */
        if (!row->files->name) {
            assert_non_null(row->draw);
            continue;
        }
        with_files++;
        assert_non_null(row->source);
        assert_true(row->counts[0] && row->counts[1] && row->mirrors && row->mirrors[0]);
        if (row->start) { /* files of one folder are told apart, and known to be of it, by their names */
            const size_t length = strlen(row->folder);
            assert_true(!strncmp(row->start, row->folder, length) && row->start[length] == '-');
        }
        size_t parts = 0;
        for (size_t k = 0; k < DSC_KNOWN_PARTS && row->parts[k].title; k++) parts += row->parts[k].count;
        assert_true(!parts || parts == row->counts[1]);
        for (const char *const *mirror = row->mirrors; *mirror; mirror++)
            assert_int_equal((*mirror)[strlen(*mirror) - 1], '/');
        for (size_t f = 0; f < dsc_known_files(row); f++) check_file(row, (int)f);
    }
    assert_true(with_files >= 13);
}

static void a_pair_is_known_only_if_its_files_belong_together(void **state) {
    (void)state;
    const dsc_known_data *a = &dsc_known_data_mnist, *b = &dsc_known_data_fashion_mnist;
    dsc_content images = content_of(&a->files[DSC_TEST_IMAGES]),
                labels = content_of(&a->files[DSC_TEST_LABELS]),
                others = content_of(&b->files[DSC_TEST_LABELS]),
                training = content_of(&a->files[DSC_TRAIN_LABELS]), unknown = {.size = 7, .crc = 7};
    int which;
    char name[DSC_KNOWN_NAME];
    assert_ptr_equal(dsc_known_pair(&which, &images, &labels), a);
    assert_int_equal(which, DSC_TEST_IMAGES);
    dsc_known_name(name, a, which);
    assert_string_equal(name, "MNIST, test set");
    assert_null(dsc_known_pair(&which, &images, &others));
    assert_null(dsc_known_pair(&which, &images, &training));
    assert_null(dsc_known_pair(&which, &labels, &images));
    assert_null(dsc_known_pair(&which, &unknown, &labels));
    images.crc++;
    assert_null(dsc_known_pair(&which, &images, &labels));
}

static void what_commands_call_known_data_begins_with_the_title(void **state) {
    (void)state;
    assert_int_equal(dsc_known_titled("MNIST (/home/me/data)"), 5);
    assert_int_equal(dsc_known_titled("Fashion-MNIST (shoes)"), 13);
    assert_int_equal(dsc_known_titled("MNIST"), 0);
    assert_int_equal(dsc_known_titled("MNIST-like (a)"), 0);
    assert_int_equal(dsc_known_titled("shoes (MNIST (a))"), 0);
    assert_ptr_equal(dsc_known_called("MNIST (/home/me/data)"), &dsc_known_data_mnist);
    assert_ptr_equal(dsc_known_called("built-in digits, seed 1"), &dsc_known_data_digits);
    assert_ptr_equal(dsc_known_called("built-in digits hands=world, seed 1"), &dsc_known_data_digits);
    assert_null(dsc_known_called("letters"));
    assert_null(dsc_known_called("MNIST-like (a)"));
}

static void the_built_in_digits_say_what_they_are(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data, *view;
    ASSERT_OK(dsc_digits_create(&data, 20, 1, 1, &error), error);
    assert_ptr_equal(dsc_dataset_known(data), &dsc_known_data_digits);
    ASSERT_OK(dsc_dataset_share(&view, data, &error), error);
    dsc_dataset_free(data);
    assert_ptr_equal(dsc_dataset_known(view), &dsc_known_data_digits);
    dsc_dataset_free(view);
    const char *folder = make_mnist(testing_folder());
    dsc_dataset *train, *test;
    ASSERT_OK(dsc_mnist_open(&train, &test, folder, &error), error);
    assert_null(dsc_dataset_known(train)); /* files with these names and other content */
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

/* Debian compressed the archives again: the content decides. */
static void real_fashion_mnist_has_its_name_and_its_classes(void **state) {
    (void)state;
    if (access(DEBIANS, F_OK)) TEST_SKIP("needs Debian's dataset-fashion-mnist");
    dsc_error error;
    dsc_dataset *sets[2];
    dsc_images images;
    ASSERT_OK(dsc_mnist_open(&sets[0], &sets[1], DEBIANS, &error), error);
    assert_string_equal(dsc_dataset_name(sets[0]), "Fashion-MNIST, training set");
    assert_string_equal(dsc_dataset_name(sets[1]), "Fashion-MNIST, test set");
    for (size_t i = 0; i < 2; i++) {
        assert_ptr_equal(dsc_dataset_known(sets[i]), &dsc_known_data_fashion_mnist);
        assert_int_equal(dsc_dataset_classes(sets[i]), 10);
        assert_string_equal(dsc_dataset_class_name(sets[i], 9), "Ankle boot");
        dsc_dataset_describe(&images, sets[i]);
        assert_int_equal(images.preparation, DSC_PREPARATION_NONE);
        dsc_dataset_free(sets[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_says_all_that_others_ask_it),
        cmocka_unit_test(a_pair_is_known_only_if_its_files_belong_together),
        cmocka_unit_test(what_commands_call_known_data_begins_with_the_title),
        cmocka_unit_test(the_built_in_digits_say_what_they_are),
        cmocka_unit_test(real_fashion_mnist_has_its_name_and_its_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
