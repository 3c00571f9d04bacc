/* SPDX-License-Identifier: MIT */
/* recognise.h: recognises a file's type by its first bytes, for messages about unexpected files. All texts
 * are static unless the caller passes a buffer; nothing fails or allocates. */
#ifndef DSC_BASE_RECOGNISE_H
#define DSC_BASE_RECOGNISE_H

#include <descender.h>

typedef enum dsc_kind {
    DSC_KIND_UNKNOWN,
    DSC_KIND_EMPTY,
    DSC_KIND_IDX,
    DSC_KIND_NPY,
    DSC_KIND_ZIP,   /* also NumPy's .npz */
    DSC_KIND_TORCH, /* PyTorch's .pt and .pth: a ZIP archive that begins with a pickle */
    DSC_KIND_KERAS, /* Keras' .keras: a ZIP archive */
    DSC_KIND_GZIP,
    DSC_KIND_BZIP2,
    DSC_KIND_XZ,
    DSC_KIND_ZSTD,
    DSC_KIND_SAFETENSORS,
    DSC_KIND_CHECKPOINT, /* of a training run */
    DSC_KIND_PICKLE,
    DSC_KIND_HDF5,
    DSC_KIND_ONNX,
    DSC_KIND_GGUF,
    DSC_KIND_PNG,
    DSC_KIND_PNM,
    DSC_KIND_JPEG,
    DSC_KIND_GIF,
    DSC_KIND_BMP,
    DSC_KIND_TIFF,
    DSC_KIND_WEBP,
    DSC_KIND_HEIF,
    DSC_KIND_PDF,
    DSC_KIND_PROGRAM,
    DSC_KIND_LFS,  /* a Git LFS pointer instead of the file */
    DSC_KIND_HTML, /* often the error page of a download */
    DSC_KIND_JSON,
    DSC_KIND_UTF16,
    DSC_KIND_TEXT
} dsc_kind;

dsc_kind dsc_recognise(const void *bytes, size_t size);

/* "a PNG picture"; "bytes of an unknown kind". */
const char *dsc_kind_name(dsc_kind kind);

/* The name of the source in messages: the path, or "standard input" if NULL. */
const char *dsc_source_name(const char *path);

/* Advice for such a file in any place that expects another type: "; unpack it: ... gzip -dc < ...", ready to
 * paste; or "". Without a path (standard input), advice in words. Returns out. */
const char *dsc_kind_remedy(char out[DSC_MESSAGE_SIZE], dsc_kind kind, const char *path);

/* For types whose weights need code execution or a special library to read: the command that converts them to
 * weights.npz with the program that wrote them. "" for all others. Without a path, the command says FILE.
 * Returns out. */
const char *dsc_kind_weights(char out[DSC_MESSAGE_SIZE], dsc_kind kind, const char *path);

#endif
