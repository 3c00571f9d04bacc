/* SPDX-License-Identifier: MIT */
/* page.c: the files of page/, embedded by the assembler. CMakeLists.txt sets the folder and recompiles this
 * file when one changes. */
#include "serve/parts.h"

#include <string.h>

#define EMBED(name, path)                                                                                    \
    __asm__(".section .rodata\n.balign 16\n.hidden page_" #name "\n.global page_" #name "\npage_" #name      \
            ":\n.incbin \"" path "\"\n.hidden page_" #name "_end\n.global page_" #name "_end\npage_" #name   \
            "_end:\n.byte 0\n.text\n");                                                                      \
    extern const unsigned char page_##name[], page_##name##_end[]

/* symbol, file, address, type */
#define PAGE_FILES(X)                                                                                        \
    X(index, "index.html", "/", "text/html; charset=utf-8")                                                  \
    X(style, "style.css", "/style.css", "text/css; charset=utf-8")                                           \
    X(icon, "icon.svg", "/icon.svg", "image/svg+xml")                                                        \
    X(charts, "charts.js", "/charts.js", SCRIPT)                                                             \
    X(draw, "draw.js", "/draw.js", SCRIPT)                                                                   \
    X(found, "found.js", "/found.js", SCRIPT)                                                                \
    X(history, "history.js", "/history.js", SCRIPT)                                                          \
    X(list, "list.js", "/list.js", SCRIPT)                                                                   \
    X(maps, "maps.js", "/maps.js", SCRIPT)                                                                   \
    X(network, "network.js", "/network.js", SCRIPT)                                                          \
    X(pad, "pad.js", "/pad.js", SCRIPT)                                                                      \
    X(paint, "paint.js", "/paint.js", SCRIPT)                                                                \
    X(runs, "runs.js", "/runs.js", SCRIPT)                                                                   \
    X(server, "server.js", "/server.js", SCRIPT)                                                             \
    X(tabs, "tabs.js", "/tabs.js", SCRIPT)                                                                   \
    X(train, "train.js", "/train.js", SCRIPT)
#define SCRIPT "text/javascript; charset=utf-8"

#define EMBED_ONE(name, file, address, type) EMBED(name, SERVE_PAGE "/" file);
PAGE_FILES(EMBED_ONE)

#define LIST_ONE(name, file, address, type) {address, type, page_##name, page_##name##_end},

#if DESCENDER_WITH_CHARTJS
/* Chart.js with its copyright notice, from the system. */
EMBED(chartjs, SERVE_CHARTJS);
#define CHARTJS LIST_ONE(chartjs, , "/chart.js", SCRIPT)
#else
#define CHARTJS
#endif

static const serve_file files[] = {PAGE_FILES(LIST_ONE) CHARTJS};

bool serve_has_charts(void) { return serve_page_file("/chart.js") != NULL; }

const serve_file *serve_page_file(const char *path) {
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!strcmp(path, files[i].path)) return &files[i];
    return NULL;
}
