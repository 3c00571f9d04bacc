/* SPDX-License-Identifier: MIT */
/* recognise.c: recognises files by their first bytes; see recognise.h. */
#include "base/recognise.h"

#include "base/visible.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *start;
    size_t offset, length;
    dsc_kind kind;
} starts[] = {
    {"\x93NUMPY", 0, 6, DSC_KIND_NPY},
    {"PK\3\4", 0, 4, DSC_KIND_ZIP},
    {"PK\5\6", 0, 4, DSC_KIND_ZIP}, /* an empty archive */
    {"\x1F\x8B", 0, 2, DSC_KIND_GZIP},
    {"BZh", 0, 3, DSC_KIND_BZIP2},
    {"\xFD\x37zXZ", 0, 5, DSC_KIND_XZ},
    {"\x28\xB5\x2F\xFD", 0, 4, DSC_KIND_ZSTD},
    {"DSCCKPT\n", 0, 8, DSC_KIND_CHECKPOINT},
    {"\x89HDF", 0, 4, DSC_KIND_HDF5},
    {"GGUF", 0, 4, DSC_KIND_GGUF},
    {"\x89PNG", 0, 4, DSC_KIND_PNG},
    {"\xFF\xD8\xFF", 0, 3, DSC_KIND_JPEG},
    {"GIF8", 0, 4, DSC_KIND_GIF},
    {"BM", 0, 2, DSC_KIND_BMP},
    {"II*\0", 0, 4, DSC_KIND_TIFF},
    {"MM\0*", 0, 4, DSC_KIND_TIFF},
    {"II+\0", 0, 4, DSC_KIND_TIFF},
    {"MM\0+", 0, 4, DSC_KIND_TIFF},
    {"WEBP", 8, 4, DSC_KIND_WEBP},
    {"ftyphei", 4, 7, DSC_KIND_HEIF},
    {"ftypmif", 4, 7, DSC_KIND_HEIF},
    {"ftypavif", 4, 8, DSC_KIND_HEIF},
    {"%PDF-", 0, 5, DSC_KIND_PDF},
    {"\x7F\x45LF", 0, 4, DSC_KIND_PROGRAM},
    {"MZ", 0, 2, DSC_KIND_PROGRAM},
    {"version https://git-lfs", 0, 23, DSC_KIND_LFS},
};

/* The file may contain a state_dict, a module, or a checkpoint with a state_dict among other data. */
static const char from_torch[] =
    "python3 -c \"import sys, torch, numpy; w = torch.load(sys.argv[1], map_location='cpu'); "
    "w = w.state_dict() if hasattr(w, 'state_dict') else w.get('model_state_dict', w.get('state_dict', w)); "
    "numpy.savez('weights.npz', **{k: v.detach().float().cpu().numpy() for k, v in w.items() if "
    "torch.is_tensor(v)})\" @";
static const char from_keras[] = "python3 -c \"import sys, keras, numpy; numpy.savez('weights.npz', "
                                 "*keras.models.load_model(sys.argv[1]).get_weights())\" @";

static const struct {
    const char *name;
    const char *remedy;   /* NULL: none */
    const char *unpacker; /* a program that unpacks with -dc; NULL: none */
    const char *weights;  /* a command that converts to weights.npz; NULL: none */
} words[] = {
    [DSC_KIND_UNKNOWN] = {.name = "bytes of an unknown kind"},
    [DSC_KIND_EMPTY] = {.name = "an empty file", .remedy = "download or copy the file again"},
    [DSC_KIND_IDX] = {.name = "an IDX file, as MNIST's data files are"},
    [DSC_KIND_NPY] = {.name = "a NumPy array (.npy)"},
    [DSC_KIND_ZIP] = {.name = "a ZIP archive, as .zip and .npz files are"},
    [DSC_KIND_TORCH] = {.name = "a PyTorch file (.pt, .pth)", .weights = from_torch},
    [DSC_KIND_KERAS] = {.name = "a Keras model (.keras)", .weights = from_keras},
    [DSC_KIND_GZIP] = {.name = "a gzip file", .unpacker = "gzip"},
    [DSC_KIND_BZIP2] = {.name = "a bzip2 file", .unpacker = "bzip2"},
    [DSC_KIND_XZ] = {.name = "an xz file", .unpacker = "xz"},
    [DSC_KIND_ZSTD] = {.name = "a zstd file", .unpacker = "zstd"},
    [DSC_KIND_SAFETENSORS] = {.name = "a model (safetensors)"},
    [DSC_KIND_CHECKPOINT] = {.name = "the checkpoint of a run"},
    [DSC_KIND_PICKLE] = {.name = "a Python pickle, as PyTorch's older .pt and .pth files are",
                         .weights = from_torch},
    [DSC_KIND_HDF5] = {.name = "an HDF5 file, as Keras' .h5 files are", .weights = from_keras},
    [DSC_KIND_ONNX] = {.name = "an ONNX model"},
    [DSC_KIND_GGUF] = {.name = "a GGUF model"},
    [DSC_KIND_PNG] = {.name = "a PNG picture"},
    [DSC_KIND_PNM] = {.name = "a PGM or PPM picture"},
    [DSC_KIND_JPEG] = {.name = "a JPEG picture"},
    [DSC_KIND_GIF] = {.name = "a GIF picture"},
    [DSC_KIND_BMP] = {.name = "a BMP picture"},
    [DSC_KIND_TIFF] = {.name = "a TIFF picture"},
    [DSC_KIND_WEBP] = {.name = "a WebP picture"},
    [DSC_KIND_HEIF] = {.name = "a HEIF picture"},
    [DSC_KIND_PDF] = {.name = "a PDF document"},
    [DSC_KIND_PROGRAM] = {.name = "a program"},
    [DSC_KIND_LFS] = {.name = "the pointer of Git LFS, not the file itself",
                      .remedy = "fetch the file: git lfs pull"},
    [DSC_KIND_HTML] = {.name = "a web page, perhaps an error page that a downloader saved",
                       .remedy = "download the file again"},
    [DSC_KIND_JSON] = {.name = "JSON, as recipes are"},
    [DSC_KIND_UTF16] = {.name = "text in UTF-16"},
    [DSC_KIND_TEXT] = {.name = "text", .remedy = "check the path, or download the file again"},
};

static bool is_html(const unsigned char *bytes, size_t size) {
    static const char *const marks[] = {"<!doctype", "<html", "<head", "<body", "<?xml"};
    while (size && *bytes && strchr(" \t\r\n", *bytes)) bytes++, size--;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t length = strlen(marks[i]);
        if (size >= length && !strncasecmp((const char *)bytes, marks[i], length)) return true;
    }
    return false;
}

static bool is_text(const unsigned char *bytes, size_t size) {
    if (size > 512) size = 512;
    for (size_t i = 0; i < size; i++)
        if ((bytes[i] < 32 && !(bytes[i] && strchr("\t\n\r\f", bytes[i]))) || bytes[i] == 127) return false;
    return true;
}

/* A header length in 8 bytes, then '{'. */
static bool is_safetensors(const unsigned char *b, size_t size) {
    return size > 9 && b[8] == '{' && !b[4] && !b[5] && !b[6] && !b[7] && (b[0] || b[1]);
}

/* Protobuf: ir_version, a small number, then the first of the model's other fields that the file has:
 * producer_name, producer_version, domain, model_version (a number), doc_string, graph or opset_import. */
static bool is_onnx(const unsigned char *b, size_t size) {
    static const unsigned char fields[] = {0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42};
    return size > 4 && b[0] == 8 && b[1] < 32 && memchr(fields, b[2], sizeof fields);
}

/* Recognises by the name of the first entry, in its header: length at offset 26, name at offset 30. */
static dsc_kind recognise_zip(const unsigned char *b, size_t size) {
    static const char pickle[] = "/data.pkl";
    static const char *const keras[] = {"metadata.json", "config.json", "model.weights.h5"};
    const size_t length = size > 30 ? (size_t)b[26] | (size_t)b[27] << 8 : 0, end = sizeof pickle - 1;
    if (!length || length > size - 30) return DSC_KIND_ZIP;
    if (length > end && !memcmp(b + 30 + length - end, pickle, end)) return DSC_KIND_TORCH;
    for (size_t i = 0; i < sizeof keras / sizeof *keras; i++)
        if (length == strlen(keras[i]) && !memcmp(b + 30, keras[i], length)) return DSC_KIND_KERAS;
    return DSC_KIND_ZIP;
}

dsc_kind dsc_recognise(const void *data, size_t size) {
    const unsigned char *b = data;
    if (!size) return DSC_KIND_EMPTY;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (size >= starts[i].offset + starts[i].length &&
            !memcmp(b + starts[i].offset, starts[i].start, starts[i].length))
            return starts[i].kind == DSC_KIND_ZIP ? recognise_zip(b, size) : starts[i].kind;
    if (size >= 4 && !b[0] && !b[1] && b[2] >= 8 && b[2] <= 14 && b[3] >= 1 && b[3] <= 4) return DSC_KIND_IDX;
    if (is_safetensors(b, size)) return DSC_KIND_SAFETENSORS;
    if (size > 2 && b[0] == 0x80 && b[1] >= 2 && b[1] <= 5) return DSC_KIND_PICKLE;
    if (is_onnx(b, size)) return DSC_KIND_ONNX;
    if (size >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF)))
        return DSC_KIND_UTF16;
    size_t mark = dsc_utf8_mark(b, size);
    b += mark;
    size -= mark;
    if (is_html(b, size)) return DSC_KIND_HTML;
    if (!is_text(b, size)) return DSC_KIND_UNKNOWN;
    if (size >= 3 && b[0] == 'P' && b[1] >= '1' && b[1] <= '7' && strchr(" \t\r\n#", b[2]))
        return DSC_KIND_PNM;
    while (size && strchr(" \t\r\n", *b)) b++, size--;
    return size && (*b == '{' || *b == '[') ? DSC_KIND_JSON : DSC_KIND_TEXT;
}

const char *dsc_kind_name(dsc_kind kind) { return words[kind].name; }

const char *dsc_source_name(const char *path) { return path ? path : "standard input"; }

const char *dsc_kind_remedy(char out[DSC_MESSAGE_SIZE], dsc_kind kind, const char *path) {
    const char *remedy = words[kind].remedy, *unpacker = words[kind].unpacker;
    char pattern[64], command[DSC_COMMAND];
    *out = '\0';
    if (remedy) (void)snprintf(out, DSC_MESSAGE_SIZE, "; %s", remedy);
    if (!unpacker) return out;
    if (!path) {
        (void)snprintf(out, DSC_MESSAGE_SIZE, "; unpack it while piping, with %s -dc", unpacker);
        return out;
    }
    (void)snprintf(pattern, sizeof pattern, "mv @ @.orig && %s -dc < @.orig > @", unpacker);
    (void)snprintf(out, DSC_MESSAGE_SIZE, "; unpack it: %s", dsc_command(command, pattern, path, NULL));
    return out;
}

const char *dsc_kind_weights(char out[DSC_MESSAGE_SIZE], dsc_kind kind, const char *path) {
    char command[DSC_COMMAND];
    *out = '\0';
    if (words[kind].weights)
        (void)snprintf(out, DSC_MESSAGE_SIZE, "%s",
                       dsc_command(command, words[kind].weights, path ? path : "FILE", NULL));
    return out;
}
