/* SPDX-License-Identifier: MIT */
/* my_thing.c: `descender my-thing`: prints the number of a model's learned parameters. An action of a command
 * has the same form: `descender data my-thing` is called command_data_my_thing, in a file data_my_thing.c. */
#include "command.h"

#include "exchange/exchange.h"

typedef struct values {
    bool json;
} values;

static dsc_status run(command_call *call, dsc_error *error) {
    dsc_model *model;
    dsc_status status = exchange_load(&model, call->operands[0], NULL, error);
    if (status) return status;
    if (call->json)
        status = command_print_json(json_pack("{s:I}", "parameters", (json_int_t)dsc_model_parameters(model)),
                                    error);
    else
        command_print("%zu numbers\n", dsc_model_parameters(model));
    dsc_model_free(model);
    return status;
}

static const dsc_param options[] = {COMMAND_JSON(values), {0}};
static const command_operand operands[] = {{.name = "MODEL", .help = "a file of a model"}, {0}};
static const command_example examples[] = {
    {"my-thing digits.safetensors", "how many numbers the model has learned"},
    {"my-thing digits.onnx --json", "the same for a program"},
    {0},
};

const command command_my_thing = {
    .name = "my-thing",
    .help = "count what a model has learned",
    .options = options,
    .values_size = sizeof(values),
    .operands = operands,
    .examples = examples,
    .run = run,
};
