/* SPDX-License-Identifier: MIT */
/* test_pictures.c: a picture becomes the image that a model expects, in the same way as its training
 * images. */
#include "models.h"

#include "data/dataset.h"
#include "data/images.h"

enum { SIZE = SIDE * SIDE };

/* A model of unprepared images, which expects this ground. */
static dsc_model *reader(size_t channels, size_t side, dsc_ground ground) {
    dsc_model *model = made(channels, side, 4, names);
    const dsc_images images = {{channels, side, side}, DSC_PREPARATION_NONE, ground, DSC_FIT_NONE};
    dsc_error error;
    ASSERT_OK(dsc_model_expect(model, &images, &error), error);
    return model;
}

/* Valid until the next call. */
static const dsc_images *expected_by(const dsc_model *model) {
    static dsc_images images;
    dsc_model_describe(&images, model);
    return &images;
}

/* A square of ink in the upper left quarter. */
static void draw(uint8_t *pixels, size_t height, size_t width, size_t channels, uint8_t ink, uint8_t ground) {
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            for (size_t c = 0; c < channels; c++) {
                const bool on = 4 * y >= height && 2 * y < height && 4 * x >= width && 2 * x < width;
                pixels[(y * width + x) * channels + c] = c == 3 ? 255 : on ? ink : ground;
            }
}

static void a_picture_is_scaled_turned_and_made_grey_as_the_model_wants_it(void **state) {
    (void)state;
    dsc_model *model = reader(1, 8, DSC_GROUND_DARK);
    uint8_t pixels[64 * 64 * 4], image[64], wanted[64];
    unsigned did;
    dsc_error error;
    draw(wanted, 8, 8, 1, 255, 0);
    const struct {
        size_t side, channels;
        bool light;
        unsigned did;
    } cases[] = {{8, 1, false, 0},
                 {8, 1, true, DSC_DID_TURN},
                 {64, 1, false, DSC_DID_SCALE},
                 {64, 1, true, DSC_DID_SCALE | DSC_DID_TURN},
                 {64, 3, true, DSC_DID_SCALE | DSC_DID_TURN | DSC_DID_GREY},
                 {8, 4, false, DSC_DID_GREY}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint8_t ink = cases[i].light ? 0 : 255;
        draw(pixels, cases[i].side, cases[i].side, cases[i].channels, ink, (uint8_t)(255 - ink));
        ASSERT_OK(dsc_prepare_image(image, &did, NULL, expected_by(model), pixels, cases[i].side,
                                    cases[i].side, cases[i].channels, &error),
                  error);
        assert_memory_equal(image, wanted, sizeof image);
        assert_int_equal(did, cases[i].did);
    }
    dsc_model_free(model);
    model = reader(1, 8, DSC_GROUND_LIGHT);
    draw(pixels, 8, 8, 1, 255, 0);
    ASSERT_OK(dsc_prepare_image(image, &did, NULL, expected_by(model), pixels, 8, 8, 1, &error), error);
    for (size_t i = 0; i < 64; i++) assert_int_equal(image[i], 255 - wanted[i]);
    assert_int_equal(did, DSC_DID_TURN);
    dsc_model_free(model);
    model = reader(1, 8, DSC_GROUND_UNKNOWN);
    ASSERT_OK(dsc_prepare_image(image, NULL, NULL, expected_by(model), pixels, 8, 8, 1, &error), error);
    assert_memory_equal(image, wanted, sizeof image);
    dsc_model_free(model);
}

static void areas_are_averaged(void **state) {
    (void)state;
    dsc_model *model = reader(1, 2, DSC_GROUND_UNKNOWN);
    const uint8_t nine[9] = {0, 90, 180, 30, 120, 210, 60, 150, 240};
    uint8_t image[4];
    dsc_error error;
    ASSERT_OK(dsc_prepare_image(image, NULL, NULL, expected_by(model), nine, 3, 3, 1, &error), error);
    /* Each covers 1.5 x 1.5: one pixel, two halves and a quarter. */
    assert_int_equal(image[0], (int)((0 + 90 / 2.0 + 30 / 2.0 + 120 / 4.0) / 2.25 + 0.5));
    assert_int_equal(image[3], (int)((240 + 150 / 2.0 + 210 / 2.0 + 120 / 4.0) / 2.25 + 0.5));
    dsc_model_free(model);
}

static void white_on_nothing_is_white_on_black(void **state) {
    (void)state;
    dsc_model *model = reader(1, 8, DSC_GROUND_DARK);
    uint8_t pixels[8 * 8 * 4], image[64], wanted[64];
    dsc_error error;
    draw(wanted, 8, 8, 1, 255, 0);
    for (size_t i = 0; i < 64; i++) {
        memset(pixels + 4 * i, 255, 3);
        pixels[4 * i + 3] = wanted[i];
    }
    ASSERT_OK(dsc_prepare_image(image, NULL, NULL, expected_by(model), pixels, 8, 8, 4, &error), error);
    assert_memory_equal(image, wanted, sizeof image);
    dsc_model_free(model);
}

static void colours_stay_where_the_model_wants_them(void **state) {
    (void)state;
    dsc_model *model = reader(3, 2, DSC_GROUND_UNKNOWN);
    const uint8_t pixels[12] = {1, 20, 30, 4, 50, 60, 7, 80, 90, 10, 110, 120},
                  planes[12] = {1, 4, 7, 10, 20, 50, 80, 110, 30, 60, 90, 120};
    uint8_t image[12];
    dsc_error error;
    ASSERT_OK(dsc_prepare_image(image, NULL, NULL, expected_by(model), pixels, 2, 2, 3, &error), error);
    assert_memory_equal(image, planes, sizeof image);
    ASSERT_OK(dsc_prepare_image(image, NULL, NULL, expected_by(model), pixels, 2, 2, 1, &error), error);
    for (size_t i = 0; i < 12; i++)
        assert_int_equal(image[i], pixels[i % 4]); /* grey: three times the same */
    dsc_model_free(model);
}

static void a_picture_of_other_proportions_is_refused(void **state) {
    (void)state;
    static uint8_t pixels[28 * 60];
    uint8_t image[784];
    dsc_model *model = reader(1, 28, DSC_GROUND_DARK);
    dsc_error error;
    assert_int_equal(dsc_prepare_image(image, NULL, NULL, expected_by(model), pixels, 28, 60, 1, &error),
                     DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "28 x 60");
    ASSERT_MESSAGE(error, "28 x 28");
    assert_null(strstr(error.message, "--")); /* the program has options */
    ASSERT_OK(dsc_prepare_image(image, NULL, NULL, expected_by(model), pixels, 28, 29, 1, &error),
              error); /* nearly square */
    assert_int_equal(dsc_prepare_image(image, NULL, NULL, expected_by(model), pixels, 0, 28, 1, &error),
                     DSC_ERROR_ARGUMENT);
    assert_int_equal(dsc_prepare_image(image, NULL, NULL, expected_by(model), pixels, 28, 28, 2, &error),
                     DSC_ERROR_ARGUMENT);
    dsc_model_free(model);
}

/* --- what was fitted --- */

enum { PICTURES = 24, WIDEST = 40 };

/* A picture with its own size and colours: picture i of class i % CLASSES has a square in one of four
 * corners. Some pictures have transparency, some no colour, some are light and some dark. */
static void paint(uint8_t *pixels, size_t *height, size_t *width, size_t *channels, size_t i) {
    const size_t k = i % CLASSES, sides[] = {17, 24, 31, WIDEST};
    *height = sides[i % 4], *width = sides[(i / 4) % 4], *channels = i % 3 == 0 ? 1 : i % 3 == 1 ? 3 : 4;
    for (size_t y = 0; y < *height; y++)
        for (size_t x = 0; x < *width; x++)
            for (size_t c = 0; c < *channels; c++) {
                const bool on = (y * 2 < *height) == (k / 2 == 0) && (x * 2 < *width) == (k % 2 == 0);
                const size_t value = on ? 210 - 60 * (c % 3) + i : 90 * (i % 2) + 5 * y % 40 + 30 * (c % 3);
                pixels[(y * *width + x) * *channels + c] = (uint8_t)(c == 3 ? 255 - 3 * y : value);
            }
}

/* Pictures of many sizes, as packing them makes images. */
static dsc_dataset *packed(dsc_fit fit, size_t channels) {
    static uint8_t images[PICTURES * 3 * SIZE], pixels[WIDEST * WIDEST * 4];
    uint8_t labels[PICTURES];
    const size_t shape[3] = {channels, SIDE, SIDE};
    dsc_dataset *data;
    dsc_error error;
    for (size_t i = 0; i < PICTURES; i++) {
        size_t height, width, its;
        paint(pixels, &height, &width, &its, i);
        labels[i] = (uint8_t)(i % CLASSES);
        ASSERT_OK(dsc_fit_image(images + i * channels * SIZE, shape, fit, pixels, height, width, its, &error),
                  error);
    }
    ASSERT_OK(testing_dataset(&data, images, labels, PICTURES, shape, CLASSES, names, "pictures", &error),
              error);
    dsc_dataset_note(data, &(dsc_images_note){.prepared_noted = true, .fit = fit});
    return data;
}

/* The image that the saved model sees of a picture equals, byte for byte, the image in training and
 * evaluation. */
static void a_picture_is_fitted_as_the_training_images_were(void **state) {
    (void)state;
    for (size_t channels = 1; channels <= 3; channels += 2)
        for (int fit = DSC_FIT_CROP; fit <= DSC_FIT_STRETCH; fit++) {
            dsc_dataset *data = packed((dsc_fit)fit, channels);
            dsc_model *model = trained(data, NULL), *back = written_and_read(model);
            dsc_images expected;
            dsc_model_describe(&expected, back);
            assert_int_equal(expected.fit, fit);
            for (size_t i = 0; i < PICTURES; i++) {
                uint8_t pixels[WIDEST * WIDEST * 4], image[3 * SIZE];
                size_t height, width, its;
                dsc_error error;
                paint(pixels, &height, &width, &its, i);
                ASSERT_OK(dsc_prepare_image(image, NULL, NULL, &expected, pixels, height, width, its, &error),
                          error);
                assert_memory_equal(image, dsc_dataset_image(data, i), channels * SIZE);
            }
            dsc_model_free(model);
            dsc_model_free(back);
            dsc_dataset_free(data);
        }
}

static void data_fitted_otherwise_are_remarked_on(void **state) {
    (void)state;
    dsc_dataset *cropped = packed(DSC_FIT_CROP, 3), *padded = packed(DSC_FIT_PAD, 3), *matched;
    dsc_model *model = trained(cropped, NULL);
    dsc_remarks remarks;
    dsc_error error;
    ASSERT_OK(dsc_dataset_match(&matched, &remarks, cropped, model, &error), error);
    assert_int_equal(remarks.count, 0);
    dsc_dataset_free(matched);
    ASSERT_OK(dsc_dataset_match(&matched, &remarks, padded, model, &error), error);
    assert_int_equal(remarks.count, 1);
    assert_non_null(strstr(remarks.line[0], "padded to size"));
    assert_non_null(strstr(remarks.line[0], "cropped to size"));
    dsc_dataset_free(matched);
    dsc_dataset_free(cropped);
    dsc_dataset_free(padded);
    dsc_model_free(model);
}

static void a_model_of_prepared_digits_gets_them_prepared(void **state) {
    (void)state;
    static uint8_t pixels[100 * 100];
    uint8_t image[784];
    unsigned did;
    dsc_model *model = made(1, 28, 10, NULL);
    dsc_digit digit;
    dsc_error error;
    memset(pixels, 230, sizeof pixels);
    for (size_t y = 20; y < 80; y++) memset(pixels + 100 * y + 46, 20, 8);
    ASSERT_OK(dsc_prepare_digit(&digit, NULL, pixels, 100, 100, 1, &error), error);
    ASSERT_OK(dsc_prepare_image(image, &did, NULL, expected_by(model), pixels, 100, 100, 1, &error), error);
    assert_memory_equal(image, digit.pixels, sizeof image);
    assert_int_equal(did, DSC_DID_PREPARE);
    /* A model that learned digits on paper gets such digits. */
    dsc_images paper = *expected_by(model);
    paper.ground = DSC_GROUND_LIGHT;
    ASSERT_OK(dsc_prepare_image(image, &did, NULL, &paper, pixels, 100, 100, 1, &error), error);
    for (size_t i = 0; i < sizeof image; i++) assert_int_equal(image[i], 255 - digit.pixels[i]);
    assert_int_equal(did, DSC_DID_PREPARE);
    paper.shape[1] = 8;
    assert_int_equal(dsc_prepare_image(image, NULL, NULL, &paper, pixels, 100, 100, 1, &error),
                     DSC_ERROR_MISMATCH);
    memset(pixels, 230, sizeof pixels);
    assert_int_equal(dsc_prepare_image(image, NULL, NULL, expected_by(model), pixels, 100, 100, 1, &error),
                     DSC_ERROR_FORMAT);
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_scaled_turned_and_made_grey_as_the_model_wants_it),
        cmocka_unit_test(areas_are_averaged),
        cmocka_unit_test(white_on_nothing_is_white_on_black),
        cmocka_unit_test(colours_stay_where_the_model_wants_them),
        cmocka_unit_test(a_picture_of_other_proportions_is_refused),
        cmocka_unit_test(a_picture_is_fitted_as_the_training_images_were),
        cmocka_unit_test(data_fitted_otherwise_are_remarked_on),
        cmocka_unit_test(a_model_of_prepared_digits_gets_them_prepared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
