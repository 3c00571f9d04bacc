/* SPDX-License-Identifier: MIT */
/* pdf.h: PDF files of a few hundred bytes, for tests and seeds (ISO 32000-1, section 7.5). */
#ifndef TESTS_PICTURE_PDF_H
#define TESTS_PICTURE_PDF_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct pdf_page {
    int width, height;   /* points, 72 to an inch */
    const char *content; /* the drawing: "10 10 5 20 re f" is a black rectangle; the origin is bottom left */
} pdf_page;

enum { PDF_ROOM = 65536, PDF_OBJECTS = 512 };

typedef struct pdf_file {
    char bytes[PDF_ROOM];
    size_t size, objects, at[PDF_OBJECTS];
} pdf_file;

#define PDF_ADD(file, ...)                                                                                   \
    ((file)->size +=                                                                                         \
     (size_t)snprintf((file)->bytes + (file)->size, sizeof(file)->bytes - (file)->size, __VA_ARGS__))
#define PDF_OBJECT(file, ...)                                                                                \
    ((file)->at[(file)->objects++] = (file)->size, PDF_ADD(file, "%zu 0 obj", (file)->objects),              \
     PDF_ADD(file, __VA_ARGS__), PDF_ADD(file, " endobj\n"))

/* The table of objects, and the end. Encrypted with an unknown password: the file says so, and has no
 * content. */
static inline void pdf_end(pdf_file *file, bool encrypted) {
    const size_t table = file->size;
    PDF_ADD(file, "xref\n0 %zu\n0000000000 65535 f \n", file->objects + 1);
    for (size_t i = 0; i < file->objects; i++) PDF_ADD(file, "%010zu 00000 n \n", file->at[i]);
    PDF_ADD(file, "trailer<</Size %zu/Root 1 0 R", file->objects + 1);
    if (encrypted)
        PDF_ADD(file, "/ID[(1)(1)]/Encrypt<</Filter/Standard/V 1/R 2/P -1/O(%032d)/U(%032d)>>", 1, 2);
    PDF_ADD(file, ">>\nstartxref\n%zu\n%%%%EOF\n", table);
}

static inline void pdf_make(pdf_file *file, const pdf_page *pages, size_t count, bool encrypted) {
    file->size = file->objects = 0;
    PDF_ADD(file, "%%PDF-1.4\n");
    PDF_OBJECT(file, "<</Type/Catalog/Pages 2 0 R>>");
    file->at[file->objects++] = file->size;
    PDF_ADD(file, "2 0 obj<</Type/Pages/Count %zu/Kids[", count);
    for (size_t i = 0; i < count; i++) PDF_ADD(file, "%zu 0 R ", 3 + 2 * i);
    PDF_ADD(file, "]>> endobj\n");
    for (size_t i = 0; i < count; i++) {
        PDF_OBJECT(file, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %zu 0 R>>", pages[i].width,
                   pages[i].height, 4 + 2 * i);
        PDF_OBJECT(file, "<</Length %zu>>stream\n%s\nendstream", strlen(pages[i].content), pages[i].content);
    }
    pdf_end(file, encrypted);
}

#endif
