/* SPDX-License-Identifier: MIT */
/* data_list.c: `descender data list`: the known data sets, and which of them are on disk. */
#include "command.h"

#include "fetch/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    bool json, quiet;
} values;

/* The download size in bytes; 0 if any file's size is unknown. */
static uint64_t download_size(const dsc_known_data *known) {
    uint64_t sum = 0;
    for (size_t i = 0; i < dsc_known_files(known); i++) {
        if (!known->files[i].size) return 0;
        sum += known->files[i].size;
    }
    return sum;
}

static char *size_text(char out[48], const dsc_known_data *known) {
    if (known->shape[0] == 1)
        (void)snprintf(out, 48, "%zu x %zu", known->shape[1], known->shape[2]);
    else
        (void)snprintf(out, 48, "%zu x %zu x %zu", known->shape[0], known->shape[1], known->shape[2]);
    return out;
}

static void append_row(dsc_text *text, const dsc_known_data *known, const char *place) {
    char size[48], train[48], test[48], megabytes[32] = "-";
    const uint64_t bytes = download_size(known);
    if (bytes) (void)dsc_format_fixed(megabytes, sizeof megabytes, (double)bytes / 1e6, 1);
    dsc_text_append(text, "%-16s%10s%9s%14s%8zu%10s  %-32s", known->name,
                    known->draw ? "any" : dsc_format_grouped(train, (double)known->counts[0]),
                    known->draw ? "any" : dsc_format_grouped(test, (double)known->counts[1]),
                    size_text(size, known), known->classes, megabytes, known->licence ? known->licence : "-");
    if (known->draw)
        dsc_text_append(text, "drawn by the program");
    else if (place)
        dsc_text_append_visible(text, place);
    else
        dsc_text_append(text, "-");
    dsc_text_append(text, "\n");
}

static json_t *row_json(const dsc_known_data *known, const char *place) {
    const uint64_t bytes = download_size(known);
    return json_pack("{s:s, s:s, s:s, s:[I, I, I], s:I, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
                     known->name, "title", known->title, "help", known->help, "shape",
                     (json_int_t)known->shape[0], (json_int_t)known->shape[1], (json_int_t)known->shape[2],
                     "classes", (json_int_t)known->classes, "drawn", (int)(known->draw != NULL), "train",
                     known->draw ? json_null() : json_integer((json_int_t)known->counts[0]), "test",
                     known->draw ? json_null() : json_integer((json_int_t)known->counts[1]), "download_bytes",
                     bytes ? json_integer((json_int_t)bytes) : json_null(), "licence",
                     known->licence ? json_string(known->licence) : json_null(), "source",
                     known->source ? json_string(known->source) : json_null(), "place",
                     place ? dsc_json_text(place) : json_null());
}

static dsc_status run(command_call *call, dsc_error *error) {
    json_t *list = json_array();
    dsc_text text = {0};
    const dsc_row *row;
    dsc_status status = DSC_OK;
    dsc_text_append(&text, "%-16s%10s%9s%14s%8s%10s  %-32s%s\n", "name", "train", "test", "size", "classes",
                    "MB", "licence", "here");
    for (size_t i = 0; !status && (row = dsc_registry_at(&dsc_known_data_registry, i)); i++) {
        const dsc_known_data *known = (const void *)row;
        char *place = NULL;
        if (!known->draw) status = fetch_find(&place, known, error);
        append_row(&text, known, place);
        if (call->json) (void)json_array_append_new(list, row_json(known, place));
        free(place);
        if (!status) status = command_go_on(error);
    }
    if (!status && call->json) {
        dsc_text_free(&text);
        return command_print_json(list, error);
    }
    json_decref(list);
    if (!status) return command_print_text(&text, error);
    dsc_text_free(&text);
    return status;
}

static const dsc_param options[] = {COMMAND_JSON(values), COMMAND_QUIET(values), {0}};

static const command_example examples[] = {
    {"data list", "List the names for --data, and where each is on this machine."},
    {"data list --json", "The same as JSON, with the source of each data set."},
    {0},
};

const command command_data_list = {
    .name = "list",
    .help = "list the data sets that are known by name",
    .about = "Lists the data sets that --data accepts by name: number of training and test images, image "
             "size, number of classes, download size (- if not published), licence (- if not stated), and "
             "the folder on this machine (- if absent). The command searches $DESCENDER_DATA, ./data, the "
             "folders of packages, and the user's cache.",
    .options = options,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
