/* SPDX-License-Identifier: MIT */
/* claim.c: whether the pictures in a folder are the program's own. */
#include "draw/claim.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LOOKED_AT_MOST = 1 << 26 };

static bool holds(const char *path, const char *mark) {
    unsigned char *bytes;
    size_t size;
    struct stat info;
    if (stat(path, &info) || !S_ISREG(info.st_mode)) return false; /* reading a pipe would block */
    if (dsc_file_read(&bytes, &size, path, LOOKED_AT_MOST, NULL)) return false;
    bool found = memmem(bytes, size, mark, strlen(mark)) != NULL;
    free(bytes);
    return found;
}

static dsc_status refuse(const char *path, dsc_error *error) {
    return dsc_fail(error, DSC_ERROR_IO,
                    "%s: already exists and would be replaced; move it away, or name another folder", path);
}

static dsc_status rehearse(const char *path, draw_on_in_place *on_in_place, dsc_error *error) {
    dsc_file_way way;
    dsc_status status = dsc_file_rehearse(&way, path, 0, error);
    if (!status && way == DSC_FILE_IN_PLACE) on_in_place(path);
    return status;
}

dsc_status draw_claim_file(const char *path, const char *mark, draw_on_in_place *on_in_place,
                           dsc_error *error) {
    if (dsc_is_there(path) && !holds(path, mark)) return refuse(path, error);
    return rehearse(path, on_in_place, error);
}

static dsc_status claim(const char *folder, const char *name, draw_on_in_place *on_in_place,
                        dsc_error *error) {
    dsc_text svg = {0}, png = {0};
    dsc_text_append(&svg, "%s/%s.svg", folder, name);
    dsc_text_append(&png, "%s/%s.png", folder, name);
    dsc_status status = svg.failed || png.failed ? dsc_fail_memory(error, strlen(folder), folder) : DSC_OK;
    if (!status) status = draw_claim_file(svg.data, DRAW_MARK, on_in_place, error);
    if (!status && dsc_is_there(png.data) && !dsc_is_there(svg.data)) status = refuse(png.data, error);
    if (!status) status = rehearse(png.data, on_in_place, error);
    dsc_text_free(&svg);
    dsc_text_free(&png);
    return status;
}

dsc_status draw_claim(const char *folder, const char *const *names, draw_on_in_place *on_in_place,
                      dsc_error *error) {
    dsc_status status = dsc_folder_make(folder, error);
    for (; *names && !status; names++) status = claim(folder, *names, on_in_place, error);
    return status;
}
