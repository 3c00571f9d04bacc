/* SPDX-License-Identifier: MIT */
/* functions.c: the texts of functions/, embedded by the assembler. CMakeLists.txt generates the list of files
 * and recompiles this file when one changes. A function is in the file of its name or in another one; reading
 * the files shows what they define. */
#include "exchange/functions.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

/* EXCHANGE_FILES(FILE) expands to FILE(name, "path") for each. */
#include "exchange_function_files.h"

#define TEXT(name, path)                                                                                     \
    __asm__(".section .note.GNU-stack,\"\",%progbits\n"                                                      \
            ".section .rodata\n"                                                                             \
            ".hidden exchange_" #name "_begin\n"                                                             \
            ".global exchange_" #name "_begin\n"                                                             \
            "exchange_" #name "_begin:\n"                                                                    \
            ".incbin \"" path "\"\n"                                                                         \
            ".hidden exchange_" #name "_end\n"                                                               \
            ".global exchange_" #name "_end\n"                                                               \
            "exchange_" #name "_end:\n"                                                                      \
            ".byte 0\n"                                                                                      \
            ".text\n");                                                                                      \
    extern const char exchange_##name##_begin[], exchange_##name##_end[];
EXCHANGE_FILES(TEXT)

typedef struct entry {
    const char *name, *begin, *end;
} entry;

#define ENTRY(name, path) {#name, exchange_##name##_begin, exchange_##name##_end},
static const entry entries[] = {EXCHANGE_FILES(ENTRY)};
enum { COUNT = sizeof entries / sizeof *entries };
_Static_assert((int)COUNT <= (int)EXCHANGE_FUNCTIONS_MOST, "raise EXCHANGE_FUNCTIONS_MOST");

/* The first line of each file; the exported file has its own. */
#define LICENCE "/* SPDX-License-Identifier: MIT */\n"

const char *exchange_function_at(size_t i, const char **text, size_t *size) {
    if (i >= COUNT) return NULL;
    *text = entries[i].begin + (sizeof LICENCE - 1); /* the exported file has its own */
    *size = (size_t)((uintptr_t)entries[i].end - (uintptr_t)*text);
    return entries[i].name;
}

/* --- calls and definitions --- */

static bool is_part_of_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Finds the next name before a parenthesis from *at; false: none. */
static bool next_call(const char **name, size_t *length, const char **at, const char *end) {
    for (const char *p = *at; p < end; p++) {
        if (!is_part_of_name(*p) || (p > *at && is_part_of_name(p[-1]))) continue;
        const char *last = p;
        while (last < end && is_part_of_name(*last)) last++;
        if (last < end && *last == '(') {
            *name = p;
            *length = (size_t)(last - p);
            *at = last;
            return true;
        }
        p = last - 1;
    }
    return false;
}

/* Whether the text defines the function: a line begins with `static`, a type and the name. */
static bool defines(const char *text, size_t size, const char *name, size_t length) {
    const char *end = text + size;
    for (const char *line = text; line < end;) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        const char *open = memchr(line, '(', (size_t)((next ? next : end) - line));
        if (end - line > 7 && !memcmp(line, "static ", 7) && open && (size_t)(open - line) > length &&
            !memcmp(open - length, name, length) && open[-1 - (ptrdiff_t)length] == ' ')
            return true;
        if (!next) break;
        line = next + 1;
    }
    return false;
}

bool exchange_functions_want(exchange_functions *functions, const char *name, size_t length) {
    const char *text;
    size_t size;
    for (size_t i = 0; exchange_function_at(i, &text, &size); i++) {
        if (!defines(text, size, name, length)) continue;
        if (!functions->wanted[i]) {
            functions->wanted[i] = true;
            exchange_functions_want_called(functions, text, size);
        }
        return true;
    }
    return false;
}

void exchange_functions_want_called(exchange_functions *functions, const char *text, size_t length) {
    const char *name, *at = text;
    size_t size;
    while (next_call(&name, &size, &at, text + length)) (void)exchange_functions_want(functions, name, size);
}

/* --- writing --- */

static void write_one(dsc_text *out, bool written[EXCHANGE_FUNCTIONS_MOST], size_t i) {
    const char *text, *name, *at, *other;
    size_t size, length, other_size;
    if (written[i] || !exchange_function_at(i, &text, &size)) return;
    written[i] = true;
    at = text;
    while (next_call(&name, &length, &at, text + size))
        for (size_t k = 0; exchange_function_at(k, &other, &other_size); k++)
            if (k != i && defines(other, other_size, name, length)) write_one(out, written, k);
    dsc_text_append_bytes(out, text, size);
    dsc_text_append_bytes(out, "\n", 1);
}

void exchange_functions_write(dsc_text *text, const exchange_functions *functions) {
    bool written[EXCHANGE_FUNCTIONS_MOST] = {false};
    for (size_t i = 0; i < COUNT; i++)
        if (functions->wanted[i]) write_one(text, written, i);
}
