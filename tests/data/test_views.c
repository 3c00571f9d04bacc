/* SPDX-License-Identifier: MIT */
/* Datasets made of others, in memory and by callback: the correct images in the correct order, as long as
 * they have a user. */
#include "others.h"
#include "testing.h"

#include "data/dataset.h"
#include "data/split.h"

enum { COUNT = 40, PIXELS = 6 };

static const size_t SHAPE[3] = {2, 1, 3};
static const char *const letters[] = {"a", "b", "c"}, *const turned[] = {"c", "a", "b"};

/* Every pixel of image i of a source is its index plus `first`; its class is i % 3. */
static dsc_status numbered(void *user, void *images, const uint32_t *samples, size_t count, dsc_error *why) {
    (void)why;
    for (size_t i = 0; i < count; i++)
        memset((uint8_t *)images + i * PIXELS, *(const int *)user + (int)samples[i], PIXELS);
    return DSC_OK;
}

static dsc_dataset *make(int *first, bool by_callback, const char *const *names) {
    uint8_t images[COUNT * PIXELS], labels[COUNT];
    uint32_t samples[COUNT];
    dsc_dataset_options how = dsc_dataset_options_defaults();
    dsc_dataset *data;
    dsc_error error;
    for (size_t i = 0; i < COUNT; i++) {
        labels[i] = (uint8_t)(i % 3);
        samples[i] = (uint32_t)i;
    }
    (void)numbered(first, images, samples, COUNT, NULL);
    how.count = COUNT;
    memcpy(how.shape, SHAPE, sizeof SHAPE);
    how.labels = labels;
    how.classes = 3;
    how.class_names = names;
    how.user = first;
    if (by_callback)
        how.read = numbered;
    else
        how.images = images;
    ASSERT_OK(dsc_dataset_create(&data, &how, &error), error);
    return data;
}

static int image_number(const dsc_dataset *data, uint32_t sample) {
    uint8_t image[PIXELS];
    dsc_error error;
    ASSERT_OK(dsc_dataset_read(image, data, &sample, 1, &error), error);
    for (size_t p = 1; p < PIXELS; p++) assert_int_equal(image[p], image[0]);
    return image[0];
}

static void a_view_of_a_view_outlives_what_it_was_made_of(void **state) {
    (void)state;
    for (int by_callback = 0; by_callback < 2; by_callback++) {
        static const uint32_t some[] = {39, 3, 3, 17, 8}, fewer[] = {4, 0, 1};
        int first = 100;
        dsc_error error;
        dsc_dataset *data = make(&first, by_callback, letters), *view, *again;
        ASSERT_OK(dsc_dataset_view(&view, data, some, 5, "some", &error), error);
        ASSERT_OK(dsc_dataset_view(&again, view, fewer, 3, NULL, &error), error);
        dsc_dataset_free(data);
        dsc_dataset_free(view);
        assert_int_equal(dsc_dataset_count(again), 3);
        assert_string_equal(dsc_dataset_name(again), "some");
        assert_null(dsc_dataset_images(again));
        static const uint8_t expected[] = {8, 39, 3};
        for (uint32_t i = 0; i < 3; i++) {
            assert_int_equal(image_number(again, i), 100 + expected[i]);
            assert_int_equal(dsc_dataset_labels(again)[i], expected[i] % 3);
        }
        dsc_dataset_free(again);
    }
}

static void samples_that_are_not_there_are_refused(void **state) {
    (void)state;
    int first = 0;
    uint8_t image[PIXELS];
    dsc_error error;
    dsc_dataset *data = make(&first, false, letters), *view;
    const uint32_t beyond = COUNT;
    assert_int_equal(dsc_dataset_view(&view, data, &beyond, 1, NULL, &error), DSC_ERROR_ARGUMENT);
    assert_null(view);
    assert_int_equal(dsc_dataset_view(&view, data, &beyond, 0, NULL, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "a view needs at least one sample");
    assert_int_equal(dsc_dataset_read(image, data, &beyond, 1, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "sample 40 of data from memory: expected a number below 40");
    dsc_dataset_free(data);
}

static void a_shuffle_has_every_sample_once_and_depends_on_the_seed(void **state) {
    (void)state;
    int first = 0;
    dsc_error error;
    dsc_dataset *data = make(&first, true, letters), *one, *same, *other;
    bool seen[COUNT] = {false}, differs = false;
    ASSERT_OK(dsc_dataset_shuffle(&one, data, 7, &error), error);
    ASSERT_OK(dsc_dataset_shuffle(&same, data, 7, &error), error);
    ASSERT_OK(dsc_dataset_shuffle(&other, data, 8, &error), error);
    for (uint32_t i = 0; i < COUNT; i++) {
        const int number = image_number(one, i);
        assert_false(seen[number]);
        seen[number] = true;
        assert_int_equal(image_number(same, i), number);
        differs = differs || image_number(other, i) != number;
        assert_int_equal(dsc_dataset_labels(one)[i], number % 3);
    }
    assert_true(differs);
    dsc_dataset_free(data);
    dsc_dataset_free(one);
    dsc_dataset_free(same);
    dsc_dataset_free(other);
}

/* In memory, by callbacks, and mixed; the second part has its classes in another order. */
static void joined_parts_follow_one_another_with_the_first_ones_classes(void **state) {
    (void)state;
    for (int way = 0; way < 4; way++) {
        int first[3] = {0, 100, 200};
        dsc_error error;
        dsc_dataset *parts[3], *view, *joined, *all;
        static const uint32_t some[] = {5, 2, 30};
        parts[0] = make(&first[0], way & 1, letters);
        parts[1] = make(&first[1], way & 2, turned);
        parts[2] = make(&first[2], false, letters);
        ASSERT_OK(dsc_dataset_view(&view, parts[2], some, 3, NULL, &error), error);
        dsc_dataset_free(parts[2]);
        parts[2] = view;
        ASSERT_OK(dsc_dataset_join(&joined, (const dsc_dataset *const *)parts, 3, "all", &error), error);
        for (int i = 0; i < 3; i++) dsc_dataset_free(parts[i]);
        assert_int_equal(dsc_dataset_count(joined), 2 * COUNT + 3);
        assert_int_equal(dsc_dataset_images(joined) == NULL, way > 0);
        ASSERT_OK(dsc_dataset_shuffle(&all, joined, 3, &error),
                  error); /* so that runs of one part are interrupted */
        dsc_dataset_free(joined);
        uint8_t images[(2 * COUNT + 3) * PIXELS];
        uint32_t every[2 * COUNT + 3];
        size_t of_part[3] = {0};
        for (uint32_t i = 0; i < 2 * COUNT + 3; i++) every[i] = i;
        ASSERT_OK(dsc_dataset_read(images, all, every, 2 * COUNT + 3, &error), error);
        for (uint32_t i = 0; i < 2 * COUNT + 3; i++) {
            const int number = images[i * PIXELS], part = number / 100, own = number % 100;
            assert_int_equal(images[i * PIXELS + PIXELS - 1], number);
            const char *name = part == 1 ? turned[own % 3] : letters[own % 3];
            assert_string_equal(dsc_dataset_class_name(all, dsc_dataset_labels(all)[i]), name);
            of_part[part]++;
        }
        assert_int_equal(of_part[0], COUNT);
        assert_int_equal(of_part[1], COUNT);
        assert_int_equal(of_part[2], 3);
        dsc_dataset_free(all);
    }
}

static void parts_that_do_not_fit_are_not_joined(void **state) {
    (void)state;
    static const char *const others[] = {"a", "b", "z"};
    int first = 0;
    dsc_error error;
    dsc_dataset *data = make(&first, false, letters), *other = make(&first, false, others), *wide, *joined;
    const uint8_t image[4] = {0}, label = 0;
    ASSERT_OK(testing_dataset(&wide, image, &label, 1, (size_t[3]){1, 2, 2}, 3, letters, "wide", &error),
              error);
    const dsc_dataset *pairs[][2] = {{data, other}, {data, wide}};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(dsc_dataset_join(&joined, pairs[i], 2, NULL, &error), DSC_ERROR_MISMATCH);
        assert_null(joined);
    }
    ASSERT_MESSAGE(error, "data from memory has images of 2 x 1 x 3 bytes, but wide of 1 x 2 x 2 bytes");
    assert_int_equal(dsc_dataset_join(&joined, pairs[0], 0, NULL, &error), DSC_ERROR_ARGUMENT);
    dsc_dataset_free(data);
    dsc_dataset_free(other);
    dsc_dataset_free(wide);
}

static void impossible_data_is_refused(void **state) {
    (void)state;
    const uint8_t images[12] = {0}, labels[3] = {0, 1, 2};
    dsc_error error;
    dsc_dataset *data;
    dsc_dataset_options usual = dsc_dataset_options_defaults();
    usual.count = 3;
    usual.shape[1] = usual.shape[2] = 2;
    usual.images = images;
    usual.labels = labels;
#define REFUSED(member, value, code, text)                                                                   \
    do {                                                                                                     \
        dsc_dataset_options how = usual;                                                                     \
        how.member = value;                                                                                  \
        assert_int_equal(dsc_dataset_create(&data, &how, &error), code);                                     \
        ASSERT_MESSAGE(error, text);                                                                         \
        assert_null(data);                                                                                   \
    } while (0)
    REFUSED(type, DSC_F64, DSC_ERROR_ARGUMENT, "expected DSC_U8 or DSC_F32");
    REFUSED(labels, NULL, DSC_ERROR_ARGUMENT, "found NULL");
    REFUSED(images, NULL, DSC_ERROR_ARGUMENT, "found NULL");
    REFUSED(read, numbered, DSC_ERROR_ARGUMENT, "give one of the two");
    REFUSED(count, 0, DSC_ERROR_ARGUMENT, "expected at least one");
    REFUSED(shape[2], 0, DSC_ERROR_ARGUMENT, "expected at least one");
    REFUSED(shape[2], SIZE_MAX / 4, DSC_ERROR_ARGUMENT, "are too many");
    REFUSED(count, (size_t)UINT32_MAX + 1, DSC_ERROR_ARGUMENT, "are too many");
    REFUSED(classes, 257, DSC_ERROR_ARGUMENT, "expected 1 to 256 classes, found 257");
    REFUSED(classes, 2, DSC_ERROR_MISMATCH, "label 2 is 2, expected one below 2");
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    int first = 0;
    bool failed = true;
    for (long n = 0; failed && n < 200; n++) {
        dsc_dataset *parts[2] = {make(&first, n % 2, letters), make(&first, false, turned)}, *joined, *rest,
                    *held;
        dsc_error error;
        testing_fail_allocation(n);
        dsc_status status = dsc_dataset_join(&joined, (const dsc_dataset *const *)parts, 2, NULL, &error);
        if (!status) status = dsc_dataset_split(&rest, &held, joined, 0.2, 1, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        if (!status) {
            dsc_dataset_free(rest);
            dsc_dataset_free(held);
        }
        dsc_dataset_free(joined);
        dsc_dataset_free(parts[0]);
        dsc_dataset_free(parts[1]);
    }
    assert_false(failed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_view_of_a_view_outlives_what_it_was_made_of),
        cmocka_unit_test(samples_that_are_not_there_are_refused),
        cmocka_unit_test(a_shuffle_has_every_sample_once_and_depends_on_the_seed),
        cmocka_unit_test(joined_parts_follow_one_another_with_the_first_ones_classes),
        cmocka_unit_test(parts_that_do_not_fit_are_not_joined),
        cmocka_unit_test(impossible_data_is_refused),
        cmocka_unit_test(failing_allocations_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
