/* SPDX-License-Identifier: MIT */
/* get.c: downloads a data set's files and unpacks its archive; see get.h. */
#include "fetch/get.h"

#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/text.h"
#include "fetch/sha256.h"
#include "fetch/verify.h"
#include "forms/unpack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEMBER_LIMIT ((size_t)1 << 30)
enum { SUMS_LIMIT = 1 << 16, DEPTH_MOST = 4 };

/* --- unpacked files --- */

static char *sums_path(const dsc_known_data *known, const char *folder) {
    dsc_text name = {0};
    dsc_text_append(&name, "%s.sha256", known->name);
    char *path = name.failed ? NULL : dsc_path_join(folder, name.data);
    dsc_text_free(&name);
    return path;
}

/* The checksum of a file in the list of lines "SUM  NAME"; NULL: none. */
static const char *listed_sum(const char *list, const char *name) {
    const size_t length = strlen(name), digits = FETCH_SHA256_HEX - 1;
    for (const char *line = list; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const size_t n = strcspn(line, "\r\n");
        if (n == digits + 2 + length && !strncmp(line + digits, "  ", 2) &&
            !memcmp(line + digits + 2, name, length))
            return line;
    }
    return NULL;
}

static dsc_status check_member(const char *folder, const char *name, const char *list, dsc_error *error) {
    char hex[FETCH_SHA256_HEX];
    const char *sum = listed_sum(list, name);
    char *path = dsc_path_join(folder, name);
    dsc_status status = path ? DSC_OK : dsc_fail_memory(error, strlen(folder), "a path");
    if (!status && access(path, F_OK)) status = dsc_fail(error, DSC_ERROR_IO, "%s: is missing", path);
    if (!status) status = fetch_sha256_file(hex, NULL, path, error);
    if (!status && (!sum || strncmp(sum, hex, FETCH_SHA256_HEX - 1) != 0))
        status =
            dsc_fail(error, DSC_ERROR_MISMATCH,
                     "%s: is not the file that was unpacked here (its SHA-256 is %.16s...); remove it, then "
                     "download it again",
                     path, hex);
    free(path);
    return status;
}

static dsc_status check_members(const dsc_known_data *known, const char *folder, dsc_error *error) {
    char *path = sums_path(known, folder);
    unsigned char *list = NULL;
    size_t size;
    dsc_status status = path ? DSC_OK : dsc_fail_memory(error, strlen(folder), "a path");
    if (!status && access(path, F_OK))
        status = dsc_fail(error, DSC_ERROR_IO,
                          "%s: is missing, and so are the checksums of the unpacked files", path);
    if (!status) status = dsc_file_read(&list, &size, path, SUMS_LIMIT, error);
    for (size_t i = 0; known->members[i] && !status; i++)
        status = check_member(folder, known->members[i], (const char *)list, error);
    free(list);
    free(path);
    return status;
}

dsc_status fetch_check(const dsc_known_data *known, const char *folder, dsc_error *error) {
    if (known->members) return check_members(known, folder, error);
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < dsc_known_files(known) && !status; i++) {
        char *path = dsc_path_join(folder, known->files[i].name);
        if (!path)
            status = dsc_fail_memory(error, strlen(folder), "a path");
        else if (access(path, F_OK))
            status = dsc_fail(error, DSC_ERROR_IO, "%s: is missing", path);
        else
            status = fetch_verify(path, &known->files[i], error);
        free(path);
    }
    return status;
}

/* --- unpacking --- */

/* Finds the file `name` in the folder or in one below it; NULL in *path: none. */
static dsc_status find_below(char **path, const char *folder, const char *name, int depth, dsc_error *error) {
    dsc_names names = {0};
    *path = NULL;
    dsc_status status = dsc_folder_list(&names, folder, error);
    for (size_t i = 0; i < names.count && !*path && !status; i++) {
        char *below = dsc_path_join(folder, names.list[i]);
        if (!below) {
            status = dsc_fail_memory(error, strlen(folder), "a path");
        } else if (dsc_is_folder(below)) {
            if (depth < DEPTH_MOST) status = find_below(path, below, name, depth + 1, error);
        } else if (!strcmp(names.list[i], name)) {
            *path = below;
            continue;
        }
        free(below);
    }
    dsc_names_clear(&names);
    return status;
}

/* Moves one file to its place and adds its checksum to the list. */
static dsc_status place_member(dsc_text *list, const char *from, const char *folder, const char *name,
                               const char *archive, dsc_error *error) {
    char *found = NULL, *to = dsc_path_join(folder, name), hex[FETCH_SHA256_HEX];
    unsigned char *bytes = NULL;
    size_t size;
    dsc_status status = to ? DSC_OK : dsc_fail_memory(error, strlen(folder), "a path");
    if (!status) status = find_below(&found, from, name, 0, error);
    if (!status && !found)
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected a file %s in it; this is another archive",
                          archive, name);
    if (!status) status = dsc_file_read(&bytes, &size, found, MEMBER_LIMIT, error);
    if (!status) status = fetch_sha256_file(hex, NULL, found, error);
    if (!status) status = dsc_file_write(to, bytes, size, error);
    if (!status) dsc_text_append(list, "%s  %s\n", hex, name);
    free(bytes);
    free(found);
    free(to);
    return status;
}

/* Writes the list last: it means that all files are present. */
static dsc_status unpack_members(const dsc_known_data *known, const char *folder, dsc_error *error) {
    unpacked u = {.folder.lock = -1};
    dsc_text list = {0};
    char *archive = dsc_path_join(folder, known->files[0].name), *sums = sums_path(known, folder);
    dsc_status status = archive && sums ? DSC_OK : dsc_fail_memory(error, strlen(folder), "a path");
    if (!status) status = unpack(&u, archive, known->members, NULL, NULL, error);
    for (size_t i = 0; known->members[i] && !status; i++)
        status = place_member(&list, u.folder.path, folder, known->members[i], archive, error);
    if (!status && list.failed) status = dsc_fail_memory(error, list.length, "a list of sums");
    if (!status) status = dsc_file_write(sums, list.data, list.length, error);
    unpacked_remove(&u);
    dsc_text_free(&list);
    free(archive);
    free(sums);
    return status;
}

/* Fails if files of the archive exist that must not be replaced. */
static dsc_status check_room(const dsc_known_data *known, const char *folder, dsc_error *error) {
    dsc_status status = DSC_OK;
    for (size_t i = 0; known->members[i] && !status; i++) {
        char *path = dsc_path_join(folder, known->members[i]);
        if (!path)
            status = dsc_fail_memory(error, strlen(folder), "a path");
        else if (!access(path, F_OK))
            status = dsc_fail(error, DSC_ERROR_MISMATCH,
                              "%s: not downloaded, because a file with this name is there and its "
                              "correctness cannot be checked; remove it, then download it again",
                              path);
        free(path);
    }
    return status;
}

/* --- downloading --- */

/* Splits $DESCENDER_MIRRORS into base URLs that end in '/': one block, with the texts after the pointers. */
static dsc_status mirrors_from_environment(char ***mirrors, dsc_error *error) {
    const char *value = getenv("DESCENDER_MIRRORS");
    *mirrors = NULL;
    if (!value || !value[strspn(value, " ")]) return DSC_OK;
    size_t most = strlen(value) / 2 + 2, length = 2 * strlen(value) + 2, count = 0;
    char **list = calloc(1, most * sizeof *list + length);
    if (!list) return dsc_fail_memory(error, length, "the mirrors");
    char *out = (char *)(list + most);
    for (const char *p = value + strspn(value, " "); *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        list[count++] = out;
        memcpy(out, p, n);
        out += n;
        if (p[n - 1] != '/') *out++ = '/';
        *out++ = '\0';
        p += n;
    }
    *mirrors = list;
    return DSC_OK;
}

static const char *const *usual_mirrors(const fetch_settings *settings, const dsc_known_data *known) {
    return settings->mirrors ? settings->mirrors : known->mirrors;
}

dsc_status fetch_get(const dsc_known_data *known, const char *folder, const fetch_source *source,
                     const fetch_settings *settings, bool replace, double connect_seconds, double deadline,
                     dsc_error *error) {
    if (known->members) {
        dsc_error why;
        dsc_status status = fetch_check(known, folder, &why);
        if (!status) return DSC_OK;
        const bool is_other =
            status == DSC_ERROR_IO || status == DSC_ERROR_MISMATCH || status == DSC_ERROR_FORMAT;
        if (!is_other) {
            if (error) *error = why;
            return status;
        }
        if (!replace) status = check_room(known, folder, error);
        if (!replace && status) return status;
    }
    char **mirrors = NULL, place[DSC_KNOWN_NAME];
    dsc_status status = source->settings ? DSC_OK : mirrors_from_environment(&mirrors, error);
    (void)snprintf(place, sizeof place, "./data%s%s", dsc_known_by_content(known) ? "" : "/",
                   dsc_known_by_content(known) ? ""
                   : known->folder             ? known->folder
                                               : known->name);
    fetch_options options = {.title = known->title,
                             .place = place,
                             .mirrors =
                                 mirrors ? (const char *const *)mirrors : usual_mirrors(settings, known),
                             .connect_seconds = connect_seconds,
                             .stall_seconds = settings->stall_seconds,
                             .deadline = deadline,
                             .replace = replace,
                             .on_progress = source->on_progress,
                             .user = source->user,
                             .count = (unsigned)dsc_known_files(known)};
    for (unsigned i = 0; i < options.count && !status; i++) {
        options.index = i;
        status = fetch_download(folder, &known->files[i], &options, error);
    }
    free(mirrors);
    return status || !known->members ? status : unpack_members(known, folder, error);
}
