/* SPDX-License-Identifier: MIT */
/* test_images.c: images are described by their pixels or by the note beside them, and compared with a
 * model's. */
#include "making.h"

#include "data/dataset.h"
#include "data/images.h"

#include <math.h>
#include <unistd.h>

enum { COUNT = 40, SIDE = 28, SIZE = SIDE * SIDE };

static const size_t SHAPE[3] = {1, SIDE, SIDE};
static uint8_t pixels[COUNT * SIZE];

/* Noise that is the same on every machine. */
static unsigned noise(unsigned *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* Draws a disc of `radius` at (x, y), `ink` on `ground`, with noise of +-`spread`. */
static void draw(uint8_t *image, double x, double y, double radius, int ink, int ground, int spread) {
    unsigned seed = (unsigned)(size_t)(image - pixels) + 1;
    for (int r = 0; r < SIDE; r++)
        for (int c = 0; c < SIDE; c++) {
            int v = hypot(c + 0.5 - x, r + 0.5 - y) < radius ? ink : ground;
            v += spread ? (int)(noise(&seed) % (unsigned)(2 * spread + 1)) - spread : 0;
            image[r * SIDE + c] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
}

static void draw_all(double x, double y, double radius, int ink, int ground, int spread) {
    for (size_t i = 0; i < COUNT; i++) draw(pixels + i * SIZE, x, y, radius, ink, ground, spread);
}

static void the_ground_is_what_lies_at_the_edges(void **state) {
    (void)state;
    draw_all(14, 14, 7, 255, 0, 0);
    assert_int_equal(dsc_ground_of(pixels, COUNT, SHAPE), DSC_GROUND_DARK);
    draw_all(14, 14, 7, 0, 255, 0);
    assert_int_equal(dsc_ground_of(pixels, COUNT, SHAPE), DSC_GROUND_LIGHT);
    draw_all(14, 14, 7, 60, 160, 12); /* pencil on grey paper */
    assert_int_equal(dsc_ground_of(pixels, COUNT, SHAPE), DSC_GROUND_LIGHT);
    draw_all(14, 14, 12, 230, 40, 10); /* ink in most of the image */
    assert_int_equal(dsc_ground_of(pixels, COUNT, SHAPE), DSC_GROUND_DARK);
    draw_all(4, 5, 6, 10, 240, 5); /* beyond the edge */
    assert_int_equal(dsc_ground_of(pixels, COUNT, SHAPE), DSC_GROUND_LIGHT);
}

static void a_frame_is_not_the_ground(void **state) {
    (void)state;
    draw_all(14, 14, 7, 20, 235, 4);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < SIDE; k++) {
            uint8_t *image = pixels + i * SIZE;
            image[k] = image[(SIDE - 1) * SIDE + k] = image[k * SIDE] = image[k * SIDE + SIDE - 1] = 0;
        }
    assert_int_equal(dsc_ground_of(pixels, COUNT, SHAPE), DSC_GROUND_LIGHT);
}

static void where_nothing_can_be_told_nothing_is_said(void **state) {
    (void)state;
    const size_t colours[3] = {3, 4, 4};
    memset(pixels, 0, sizeof pixels);
    assert_int_equal(dsc_ground_of(pixels, COUNT, SHAPE), DSC_GROUND_UNKNOWN);
    memset(pixels, 255, sizeof pixels);
    assert_int_equal(dsc_ground_of(pixels, COUNT, SHAPE), DSC_GROUND_UNKNOWN);
    unsigned seed = 1;
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)noise(&seed);
    assert_int_equal(dsc_ground_of(pixels, COUNT, SHAPE), DSC_GROUND_UNKNOWN);
    assert_int_equal(dsc_ground_of(pixels, COUNT, colours), DSC_GROUND_UNKNOWN);
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(i % SIDE * 9); /* a ramp */
    assert_int_equal(dsc_ground_of(pixels, COUNT, SHAPE), DSC_GROUND_UNKNOWN);
    for (size_t i = 0; i < COUNT; i++)
        draw(pixels + i * SIZE, 14, 14, 7, i % 2 ? 255 : 0, i % 2 ? 0 : 255, 0);
    assert_int_equal(dsc_ground_of(pixels, COUNT, SHAPE), DSC_GROUND_UNKNOWN);
    assert_int_equal(dsc_ground_of(pixels, 0, SHAPE), DSC_GROUND_UNKNOWN);
    pixels[0] = 1;
    assert_int_equal(dsc_ground_of(pixels, 1, (size_t[3]){1, 1, 1}), DSC_GROUND_UNKNOWN);
}

static void blank_images_have_no_say(void **state) {
    (void)state;
    memset(pixels, 0, sizeof pixels);
    draw(pixels + 3 * SIZE, 14, 14, 7, 0, 255, 0);
    assert_int_equal(dsc_ground_of(pixels, COUNT, SHAPE), DSC_GROUND_LIGHT);
}

static dsc_images examine(void) {
    dsc_images images;
    dsc_images_examine(&images, pixels, COUNT, SHAPE);
    return images;
}

static void prepared_digits_lie_in_the_middle_of_a_dark_ground(void **state) {
    (void)state;
    draw_all(14, 14, 9.5, 255, 0, 0);
    assert_int_equal(examine().preparation, DSC_PREPARATION_DIGITS);
    draw_all(9, 14, 7, 255, 0, 0);
    assert_int_equal(examine().preparation, DSC_PREPARATION_NONE);
    draw_all(14, 14, 14.2, 255, 0, 0); /* goods that fill the whole image */
    assert_int_equal(examine().preparation, DSC_PREPARATION_NONE);
    draw_all(14, 14, 9.5, 0, 255, 0);
    assert_int_equal(examine().preparation, DSC_PREPARATION_NONE);
    draw_all(14, 14, 9.5, 255, 40, 20);
    assert_int_equal(examine().preparation, DSC_PREPARATION_NONE);
    memset(pixels, 0, sizeof pixels);
    assert_int_equal(examine().preparation, DSC_PREPARATION_NONE);
}

static void the_built_in_digits_are_prepared_with_or_without_a_note(void **state) {
    (void)state;
    dsc_dataset *data, *copy;
    dsc_images images;
    dsc_error error;
    ASSERT_OK(dsc_digits_create(&data, 300, 5, 1, &error), error);
    dsc_dataset_describe(&images, data);
    assert_int_equal(images.preparation, DSC_PREPARATION_DIGITS);
    ASSERT_OK(testing_dataset(&copy, dsc_dataset_images(data), dsc_dataset_labels(data), 300, SHAPE, 10, NULL,
                              "copied", &error),
              error);
    dsc_dataset_describe(&images, copy);
    assert_int_equal(images.preparation, DSC_PREPARATION_DIGITS);
    assert_int_equal(images.ground, DSC_GROUND_DARK);
    dsc_dataset_free(data);
    dsc_dataset_free(copy);
}

static void mnist_is_dark_and_prepared_and_inverted_it_is_neither(void **state) {
    (void)state;
    if (!testing_mnist()) TEST_SKIP("needs MNIST in $DESCENDER_DATA");
    dsc_dataset *train, *test;
    dsc_images images;
    dsc_error error;
    ASSERT_OK(dsc_mnist_open(&train, &test, testing_mnist(), &error), error);
    dsc_dataset_describe(&images, test);
    assert_true(images.ground == DSC_GROUND_DARK && images.preparation == DSC_PREPARATION_DIGITS);
    const size_t count = dsc_dataset_count(test);
    dsc_images_examine(&images, dsc_dataset_images(test), count, SHAPE);
    assert_true(images.ground == DSC_GROUND_DARK && images.preparation == DSC_PREPARATION_DIGITS);
    uint8_t *inverted = malloc(count * SIZE);
    assert_non_null(inverted);
    for (size_t i = 0; i < count * SIZE; i++) inverted[i] = (uint8_t)(255 - dsc_dataset_images(test)[i]);
    dsc_images_examine(&images, inverted, count, SHAPE);
    assert_true(images.ground == DSC_GROUND_LIGHT && images.preparation == DSC_PREPARATION_NONE);
    free(inverted);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

/* Writes four files of 28 x 28, and the given note. */
static dsc_status open_noted(dsc_images *images, const char *note, dsc_error *error) {
    const char *folder = testing_folder();
    dsc_dataset *train, *test, *pair;
    (void)make_images(folder, "train-images-idx3-ubyte", 30, SIDE, SIDE);
    (void)make_labels(folder, "train-labels-idx1-ubyte", 30, 10);
    (void)make_images(folder, "t10k-images-idx3-ubyte", 20, SIDE, SIDE);
    (void)make_labels(folder, "t10k-labels-idx1-ubyte", 20, 10);
    if (note) (void)make_text(folder, DSC_IMAGES_FILE, note);
    dsc_status status = dsc_mnist_open(&train, &test, folder, error);
    if (status) return status;
    dsc_dataset_describe(images, test);
    ASSERT_OK(dsc_dataset_open(&pair, make_path(folder, "train-images-idx3-ubyte"),
                               make_path(folder, "train-labels-idx1-ubyte"), error),
              *error);
    dsc_images its;
    dsc_dataset_describe(&its, pair);
    assert_int_equal(its.preparation, images->preparation);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    dsc_dataset_free(pair);
    return DSC_OK;
}

static void the_note_beside_the_files_says_how_they_were_prepared(void **state) {
    (void)state;
    dsc_images images;
    dsc_error error;
    ASSERT_OK(open_noted(&images, NULL, &error), error);
    assert_int_equal(images.preparation, DSC_PREPARATION_NONE);
    ASSERT_OK(open_noted(&images, "{\"preparation\": \"digits\"}", &error), error);
    assert_int_equal(images.preparation, DSC_PREPARATION_DIGITS);
    ASSERT_OK(open_noted(&images, "{\"preparation\": \"none\", \"of\": [\"a newer version\"]}", &error),
              error);
    assert_int_equal(images.preparation, DSC_PREPARATION_NONE);
    ASSERT_OK(open_noted(&images, "\xEF\xBB\xBF{\"preparation\": \"digits\"}\r\n", &error), error);
    assert_int_equal(images.preparation, DSC_PREPARATION_DIGITS);
    assert_int_equal(open_noted(&images, "{\"preparation\": \"d\xEFgits\"}", &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "0xef is not UTF-8");
    ASSERT_OK(open_noted(&images, "{}", &error), error);
    assert_int_equal(images.fit, DSC_FIT_NONE);
    ASSERT_OK(open_noted(&images, "{\"preparation\": \"none\", \"fit\": \"pad\"}", &error), error);
    assert_int_equal(images.fit, DSC_FIT_PAD);
    ASSERT_OK(open_noted(&images, "{\"preparation\": \"digits\", \"fit\": \"pad\"}", &error), error);
    assert_int_equal(images.fit, DSC_FIT_NONE);
    assert_int_equal(open_noted(&images, "{\"fit\": \"fill\"}", &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "\"fit\": expected \"none\", \"crop\", \"pad\" or \"stretch\", found \"fill\"");
    assert_int_equal(open_noted(&images, "{\"preparation\": \"letters\"}", &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, DSC_IMAGES_FILE);
    ASSERT_MESSAGE(error, "found \"letters\"");
    assert_int_equal(open_noted(&images, "{\"preparation\": 1}", &error), DSC_ERROR_FORMAT);
    assert_int_equal(open_noted(&images, "{\"preparation\": \"none\", \"preparation\": \"digits\"}", &error),
                     DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "duplicate");
    assert_int_equal(open_noted(&images, "[]", &error), DSC_ERROR_FORMAT);
    assert_int_equal(open_noted(&images, "{\"preparation\"", &error), DSC_ERROR_FORMAT);
    assert_int_equal(open_noted(&images, "", &error), DSC_ERROR_FORMAT);
}

static void a_note_is_read_as_it_was_written(void **state) {
    (void)state;
    static const dsc_images all[] = {{.preparation = DSC_PREPARATION_NONE},
                                     {.preparation = DSC_PREPARATION_DIGITS},
                                     {.fit = DSC_FIT_CROP},
                                     {.fit = DSC_FIT_PAD},
                                     {.fit = DSC_FIT_STRETCH}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const char *folder = testing_folder();
        dsc_images_note note;
        dsc_error error;
        ASSERT_OK(dsc_images_note_read(&note, folder, &error), error);
        assert_false(note.prepared_noted);
        char text[DSC_IMAGES_NOTE];
        const size_t length = dsc_images_note_format(text, &all[i]);
        assert_int_equal(length, strlen(text));
        (void)make_text(folder, DSC_IMAGES_FILE, text);
        ASSERT_OK(dsc_images_note_read(&note, folder, &error), error);
        assert_true(note.prepared_noted);
        assert_int_equal(note.preparation, all[i].preparation);
        assert_int_equal(note.fit, all[i].fit);
    }
}

static void a_note_that_cannot_be_looked_at_is_not_passed_over(void **state) {
    (void)state;
    const char *folder = testing_folder();
    dsc_images_note note;
    dsc_error error;
    assert_int_equal(symlink(DSC_IMAGES_FILE, make_path(folder, DSC_IMAGES_FILE)), 0);
    assert_int_equal(dsc_images_note_read(&note, folder, &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, DSC_IMAGES_FILE);
    assert_false(note.prepared_noted);
}

static size_t remarks_on(dsc_preparation a, dsc_ground b, dsc_preparation c, dsc_ground d,
                         const char *words) {
    const dsc_images learned = {{1, SIDE, SIDE}, a, b, DSC_FIT_NONE},
                     shown = {{1, SIDE, SIDE}, c, d, DSC_FIT_NONE};
    dsc_remarks remarks = {0};
    dsc_images_compare(&remarks, &learned, "the model", &shown, "the data");
    if (words && !strstr(remarks.line[0], words)) fail_msg("'%s' lacks '%s'", remarks.line[0], words);
    return remarks.count;
}

static void only_what_differs_is_remarked_on(void **state) {
    (void)state;
    const dsc_preparation none = DSC_PREPARATION_NONE, digits = DSC_PREPARATION_DIGITS;
    const dsc_ground dark = DSC_GROUND_DARK, light = DSC_GROUND_LIGHT, unknown = DSC_GROUND_UNKNOWN;
    assert_int_equal(remarks_on(digits, dark, digits, dark, NULL), 0);
    assert_int_equal(remarks_on(none, light, none, light, NULL), 0);
    assert_int_equal(remarks_on(none, unknown, none, light, NULL), 0);
    assert_int_equal(remarks_on(none, dark, none, unknown, NULL), 0);
    assert_int_equal(remarks_on(none, dark, none, light, "the data is dark ink on a light ground"), 1);
    assert_int_equal(remarks_on(none, light, none, dark, "the model dark ink on a light ground"), 1);
    assert_int_equal(remarks_on(digits, dark, none, light, "data pack --prepare"), 1);
    assert_int_equal(remarks_on(digits, dark, none, dark, "the data is not prepared"), 1);
    assert_int_equal(remarks_on(none, dark, digits, dark, "the model not prepared"), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ground_is_what_lies_at_the_edges),
        cmocka_unit_test(a_frame_is_not_the_ground),
        cmocka_unit_test(where_nothing_can_be_told_nothing_is_said),
        cmocka_unit_test(blank_images_have_no_say),
        cmocka_unit_test(prepared_digits_lie_in_the_middle_of_a_dark_ground),
        cmocka_unit_test(the_built_in_digits_are_prepared_with_or_without_a_note),
        cmocka_unit_test(mnist_is_dark_and_prepared_and_inverted_it_is_neither),
        cmocka_unit_test(the_note_beside_the_files_says_how_they_were_prepared),
        cmocka_unit_test(a_note_is_read_as_it_was_written),
        cmocka_unit_test(a_note_that_cannot_be_looked_at_is_not_passed_over),
        cmocka_unit_test(only_what_differs_is_remarked_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
