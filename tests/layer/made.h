/* SPDX-License-Identifier: MIT */
/* made.h: for tests over the registry of layers: a network around each layer. */
#ifndef TESTS_LAYER_MADE_H
#define TESTS_LAYER_MADE_H

#include "testing.h"

#include "base/memory.h"
#include "layer/layer.h"

/* "conv channels=3 more": sets an integer first parameter to 3. A layer with brackets gets its own
 * example. */
static inline void made_item(char out[256], const dsc_layer *layer, const char *more) {
    int length = snprintf(out, 256, layer->brackets ? "%s(%s)" : "%s", layer->name, layer->brackets);
    const dsc_param *first = layer->positional ? layer->params : NULL;
    if (first && first->type == DSC_PARAM_INT)
        length += snprintf(out + length, 256 - (size_t)length, " %s=3", first->name);
    (void)snprintf(out + length, 256 - (size_t)length, " %s", more);
}

/* Network number i in which a layer may be used: for images and for flat values. NULL: there are no more. */
static inline const char *made_network(size_t i) {
    static const char *const networks[] = {"%s, flatten, dense 3", "%s, dense 3", "flatten, %s, dense 3"};
    return i < sizeof networks / sizeof *networks ? networks[i] : NULL;
}

static inline void made_text(char out[512], const char *network, const char *item) {
    const char *place = strstr(network, "%s");
    (void)snprintf(out, 512, "%.*s%s%s", (int)(place - network), network, item, place + 2);
}

#endif
