/* SPDX-License-Identifier: MIT */
/* npy.h: reads and writes NumPy's files: one array (.npy), or several named ones (.npz).
 *
 * The formats: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays" (.npy); PKWARE's
 * APPNOTE.TXT, version 6.3 (.npz is a ZIP archive of .npy files). Written files equal those of numpy.save
 * byte for byte; arrays are in C order, little-endian. */
#ifndef DSC_DATA_NPY_H
#define DSC_DATA_NPY_H

#include <descender.h>

/* Reads a .npy file of version 1 to 3: elements |u1 |i1 <i2 <i4 <f4 <f8 (or big-endian), in C or Fortran
 * order, 1 to 4 dimensions. The array is in C order; free it with dsc_array_clear. Anything else is
 * DSC_ERROR_UNSUPPORTED, with a remedy in NumPy. */
dsc_status dsc_npy_read(dsc_array *array, const char *path, dsc_error *error);

/* dsc_npy_read from memory; `name` stands for the file in messages. */
dsc_status dsc_npy_parse(dsc_array *array, const void *bytes, size_t size, const char *name,
                         dsc_error *error);

/* Reads images from any array of numbers or booleans of 1 to 4 dimensions whose conversion to bytes is
 * unambiguous: integers of 0 to 255 are bytes, floating-point numbers of 0 to 1 are multiplied by 255, and
 * True is 255. Anything else is DSC_ERROR_UNSUPPORTED, with a NumPy expression that converts it. */
dsc_status dsc_npy_parse_bytes(dsc_array *array, const void *bytes, size_t size, const char *name,
                               dsc_error *error);

/* The content of a header. */
typedef struct dsc_npy_description {
    char type[16]; /* "<f8" */
    bool fortran_order, structured;
    size_t rank, shape[4]; /* rank may be above 4: then the shape is truncated */
    size_t start;          /* offset of the elements, whose number is not checked */
    unsigned seen;
} dsc_npy_description;
dsc_status dsc_npy_describe(dsc_npy_description *found, const void *bytes, size_t size, const char *name,
                            dsc_error *error);

/* How elements of a type such as "<f8" are stored. False: not numbers of at most 64 bits. */
typedef struct dsc_npy_encoding {
    char letter; /* b, u, i or f; B: bfloat16, which NumPy lacks */
    size_t size;
    bool swap;
} dsc_npy_encoding;
bool dsc_npy_encoding_read(dsc_npy_encoding *encoding, const char *type);
/* NumPy's name ("<f2") of a safetensors type ("F16"). False: there is none, or `name` is NULL. */
bool dsc_npy_type_of_safetensors(char type[16], const char *name);
/* The element at `from`. Integers beyond 2^53 are rounded. */
double dsc_npy_number(const unsigned char *from, const dsc_npy_encoding *encoding);

/* Checks that `found` has numbers of 1 to 4 dimensions, and that a file of `size` bytes contains them. */
dsc_status dsc_npy_elements(dsc_npy_encoding *encoding, size_t *count, const dsc_npy_description *found,
                            size_t size, const char *name, dsc_error *error);

/* dsc_npy_parse_bytes for a header that is already parsed or comes from another format. */
dsc_status dsc_npy_take_bytes(dsc_array *array, const dsc_npy_description *found, const void *bytes,
                              size_t size, const char *name, dsc_error *error);

/* Iterates over an array in C order: `at` is the index of the element in the file. */
typedef struct dsc_npy_order {
    size_t at, rank, shape[4], stride[4], index[4];
} dsc_npy_order;
void dsc_npy_order_start(dsc_npy_order *order, const dsc_npy_description *found);
void dsc_npy_order_next(dsc_npy_order *order);

/* Writes a .npy file atomically: numpy.save(path, array). */
dsc_status dsc_npy_write(const char *path, const dsc_array *array, dsc_error *error);

/* Makes the bytes before the elements: at most DSC_NPY_HEADER, a multiple of 64. Fails for an invalid
 * array. */
#define DSC_NPY_HEADER 256
dsc_status dsc_npy_header(unsigned char header[DSC_NPY_HEADER], size_t *header_size, size_t *content_size,
                          const dsc_array *array, const char *path, dsc_error *error);

/* One array of a .npz file. Names are not empty, and have no '/' and no control characters. */
typedef struct dsc_npz_entry {
    const char *name; /* "weights_1" */
    const dsc_array *array;
} dsc_npz_entry;

/* Writes an uncompressed .npz file atomically: numpy.savez(path, name=array, ...). The same arrays give the
 * same bytes, because no time is recorded. Each array and the whole file must be below 4 GiB. */
dsc_status dsc_npz_write(const char *path, const dsc_npz_entry *entries, size_t count, dsc_error *error);

/* dsc_npz_write to new memory, which the caller frees; `name` stands for the file in messages. */
dsc_status dsc_npz_make(unsigned char **bytes, size_t *size, const dsc_npz_entry *entries, size_t count,
                        const char *name, dsc_error *error);

/* Reads the array `name` from a .npz file, stored or compressed (numpy.savez_compressed). */
dsc_status dsc_npz_read(dsc_array *array, const char *path, const char *name, dsc_error *error);

/* dsc_npz_read from memory; `file` stands for the file in messages. */
dsc_status dsc_npz_parse(dsc_array *array, const void *bytes, size_t size, const char *file, const char *name,
                         dsc_error *error);

/* Calls `visit` with each array's name without ".npy"; stops at its first failure. Skips names that are too
 * long or have control characters. */
typedef dsc_status dsc_npz_visitor(void *user, const char *name, dsc_error *error);
dsc_status dsc_npz_visit(const void *bytes, size_t size, const char *file, dsc_npz_visitor *visit, void *user,
                         dsc_error *error);

/* Finds the .npy file of the array `name`: in place, or inflated into *buffer, which the caller frees. */
dsc_status dsc_npz_member(const unsigned char **npy, size_t *npy_size, unsigned char **buffer,
                          const void *bytes, size_t size, const char *file, const char *name,
                          dsc_error *error);

#endif
