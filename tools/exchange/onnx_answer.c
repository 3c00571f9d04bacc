/* SPDX-License-Identifier: MIT */
/* onnx_answer.c: what ONNX Runtime for Node.js answers; see onnx.h. */
#include "exchange/onnx.h"

#include "base/error.h"
#include "base/file.h"
#include "child/child.h"

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

typedef struct names {
    char *node, *program, *model, *images, *answers;
} names;

static char *name_of(bool *failed, const char *folder, const char *stem, const char *suffix) {
    dsc_text text = {0};
    dsc_text_append(&text, "%s/%s%s", folder, stem, suffix);
    *failed = *failed || text.failed;
    return text.data;
}

static dsc_status make_names(names *n, const char *folder, const exchange_output *output, dsc_error *error) {
    bool failed = false;
    n->program = name_of(&failed, folder, output->stem, "-answer.cjs");
    n->model = name_of(&failed, folder, output->stem, output->files[0].suffix);
    n->images = name_of(&failed, folder, output->stem, "-images");
    n->answers = name_of(&failed, folder, output->stem, "-probabilities");
    if (failed) return dsc_fail_memory(error, 0, "names of files");
    n->node = child_find((const char *const[]){"node", "nodejs", NULL});
    if (n->node) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "Node.js (node) is not on the path; install it (Debian: nodejs, npm), then: npm install "
                    "--ignore-scripts onnxruntime-node");
}

static dsc_status run(float *probabilities, const names *n, const size_t shape[3], const char *scale,
                      size_t numbers, dsc_error *error) {
    char sizes[3][24];
    for (size_t i = 0; i < 3; i++) (void)snprintf(sizes[i], sizeof sizes[i], "%zu", shape[i]);
    const char *const arguments[] = {n->node, n->program, n->model, n->images, n->answers,
                                     scale,   sizes[0],   sizes[1], sizes[2],  NULL};
    dsc_text said = {0};
    unsigned char *bytes = NULL;
    size_t size = 0;
    dsc_status status = child_run(n->node, arguments, &said, error);
    if (status)
        status = dsc_error_context(error, status, "ONNX Runtime");
    else if (said.data && !strncmp(said.data, "absent", 6))
        status =
            dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                     "onnxruntime-node is not installed here; run: npm install --ignore-scripts "
                     "onnxruntime-node (in this folder, or in the one that $DESCENDER_ONNXRUNTIME names)");
    if (!status) status = dsc_file_read(&bytes, &size, n->answers, numbers * sizeof(float), error);
    if (!status && size != numbers * sizeof(float))
        status = dsc_fail(error, DSC_ERROR_FORMAT, "ONNX Runtime: expected %zu bytes of answers, found %zu",
                          numbers * sizeof(float), size);
    if (!status) memcpy(probabilities, bytes, size);
    free(bytes);
    dsc_text_free(&said);
    return status;
}

dsc_status onnx_answer(float *probabilities, const char *folder, const exchange_output *output,
                       const uint8_t *images, size_t count, const dsc_model *model, const void *values,
                       dsc_error *error) {
    static const char *const scales[] = {"bytes", "bytes", "uint8", "unit"};
    names n = {0};
    size_t shape[3];
    dsc_model_shape(model, shape);
    dsc_status status = make_names(&n, folder, output, error);
    if (!status) status = dsc_file_write(n.program, PROGRAM, sizeof PROGRAM - 1, error);
    if (!status) status = dsc_file_write(n.images, images, count * shape[0] * shape[1] * shape[2], error);
    if (!status)
        status = run(probabilities, &n, shape, scales[((const onnx_values *)values)->scale],
                     count * dsc_model_classes(model), error);
    char *const all[] = {n.node, n.program, n.model, n.images, n.answers};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    return status;
}
