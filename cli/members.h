/* SPDX-License-Identifier: MIT */
/* members.h: the accuracy of each member of an ensemble, and how often the members agree. */
#ifndef CLI_MEMBERS_H
#define CLI_MEMBERS_H

#include "command.h"

#include "base/text.h"
#include "measure/evaluator.h"
#include "model/members.h"

/* The row of an option table for dsc_model_shift. */
#define COMMAND_SHIFTS(values)                                                                               \
    {                                                                                                        \
        "shifts", DSC_PARAM_INT, offsetof(values, shifts), "0", 0, DSC_SHIFTS_MOST, NULL,                    \
            "average the answers to copies shifted by up to this many pixels each way: 9, 25 or 49 times "   \
            "the work; 0: none"                                                                              \
    }

/* Starts as {0}, and stays so for a model that is not an ensemble. Release with command_members_clear. */
typedef struct command_members {
    size_t members, classes, count; /* count: images added */
    size_t *right;                  /* (members): right answers of each */
    size_t all_right;               /* of the ensemble */
    size_t agreed, agreed_right;    /* images on which all agree */
    double information;             /* sum over images, in bits: dsc_members_agree */
} command_members;

dsc_status command_members_begin(command_members *members, const dsc_model *model, dsc_error *error);
void command_members_clear(command_members *members);
/* Counts the members' answers to one image. */
void command_members_add(command_members *members, const dsc_answer *answer);

/* Appends a line "members: 3, alone 97.12 to 97.88 % right, ..."; nothing if the model is not an ensemble. */
void command_members_append(dsc_text *text, const command_members *members);
/* The same as JSON; NULL: not an ensemble, or no memory. */
json_t *command_members_json(const command_members *members);

#endif
