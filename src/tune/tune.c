/* SPDX-License-Identifier: MIT */
/* tune.c: starts and resumes a search, and manages its folder. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/threads.h"
#include "base/visible.h"
#include "data/class_match.h"
#include "run/run.h"
#include "tune/work.h"

#include <dirent.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { JOURNAL_MOST = 1 << 28, THREADS_MOST = 1024 };

/* Every file that a search writes to its folder. */
static const char *const file_names[] = {
    DSC_TUNE_JOURNAL,   DSC_TUNE_TRIALS,    DSC_TUNE_BEST,      DSC_TUNE_CHART_SVG,
    DSC_TUNE_CHART_PNG, DSC_TUNE_FRONT_SVG, DSC_TUNE_FRONT_PNG, NULL};

const char *dsc_tune_folder(const dsc_tune *tune) { return tune->folder; }
const dsc_tune_search *dsc_tune_search_of(const dsc_tune *tune) { return &tune->search; }

/* --- creation --- */

static dsc_status make(dsc_tune **result, const dsc_dataset *data, const dsc_tune_how *how,
                       dsc_error *error) {
    *result = NULL;
    if (dsc_ranks_count(how->ranks) > DSC_TUNE_RANKS_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%u processes cannot share a search; start at most %d",
                        how->ranks->count, DSC_TUNE_RANKS_MOST);
    dsc_tune *tune = dsc_allocate(1, sizeof *tune);
    if (!tune) return dsc_fail_memory(error, sizeof *tune, "a search");
    tune->data = data;
    tune->lock = tune->journal.descriptor = -1;
    tune->threads = how->threads ? how->threads : dsc_threads_available();
    if (tune->threads > THREADS_MOST) tune->threads = THREADS_MOST;
    tune->parallel = how->parallel ? how->parallel : tune->threads;
    if (tune->parallel > THREADS_MOST) tune->parallel = THREADS_MOST;
    tune->ranks = how->ranks;
    tune->checkpoint_seconds = how->checkpoint_seconds > 0 ? how->checkpoint_seconds : 10;
    (void)pthread_mutex_init(&tune->mutex, NULL);
    *result = tune;
    return DSC_OK;
}

void dsc_tune_free(dsc_tune *tune) {
    if (!tune) return;
    dsc_tune_journal_close(&tune->journal);
    if (tune->lock >= 0) (void)close(tune->lock);
    dsc_tune_search_clear(&tune->search);
    dsc_dataset_free(tune->matched);
    (void)pthread_mutex_destroy(&tune->mutex);
    free(tune->members);
    free(tune->waiting);
    free(tune->running);
    free(tune->folder);
    free(tune->trials_folder);
    free(tune);
}

static uint32_t checksum(const dsc_dataset *data) {
    uint32_t crc = libdeflate_crc32(0, data->labels, data->count);
    for (size_t i = 0; i < data->count; i++)
        crc = libdeflate_crc32(crc, dsc_dataset_image(data, i), data->image_size);
    return crc;
}

/* --- the folder --- */

static dsc_status take_folder(dsc_tune *tune, char *folder, dsc_error *error) {
    tune->folder = folder;
    tune->trials_folder = folder ? dsc_path_join(folder, DSC_TUNE_TRIALS) : NULL;
    if (!tune->trials_folder) return dsc_fail_memory(error, 64, "a search's folder");
    return DSC_OK;
}

static dsc_status make_folder(dsc_tune *tune, const char *wanted, dsc_error *error) {
    char *folder;
    dsc_status status = dsc_run_folder_take(&folder, wanted, "tune", tune->search.name, error);
    if (!status) return take_folder(tune, folder, error);
    free(folder);
    return status;
}

static dsc_status claim_folder(const dsc_tune *tune, dsc_error *error) {
    dsc_tune_search other;
    bool holds = dsc_tune_search_open(&other, tune->folder, NULL) == DSC_OK;
    dsc_tune_search_clear(&other);
    if (holds)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: holds a search already; continue it with --resume, or name another folder",
                        tune->folder);
    return dsc_run_folder_claim(tune->folder, file_names, error);
}

/* Checkpoints' temporary files lie in a separate folder, where all such files are removed. */
static void sweep(const dsc_tune *tune) {
    dsc_file_sweep(tune->folder, file_names);
    dsc_file_sweep_all(tune->trials_folder);
}

static dsc_status open_journal(dsc_tune *tune, bool fresh, dsc_error *error) {
    char *path = dsc_path_join(tune->folder, DSC_TUNE_JOURNAL);
    unsigned char *bytes = NULL;
    size_t size, whole = 0;
    if (!path) return dsc_fail_memory(error, 64, "a search's folder");
    dsc_status status =
        fresh ? dsc_tune_journal_begin(path, dsc_tune_start_line(&tune->search), error) : DSC_OK;
    if (!status) status = dsc_file_read(&bytes, &size, path, JOURNAL_MOST, error);
    /* Reads back what was just written: errors show now instead of when resuming. */
    dsc_recipe borrowed = {0};
    dsc_recipe_borrow(&borrowed, &tune->search.recipe);
    if (!status) dsc_tune_search_clear(&tune->search);
    if (!status) status = dsc_tune_search_read(&tune->search, &whole, (const char *)bytes, size, path, error);
    if (!status) dsc_recipe_borrow(&tune->search.recipe, &borrowed);
    if (!status && !dsc_tune_follows(tune)) {
        status = dsc_tune_journal_open(&tune->journal, path, whole, error);
        if (!status) status = dsc_folder_make(tune->trials_folder, error);
    }
    free(bytes);
    free(path);
    return status;
}

void dsc_tune_clean(const dsc_tune *tune) {
    DIR *list = opendir(tune->trials_folder);
    if (!list) return;
    for (const struct dirent *entry; (entry = readdir(list));) {
        if (!dsc_tune_is_checkpoint(entry->d_name)) continue; /* keep other files */
        char *path = dsc_path_join(tune->trials_folder, entry->d_name);
        if (path) (void)unlink(path);
        free(path);
    }
    (void)closedir(list);
    (void)rmdir(tune->trials_folder);
}

/* best.json is only written at the end: check now that it can be. Who follows only writes checkpoints. */
static dsc_status rehearse(const dsc_tune *tune, dsc_error *error) {
    if (dsc_tune_follows(tune))
        return access(tune->trials_folder, W_OK)
                   ? dsc_fail_system(error, tune->trials_folder, "cannot be written")
                   : DSC_OK;
    char *path = dsc_path_join(tune->folder, DSC_TUNE_BEST);
    if (!path) return dsc_fail_memory(error, 64, "a search's folder");
    dsc_status status = dsc_file_rehearse(NULL, path, 0, error);
    free(path);
    return status ? status : dsc_space_check(tune->folder, DSC_SMALL_FILES, error);
}

/* --- starting and resuming --- */

dsc_status dsc_tune_start(dsc_tune **result, dsc_tune_search *search, const dsc_dataset *data,
                          const char *data_name, const dsc_tune_how *how, dsc_error *error) {
    dsc_tune *tune;
    dsc_status status = make(&tune, data, how, error);
    *result = NULL;
    if (status) {
        dsc_tune_search_clear(search);
        return status;
    }
    tune->search = *search;
    *search = (dsc_tune_search){0};
    free(tune->search.data_name);
    tune->search.data_name = strdup(data_name ? data_name : dsc_dataset_name(data));
    if (!tune->search.data_name) status = dsc_fail_memory(error, 64, "a search");
    tune->search.samples = data->count;
    tune->search.data_crc = checksum(data);
    tune->search.dataset = dsc_dataset_to_json(data);
    const dsc_dataset *others = tune->search.recipe.others_data;
    if (others) tune->search.others = others->count, tune->search.others_crc = checksum(others);
    if (!tune->search.dataset && !status) status = dsc_fail_memory(error, 64, "a search");
    if (!status) status = dsc_tune_check_trials(tune, error);
    if (!status) status = make_folder(tune, how->folder, error);
    if (!status) status = dsc_run_folder_lock(&tune->lock, tune->folder, error);
    if (!status) sweep(tune);
    if (!status) status = claim_folder(tune, error);
    if (!status) status = open_journal(tune, true, error);
    if (!status) status = rehearse(tune, error);
    if (status)
        dsc_tune_free(tune);
    else
        *result = tune;
    return status;
}

dsc_status dsc_tune_search_open(dsc_tune_search *search, const char *folder, dsc_error *error) {
    *search = (dsc_tune_search){0};
    char *path = dsc_path_join(folder, DSC_TUNE_JOURNAL);
    if (!path) return dsc_fail_memory(error, strlen(folder), folder);
    unsigned char *bytes = NULL;
    size_t size, whole;
    dsc_status status = dsc_file_read(&bytes, &size, path, JOURNAL_MOST, error);
    char *recipe = status ? dsc_path_join(folder, DSC_RUN_RECIPE) : NULL, word[DSC_SHELL_WORD];
    if (recipe && !access(recipe, F_OK))
        status =
            dsc_fail(error, status, "'%s' is no search, but a run; continue it: descender train --resume %s",
                     folder, dsc_shell_word(word, folder));
    else if (status)
        status = dsc_error_context(error, status, "'%s' is no search", folder);
    else
        status = dsc_tune_search_read(search, &whole, (const char *)bytes, size, path, error);
    free(recipe);
    free(bytes);
    free(path);
    return status;
}

static dsc_status check_data(const dsc_tune *tune, const dsc_dataset *data, dsc_error *error) {
    if (tune->search.samples == data->count && tune->search.data_crc == checksum(data)) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: was begun with other training data: %s of %zu samples, not %s of %zu", tune->folder,
                    tune->search.data_name, tune->search.samples, data->name, data->count);
}

static dsc_status check_others(const dsc_tune *tune, const dsc_dataset *others, dsc_error *error) {
    const dsc_tune_search *s = &tune->search;
    if (s->others == (others ? others->count : 0) && (!others || s->others_crc == checksum(others)))
        return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: was begun with other images of no class: %zu, not the %zu of %s", tune->folder,
                    s->others, others ? others->count : 0, others ? others->name : "nothing");
}

/* The data of the search's start, with the class numbers of that time. */
static dsc_status take_data(dsc_tune *tune, const dsc_dataset *data, dsc_remarks *remarks, dsc_error *error) {
    if (remarks) remarks->count = 0;
    dsc_status status =
        dsc_dataset_match_json(&tune->matched, remarks, data, tune->search.dataset, "the search", error);
    if (status) return status;
    tune->data = tune->matched;
    return check_data(tune, tune->matched, error);
}

dsc_status dsc_tune_resume(dsc_tune **result, const dsc_dataset *data, const dsc_tune_how *how,
                           dsc_error *error) {
    dsc_tune *tune;
    dsc_status status = make(&tune, data, how, error);
    *result = NULL;
    if (status) return status;
    status = take_folder(tune, strdup(how->folder), error);
    if (!status && !dsc_tune_follows(tune)) {
        status = dsc_run_folder_lock(&tune->lock, tune->folder, error);
        if (!status) sweep(tune);
    }
    dsc_recipe_borrow(
        &tune->search.recipe,
        &(dsc_recipe){.start = how->start, .teacher_model = how->teacher, .others_data = how->others});
    if (!status) status = open_journal(tune, false, error);
    if (!status) status = take_data(tune, data, how->remarks, error);
    if (!status) status = check_others(tune, how->others, error);
    if (!status) status = rehearse(tune, error);
    if (status)
        dsc_tune_free(tune);
    else
        *result = tune;
    return status;
}
