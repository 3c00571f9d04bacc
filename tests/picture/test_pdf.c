/* SPDX-License-Identifier: MIT */
/* test_pdf.c: PDF files that this test writes page by page. */
#include "pictures.h"

#include "pdf.h"

static void a_build_without_poppler_says_so(void **state) {
    (void)state;
    assert_missing_library_is_named("pdf", "%PDF-1.4\n", 9);
}

#if DESCENDER_WITH_POPPLER

static dsc_error error;
static pdf_file file;

/* An inch and half an inch: 200 x 100 pixels. The bar lies 50 to 100 from the left, and 25 to 50 from the
 * top. */
static const pdf_page black = {72, 36, "18 18 18 9 re f"}, red = {72, 36, "1 0 0 rg 18 18 18 9 re f"};

static const uint8_t *pixel(const dsc_image *image, size_t x, size_t y) {
    return image->pixels + (y * image->width + x) * image->channels;
}

static void a_page_has_200_dots_an_inch_on_white(void **state) {
    (void)state;
    dsc_image image;
    pdf_make(&file, &black, 1, false);
    ASSERT_OK(parse_exact(&image, (unsigned char *)file.bytes, file.size, &error), error);
    assert_int_equal(image.width, 200);
    assert_int_equal(image.height, 100);
    assert_int_equal(image.channels, 1);
    assert_int_equal(*pixel(&image, 0, 0), 255);
    assert_int_equal(*pixel(&image, 199, 99), 255);
    assert_int_equal(*pixel(&image, 51, 26), 0);
    assert_int_equal(*pixel(&image, 98, 48), 0);
    assert_int_equal(*pixel(&image, 48, 26), 255);
    assert_int_equal(*pixel(&image, 51, 52), 255);
    dsc_image_clear(&image);
}

static void colour_is_kept(void **state) {
    (void)state;
    dsc_image image;
    pdf_make(&file, &red, 1, false);
    ASSERT_OK(parse_exact(&image, (unsigned char *)file.bytes, file.size, &error), error);
    assert_int_equal(image.channels, 3);
    assert_memory_equal(pixel(&image, 75, 37), "\xFF\0\0", 3);
    assert_memory_equal(pixel(&image, 0, 0), "\xFF\xFF\xFF", 3);
    dsc_image_clear(&image);
}

static void pages_are_counted_and_read_in_order(void **state) {
    (void)state;
    dsc_image image;
    size_t pages;
    const pdf_page three[] = {black, red, {36, 36, ""}};
    pdf_make(&file, three, 3, false);
    ASSERT_OK(picture_count(&pages, file.bytes, file.size, "three.pdf", &error), error);
    assert_int_equal(pages, 3);
    for (size_t i = 0; i < 3; i++) {
        ASSERT_OK(picture_parse_page(&image, i, file.bytes, file.size, "three.pdf", &error), error);
        assert_int_equal(image.channels, i == 1 ? 3 : 1);
        assert_int_equal(image.width, i == 2 ? 100 : 200);
        dsc_image_clear(&image);
    }
    assert_int_equal(picture_parse_page(&image, 3, file.bytes, file.size, "three.pdf", &error),
                     DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "a page is missing");
}

static void a_page_that_is_too_large_has_fewer_dots(void **state) {
    (void)state;
    dsc_image image;
    const pdf_page wide = {14400, 20, "0 0 14400 10 re f"};
    pdf_make(&file, &wide, 1, false);
    ASSERT_OK(parse_exact(&image, (unsigned char *)file.bytes, file.size, &error), error);
    assert_int_equal(image.width, 32767);
    assert_int_equal(image.height, 45);
    assert_int_equal(*pixel(&image, 32766, 44), 0);
    dsc_image_clear(&image);
}

static void what_is_encrypted_is_named(void **state) {
    (void)state;
    dsc_image image;
    pdf_make(&file, &black, 1, true);
    assert_int_equal(parse_exact(&image, (unsigned char *)file.bytes, file.size, &error),
                     DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "encrypted");
    ASSERT_MESSAGE(error, "qpdf --decrypt");
}

static void damage_is_an_error_or_harmless(void **state) {
    (void)state;
    pdf_make(&file, &black, 1, false);
    assert_no_prefix_is_read((unsigned char *)file.bytes, file.size - 1); /* a line end may be missing */
    assert_changes_are_survived((unsigned char *)file.bytes, file.size);
    assert_failing_allocations_are_survived((unsigned char *)file.bytes, file.size);
}

static void a_file_without_a_page_is_damaged(void **state) {
    (void)state;
    dsc_image image;
    size_t pages;
    pdf_make(&file, &black, 0, false);
    assert_int_equal(picture_parse(&image, file.bytes, file.size, "none.pdf", &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "none.pdf");
    assert_int_equal(picture_count(&pages, file.bytes, file.size, "none.pdf", &error), DSC_ERROR_FORMAT);
}

#else

static void pictures_of_the_format_are_read(void **state) {
    (void)state;
    TEST_SKIP("needs poppler");
}

#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_build_without_poppler_says_so),
#if DESCENDER_WITH_POPPLER
        cmocka_unit_test(a_page_has_200_dots_an_inch_on_white),
        cmocka_unit_test(colour_is_kept),
        cmocka_unit_test(pages_are_counted_and_read_in_order),
        cmocka_unit_test(a_page_that_is_too_large_has_fewer_dots),
        cmocka_unit_test(what_is_encrypted_is_named),
        cmocka_unit_test(damage_is_an_error_or_harmless),
        cmocka_unit_test(a_file_without_a_page_is_damaged),
#else
        cmocka_unit_test(pictures_of_the_format_are_read),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
