/* SPDX-License-Identifier: MIT */
/* footprint.c: creates, quantises and plans a recipe's network to find its size. */
#include "exchange/footprint.h"

#include "base/error.h"
#include "exchange/plan.h"
#include "quant/quantise.h"
#include "quant/round.h"
#include "train/build.h"

/* The range of values does not affect the size, so few images suffice. */
enum { SAMPLES = 16 };

static dsc_status quantise(dsc_model **model, const dsc_recipe *recipe, const dsc_dataset *images,
                           dsc_error *error) {
    const int levels = dsc_round_levels_of(recipe->quantise);
    const dsc_quantise_options options = {.levels = levels ? levels : 127, .samples = SAMPLES};
    dsc_model *quantised = NULL;
    dsc_status status = DSC_OK;
    if (!recipe->from && recipe->normalise == DSC_NORMALISE_STANDARD)
        status = dsc_model_normalise(*model, "standard", images, error);
    if (!status) status = dsc_quantise(&quantised, NULL, *model, images, &options, error);
    if (status)
        return dsc_error_context(
            error, status,
            "to fit a small machine, the network is quantised (--numbers float: not quantised)");
    dsc_model_free(*model);
    *model = quantised;
    return DSC_OK;
}

dsc_status exchange_footprint_find(void *user, dsc_footprint *footprint, const dsc_recipe *recipe,
                                   size_t trial, uint64_t draw, dsc_error *error) {
    (void)trial;
    (void)draw;
    const exchange_footprint_how *how = user;
    dsc_model *model = NULL;
    exchange_plan plan = {0};
    dsc_status status = dsc_recipe_make_model(&model, recipe, how->images, error);
    if (!status && how->whole) status = quantise(&model, recipe, how->images, error);
    if (!status) status = exchange_plan_make(&plan, model, error);
    if (!status) *footprint = (dsc_footprint){exchange_plan_bytes(&plan), plan.scratch};
    exchange_plan_clear(&plan);
    dsc_model_free(model);
    return status;
}
