/* SPDX-License-Identifier: MIT */
/* card_use.c: explains how to use a model: commands, and minimal programs in Python and C. Each is adapted to
 * the model's images and classes and works as it is. */
#include "report/card_parts.h"

static void append_commands(dsc_text *text, bool handwriting) {
    dsc_text_append(
        text,
        "With the program:\n\n```sh\n"
        "descender predict --model model.safetensors picture.png  # what is it?\n"
        "descender serve model.safetensors                        # %s\n"
        "descender evaluate model.safetensors --data FOLDER       # how good is it on other data?\n"
        "```\n\n",
        handwriting ? "draw in the browser" : "show it pictures in the browser");
}

static void append_python(dsc_text *text, const size_t shape[3], size_t classes) {
    dsc_text_append(
        text,
        "In Python, through the library:\n\n```python\n"
        "import ctypes\n"
        "dsc, error = ctypes.CDLL(\"libdescender.so.0\"), ctypes.create_string_buffer(8192)\n"
        "model, predictor, workspace = (ctypes.c_void_p() for _ in range(3))\n"
        "image = bytes(%zu * %zu * %zu)  # channels, height, width; here a black one\n"
        "shares = (ctypes.c_float * %zu)()\n"
        "dsc.dsc_predictor_class_name.restype = ctypes.c_char_p\n"
        "if (dsc.dsc_model_load(ctypes.byref(model), b\"model.safetensors\", error)\n"
        "        or dsc.dsc_predictor_create(ctypes.byref(predictor), model, None, error)\n"
        "        or dsc.dsc_workspace_create(ctypes.byref(workspace), predictor, 1, error)\n"
        "        or dsc.dsc_predict(shares, predictor, workspace, image, ctypes.c_size_t(1), error)):\n"
        "    raise SystemExit(error[4:].split(b\"\\0\")[0].decode())\n"
        "best = max(range(len(shares)), key=lambda k: shares[k])\n"
        "print(dsc.dsc_predictor_class_name(predictor, ctypes.c_size_t(best)).decode(), shares[best])\n"
        "```\n\n",
        shape[0], shape[1], shape[2], classes);
    dsc_text_append(text, "Its weights, with NumPy alone:\n\n```python\n"
                          "import json, numpy\n"
                          "file = open(\"model.safetensors\", \"rb\").read()\n"
                          "start = 8 + int.from_bytes(file[:8], \"little\")\n"
                          "for name, tensor in json.loads(file[8:start]).items():\n"
                          "    if name != \"__metadata__\":\n"
                          "        first, last = tensor[\"data_offsets\"]\n"
                          "        weights = numpy.frombuffer(file[start + first:start + last], \"<f4\")\n"
                          "        print(name, weights.reshape(tensor[\"shape\"]).shape, weights.std())\n"
                          "```\n\n");
}

static void append_c(dsc_text *text, const size_t shape[3], size_t classes) {
    dsc_text_append(
        text,
        "In C, built with `cc use.c $(pkg-config --cflags --libs descender)`:\n\n```c\n"
        "#include <descender.h>\n"
        "#include <stdio.h>\n"
        "static unsigned char image[%zu * %zu * %zu]; /* channels, height, width; here a black one */\n"
        "int main(void) {\n"
        "    dsc_error e; dsc_model *model = NULL; dsc_predictor *p = NULL; dsc_workspace *w = NULL;\n"
        "    float shares[%zu];\n"
        "    size_t best = 0;\n"
        "    if (dsc_model_load(&model, \"model.safetensors\", &e) || dsc_predictor_create(&p, model, NULL, "
        "&e) ||\n"
        "        dsc_workspace_create(&w, p, 1, &e) || dsc_predict(shares, p, w, image, 1, &e))\n"
        "        return fprintf(stderr, \"%%s\\n\", e.message), 1;\n"
        "    for (size_t k = 1; k < %zu; k++) best = shares[k] > shares[best] ? k : best;\n"
        "    printf(\"%%s %%.4f\\n\", dsc_predictor_class_name(p, best), (double)shares[best]);\n"
        "    dsc_workspace_free(w); dsc_predictor_free(p); dsc_model_free(model);\n"
        "}\n```\n\n",
        shape[0], shape[1], shape[2], classes, classes);
}

void report_append_card_use(dsc_text *text, const report_card *card) {
    size_t classes = dsc_model_classes(card->exam->model);
    dsc_images images;
    dsc_model_describe(&images, card->exam->model);
    dsc_text_append(text, "## How to Use\n\n");
    append_commands(text, report_is_handwriting(&card->test->images));
    append_python(text, images.shape, classes);
    append_c(text, images.shape, classes);
    dsc_text_append(text, "`dsc_prepare_image` converts a picture of any size to such an image, prepared as "
                          "the model's training images were.\n\n");
}
