/* SPDX-License-Identifier: MIT */
/* make-pictures.c: makes the seeds of fuzz_jpeg, fuzz_webp, fuzz_tiff and fuzz_gif, small pictures of each
 * kind, by the libraries' own encoders:
 *
 *   cc tests/fuzz/make-pictures.c -o /tmp/make-pictures -ljpeg -lwebp -ltiff -lgif
 *   /tmp/make-pictures tests/fuzz/corpus */
#include <gif_lib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jpeglib.h>
#include <tiffio.h>
#include <webp/encode.h>

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
    return 0;
}
