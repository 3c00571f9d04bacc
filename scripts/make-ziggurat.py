#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes src/base/ziggurat.inc: the tables of the ziggurat for the normal distribution, 256 layers, 52 bits.

Marsaglia and Tsang, "The Ziggurat Method for Generating Random Variables" (2000). f(x) = exp(-x^2/2) is
covered by 256 layers of equal area v: rectangles [0, x_i] and, at the bottom, one with the tail behind r.
    v = r f(r) + integral of f from r to infinity,    x_255 = r,    f(x_i) = f(x_(i+1)) + v / x_(i+1)
    w_i = x_i / 2^52            scales 52 random bits to the layer's width (w_0 = v / f(r) / 2^52)
    k_i = 2^52 x_(i-1) / x_i    below it the point lies wholly under the curve (k_0 = 2^52 r f(r) / v; k_1 = 0)
    f_i = f(x_i)
r is the solution of x_0 = 0. It is found here by bisection with 60 digits, and v from it.

The tables must have NumPy's bits, and NumPy's come from a recurrence run in double precision, so that is what
is run here, each operation rounded correctly. Two things of NumPy's own cannot be derived and are stated:
its v lies four units in the last place below the exact one, and one of its exponentials, the 38th, is
0.502 units away from the exact value, where the nearest double is 0.498 away.

    make-ziggurat.py > src/base/ziggurat.inc
    make-ziggurat.py --check    looks for the three tables, byte for byte, in the installed NumPy
"""
import glob
import math
import os
import struct
import sys
from decimal import Decimal, getcontext

getcontext().prec = 60
LAYERS = 256
TWO52 = 2.0 ** 52
ULPS_OF_V = -4
MISROUNDED_UP = 38


def f(x):
    return (-x * x / 2).exp()


def tail(r):
    """Integral of f from r to infinity: f(r) times Laplace's continued fraction, bottom up."""
    value = r
    for n in range(4000, 0, -1):
        value = r + n / value
    return f(r) / value


def reaches_the_top_early(r):
    v = r * f(r) + tail(r)
    x = r
    for _ in range(255):
        height = f(x) + v / x
        if height >= 1:
            return True
        x = (-2 * height.ln()).sqrt()
    return False


def solve():
    low, high = Decimal("3.6"), Decimal("3.7")
    while high - low > Decimal("1e-40"):
        middle = (low + high) / 2
        if reaches_the_top_early(middle):
            low = middle
        else:
            high = middle
    return high, high * f(high) + tail(high)


def exp(x):
    return float(Decimal(x).exp())


def log(x):
    return float(Decimal(x).ln())


def tables(r, v):
    v = float(v) + ULPS_OF_V * math.ulp(float(v))
    x, height = [0.0] * LAYERS, [1.0] * LAYERS
    x[255] = float(r)
    height[255] = exp(-0.5 * x[255] * x[255])
    for i in range(254, 0, -1):
        x[i] = math.sqrt(-2 * log(v / x[i + 1] + height[i + 1]))
        height[i] = exp(-0.5 * x[i] * x[i])
        if i == MISROUNDED_UP:
            height[i] += math.ulp(height[i])
    w = [v / height[255] / TWO52] + [x[i] / TWO52 for i in range(1, LAYERS)]
    k = [round(x[255] * height[255] / v * TWO52), 0] + [round(x[i - 1] / x[i] * TWO52) for i in range(2, LAYERS)]
    return w, k, height


def write(name, kind, texts):
    print(f"static const {kind} {name}[{len(texts)}] = {{")
    for i in range(0, len(texts), 4):
        print("    " + ", ".join(texts[i:i + 4]) + ",")
    print("};")


def check(w, k, height):
    import numpy.random
    blob = b""
    for path in glob.glob(os.path.join(os.path.dirname(numpy.random.__file__), "_generator*.so")):
        with open(path, "rb") as library:
            blob += library.read()
    good = True
    for name, table, code in (("w", w, "d"), ("k", k, "Q"), ("f", height, "d")):
        found = struct.pack(f"<{LAYERS}{code}", *table) in blob
        print(f"table {name}: {'as in' if found else 'DIFFERS from'} NumPy {numpy.__version__}")
        good = good and found
    return good


def main():
    r, v = solve()
    w, k, height = tables(r, v)
    if "--check" in sys.argv:
        sys.exit(0 if check(w, k, height) else 1)
    print("/* SPDX-License-Identifier: MIT */")
    print("/* ziggurat.inc: made by scripts/make-ziggurat.py, which says what it is. Not to be edited. */")
    print("/* clang-format off */")
    print(f"#define ZIGGURAT_R         {float(r).hex()}")
    print(f"#define ZIGGURAT_INVERSE_R {float(1 / r).hex()}")
    write("ziggurat_w", "double", [a.hex() for a in w])
    write("ziggurat_k", "uint64_t", [f"0x{a:013x}" for a in k])
    write("ziggurat_f", "double", [a.hex() for a in height])


if __name__ == "__main__":
    main()
