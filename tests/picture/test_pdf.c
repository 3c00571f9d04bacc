/* SPDX-License-Identifier: MIT */
/* test_pdf.c: PDF files that this test writes page by page. */
#include "pictures.h"

#include "pdf.h"

#include "picture/decoder.h"

#include <sys/resource.h>

static void a_build_without_poppler_says_so(void **state) {
    (void)state;
    assert_missing_library_is_named("pdf", "%PDF-1.4\n", 9);
}

#if DESCENDER_WITH_POPPLER

extern const picture_format picture_format_pdf;

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

/* In this process: many files in little time. */
static dsc_status parse_here(dsc_image *image, const void *bytes, size_t size, const char *name,
                             dsc_error *why) {
    return picture_format_pdf.parse_page(image, 0, bytes, size, name, why);
}

static void damage_is_an_error_or_harmless(void **state) {
    (void)state;
    pdf_make(&file, &black, 1, false);
    assert_failing_allocations_are_survived((unsigned char *)file.bytes, file.size);
    pictures_parse = parse_here;
    assert_no_prefix_is_read((unsigned char *)file.bytes, file.size - 1); /* a line end may be missing */
    assert_changes_are_survived((unsigned char *)file.bytes, file.size);
    assert_failing_allocations_are_survived((unsigned char *)file.bytes, file.size);
    pictures_parse = picture_parse;
}

static void a_file_without_a_page_is_damaged(void **state) {
    (void)state;
    dsc_image image;
    size_t pages;
    pdf_make(&file, &black, 0, false);
    assert_int_equal(picture_parse(&image, file.bytes, file.size, "none.pdf", &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "none.pdf");
    assert_int_equal(error.code, DSC_ERROR_FORMAT);
    error = (dsc_error){0};
    assert_int_equal(picture_count(&pages, file.bytes, file.size, "none.pdf", &error), DSC_ERROR_FORMAT);
    assert_int_equal(error.code, DSC_ERROR_FORMAT);
}

/* A drawing that draws the next one twice, and so on: 2^60 times the last. */
static void a_page_that_is_drawn_for_ever_is_an_error(void **state) {
    (void)state;
    enum { DEEP = 60, FIRST = 5 };
    dsc_image image;
    struct rlimit before;
    static pdf_file deep;
    PDF_ADD(&deep, "%%PDF-1.4\n");
    PDF_OBJECT(&deep, "<</Type/Catalog/Pages 2 0 R>>");
    PDF_OBJECT(&deep, "<</Type/Pages/Count 1/Kids[3 0 R]>>");
    PDF_OBJECT(&deep, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 36]/Contents 4 0 R/Resources"
                      "<</XObject<</A 5 0 R>>>>>>");
    PDF_OBJECT(&deep, "<</Length 5>>stream\n/A Do\nendstream");
    for (int i = 0; i < DEEP; i++)
        PDF_OBJECT(&deep,
                   "<</Type/XObject/Subtype/Form/BBox[0 0 72 36]/Resources<</XObject<</A %d 0 R>>>>"
                   "/Length 11>>stream\n/A Do /A Do\nendstream",
                   FIRST + 1 + i);
    PDF_OBJECT(&deep,
               "<</Type/XObject/Subtype/Form/BBox[0 0 72 36]/Length 11>>stream\n1 1 2 2 re f\nendstream");
    pdf_end(&deep, false);
    assert_int_equal(getrlimit(RLIMIT_CPU, &before), 0);
    struct rlimit shorter = before;
    struct rusage used;
    assert_int_equal(getrusage(RUSAGE_SELF, &used), 0);
    shorter.rlim_cur = (rlim_t)used.ru_utime.tv_sec + (rlim_t)used.ru_stime.tv_sec + 3;
    assert_int_equal(setrlimit(RLIMIT_CPU, &shorter), 0); /* the process that draws inherits it */
    assert_int_equal(parse_exact(&image, (unsigned char *)deep.bytes, deep.size, &error), DSC_ERROR_FORMAT);
    assert_int_equal(setrlimit(RLIMIT_CPU, &before), 0);
    ASSERT_MESSAGE(error, "needs far more memory or time");
}

#else

static void pictures_of_the_format_are_read(void **state) {
    (void)state;
    TEST_SKIP("needs poppler");
}

#endif

int main(int argc, char **argv) {
    picture_decoder_begin(argc, argv);
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
        cmocka_unit_test(a_page_that_is_drawn_for_ever_is_an_error),
#else
        cmocka_unit_test(pictures_of_the_format_are_read),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
