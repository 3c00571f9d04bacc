/* SPDX-License-Identifier: MIT */
/* onnx_answer.c: answers from ONNX Runtime for Node.js; see onnx.h. */
#include "exchange/onnx.h"

#include "base/error.h"
#include "base/file.h"
#include "child/child.h"
#include "exchange/answering.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* node PROGRAM MODEL IMAGES ANSWERS uint8|bytes|unit C H W. Prints "absent" without ONNX Runtime. */
static const char PROGRAM[] =
    "const fs = require('fs'), path = require('path'), { createRequire } = require('module');\n"
    "const [model, images, answers, scale, c, h, w] = process.argv.slice(2);\n"
    "const places = [process.env.DESCENDER_ONNXRUNTIME, process.cwd(),\n"
    "                path.join(path.dirname(process.execPath), '..', 'lib')].filter(Boolean);\n"
    "let ort;\n"
    "for (const place of places) {\n"
    "    try { ort = ort || createRequire(path.resolve(place, 'x.js'))('onnxruntime-node'); } catch {}\n"
    "}\n"
    "const answer = async () => {\n"
    "    const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: "
    "3 });\n"
    "    const bytes = fs.readFileSync(images), size = c * h * w, out = fs.openSync(answers, 'w');\n"
    "    for (let first = 0; first < bytes.length; first += 256 * size) {\n"
    "        const part = bytes.subarray(first, first + 256 * size), shape = [part.length / size, +c, +h, "
    "+w];\n"
    "        const image = scale === 'uint8' ? new ort.Tensor('uint8', Uint8Array.from(part), shape)\n"
    "            : new ort.Tensor('float32', Float32Array.from(part, (v) => (scale === 'unit' ? v / 255 : "
    "v)), shape);\n"
    "        const found = await session.run({ [session.inputNames[0]]: image });\n"
    "        const { data } = found[session.outputNames[0]];\n"
    "        fs.writeSync(out, Buffer.from(data.buffer, data.byteOffset, data.byteLength));\n"
    "    }\n"
    "    fs.closeSync(out);\n"
    "};\n"
    "if (!ort) console.log('absent');\n"
    "else answer().catch((error) => { console.error(String(error.message).split('\\n')[0]); process.exit(1); "
    "});\n";

/* Writes the program and finds node; on failure the message says what to install. */
static dsc_status make_program(char **program, char **node, exchange_answering *a, dsc_error *error) {
    *program = exchange_answering_name(a, "answer.cjs");
    if (!*program) return dsc_fail_memory(error, 0, "a path");
    *node = child_find((const char *const[]){"node", "nodejs", NULL});
    if (!*node)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "Node.js (node) is not in the path; install it (Debian: nodejs, npm), then: npm "
                        "install --ignore-scripts onnxruntime-node");
    return dsc_file_write(*program, PROGRAM, sizeof PROGRAM - 1, error);
}

static dsc_status run(float *probabilities, exchange_answering *a, const char *node, const char *program,
                      const char *scale, const size_t shape[3], dsc_error *error) {
    char sizes[3][24];
    for (size_t i = 0; i < 3; i++) (void)snprintf(sizes[i], sizeof sizes[i], "%zu", shape[i]);
    const char *model = exchange_answering_path(a, a->output->files[0].suffix);
    if (!model) return dsc_fail_memory(error, 0, "a path");
    const char *const arguments[] = {node,  program,  model,    a->images, a->answers,
                                     scale, sizes[0], sizes[1], sizes[2],  NULL};
    dsc_text said = {0};
    dsc_status status = exchange_answering_run(probabilities, a, arguments, &said, error);
    if (said.data && !strncmp(said.data, "absent", 6))
        status =
            dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                     "onnxruntime-node is not installed here; run: npm install --ignore-scripts "
                     "onnxruntime-node (in this folder, or in the folder that $DESCENDER_ONNXRUNTIME names)");
    else if (status)
        status = dsc_error_context(error, status, "ONNX Runtime");
    dsc_text_free(&said);
    return status;
}

dsc_status onnx_answer(float *probabilities, const char *folder, const exchange_output *output,
                       const uint8_t *images, size_t count, const dsc_model *model, const void *values,
                       dsc_error *error) {
    exchange_answering a;
    char *program = NULL, *node = NULL;
    size_t shape[3];
    dsc_model_shape(model, shape);
    dsc_status status = exchange_answering_begin(&a, folder, output, images, count, model, error);
    if (!status) status = make_program(&program, &node, &a, error);
    if (!status)
        status = run(probabilities, &a, node, program, onnx_scales[((const onnx_values *)values)->scale].name,
                     shape, error);
    free(node);
    exchange_answering_clear(&a);
    return status;
}
