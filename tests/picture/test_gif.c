/* SPDX-License-Identifier: MIT */
/* test_gif.c: GIF files of every kind, made by the same library's encoder. */
#include "pictures.h"

static void a_build_without_giflib_says_so(void **state) {
    (void)state;
    assert_missing_library_is_named("gif", "GIF89a", 6);
}

#if DESCENDER_WITH_GIF

#include <gif_lib.h>

#include "late/late.h"

/* clang-format off */
#define LATE_GIF(X) \
    X(EGifOpen) \
    X(EGifCloseFile) \
    X(EGifPutScreenDesc) \
    X(EGifPutImageDesc) \
    X(EGifPutLine) \
    X(EGifPutExtension) \
    X(EGifGCBToExtension) \
    X(GifMakeMapObject) \
    X(GifFreeMapObject)
/* clang-format on */
static struct { LATE_GIF(LATE_MEMBER) } api;
static const char *const gif_names[] = {LATE_GIF(LATE_NAME) NULL};

static dsc_error error;

typedef struct gif_file {
    unsigned char bytes[4096];
    size_t size;
} gif_file;

static int on_write(GifFileType *gif, const GifByteType *from, int count) {
    gif_file *file = gif->UserData;
    assert_true(file->size + (size_t)count <= sizeof file->bytes);
    memcpy(file->bytes + file->size, from, (size_t)count);
    file->size += (size_t)count;
    return count;
}

enum { WIDTH = 9, HEIGHT = 11 };
static const GifColorType colours[4] = {{10, 20, 30}, {200, 100, 50}, {0, 0, 0}, {255, 255, 255}},
                          greys[4] = {{0, 0, 0}, {80, 80, 80}, {160, 160, 160}, {255, 255, 255}};

static GifPixelType index_at(size_t x, size_t y) { return (GifPixelType)((x * 7 + y * 5 + x * y) % 4); }

typedef struct making {
    const GifColorType *colours;
    bool interlaced, own_colours; /* own_colours: of the frame, not of the screen */
    int transparent;              /* -1: none */
    int border;                   /* of the screen around the frame */
    int frames;
} making;

static gif_file make(making how) {
    gif_file file = {.size = 0};
    int code;
    ASSERT_OK(late_load(&api, gif_names, DESCENDER_GIF_SONAME, &error), error);
    GifFileType *gif = api.EGifOpen(&file, on_write, &code);
    assert_non_null(gif);
    ColorMapObject *map = api.GifMakeMapObject(4, how.colours);
    assert_non_null(map);
    assert_int_equal(api.EGifPutScreenDesc(gif, WIDTH + 2 * how.border, HEIGHT + 2 * how.border, 2, 0,
                                           how.own_colours ? NULL : map),
                     GIF_OK);
    for (int frame = 0; frame < how.frames; frame++) {
        const GraphicsControlBlock control = {.TransparentColor = how.transparent};
        GifByteType block[4];
        assert_int_equal(api.EGifGCBToExtension(&control, block), 4);
        assert_int_equal(api.EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, block), GIF_OK);
        assert_int_equal(api.EGifPutImageDesc(gif, how.border, how.border, WIDTH, HEIGHT, how.interlaced,
                                              how.own_colours ? map : NULL),
                         GIF_OK);
        static const int firsts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
        for (int pass = 0; pass < (how.interlaced ? 4 : 1); pass++)
            for (int y = how.interlaced ? firsts[pass] : 0; y < HEIGHT;
                 y += how.interlaced ? steps[pass] : 1) {
                GifPixelType row[WIDTH];
                for (size_t x = 0; x < WIDTH; x++) row[x] = frame ? 0 : index_at(x, (size_t)y);
                assert_int_equal(api.EGifPutLine(gif, row, WIDTH), GIF_OK);
            }
    }
    assert_int_equal(api.EGifCloseFile(gif, &code), GIF_OK);
    api.GifFreeMapObject(map);
    return file;
}

static void check(making how, size_t channels) {
    const gif_file file = make(how);
    dsc_image back;
    ASSERT_OK(parse_exact(&back, file.bytes, file.size, &error), error);
    const size_t border = (size_t)how.border;
    assert_int_equal(back.width, WIDTH + 2 * border);
    assert_int_equal(back.height, HEIGHT + 2 * border);
    assert_int_equal(back.channels, channels);
    for (size_t y = 0; y < back.height; y++)
        for (size_t x = 0; x < back.width; x++) {
            const uint8_t *pixel = back.pixels + (y * back.width + x) * channels;
            const bool inside = x >= border && y >= border && x < WIDTH + border && y < HEIGHT + border;
            const int index = inside ? index_at(x - border, y - border) : how.transparent;
            if (!inside || index == how.transparent) {
                assert_int_equal(pixel[3], 0);
                continue;
            }
            const GifColorType *colour = &how.colours[index];
            assert_int_equal(pixel[0], colour->Red);
            if (channels > 1)
                assert_memory_equal(pixel, &((uint8_t[]){colour->Red, colour->Green, colour->Blue}), 3);
            if (channels == 4) assert_int_equal(pixel[3], 255);
        }
    dsc_image_clear(&back);
}

static void colours_and_greys_are_read(void **state) {
    (void)state;
    for (int interlaced = 0; interlaced < 2; interlaced++)
        for (int own = 0; own < 2; own++) {
            check((making){colours, interlaced, own, -1, 0, 1}, 3);
            check((making){greys, interlaced, own, -1, 0, 1}, 1);
        }
}

static void what_is_transparent_or_outside_of_the_frame_is_not_seen(void **state) {
    (void)state;
    check((making){colours, false, false, 2, 0, 1}, 4);
    check((making){colours, true, false, -1, 3, 1}, 4);
    check((making){greys, false, true, 1, 2, 1}, 4);
}

static void the_first_frame_is_the_picture(void **state) {
    (void)state;
    check((making){colours, false, false, -1, 0, 3}, 3);
}

static void damage_is_an_error_or_harmless(void **state) {
    (void)state;
    const gif_file file = make((making){colours, false, false, 2, 0, 1});
    const size_t end = 1 + 1 + 1; /* the end of the codes and of the file is not needed */
    assert_no_prefix_is_read(file.bytes, file.size - end - 1);
    assert_changes_are_survived(file.bytes, file.size);
    assert_failing_allocations_are_survived(file.bytes, file.size);
}

static void huge_claims_cost_nothing(void **state) {
    (void)state;
    gif_file file = make((making){colours, false, false, -1, 0, 1});
    memset(file.bytes + 6, 0xFF, 4); /* the screen */
    dsc_image back;
    long before = testing_allocations();
    assert_int_equal(picture_parse(&back, file.bytes, file.size, "huge.gif", &error), DSC_ERROR_FORMAT);
    assert_int_equal(testing_allocations(), before);
    ASSERT_MESSAGE(error, "65535 x 65535");
    unsigned char *frame = memchr(file.bytes + 25, ',', file.size - 25);
    memset(frame + 5, 0x20, 4); /* 8224 x 8224 */
    assert_int_equal(picture_parse(&back, file.bytes, file.size, "huge.gif", &error), DSC_ERROR_FORMAT);
    assert_int_equal(testing_allocations(), before);
    ASSERT_MESSAGE(error, "8224 x 8224 pixels need");
}

static void a_file_without_a_frame_is_refused(void **state) {
    (void)state;
    const gif_file file = make((making){colours, false, false, -1, 0, 0});
    dsc_image back;
    assert_int_equal(parse_exact(&back, file.bytes, file.size, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "no picture");
}

#else

static void pictures_of_the_format_are_read(void **state) {
    (void)state;
    TEST_SKIP("needs giflib");
}

#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_build_without_giflib_says_so),
#if DESCENDER_WITH_GIF
        cmocka_unit_test(colours_and_greys_are_read),
        cmocka_unit_test(what_is_transparent_or_outside_of_the_frame_is_not_seen),
        cmocka_unit_test(the_first_frame_is_the_picture),
        cmocka_unit_test(damage_is_an_error_or_harmless),
        cmocka_unit_test(huge_claims_cost_nothing),
        cmocka_unit_test(a_file_without_a_frame_is_refused),
#else
        cmocka_unit_test(pictures_of_the_format_are_read),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
