/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "base/file.h"
#include "base/folder.h"
#include "picture/decoder.h"
#include "picture/orientation.h"
#include "picture/picture.h"

#include <libdeflate.h>
#include <sys/resource.h>

static dsc_error error;

#define NEEDS_PNG()                                                                                          \
    do {                                                                                                     \
        if (!picture_png_available()) TEST_SKIP("needs libpng");                                             \
    } while (0)

/* --- a PNG writer, for files that libpng's simplified one does not write --- */

typedef struct png_bytes {
    unsigned char bytes[8192];
    size_t size;
} png_bytes;

static void put32(unsigned char *out, uint32_t value) {
    for (int i = 0; i < 4; i++) out[i] = (unsigned char)(value >> (24 - 8 * i));
}

static void chunk(png_bytes *png, const char *type, const void *data, size_t size) {
    unsigned char *out = png->bytes + png->size;
    put32(out, (uint32_t)size);
    memcpy(out + 4, type, 4);
    if (size) memcpy(out + 8, data, size);
    put32(out + 8 + size, libdeflate_crc32(0, out + 4, 4 + size));
    png->size += size + 12;
}

static void begin(png_bytes *png, uint32_t width, uint32_t height, int depth, int colour, int interlace) {
    unsigned char header[13] = {0};
    memcpy(png->bytes, "\x89PNG\r\n\x1A\n", 8);
    png->size = 8;
    put32(header, width);
    put32(header + 4, height);
    header[8] = (unsigned char)depth;
    header[9] = (unsigned char)colour;
    header[12] = (unsigned char)interlace;
    chunk(png, "IHDR", header, sizeof header);
}

/* `rows` has a filter byte of 0 before each row. */
static void finish(png_bytes *png, const void *rows, size_t size) {
    unsigned char data[4096];
    struct libdeflate_compressor *deflater = libdeflate_alloc_compressor(6);
    size_t n = libdeflate_zlib_compress(deflater, rows, size, data, sizeof data);
    libdeflate_free_compressor(deflater);
    chunk(png, "IDAT", data, n);
    chunk(png, "IEND", NULL, 0);
}

static void check(const png_bytes *png, size_t width, size_t height, size_t channels, const uint8_t *pixels) {
    dsc_image image;
    ASSERT_OK(picture_parse(&image, png->bytes, png->size, "test.png", &error), error);
    assert_int_equal(image.width, width);
    assert_int_equal(image.height, height);
    assert_int_equal(image.channels, channels);
    assert_memory_equal(image.pixels, pixels, width * height * channels);
    dsc_image_clear(&image);
}

static void grey_of_every_depth_is_read(void **state) {
    (void)state;
    NEEDS_PNG();
    png_bytes png;
    begin(&png, 3, 1, 1, 0, 0);
    finish(&png, "\0\xA0", 2); /* 1 0 1 */
    check(&png, 3, 1, 1, (const uint8_t[]){255, 0, 255});
    begin(&png, 4, 1, 2, 0, 0);
    finish(&png, "\0\x1B", 2); /* 0 1 2 3 */
    check(&png, 4, 1, 1, (const uint8_t[]){0, 85, 170, 255});
    begin(&png, 2, 1, 4, 0, 0);
    finish(&png, "\0\x1F", 2); /* 1 15 */
    check(&png, 2, 1, 1, (const uint8_t[]){17, 255});
    begin(&png, 2, 2, 8, 0, 0);
    finish(&png, "\0\1\2\0\3\4", 6);
    check(&png, 2, 2, 1, (const uint8_t[]){1, 2, 3, 4});
    begin(&png, 3, 1, 16, 0, 0);
    finish(&png, "\0\x00\x00\x80\x80\xFF\xFF", 7); /* no gamma: taken for sRGB, not for linear light */
    check(&png, 3, 1, 1, (const uint8_t[]){0, 128, 255});
}

static void colour_palette_and_alpha_are_read(void **state) {
    (void)state;
    NEEDS_PNG();
    png_bytes png;
    begin(&png, 2, 1, 8, 2, 0);
    finish(&png, "\0abcdef", 7);
    check(&png, 2, 1, 3, (const uint8_t *)"abcdef");
    begin(&png, 2, 1, 8, 6, 0);
    finish(&png, "\0abcdefgh", 9);
    check(&png, 2, 1, 4, (const uint8_t *)"abcdefgh");
    begin(&png, 2, 1, 8, 4, 0); /* grey with alpha */
    finish(&png, "\0\x10\x20\x30\xFF", 5);
    check(&png, 2, 1, 4, (const uint8_t[]){0x10, 0x10, 0x10, 0x20, 0x30, 0x30, 0x30, 0xFF});
    begin(&png, 2, 1, 1, 3, 0); /* a palette of two */
    chunk(&png, "PLTE", "\1\2\3\4\5\6", 6);
    finish(&png, "\0\x40", 2);
    check(&png, 2, 1, 3, (const uint8_t[]){1, 2, 3, 4, 5, 6});
    begin(&png, 2, 1, 1, 3, 0); /* ... the first of them half transparent */
    chunk(&png, "PLTE", "\1\2\3\4\5\6", 6);
    chunk(&png, "tRNS", "\x80", 1);
    finish(&png, "\0\x40", 2);
    check(&png, 2, 1, 4, (const uint8_t[]){1, 2, 3, 128, 4, 5, 6, 255});
    begin(&png, 2, 1, 16, 2, 0);
    finish(&png, "\0\x01\x01\x02\x02\x03\x03\x04\x04\x05\x05\xFF\xFF", 13);
    check(&png, 2, 1, 3, (const uint8_t[]){1, 2, 3, 4, 5, 255});
}

static void an_interlaced_picture_is_put_in_order(void **state) {
    (void)state;
    NEEDS_PNG();
    png_bytes png;
    begin(&png, 2, 2, 8, 0, 1);
    /* Adam7 of 2 x 2: pass 1 has (0,0); pass 6 has (1,0); pass 7 the row below. */
    finish(&png, "\0\1\0\2\0\3\4", 7);
    check(&png, 2, 2, 1, (const uint8_t[]){1, 2, 3, 4});
}

static void put_number(unsigned char *out, size_t value, size_t count, bool big) {
    for (size_t i = 0; i < count; i++) out[big ? count - 1 - i : i] = (unsigned char)(value >> (8 * i));
}

static void a_chunk_that_claims_more_than_the_file_has_costs_no_memory(void **state) {
    (void)state;
    NEEDS_PNG();
    png_bytes png;
    begin(&png, 4, 1, 1, 3, 0);
    const size_t at = png.size;
    chunk(&png, "sPLT", "ssssss", 6);
    put_number(png.bytes + at, 0x73737373, 4, true); /* 1.9 GB: libpng allocates them before it reads */
    finish(&png, "\0\xA0", 2);
    struct rusage before, after;
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    dsc_image image;
    assert_int_equal(picture_parse(&image, png.bytes, png.size, "test.png", &error), DSC_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "a chunk is longer than the rest of the file"));
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_true(after.ru_maxrss - before.ru_maxrss < 64 * 1024); /* KiB */
}

/* --- orientation --- */

/* A TIFF header and a directory with another tag and Orientation, in either byte order. */
enum { EXIF_SIZE = 8 + 2 + 2 * 12 + 4 };
static size_t exif_block(unsigned char block[64], int orientation, bool big) {
    static const size_t entries[2][3] = {{0x010F, 2, 'x'}, {0x0112, 3, 0}}; /* tag, type, value */
    memset(block, 0, EXIF_SIZE);
    memcpy(block, big ? "MM" : "II", 2);
    put_number(block + 2, 42, 2, big);
    put_number(block + 4, 8, 4, big);
    put_number(block + 8, 2, 2, big);
    for (size_t i = 0; i < 2; i++) {
        unsigned char *entry = block + 10 + 12 * i;
        put_number(entry, entries[i][0], 2, big);
        put_number(entry + 2, entries[i][1], 2, big);
        put_number(entry + 4, 1, 4, big);
        put_number(entry + 8, i == 1 ? (size_t)orientation : entries[i][2], 2, big);
    }
    return EXIF_SIZE;
}

static void a_picture_is_turned_as_its_exif_says(void **state) {
    (void)state;
    NEEDS_PNG();
    /* "F" of 3 x 2: abc above def. The result of each orientation, by hand. */
    static const char *const upright[] = {NULL,     "abcdef", "cbafed", "fedcba", "defabc",
                                          "adbecf", "daebfc", "fcebda", "cfbead"};
    for (int orientation = 1; orientation <= 8; orientation++)
        for (int how = 0; how < 4; how++) {
            unsigned char block[64];
            const size_t size = exif_block(block, orientation, how % 2);
            png_bytes png;
            begin(&png, 3, 2, 8, 0, 0);
            if (how < 2) chunk(&png, "eXIf", block, size);
            finish(&png, "\0abc\0def", 8);
            if (how >= 2) { /* a block behind the pixels is allowed, too */
                png.size -= 12;
                chunk(&png, "eXIf", block, size);
                chunk(&png, "IEND", NULL, 0);
            }
            check(&png, orientation < 5 ? 3 : 2, orientation < 5 ? 2 : 3, 1,
                  (const uint8_t *)upright[orientation]);
        }
}

static void colour_is_turned_with_its_channels(void **state) {
    (void)state;
    unsigned char pixels[8] = "abcdefgh";
    dsc_image image;
    ASSERT_OK(dsc_image_create(&image, 2, 1, 4, &error), error);
    memcpy(image.pixels, pixels, 8);
    ASSERT_OK(dsc_image_turn(&image, 8, &error), error);
    assert_int_equal(image.width, 1);
    assert_int_equal(image.height, 2);
    assert_memory_equal(image.pixels, "efghabcd", 8);
    for (int wrong = -1; wrong < 300; wrong += 10) /* -1, 9, 19 ... */
        assert_int_equal(dsc_image_turn(&image, wrong, &error), DSC_ERROR_ARGUMENT);
    assert_memory_equal(image.pixels, "efghabcd", 8);
    testing_fail_allocation(0);
    assert_int_equal(dsc_image_turn(&image, 3, &error), DSC_ERROR_MEMORY);
    assert_true(testing_allocation_failed());
    assert_memory_equal(image.pixels, "efghabcd", 8);
    dsc_image_clear(&image);
}

static void a_damaged_exif_block_leaves_the_picture_upright(void **state) {
    (void)state;
    for (int big = 0; big < 2; big++) {
        unsigned char block[64];
        const size_t size = exif_block(block, 6, big);
        assert_int_equal(picture_exif_orientation(block, size), 6);
        /* Truncated anywhere before the end of its entry, at the end of readable memory. */
        for (size_t n = 0; n < size; n++) {
            unsigned char *exact = malloc(n ? n : 1);
            memcpy(exact, block, n);
            assert_int_equal(picture_exif_orientation(exact, n), n < 34 ? 1 : 6);
            free(exact);
        }
        for (size_t i = 0; i < size; i++)
            for (int bit = 0; bit < 8; bit++) {
                block[i] ^= (unsigned char)(1 << bit);
                const int found = picture_exif_orientation(block, size);
                assert_in_range(found, 1, 8);
                /* The byte order mark, the number 42, the offset of the directory, the tag, its type: each
                 * is necessary. */
                if (i < 8 || (i >= 22 && i < 26)) assert_int_equal(found, 1);
                block[i] ^= (unsigned char)(1 << bit);
            }
        for (int wrong = 0; wrong < 256; wrong++) {
            (void)exif_block(block, wrong, big);
            assert_int_equal(picture_exif_orientation(block, size), wrong >= 1 && wrong <= 8 ? wrong : 1);
        }
    }
    /* A directory beyond the end, and one at the last byte. */
    assert_int_equal(picture_exif_orientation((const unsigned char *)"MM\0*\xFF\xFF\xFF\xFF", 8), 1);
    assert_int_equal(picture_exif_orientation((const unsigned char *)"II*\0\7\0\0\0", 8), 1);
}

static void every_flipped_byte_is_an_error_or_harmless(void **state) {
    (void)state;
    NEEDS_PNG();
    png_bytes png;
    begin(&png, 5, 4, 8, 0, 0);
    size_t data = png.size;
    static const char rows[] = "\0abcde\0fghij\0klmno\0pqrst";
    finish(&png, rows, 24);
    for (size_t i = 0; i < png.size; i++) {
        png.bytes[i] ^= 0x10;
        dsc_image image;
        dsc_status status = picture_parse(&image, png.bytes, png.size, "test.png", &error);
        if (i < data || i >= data + 4) assert_int_not_equal(status, DSC_OK);
        if (status) {
            assert_null(image.pixels);
            ASSERT_MESSAGE(error, "test.png");
        }
        dsc_image_clear(&image);
        png.bytes[i] ^= 0x10;
    }
}

static void every_prefix_is_an_error(void **state) {
    (void)state;
    NEEDS_PNG();
    png_bytes png;
    begin(&png, 5, 4, 8, 0, 0);
    finish(&png, "\0abcde\0fghij\0klmno\0pqrst", 24);
    for (size_t n = 0; n < png.size; n++) {
        unsigned char *exact = malloc(n ? n : 1);
        memcpy(exact, png.bytes, n);
        dsc_image image;
        assert_int_equal(picture_parse(&image, exact, n, "test.png", &error), DSC_ERROR_FORMAT);
        assert_null(image.pixels);
        free(exact);
    }
}

static void huge_claims_cost_nothing(void **state) {
    (void)state;
    NEEDS_PNG();
    static const uint32_t sides[][2] = {
        {65536, 1}, {1, 65536}, {50000, 50000}, {10001, 10000}, {10000, 10000}};
    for (size_t i = 0; i < 5; i++) {
        png_bytes png;
        begin(&png, sides[i][0], sides[i][1], 1, 0, 0);
        finish(&png, "\0\0", 2);
        dsc_image image;
        long before = testing_allocations();
        assert_int_equal(picture_parse(&image, png.bytes, png.size, "huge.png", &error), DSC_ERROR_FORMAT);
        assert_int_equal(testing_allocations(), before);
        ASSERT_MESSAGE(error, "huge.png");
    }
    png_bytes png; /* a picture within the limits is read */
    begin(&png, 30000, 1, 1, 0, 0);
    static const char row[1 + 30000 / 8];
    finish(&png, row, sizeof row);
    dsc_image image;
    ASSERT_OK(picture_parse(&image, png.bytes, png.size, "wide.png", &error), error);
    dsc_image_clear(&image);
}

static void what_is_written_is_read_back(void **state) {
    (void)state;
    NEEDS_PNG();
    static const size_t kinds[] = {1, 3, 4};
    char *path = dsc_path_join(testing_folder(), "picture.PNG");
    for (size_t k = 0; k < 3; k++) {
        dsc_image image, back;
        size_t size = 28 * 13 * kinds[k];
        ASSERT_OK(dsc_image_create(&image, 28, 13, kinds[k], &error), error);
        for (size_t i = 0; i < size; i++) image.pixels[i] = (uint8_t)(i * 101 >> 2);
        ASSERT_OK(picture_write(path, &image, &error), error);
        ASSERT_OK(picture_read(&back, path, &error), error);
        assert_int_equal(back.width, 28);
        assert_int_equal(back.height, 13);
        assert_int_equal(back.channels, kinds[k]);
        assert_memory_equal(back.pixels, image.pixels, size);
        dsc_image_clear(&image);
        dsc_image_clear(&back);
    }
    free(path);
}

static void the_content_tells_the_kind_not_the_name(void **state) {
    (void)state;
    char *path = dsc_path_join(testing_folder(), "picture.png");
    ASSERT_OK(dsc_file_write(path, "P5 2 1 255\nxy", 13, &error), error);
    dsc_image image;
    ASSERT_OK(picture_read(&image, path, &error), error);
    assert_memory_equal(image.pixels, "xy", 2);
    dsc_image_clear(&image);
    ASSERT_OK(dsc_file_write(path, "BM\1\2\3\4", 6, &error), error);
    assert_int_equal(picture_read(&image, path, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, path);
    ASSERT_MESSAGE(error, "a BMP picture");
    const picture_format *format;
    for (size_t i = 0; (format = picture_format_at(i));
         i++) /* the formats that this build reads, and no others */
        assert_true((strstr(error.message, format->title) != NULL) == picture_format_is_read(format));
    ASSERT_MESSAGE(error, "PGM");
    ASSERT_MESSAGE(error, "PPM");
    ASSERT_OK(dsc_file_write(path, "", 0, &error), error);
    assert_int_equal(picture_read(&image, path, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "empty");
    assert_int_equal(picture_read(&image, "/nowhere.png", &error), DSC_ERROR_IO);
    assert_int_equal(picture_read(&image, "/tmp", &error), DSC_ERROR_IO);
    free(path);
}

static void names_of_pictures_end_as_their_formats_say(void **state) {
    (void)state;
    static const char *const good[] = {"a.png",  "b.JPG", "c.jpeg",  "d.tif",  "e.TIFF", "f.gif",
                                       "g.webp", "h.pgm", "i.x.ppm", "j.HEIC", "k.avif", "l.pdf"};
    static const char *const bad[] = {"", "png", ".png", "a.png.gz", "a.txt", "a.jp", "jpg.a"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(picture_is_name(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(picture_is_name(bad[i]));
}

/* Calls `each` with all seeds of all fuzz targets. */
static void for_seeds(void (*each)(const unsigned char *bytes, size_t size)) {
    char *corpus = dsc_path_join(TESTS_FOLDER, "fuzz/corpus");
    dsc_names targets = {0};
    ASSERT_OK(dsc_folder_list(&targets, corpus, &error), error);
    for (size_t t = 0; t < targets.count; t++) {
        char *target = dsc_path_join(corpus, targets.list[t]);
        dsc_names names = {0};
        ASSERT_OK(dsc_folder_list(&names, target, &error), error);
        for (size_t i = 0; i < names.count; i++) {
            char *path = dsc_path_join(target, names.list[i]);
            unsigned char *bytes;
            size_t size;
            ASSERT_OK(dsc_file_read(&bytes, &size, path, 1 << 20, &error), error);
            each(bytes, size);
            free(bytes);
            free(path);
        }
        dsc_names_clear(&names);
        free(target);
    }
    dsc_names_clear(&targets);
    free(corpus);
}

static const picture_format *asked;
static size_t taken, parsed;

static void check_seed(const unsigned char *bytes, size_t size) {
    const picture_format *format;
    dsc_image image;
    if (!asked->recognises(bytes, size)) return;
    taken++;
    for (size_t i = 0; (format = picture_format_at(i)); i++)
        if (format != asked && format->recognises(bytes, size))
            fail_msg("%s takes a file of %s", format->name, asked->name);
    if (!picture_format_is_read(asked) || picture_parse(&image, bytes, size, "seed", &error)) return;
    assert_true(image.width > 0 && image.height > 0 && image.pixels);
    dsc_image_clear(&image);
    parsed++;
    for (size_t n = 0; n < 16 && n < size; n++) /* its header alone is not a picture */
        assert_int_not_equal(picture_parse(&image, bytes, n, "seed", &error), DSC_OK);
}

static void every_format_has_a_seed_that_it_reads_and_no_other_takes(void **state) {
    (void)state;
    for (size_t i = 0; (asked = picture_format_at(i)); i++) {
        taken = parsed = 0;
        for_seeds(check_seed);
        if (!taken) fail_msg("%s: no file in tests/fuzz/corpus is one of its own", asked->name);
        if (picture_format_is_read(asked) && !parsed)
            fail_msg("%s: none of its %zu files is read", asked->name, taken);
    }
}

/* No two formats have the same names; each message names the format, and the missing library if there is
 * one. */
static void every_format_is_its_own(void **state) {
    (void)state;
    const picture_format *format;
    for (size_t i = 0; (format = picture_format_at(i)); i++) {
        assert_false(format->recognises((const unsigned char *)"", 0));
        assert_true(*format->name && *format->help && *format->title && format->endings[0]);
        assert_true(picture_format_is_read(format) || (format->library && format->package));
        for (size_t k = 0; format->endings[k]; k++) {
            const picture_format *other;
            assert_int_equal(format->endings[k][0], '.');
            for (size_t n = 0; (other = picture_format_at(n)); n++)
                for (size_t e = 0; other->endings[e]; e++)
                    if (n != i) assert_string_not_equal(other->endings[e], format->endings[k]);
        }
    }
}

static void the_end_of_the_name_tells_what_is_written(void **state) {
    (void)state;
    const char *folder = testing_folder();
    char *pgm = dsc_path_join(folder, "a.pgm"), *ppm = dsc_path_join(folder, "a.ppm");
    dsc_image grey, colour, back;
    ASSERT_OK(dsc_image_create(&grey, 3, 3, 1, &error), error);
    ASSERT_OK(dsc_image_create(&colour, 3, 3, 3, &error), error);
    ASSERT_OK(picture_write(pgm, &grey, &error), error);
    ASSERT_OK(picture_write(ppm, &colour, &error), error);
    ASSERT_OK(picture_read(&back, ppm, &error), error);
    assert_int_equal(back.channels, 3);
    dsc_image_clear(&back);
    assert_int_equal(picture_write(ppm, &grey, &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(picture_write(pgm, &colour, &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(picture_write("/tmp/no-kind", &grey, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, ".png");
    ASSERT_MESSAGE(error, ".pgm");
    ASSERT_MESSAGE(error, ".ppm");
    dsc_image_clear(&grey);
    dsc_image_clear(&colour);
    free(pgm);
    free(ppm);
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    NEEDS_PNG();
    char *path = dsc_path_join(testing_folder(), "a.png");
    bool done = false;
    int failures = 0;
    for (long n = 0; !done; n++) {
        dsc_image image, back = {0};
        ASSERT_OK(dsc_image_create(&image, 3, 3, 4, &error), error);
        testing_fail_allocation(n);
        dsc_status status = picture_write(path, &image, &error);
        if (!status) status = picture_read(&back, path, &error);
        done = !testing_allocation_failed();
        /* One of them is only for syncing the folder, which may fail. */
        if (status || done) assert_int_equal(status, done ? DSC_OK : DSC_ERROR_MEMORY);
        failures += status != DSC_OK;
        assert_true(!done || failures >= 5);
        dsc_image_clear(&image);
        dsc_image_clear(&back);
    }
    free(path);
}

static void a_build_without_libpng_says_so(void **state) {
    (void)state;
    if (picture_png_available()) TEST_SKIP("needs a build without libpng");
    dsc_image image;
    ASSERT_OK(dsc_image_create(&image, 3, 3, 1, &error), error);
    assert_int_equal(picture_write("/tmp/x.png", &image, &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "libpng");
    dsc_image_clear(&image);
    assert_int_equal(picture_parse(&image, "\x89PNG\r\n\x1A\n", 8, "x.png", &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "x.png");
}

int main(int argc, char **argv) {
    picture_decoder_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grey_of_every_depth_is_read),
        cmocka_unit_test(colour_palette_and_alpha_are_read),
        cmocka_unit_test(an_interlaced_picture_is_put_in_order),
        cmocka_unit_test(a_picture_is_turned_as_its_exif_says),
        cmocka_unit_test(colour_is_turned_with_its_channels),
        cmocka_unit_test(a_chunk_that_claims_more_than_the_file_has_costs_no_memory),
        cmocka_unit_test(a_damaged_exif_block_leaves_the_picture_upright),
        cmocka_unit_test(every_flipped_byte_is_an_error_or_harmless),
        cmocka_unit_test(every_prefix_is_an_error),
        cmocka_unit_test(huge_claims_cost_nothing),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(the_content_tells_the_kind_not_the_name),
        cmocka_unit_test(names_of_pictures_end_as_their_formats_say),
        cmocka_unit_test(every_format_has_a_seed_that_it_reads_and_no_other_takes),
        cmocka_unit_test(every_format_is_its_own),
        cmocka_unit_test(the_end_of_the_name_tells_what_is_written),
        cmocka_unit_test(failing_allocations_are_survived),
        cmocka_unit_test(a_build_without_libpng_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
