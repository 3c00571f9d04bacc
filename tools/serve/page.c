/* SPDX-License-Identifier: MIT */
/* page.c: the files of page/, as the assembler finds them. CMakeLists.txt names the folder, and knows that this is to be compiled again
 * when one changes. */
#include "serve/parts.h"

#include <string.h>

#define EMBED(name, file)                                                                                    \
    __asm__(".section .rodata\n.balign 16\n.hidden page_" #name "\n.global page_" #name "\npage_" #name      \
            ":\n.incbin \"" SERVE_PAGE "/" file "\"\n.hidden page_" #name "_end\n.global page_" #name        \
            "_end\npage_" #name "_end:\n.byte 0\n.text\n");                                                  \
    extern const unsigned char page_##name[], page_##name##_end[]

EMBED(index, "index.html");
EMBED(style, "style.css");
EMBED(draw, "draw.js");
EMBED(runs, "runs.js");
EMBED(icon, "icon.svg");

static const serve_file files[] = {
    {"/", "text/html; charset=utf-8", page_index, page_index_end},
    {"/style.css", "text/css; charset=utf-8", page_style, page_style_end},
    {"/draw.js", "text/javascript; charset=utf-8", page_draw, page_draw_end},
    {"/runs.js", "text/javascript; charset=utf-8", page_runs, page_runs_end},
    {"/icon.svg", "image/svg+xml", page_icon, page_icon_end},
};

const serve_file *serve_page_file(const char *path) {
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!strcmp(path, files[i].path)) return &files[i];
    return NULL;
}
