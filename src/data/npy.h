/* SPDX-License-Identifier: MIT */
/* npy.h: NumPy's files: one array (.npy), and several with names (.npz), out and in.
 *
 * The formats: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays" (.npy); PKWARE's
 * APPNOTE.TXT, version 6.3 (.npz is a ZIP archive of .npy files). What is written is byte for byte what
 * numpy.save writes; arrays lie in C order, little-endian. */
#ifndef DSC_DATA_NPY_H
#define DSC_DATA_NPY_H

#include <descender.h>

/* Reads a .npy file, version 1 to 3: elements |u1 |i1 <i2 <i4 <f4 <f8 (or big-endian), in C or Fortran
 * order, 1 to 4 dimensions; the array is in C order. Anything else is DSC_ERROR_UNSUPPORTED with what to
 * do about it in NumPy. */
dsc_status dsc_npy_read(dsc_array *array, const char *path, dsc_error *error);

/* The same from memory; `name` stands for the file in messages. */
dsc_status dsc_npy_parse(dsc_array *array, const void *bytes, size_t size, const char *name,
                         dsc_error *error);

/* Reads images from any array of numbers or booleans of 1 to 4 dimensions, as long as there is no doubt
 * how they become bytes: whole numbers of 0 to 255 are bytes, floating-point ones of 0 to 1 are shares of
 * 255, and True is 255. Whatever is in doubt is DSC_ERROR_UNSUPPORTED with the expression of NumPy that
 * makes it readable. */
dsc_status dsc_npy_parse_bytes(dsc_array *array, const void *bytes, size_t size, const char *name,
                               dsc_error *error);

/* What a header says. */
typedef struct dsc_npy_description {
    char type[16]; /* "<f8" */
    bool fortran_order, structured;
    size_t rank, shape[4]; /* rank may be above 4: then the shape is cut */
    size_t start;          /* offset of the elements, whose number is still to be checked */
    unsigned seen;
} dsc_npy_description;
dsc_status dsc_npy_describe(dsc_npy_description *found, const void *bytes, size_t size, const char *name,
                            dsc_error *error);

/* How the elements of a type are stored, as in "<f8". False: as no numbers of at most 64 bits. */
typedef struct dsc_npy_encoding {
    char letter; /* b, u, i or f; B: bfloat16, which NumPy has not */
    size_t size;
    bool swap;
} dsc_npy_encoding;
bool dsc_npy_encoding_read(dsc_npy_encoding *encoding, const char *type);
/* NumPy's name ("<f2") of a safetensors type ("F16"); false: it has none, or `name` is NULL. */
bool dsc_npy_type_of_safetensors(char type[16], const char *name);
/* The element at `from`. Whole numbers beyond 2^53 are rounded. */
double dsc_npy_number(const unsigned char *from, const dsc_npy_encoding *encoding);

/* Checks that a file of `size` bytes has the elements that `found` says: numbers, of 1 to 4 dimensions. */
dsc_status dsc_npy_elements(dsc_npy_encoding *encoding, size_t *count, const dsc_npy_description *found,
                            size_t size, const char *name, dsc_error *error);

/* dsc_npy_parse_bytes of a file whose header is read already, or which is described by something else. */
dsc_status dsc_npy_take_bytes(dsc_array *array, const dsc_npy_description *found, const void *bytes,
                              size_t size, const char *name, dsc_error *error);

/* Walks over the elements of an array in C order: `at` is the place of each in the file, in elements. */
typedef struct dsc_npy_order {
    size_t at, rank, shape[4], stride[4], index[4];
} dsc_npy_order;
void dsc_npy_order_start(dsc_npy_order *order, const dsc_npy_description *found);
void dsc_npy_order_next(dsc_npy_order *order);

/* Writes a .npy file, atomically: numpy.save(path, array). */
dsc_status dsc_npy_write(const char *path, const dsc_array *array, dsc_error *error);

/* The bytes before the elements: at most DSC_NPY_HEADER, a multiple of 64. Fails for an impossible array. */
#define DSC_NPY_HEADER 256
dsc_status dsc_npy_header(unsigned char header[DSC_NPY_HEADER], size_t *header_size, size_t *content_size,
                          const dsc_array *array, const char *path, dsc_error *error);

/* One array of a .npz file. Names are as in Python: not empty, without '/' and control characters. */
typedef struct dsc_npz_entry {
    const char *name; /* "weights_1" */
    const dsc_array *array;
} dsc_npz_entry;

/* Writes an uncompressed .npz file, atomically: numpy.savez(path, name=array, ...). The same arrays give the
 * same bytes: no time is recorded. Each array below 4 GiB, as is the whole. */
dsc_status dsc_npz_write(const char *path, const dsc_npz_entry *entries, size_t count, dsc_error *error);

/* The same in new memory (release with free()); `name` stands for the file in messages. */
dsc_status dsc_npz_make(unsigned char **bytes, size_t *size, const dsc_npz_entry *entries, size_t count,
                        const char *name, dsc_error *error);

/* Reads the array called `name` from a .npz file, stored or compressed (numpy.savez_compressed). */
dsc_status dsc_npz_read(dsc_array *array, const char *path, const char *name, dsc_error *error);

/* The same from memory; `file` stands for the file in messages. */
dsc_status dsc_npz_parse(dsc_array *array, const void *bytes, size_t size, const char *file, const char *name,
                         dsc_error *error);

/* Calls `visit` with each name of an array, without its ".npy", until that fails; a name too long for an
 * array, or with control characters, is passed over. */
typedef dsc_status dsc_npz_visitor(void *user, const char *name, dsc_error *error);
dsc_status dsc_npz_visit(const void *bytes, size_t size, const char *file, dsc_npz_visitor *visit, void *user,
                         dsc_error *error);

/* The .npy file of the array called `name`: in place, or in *buffer (release with free()). */
dsc_status dsc_npz_member(const unsigned char **npy, size_t *npy_size, unsigned char **buffer,
                          const void *bytes, size_t size, const char *file, const char *name,
                          dsc_error *error);

#endif
