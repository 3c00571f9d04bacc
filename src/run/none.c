/* SPDX-License-Identifier: MIT */
/* none.c: explains what a folder is that holds no run or search; see run.h. */
#include "run/run.h"

#include "base/error.h"
#include "base/file.h"
#include "base/visible.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_there(const char *folder, const char *name) {
    struct stat info;
    char *path = dsc_path_join(folder, name);
    bool there = path && !stat(path, &info);
    free(path);
    return there;
}

/* Returns the last run in a folder of runs, which the caller frees; NULL: there is none. */
static char *find_run(const char *folder) {
    struct dirent **items = NULL;
    int count = scandir(folder, &items, NULL, alphasort);
    char *found = NULL;
    for (int i = count; i-- > 0;) {
        char *path = found || items[i]->d_name[0] == '.' ? NULL : dsc_path_join(folder, items[i]->d_name);
        if (path && is_there(path, DSC_RUN_RECIPE))
            found = path;
        else
            free(path);
        free(items[i]);
    }
    free(items);
    return found;
}

static dsc_status fail_file(const char *path, dsc_error *error) {
    char word[DSC_SHELL_WORD], *folder = dsc_path_folder(path);
    bool inside = folder && is_there(folder, DSC_RUN_RECIPE);
    dsc_status status =
        dsc_fail(error, DSC_ERROR_IO, "'%s' is no run, but a file; %s %s", path,
                 inside ? "name the folder of the run:" : "name the folder that `descender train` made",
                 inside ? dsc_shell_word(word, folder) : "");
    free(folder);
    return status;
}

dsc_status dsc_run_fail_none(const char *folder, dsc_error *error) {
    struct stat info;
    char word[DSC_SHELL_WORD], *run;
    if (stat(folder, &info))
        return dsc_fail(error, DSC_ERROR_IO, "'%s' is no run: there is no such folder; check the path",
                        folder);
    if (!S_ISDIR(info.st_mode)) return fail_file(folder, error);
    (void)dsc_shell_word(word, folder);
    if (is_there(folder, DSC_TUNE_JOURNAL))
        return dsc_fail(error, DSC_ERROR_IO,
                        "'%s' is no run, but a search; continue it: descender tune --resume %s; or train its "
                        "result: descender train --recipe %s/" DSC_TUNE_BEST,
                        folder, word, word);
    if (is_there(folder, DSC_STUDY_QUESTION))
        return dsc_fail(error, DSC_ERROR_IO,
                        "'%s' is no run, but a cross-validation or a learning curve, which keep no model; "
                        "continue it: descender cross-validate --resume %s, or learn-curve",
                        folder, word);
    if (is_there(folder, DSC_RUN_MODEL))
        return dsc_fail(error, DSC_ERROR_IO, "'%s' is no run, but holds a model; name the model: %s/%s",
                        folder, word, DSC_RUN_MODEL);
    if ((run = find_run(folder)) != NULL) {
        dsc_status status =
            dsc_fail(error, DSC_ERROR_IO, "'%s' is no run, but holds runs; name one of them: %s", folder,
                     dsc_shell_word(word, run));
        free(run);
        return status;
    }
    return dsc_fail(
        error, DSC_ERROR_IO,
        "'%s' is no run: it holds no %s; name the folder that `descender train` made; name data with --data",
        folder, DSC_RUN_RECIPE);
}
