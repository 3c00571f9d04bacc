/* SPDX-License-Identifier: MIT */
/* make-pictures.c: makes the seeds of fuzz_jpeg, fuzz_webp, fuzz_tiff, fuzz_gif, fuzz_heif and fuzz_pdf:
 * small pictures of each kind, with the libraries' own encoders (test_heif reads its pictures, too):
 *
 *   cc tests/fuzz/make-pictures.c -o /tmp/make-pictures -ljpeg -lwebp -ltiff -lgif -lheif
 *   /tmp/make-pictures tests/fuzz/corpus */
#include <gif_lib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jpeglib.h>
#include <libheif/heif.h>
#include <tiffio.h>
#include <webp/encode.h>

#include "../picture/pdf.h"

enum { W = 12, H = 10 };
static uint8_t pixels[W * H * 8];
static char path[512];
static const char *top;

static const char *place(const char *format, const char *name) {
    (void)snprintf(path, sizeof path, "%s/%s", top, format);
    (void)mkdir(path, 0777);
    (void)snprintf(path, sizeof path, "%s/%s/%s", top, format, name);
    return path;
}

static FILE *create(const char *format, const char *name) {
    FILE *file = fopen(place(format, name), "wb");
    if (!file) exit(1);
    return file;
}

static void paint(size_t channels) {
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(i / channels * 3 + i % channels * 70);
}

static void jpeg(const char *name, int channels, int progressive, int arithmetic, int restart) {
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr errors;
    FILE *file = create("jpeg", name);
    paint((size_t)channels);
    j.err = jpeg_std_error(&errors);
    jpeg_create_compress(&j);
    jpeg_stdio_dest(&j, file);
    j.image_width = W, j.image_height = H, j.input_components = channels;
    j.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&j);
    if (progressive) jpeg_simple_progression(&j);
    j.arith_code = arithmetic;
    j.restart_interval = (unsigned)restart;
    jpeg_start_compress(&j, TRUE);
    jpeg_write_marker(&j, JPEG_APP0 + 1,
                      (const JOCTET *)"Exif\0\0MM\0*\0\0\0\10\0\1\1\x12\0\3\0\0\0\1\0\6\0\0", 32);
    while (j.next_scanline < H) {
        JSAMPROW row = pixels + (size_t)j.next_scanline * W * (size_t)channels;
        (void)jpeg_write_scanlines(&j, &row, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    (void)fclose(file);
}

static void webp(const char *name, int kind) {
    uint8_t *bytes;
    paint(kind == 2 ? 4 : 3);
    const size_t size = kind == 0   ? WebPEncodeRGB(pixels, W, H, W * 3, 50, &bytes)
                        : kind == 1 ? WebPEncodeLosslessRGB(pixels, W, H, W * 3, &bytes)
                                    : WebPEncodeRGBA(pixels, W, H, W * 4, 50, &bytes);
    FILE *file = create("webp", name);
    (void)fwrite(bytes, 1, size, file);
    (void)fclose(file);
    WebPFree(bytes);
}

static void tiff(const char *name, int photometric, int bits, int samples, int compression,
                 const char *mode) {
    TIFF *file = TIFFOpen(place("tiff", name), mode);
    paint((size_t)samples);
    TIFFSetField(file, TIFFTAG_IMAGEWIDTH, W);
    TIFFSetField(file, TIFFTAG_IMAGELENGTH, H);
    TIFFSetField(file, TIFFTAG_PHOTOMETRIC, photometric);
    TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, bits);
    TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, samples);
    TIFFSetField(file, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(file, TIFFTAG_COMPRESSION, compression);
    TIFFSetField(file, TIFFTAG_ORIENTATION, 6);
    TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, 4);
    for (uint32_t y = 0; y < H; y++)
        (void)TIFFWriteScanline(file, pixels + y * W * (size_t)samples * (size_t)bits / 8, y, 0);
    TIFFClose(file);
}

static void gif(const char *name, int interlaced) {
    int code;
    static const GifColorType colours[4] = {{0, 0, 0}, {200, 10, 20}, {30, 200, 40}, {255, 255, 255}};
    GifFileType *file = EGifOpenFileName(place("gif", name), 0, &code);
    ColorMapObject *map = GifMakeMapObject(4, colours);
    (void)EGifPutScreenDesc(file, W + 2, H + 1, 2, 0, map);
    (void)EGifPutExtension(file, GRAPHICS_EXT_FUNC_CODE, 4, "\1\0\0\2");
    (void)EGifPutImageDesc(file, 1, 1, W, H, interlaced, NULL);
    for (int y = 0; y < H; y++) {
        GifPixelType row[W];
        for (int x = 0; x < W; x++) row[x] = (GifPixelType)((x + y * x) % 4);
        (void)EGifPutLine(file, row, W);
    }
    (void)EGifCloseFile(file, &code);
    GifFreeMapObject(map);
}

static void check(struct heif_error error) {
    if (error.code == heif_error_Ok) return;
    (void)fprintf(stderr, "libheif: %s\n", error.message);
    exit(1);
}

/* Four quarters of one colour each, 32 x 16, as in tests/picture/pictures.h. An orientation is in the
 * boxes irot and imir, and in an EXIF block too, as phones write it. */
static void heif(const char *name, enum heif_compression_format how, int channels, int orientation) {
    static const uint8_t colours[4][4] = {
        {250, 20, 30, 255}, {20, 200, 60, 255}, {40, 60, 220, 128}, {230, 230, 90, 255}};
    static unsigned char block[] = "Exif\0\0MM\0*\0\0\0\10\0\1\1\x12\0\3\0\0\0\1\0\1\0\0\0\0\0";
    enum { ACROSS = 32, DOWN = 16 };
    struct heif_image *image;
    struct heif_encoder *encoder;
    struct heif_image_handle *handle;
    int stride;
    const bool grey = channels == 1;
    const enum heif_channel channel = grey ? heif_channel_Y : heif_channel_interleaved;
    struct heif_context *context = heif_context_alloc();
    check(heif_image_create(ACROSS, DOWN, grey ? heif_colorspace_monochrome : heif_colorspace_RGB,
                            grey            ? heif_chroma_monochrome
                            : channels == 4 ? heif_chroma_interleaved_RGBA
                                            : heif_chroma_interleaved_RGB,
                            &image));
    check(heif_image_add_plane(image, channel, ACROSS, DOWN, 8));
    uint8_t *rows = heif_image_get_plane(image, channel, &stride);
    for (int y = 0; y < DOWN; y++)
        for (int x = 0; x < ACROSS; x++)
            memcpy(rows + y * stride + x * channels, colours[(y >= DOWN / 2) * 2 + (x >= ACROSS / 2)],
                   (size_t)channels);
    check(heif_context_get_encoder_for_format(context, how, &encoder));
    check(heif_encoder_set_lossy_quality(encoder, 95));
    (void)heif_encoder_set_parameter_string(encoder, "chroma", "444");
    if (how == heif_compression_HEVC) (void)heif_encoder_set_parameter(encoder, "x265:info", "0");
    struct heif_encoding_options *options = heif_encoding_options_alloc();
    options->image_orientation = (enum heif_orientation)orientation;
    options->save_alpha_channel = channels == 4;
    check(heif_context_encode_image(context, image, encoder, options, &handle));
    block[25] = (unsigned char)orientation;
    if (orientation > 1) check(heif_context_add_exif_metadata(context, handle, block + 6, 26));
    check(heif_context_write_to_file(context, place("heif", name)));
    heif_encoding_options_free(options);
    heif_image_handle_release(handle);
    heif_encoder_release(encoder);
    heif_image_release(image);
    heif_context_free(context);
}

static void pdf(const char *name, size_t count, int encrypted) {
    static const pdf_page pages[] = {{40, 20, "1 0 0 RG 2 w 4 4 m 30 4 10 10 20 16 c S 5 5 4 4 re f"},
                                     {20, 20, "BT /F1 12 Tf (4) Tj ET"}};
    static pdf_file made;
    pdf_make(&made, pages, count, encrypted);
    FILE *file = create("pdf", name);
    (void)fwrite(made.bytes, 1, made.size, file);
    (void)fclose(file);
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    top = arguments[1];
    jpeg("grey", 1, 0, 0, 0);
    jpeg("colour-progressive", 3, 1, 0, 0);
    jpeg("cmyk-restarts", 4, 0, 0, 1);
    jpeg("arithmetic", 3, 0, 1, 0);
    webp("lossy", 0);
    webp("lossless", 1);
    webp("alpha", 2);
    tiff("grey", PHOTOMETRIC_MINISBLACK, 8, 1, COMPRESSION_NONE, "wl");
    tiff("colour-lzw", PHOTOMETRIC_RGB, 8, 3, COMPRESSION_LZW, "wb");
    tiff("fax", PHOTOMETRIC_MINISWHITE, 1, 1, COMPRESSION_CCITTFAX4, "wl");
    tiff("deep-deflate", PHOTOMETRIC_RGB, 16, 3, COMPRESSION_ADOBE_DEFLATE, "w8l");
    tiff("ink-packbits", PHOTOMETRIC_SEPARATED, 8, 4, COMPRESSION_PACKBITS, "wl");
    gif("plain", 0);
    gif("interlaced", 1);
    heif("hevc", heif_compression_HEVC, 3, 1);
    heif("hevc-turned", heif_compression_HEVC, 3, 6);
    heif("hevc-alpha", heif_compression_HEVC, 4, 1);
    heif("hevc-grey", heif_compression_HEVC, 1, 1);
    heif("av1", heif_compression_AV1, 3, 1);
    heif("av1-mirrored", heif_compression_AV1, 3, 5);
    pdf("one", 1, 0);
    pdf("two", 2, 0);
    pdf("encrypted", 1, 1);
    return 0;
}
