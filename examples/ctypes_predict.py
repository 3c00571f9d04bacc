#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ctypes_predict.py: a model answers from Python, with nothing but Python itself.

    python3 ctypes_predict.py model.safetensors     asks it about some digits drawn by code
    python3 ctypes_predict.py                       the same of a small network that it trains first

The library is libdescender.so.0, found as the system finds libraries; LD_LIBRARY_PATH adds a folder.
"""
import ctypes
import sys
from ctypes import POINTER, byref, c_char_p, c_float, c_int, c_size_t, c_uint, c_uint64, c_ubyte, c_void_p

DIGITS = 10
library = ctypes.CDLL("libdescender.so.0")


class Error(ctypes.Structure):
    _fields_ = [("code", c_int), ("message", ctypes.c_char * 1024)]


error = Error()


def function(name, result, *arguments):
    f = getattr(library, name)
    f.restype, f.argtypes = result, arguments
    return f


def checked(name, *arguments):
    """A function that returns a dsc_status, and whose last argument is the error: it raises what that says."""
    f = function(name, c_int, *arguments, POINTER(Error))

    def call(*values):
        if f(*values, byref(error)):
            raise RuntimeError(error.message.decode())
    return call


digits_create = checked("dsc_digits_create", POINTER(c_void_p), c_size_t, c_uint64, c_uint)
model_load = checked("dsc_model_load", POINTER(c_void_p), c_char_p)
model_create_for = checked("dsc_model_create_for", POINTER(c_void_p), c_char_p, c_void_p)
train = checked("dsc_train", c_void_p, c_void_p, c_void_p)
predictor_create = checked("dsc_predictor_create", POINTER(c_void_p), c_void_p, c_void_p)
workspace_create = checked("dsc_workspace_create", POINTER(c_void_p), c_void_p, c_uint)
predict = checked("dsc_predict", POINTER(c_float), c_void_p, c_void_p, POINTER(c_ubyte), c_size_t)
images_of = function("dsc_dataset_images", POINTER(c_ubyte), c_void_p)
labels_of = function("dsc_dataset_labels", POINTER(c_ubyte), c_void_p)
classes_of = function("dsc_predictor_classes", c_size_t, c_void_p)
class_name = function("dsc_predictor_class_name", c_char_p, c_void_p, c_size_t)
version = function("dsc_version", c_char_p)


def main():
    digits, model, predictor, workspace = c_void_p(), c_void_p(), c_void_p(), c_void_p()
    if len(sys.argv) > 1:
        model_load(byref(model), sys.argv[1].encode())
    else:
        examples = c_void_p()
        digits_create(byref(examples), 2000, 1, 0)
        model_create_for(byref(model), b"784-64-10", examples)
        train(model, examples, None)  # None: the default options
        function("dsc_dataset_free", None, c_void_p)(examples)
    predictor_create(byref(predictor), model, None)
    function("dsc_model_free", None, c_void_p)(model)  # the predictor has copies of all it needs
    workspace_create(byref(workspace), predictor, 1)

    digits_create(byref(digits), DIGITS, 7, 1)
    classes = classes_of(predictor)
    probabilities = (c_float * (DIGITS * classes))()
    predict(probabilities, predictor, workspace, images_of(digits), DIGITS)
    print("descender", version().decode())
    for i in range(DIGITS):
        row = probabilities[i * classes:(i + 1) * classes]
        best = max(range(classes), key=row.__getitem__)
        print(f"a {labels_of(digits)[i]}, taken for a {class_name(predictor, best).decode()} ({100 * row[best]:.1f} %)")
    function("dsc_workspace_free", None, c_void_p)(workspace)
    function("dsc_predictor_free", None, c_void_p)(predictor)
    function("dsc_dataset_free", None, c_void_p)(digits)


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as problem:
        sys.exit(f"ctypes_predict.py: {problem}")
