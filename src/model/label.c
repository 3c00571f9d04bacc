/* SPDX-License-Identifier: MIT */
/* label.c: names a run; see label.h. */
#include "model/label.h"

#include "model/title.h"

#include <stdio.h>
#include <string.h>

enum { DATA_MOST = 31, NETWORK_MOST = 31 };
_Static_assert(DATA_MOST + 1 + NETWORK_MOST < DSC_LABEL, "both are equally likely");

static bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("._-", c);
}

/* "/data/My photos.tar.gz/" becomes "My-photos". Leading dots are dropped; ".." becomes
 * "data". */
static void data_label(char out[DATA_MOST + 1], const char *path) {
    size_t end = strlen(path), start;
    while (end > 1 && path[end - 1] == '/') end--;
    for (start = end; start > 0 && path[start - 1] != '/'; start--) {
    }
    while (start < end && path[start] == '.') start++;
    size_t length = 0;
    for (; start < end && path[start] != '.' && length < DATA_MOST; start++)
        out[length++] = (char)(path[start] && is_plain(path[start]) ? path[start] : '-');
    memcpy(out + length, length ? "" : "data", length ? 1 : 5);
}

static void network_label(char out[NETWORK_MOST + 1], const dsc_model *model) {
    const char *text = dsc_model_text(model);
    const size_t parameters = dsc_model_parameters(model);
    size_t convolutions, hidden;
    dsc_network_layers(&convolutions, &hidden, model);
    const char *kind = convolutions ? "cnn" : "mlp";
    if (strlen(text) <= NETWORK_MOST && strspn(text, "0123456789-") == strlen(text))
        (void)snprintf(out, NETWORK_MOST + 1, "%s", text);
    else if (parameters < 1000)
        (void)snprintf(out, NETWORK_MOST + 1, "%s-%zu", kind, parameters);
    else if (parameters < 1000000)
        (void)snprintf(out, NETWORK_MOST + 1, "%s-%zuk", kind, (parameters + 500) / 1000);
    else
        (void)snprintf(out, NETWORK_MOST + 1, "%s-%zum", kind, (parameters + 500000) / 1000000);
}

void dsc_label_run(char out[DSC_LABEL], const char *data, const dsc_model *model) {
    char set[DATA_MOST + 1], network[NETWORK_MOST + 1] = "";
    data_label(set, data);
    if (model) network_label(network, model);
    (void)snprintf(out, DSC_LABEL, "%s%s%s", set, model ? "-" : "", network);
}
