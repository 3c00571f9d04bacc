/* SPDX-License-Identifier: MIT */
/* archive.c: the data forms of archives, zip and tar, which contain data of another form. Archives are
 * unpacked temporarily; messages name the archive instead of the temporary folder. */
#include "forms/unpack.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "data/form.h"
#include "data/images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Replaces the folder by the archive's name throughout `text`, which has room for `size` bytes; truncates the
 * rest. */
static void rename_in(char *text, size_t size, const char *folder, const char *archive) {
    dsc_text named = {0};
    const char *rest = text, *found;
    if (!strstr(text, folder)) return;
    for (; (found = strstr(rest, folder)); rest = found + strlen(folder)) {
        dsc_text_append_bytes(&named, rest, (size_t)(found - rest));
        dsc_text_append(&named, "%s", archive);
    }
    dsc_text_append(&named, "%s", rest);
    (void)snprintf(text, size, "%s", named.failed ? archive : named.data);
    dsc_text_free(&named);
}

static dsc_status rename_allocated(char **text, const char *folder, const char *archive, dsc_error *error) {
    if (!*text || !strstr(*text, folder)) return DSC_OK;
    const size_t size = strlen(*text) * (strlen(archive) + 1) + 1; /* more than enough */
    char *named = dsc_allocate(size, 1);
    if (!named) return dsc_fail_memory(error, size, "a name");
    (void)snprintf(named, size, "%s", *text);
    rename_in(named, size, folder, archive);
    free(*text);
    *text = named;
    return DSC_OK;
}

static dsc_status rename_all(dsc_opening *o, const char *folder, dsc_error *error) {
    for (size_t i = 0; i < o->understood.count; i++)
        rename_in(o->understood.line[i].how, sizeof o->understood.line[i].how, folder, o->title);
    for (size_t i = 0; i < o->remarks.count; i++)
        rename_in(o->remarks.line[i], sizeof o->remarks.line[i], folder, o->title);
    dsc_status status = DSC_OK;
    for (int k = 0; k < DSC_SETS && !status; k++)
        status = rename_allocated(&o->sets.set[k].source, folder, o->title, error);
    return status;
}

static dsc_status open_archive(dsc_opening *o, const char *path, dsc_error *error) {
    unpacked u;
    if (o->unpacked)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: is an archive that contains only another archive; unpack the outer one",
                        o->title);
    dsc_status status = unpack(&u, path, NULL, o->on_progress, o->user, error);
    const bool cache = o->cache;
    if (!status && u.passed_over)
        dsc_remark(&o->remarks, "%s: %zu hidden files in it were skipped", o->title, u.passed_over);
    if (!status) {
        o->cache = false; /* unpacked data is read once */
        o->unpacked = true;
        status = dsc_data_form_open(o, u.folder.path, error);
        o->cache = cache;
        o->unpacked = false;
    }
    if (u.folder.path) {
        const dsc_status renamed = status ? DSC_OK : rename_all(o, u.folder.path, error);
        if (status && error) rename_in(error->message, sizeof error->message, u.folder.path, o->title);
        if (renamed) status = renamed;
    }
    unpacked_remove(&u);
    return status;
}

/* Visits only the archive, because that is what users have. */
static dsc_status visit_archive(const char *path, dsc_path_visitor *visit, void *user, dsc_error *error) {
    return visit(user, path, error);
}

static dsc_status is_zip(bool *its, const dsc_data_place *place, dsc_error *error) {
    (void)error;
    *its = place->is_file && place->kind == DSC_KIND_ZIP;
    return DSC_OK;
}

/* Whether a compressed file is a tar can only be told by its name. */
static bool is_named_tar(const char *path) {
    static const char *const endings[] = {".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2",
                                          ".tar.xz", ".txz", ".tar.zst", ".tzst"};
    const size_t length = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t n = strlen(endings[i]);
        if (length > n && !strcmp(path + length - n, endings[i])) return true;
    }
    return false;
}

static dsc_status is_tar(bool *its, const dsc_data_place *place, dsc_error *error) {
    enum { MAGIC = 257 };
    (void)error;
    const bool plain = place->size >= MAGIC + 5 && !memcmp(place->start + MAGIC, "ustar", 5);
    *its = place->is_file && (plain || is_named_tar(place->path));
    return DSC_OK;
}

const dsc_data_form dsc_data_form_zip = {
    .name = "zip",
    .help = "ZIP archive that holds data of another form",
    .recognises = is_zip,
    .open = open_archive,
    .visit = visit_archive,
};

const dsc_data_form dsc_data_form_tar = {
    .name = "tar",
    .help = "tar archive, plain or compressed (.tar.gz, .tar.bz2, .tar.xz, .tar.zst), that holds data of "
            "another form",
    .recognises = is_tar,
    .open = open_archive,
    .visit = visit_archive,
};
