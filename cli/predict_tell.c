/* SPDX-License-Identifier: MIT */
/* predict_tell.c: prints one line per kind of change, with the number of images and the first file; see
 * predict_tell.h. */
#include "predict_tell.h"

#include "image/prepare.h"

#include <stdio.h>
#include <string.h>

void predict_note(predict_count *count, const char *file, size_t images, size_t all) {
    if (!images) return;
    if (!count->images) {
        const size_t length = strlen(file);
        const bool whole = length < sizeof count->file - 3;
        (void)snprintf(count->file, sizeof count->file, "%s%s", whole ? "" : "...",
                       whole ? file : file + length - (sizeof count->file - 4));
        count->all = all;
    }
    count->images += images;
}

/* "digits.npy: 40 images", "a.png and others: 12 images" */
static const char *which(char out[320], const predict_count *c) {
    (void)snprintf(out, 320, "%s%s: %zu image%s", c->file, c->images > c->all ? " and others" : "", c->images,
                   c->images == 1 ? "" : "s");
    return out;
}

void predict_tell(const command_call *call, const predict_reader *r) {
    char images[320];
    const char *learned = dsc_ground_words(r->expected.ground);
    const dsc_ground other = r->expected.ground == DSC_GROUND_DARK ? DSC_GROUND_LIGHT : DSC_GROUND_DARK;
    const size_t *shape = r->shape;
    static const char *const ways[] = {[DSC_FIT_NONE] = "scaled to",
                                       [DSC_FIT_CROP] = "cropped and scaled to",
                                       [DSC_FIT_PAD] = "scaled and padded to",
                                       [DSC_FIT_STRETCH] = "stretched to"};
    if (r->whole.images)
        command_remark(call, "%s, each read as one picture: the model was trained on images that were %s%s",
                       which(images, &r->whole),
                       r->expected.fit ? dsc_images_words(&r->expected) : "not prepared as digits",
                       dsc_digit_check_shape(r->shape, NULL) ? ""
                                                             : " (--prepare finds digits and prepares them)");
    if (r->scaled.images)
        command_remark(call, "%s, %s the model's %zu x %zu", which(images, &r->scaled), ways[r->expected.fit],
                       shape[1], shape[2]);
    if (r->turned.images)
        command_complain(
            "%s of %s, inverted (255 - pixel), because the model was trained on %s (--raw keeps them)",
            which(images, &r->turned), dsc_ground_words(other), learned);
    if (r->prepared.images)
        command_complain("%s, unlike the model's training images (%zu x %zu, %s): prepared as pictures of "
                         "one digit (--raw keeps them)",
                         which(images, &r->prepared), shape[1], shape[2], learned);
    if (r->other_ground.images)
        command_complain("%s of %s, not inverted, although the model was trained on %s: expect poor answers",
                         which(images, &r->other_ground), dsc_ground_words(other), learned);
    if (r->unlike.images)
        command_complain(
            "%s, not changed. The model was trained on prepared digits, which lie in the middle of the "
            "image, and these do not: give --prepare to prepare them, or --raw if they are right as they are",
            which(images, &r->unlike));
}

json_t *predict_deeds_json(unsigned did) {
    static const struct {
        unsigned bit;
        const char *name;
    } deeds[] = {{DSC_DID_PREPARE, "prepared"},
                 {DSC_DID_SCALE, "scaled"},
                 {DSC_DID_TURN, "turned"},
                 {DSC_DID_GREY, "grey"}};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        if (did & deeds[i].bit) (void)json_array_append_new(list, json_string(deeds[i].name));
    return list;
}
