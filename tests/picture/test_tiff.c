/* SPDX-License-Identifier: MIT */
/* test_tiff.c: TIFF files of every kind, made by the same library's encoder. */
#include "pictures.h"

static void a_build_without_libtiff_says_so(void **state) {
    (void)state;
    assert_missing_library_is_named("tiff", "II*\0\0\0\0\0", 8);
}

#if DESCENDER_WITH_TIFF

#include <stdio.h>

#include <tiffio.h>

#include "late/late.h"

/* clang-format off */
#define LATE_TIFF(X) \
    X(TIFFClientOpen) \
    X(TIFFClose) \
    X(TIFFSetField) \
    X(TIFFWriteScanline) \
    X(TIFFWriteEncodedTile)
/* clang-format on */
static struct { LATE_TIFF(LATE_MEMBER) } api;
static const char *const tiff_names[] = {LATE_TIFF(LATE_NAME) NULL};

static dsc_error error;

/* --- a file in memory --- */

typedef struct tiff_file {
    unsigned char bytes[65536];
    size_t size, at;
} tiff_file;

static tmsize_t on_read(thandle_t handle, void *to, tmsize_t count) {
    tiff_file *file = handle;
    assert_true(file->at + (size_t)count <= sizeof file->bytes);
    memcpy(to, file->bytes + file->at, (size_t)count);
    file->at += (size_t)count;
    return count;
}

static tmsize_t on_write(thandle_t handle, void *from, tmsize_t count) {
    tiff_file *file = handle;
    assert_true(file->at + (size_t)count <= sizeof file->bytes);
    memcpy(file->bytes + file->at, from, (size_t)count);
    file->at += (size_t)count;
    if (file->at > file->size) file->size = file->at;
    return count;
}

static toff_t on_seek(thandle_t handle, toff_t offset, int from) {
    tiff_file *file = handle;
    file->at = (from == SEEK_CUR ? file->at : from == SEEK_END ? file->size : 0) + offset;
    return file->at;
}

static int on_close(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t on_size(thandle_t handle) { return ((const tiff_file *)handle)->size; }

typedef struct making {
    const char *mode; /* "wl": the low byte first; "w8b": a BigTIFF, the high byte first */
    uint16_t photometric, bits, samples, compression, orientation, extra;
    uint32_t width, height;
    bool tiled, without_samples; /* without_samples: the header alone */
} making;

/* Rows as they lie in the file. The file is static because it is large. */
static tiff_file *make(making how, const void *rows) {
    static tiff_file file;
    file.size = file.at = 0;
    ASSERT_OK(late_load(&api, tiff_names, DESCENDER_TIFF_SONAME, &error), error);
    TIFF *tiff = api.TIFFClientOpen("test", how.mode ? how.mode : "wl", &file, on_read, on_write, on_seek,
                                    on_close, on_size, NULL, NULL);
    assert_non_null(tiff);
    (void)api.TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, how.width);
    (void)api.TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, how.height);
    (void)api.TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, (int)how.photometric);
    (void)api.TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, (int)how.bits);
    (void)api.TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, (int)how.samples);
    (void)api.TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    (void)api.TIFFSetField(tiff, TIFFTAG_COMPRESSION,
                           (int)(how.compression ? how.compression : COMPRESSION_NONE));
    if (how.orientation) (void)api.TIFFSetField(tiff, TIFFTAG_ORIENTATION, (int)how.orientation);
    if (how.extra) (void)api.TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &how.extra);
    if (how.bits == 32) (void)api.TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
    if (how.photometric == PHOTOMETRIC_PALETTE) {
        uint16_t map[3][256] = {{0}};
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 3; c++) map[c][i] = (uint16_t)((c == i % 3 ? 200 : 10 * i) * 257);
        (void)api.TIFFSetField(tiff, TIFFTAG_COLORMAP, map[0], map[1], map[2]);
    }
    const size_t row = ((size_t)how.width * how.samples * how.bits + 7) / 8;
    unsigned char *copy = malloc(row * how.height);
    memcpy(copy, rows, row * how.height);
    if (how.tiled) {
        (void)api.TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 16);
        (void)api.TIFFSetField(tiff, TIFFTAG_TILELENGTH, 16);
        assert_int_equal(how.width, 16);
        assert_int_equal(how.height, 16);
        assert_true(api.TIFFWriteEncodedTile(tiff, 0, copy, (tmsize_t)(row * how.height)) > 0);
    } else {
        (void)api.TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, how.height);
        for (uint32_t y = 0; y < how.height; y++)
            assert_int_equal(api.TIFFWriteScanline(tiff, copy + y * row, y, 0), 1);
    }
    free(copy);
    api.TIFFClose(tiff);
    return &file;
}

static void check(making how, const void *rows, size_t channels, const uint8_t *pixels) {
    const tiff_file *file = make(how, rows);
    dsc_image back;
    ASSERT_OK(parse_exact(&back, file->bytes, file->size, &error), error);
    assert_int_equal(back.width, how.width);
    assert_int_equal(back.height, how.height);
    assert_int_equal(back.channels, channels);
    assert_memory_equal(back.pixels, pixels, (size_t)how.width * how.height * channels);
    dsc_image_clear(&back);
}

/* --- kinds --- */

static void greys_are_read(void **state) {
    (void)state;
    const making one = {
        .photometric = PHOTOMETRIC_MINISBLACK, .bits = 1, .samples = 1, .width = 5, .height = 2};
    check(one, "\xA8\x50", 1, (const uint8_t[]){255, 0, 255, 0, 255, 0, 255, 0, 255, 0});
    making white = one;
    white.photometric = PHOTOMETRIC_MINISWHITE;
    check(white, "\xA8\x50", 1, (const uint8_t[]){0, 255, 0, 255, 0, 255, 0, 255, 0, 255});
    making eight = one;
    eight.bits = 8;
    check(eight, "\1\2\3\4\5\xFB\xFC\xFD\xFE\xFF", 1,
          (const uint8_t[]){1, 2, 3, 4, 5, 251, 252, 253, 254, 255});
    making sixteen = one;
    sixteen.bits = 16, sixteen.width = 2, sixteen.height = 1;
    const uint16_t words[2] = {0x8080, 0xFFFF};
    check(sixteen, words, 1, (const uint8_t[]){128, 255});
    sixteen.mode = "wb";
    check(sixteen, words, 1, (const uint8_t[]){128, 255});
}

static void colours_are_read(void **state) {
    (void)state;
    const making rgb = {.photometric = PHOTOMETRIC_RGB, .bits = 8, .samples = 3, .width = 2, .height = 1};
    check(rgb, "abcdef", 3, (const uint8_t *)"abcdef");
    making big = rgb;
    big.mode = "w8b";
    check(big, "abcdef", 3, (const uint8_t *)"abcdef");
    making deep = rgb;
    deep.bits = 16;
    check(deep, (const uint16_t[]){0, 257, 514, 65535, 771, 1028}, 3, (const uint8_t[]){0, 1, 2, 255, 3, 4});
    const making palette = {
        .photometric = PHOTOMETRIC_PALETTE, .bits = 8, .samples = 1, .width = 4, .height = 1};
    check(palette, "\0\1\2\3", 3, (const uint8_t[]){200, 0, 0, 10, 200, 10, 20, 20, 200, 200, 30, 30});
    const making ink = {
        .photometric = PHOTOMETRIC_SEPARATED, .bits = 8, .samples = 4, .width = 2, .height = 1};
    check(ink, "\0\0\0\0\xFF\0\0\0", 3, (const uint8_t[]){255, 255, 255, 0, 255, 255});
}

/* The test pictures' colours are not multiplied by alpha. */
static void transparency_is_read(void **state) {
    (void)state;
    making rgba = {.photometric = PHOTOMETRIC_RGB,
                   .bits = 8,
                   .samples = 4,
                   .width = 3,
                   .height = 1,
                   .extra = EXTRASAMPLE_UNASSALPHA};
    check(rgba, "\x64\xC8\x32\xFF\x64\xC8\x32\x80\1\2\3\0", 4,
          (const uint8_t[]){100, 200, 50, 255, 100, 199, 50, 128, 0, 0, 0, 0});
    rgba.extra = EXTRASAMPLE_ASSOCALPHA;
    check(rgba, "\x64\xC8\x32\xFF\x32\x64\x19\x80\0\0\0\0", 4,
          (const uint8_t[]){100, 200, 50, 255, 100, 199, 50, 128, 0, 0, 0, 0});
    making grey = {.photometric = PHOTOMETRIC_MINISBLACK,
                   .bits = 8,
                   .samples = 2,
                   .width = 2,
                   .height = 1,
                   .extra = EXTRASAMPLE_UNASSALPHA};
    check(grey, "\x64\xFF\xC8\xFF", 4, (const uint8_t[]){100, 100, 100, 255, 200, 200, 200, 255});
}

static void tiles_and_compressed_strips_are_read(void **state) {
    (void)state;
    static const uint16_t ways[] = {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_PACKBITS,
                                    COMPRESSION_ADOBE_DEFLATE};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        for (int tiled = 0; tiled < (ways[i] == COMPRESSION_NONE ? 1 : 2); tiled++) {
            dsc_image image = four_quarters(16, 16, 3);
            const making how = {.photometric = PHOTOMETRIC_RGB,
                                .bits = 8,
                                .samples = 3,
                                .width = 16,
                                .height = 16,
                                .compression = ways[i],
                                .tiled = tiled};
            check(how, image.pixels, 3, image.pixels);
            dsc_image_clear(&image);
        }
}

static void every_orientation_is_honoured(void **state) {
    (void)state;
    for (uint16_t orientation = 1; orientation <= 8; orientation++) {
        dsc_image image = four_quarters(48, 32, 3), back;
        const making how = {.photometric = PHOTOMETRIC_RGB,
                            .bits = 8,
                            .samples = 3,
                            .width = 48,
                            .height = 32,
                            .orientation = orientation};
        const tiff_file *file = make(how, image.pixels);
        ASSERT_OK(parse_exact(&back, file->bytes, file->size, &error), error);
        ASSERT_OK(dsc_image_turn(&image, orientation, &error), error);
        assert_pictures_near(&back, &image, 0);
        dsc_image_clear(&back);
        dsc_image_clear(&image);
    }
}

static void floats_are_refused_with_what_to_do(void **state) {
    (void)state;
    const float values[4] = {0, 1, 0.5F, 2};
    const making how = {
        .photometric = PHOTOMETRIC_MINISBLACK, .bits = 32, .samples = 1, .width = 2, .height = 2};
    const tiff_file *file = make(how, values);
    dsc_image back;
    assert_int_equal(parse_exact(&back, file->bytes, file->size, &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "32-bit");
    ASSERT_MESSAGE(error, "convert it to PNG");
}

static void damage_is_an_error_or_harmless(void **state) {
    (void)state;
    static const uint16_t ways[] = {COMPRESSION_NONE, COMPRESSION_LZW};
    for (size_t i = 0; i < 2; i++) {
        dsc_image image = four_quarters(16, 16, 3), back;
        const making how = {.photometric = PHOTOMETRIC_RGB,
                            .bits = 8,
                            .samples = 3,
                            .width = 16,
                            .height = 16,
                            .compression = ways[i]};
        const tiff_file *file = make(how, image.pixels);
        assert_changes_are_survived(file->bytes, file->size);
        assert_failing_allocations_are_survived(file->bytes, file->size);
        for (size_t n = 4; n < file->size; n++)
            if (parse_exact(&back, file->bytes, n, &error) == DSC_OK)
                fail_msg("the first %zu bytes are read", n);
        dsc_image_clear(&image);
    }
}

static void huge_claims_cost_nothing(void **state) {
    (void)state;
    static const uint32_t sides[][2] = {{65536, 1}, {1, 65536}, {10001, 10000}, {0xFFFFFFFF, 0xFFFFFFFF}};
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        const making how = {
            .photometric = PHOTOMETRIC_MINISBLACK, .bits = 8, .samples = 1, .width = 2, .height = 2};
        tiff_file *file = make(how, "abcd");
        dsc_image back;
        uint32_t directory;
        memcpy(&directory, file->bytes + 4, 4);
        for (size_t k = 0; k < 2;
             k++) { /* the first two entries, width and height, now have four bytes each */
            unsigned char *entry = file->bytes + directory + 2 + 12 * k;
            assert_int_equal(entry[0], k);
            entry[2] = 4;
            memcpy(entry + 8, &sides[i][k], 4);
        }
        const long before = testing_allocations();
        const dsc_status status = picture_parse(&back, file->bytes, file->size, "huge.tiff", &error);
        assert_int_equal(status, DSC_ERROR_FORMAT);
        assert_int_equal(testing_allocations(), before);
        ASSERT_MESSAGE(error, "huge.tiff");
    }
}

/* What a file holds: a page, a smaller copy of it, a mask, another page. */
static void pages_are_counted_and_read_in_order(void **state) {
    (void)state;
    static const uint32_t types[] = {0, FILETYPE_REDUCEDIMAGE, FILETYPE_MASK, FILETYPE_PAGE};
    static tiff_file file;
    file.size = file.at = 0;
    ASSERT_OK(late_load(&api, tiff_names, DESCENDER_TIFF_SONAME, &error), error);
    for (size_t i = 0; i < 4; i++) {
        uint8_t value = (uint8_t)(10 * i);
        file.at = 0;
        TIFF *tiff = api.TIFFClientOpen("test", i ? "a" : "w", &file, on_read, on_write, on_seek, on_close,
                                        on_size, NULL, NULL);
        assert_non_null(tiff);
        (void)api.TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, types[i]);
        (void)api.TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 1);
        (void)api.TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 1);
        (void)api.TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
        (void)api.TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
        assert_int_equal(api.TIFFWriteScanline(tiff, &value, 0, 0), 1);
        api.TIFFClose(tiff);
    }
    size_t pages;
    ASSERT_OK(picture_count(&pages, file.bytes, file.size, "pages.tif", &error), error);
    assert_int_equal(pages, 2);
    dsc_image image;
    for (size_t i = 0; i < 2; i++) {
        ASSERT_OK(picture_parse_page(&image, i, file.bytes, file.size, "pages.tif", &error), error);
        assert_int_equal(image.pixels[0], i ? 30 : 0);
        dsc_image_clear(&image);
    }
    assert_int_equal(picture_parse_page(&image, 2, file.bytes, file.size, "pages.tif", &error),
                     DSC_ERROR_FORMAT);
    /* Truncated at its last page, the file is one complete page and a broken one. */
    ASSERT_OK(picture_parse(&image, file.bytes, file.size - 60, "cut.tif", &error), error);
    dsc_image_clear(&image);
    assert_int_equal(picture_count(&pages, file.bytes, file.size - 60, "cut.tif", &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "cut.tif");
}

#else

static void pictures_of_the_format_are_read(void **state) {
    (void)state;
    TEST_SKIP("needs libtiff");
}

#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_build_without_libtiff_says_so),
#if DESCENDER_WITH_TIFF
        cmocka_unit_test(greys_are_read),
        cmocka_unit_test(colours_are_read),
        cmocka_unit_test(transparency_is_read),
        cmocka_unit_test(tiles_and_compressed_strips_are_read),
        cmocka_unit_test(every_orientation_is_honoured),
        cmocka_unit_test(floats_are_refused_with_what_to_do),
        cmocka_unit_test(damage_is_an_error_or_harmless),
        cmocka_unit_test(huge_claims_cost_nothing),
        cmocka_unit_test(pages_are_counted_and_read_in_order),
#else
        cmocka_unit_test(pictures_of_the_format_are_read),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
