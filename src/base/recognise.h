/* SPDX-License-Identifier: MIT */
/* recognise.h: what a file is, told by its first bytes: for messages that name what was found where
 * something else was expected. */
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
    DSC_KIND_CHECKPOINT, /* of a run of ours */
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
    DSC_KIND_LFS,  /* the pointer that Git LFS keeps in place of a file */
    DSC_KIND_HTML, /* often the error page of a download */
    DSC_KIND_JSON,
    DSC_KIND_UTF16,
    DSC_KIND_TEXT
} dsc_kind;

dsc_kind dsc_recognise(const void *bytes, size_t size);

/* "a PNG picture"; "bytes of an unknown kind". */
const char *dsc_kind_name(dsc_kind kind);

/* How messages call where bytes come from: the path, or "standard input" without one. */
const char *dsc_source_name(const char *path);

/* What to do about such a file wherever another one is expected: "; unpack it: ... gzip -dc < ...", as it
 * can be pasted; or "". Without a path, as what comes by standard input is, in words. Returns out. */
const char *dsc_kind_remedy(char out[DSC_MESSAGE_SIZE], dsc_kind kind, const char *path);

/* For kinds that hold a network's weights in a way that runs code when it is read, or needs a library of its
 * own: the command that makes a file of them that is read here, weights.npz, by the program that wrote them.
 * "" for all others. Without a path, FILE stands for it. Returns out. */
const char *dsc_kind_weights(char out[DSC_MESSAGE_SIZE], dsc_kind kind, const char *path);

#endif
