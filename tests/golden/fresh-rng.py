# SPDX-License-Identifier: MIT
"""Prints, as JSON, generators with random seeds and what NumPy draws from each in a random series of calls.

    fresh-rng.py SEED COUNT      SEED makes the choice repeatable; COUNT generators

Every number is a text: integers in decimal, reals as C99 hex floats; seeds are lists of 32-bit words.
"""
import json
import random
import sys

import numpy as np

TYPES = {"int64": 64, "uint64": 64, "int32": 32, "uint32": 32, "int16": 16, "uint16": 16, "int8": 8, "uint8": 8,
         "bool": 1}


def words(number):
    out = [number & 0xFFFFFFFF]
    while number >> 32 * len(out):
        out.append(number >> 32 * len(out) & 0xFFFFFFFF)
    return out


def interval(dice, name):
    """A low and a last value: often the extremes, powers of two, and sizes that reject half of all draws."""
    bits = TYPES[name]
    least = -(1 << bits - 1) if name.startswith("int") else 0
    most = least + (1 << bits) - 1
    n = dice.choice([1, 2, 1 << bits, (1 << bits) - 1, (1 << bits - 1) + 1, 1 << dice.randint(0, bits),
                     dice.randint(1, 1 << bits), dice.randint(1, 10), 1 << 32, (1 << 32) - 1, (1 << 31) + 1,
                     (1 << 32) + 1])
    n = max(1, min(n, most - least + 1))
    low = dice.choice([least, most - n + 1, dice.randint(least, most - n + 1)])
    return low, low + n - 1


def draw(dice, rng):
    kind = dice.choice(["random", "random32", "normal", "integers", "integers", "integers", "choice", "permutation",
                        "shuffle"])
    size = dice.choice([0, 1, 2, 3, 7, 33, 300, 1000])
    call = {"call": kind}
    if kind == "random":
        values = rng.random(size)
    elif kind == "random32":
        values = rng.random(size, dtype=np.float32)
    elif kind == "normal":
        values = rng.standard_normal(size)
    elif kind == "integers":
        name = dice.choice(list(TYPES))
        low, last = interval(dice, name)
        values = rng.integers(low, last, size=size, dtype=name, endpoint=True)
        call.update(type=name, low=str(low), last=str(last))
    elif kind == "choice":
        population = dice.choice([size, size + 1, size + dice.randint(0, 20000), 10000, 10001, 50 * size + 49,
                                  max(size, 50 * size - 1), dice.randint(50 * size, 1 << 40)])
        values = rng.choice(population, size, replace=False)
        call.update(population=str(population))
    else:
        values = np.arange(size)
        if kind == "permutation":
            values = rng.permutation(size)
        else:
            rng.shuffle(values)
    real = values.dtype.kind == "f"
    call["values"] = [float(v).hex() if real else str(int(v)) for v in values]
    return call


def main():
    dice, out = random.Random(int(sys.argv[1])), []
    for _ in range(int(sys.argv[2])):
        if dice.random() < 0.3:
            key, counter = dice.getrandbits(128), dice.choice([0, dice.getrandbits(256), (1 << 256) - 1, (1 << 128) - 1])
            rng = np.random.Generator(np.random.Philox(key=key, counter=counter))
            entry = {"key": words(key), "counter": words(counter)}
        else:
            entropy = dice.getrandbits(dice.choice([1, 31, 32, 33, 64, 100, 128, 129, 500]))
            spawn = [dice.getrandbits(dice.choice([1, 8, 32, 40, 70])) for _ in range(dice.choice([0, 0, 1, 2, 5]))]
            rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy, spawn_key=spawn)))
            entry = {"entropy": words(entropy), "spawn": [w for key in spawn for w in words(key)]}
        entry["calls"] = [draw(dice, rng) for _ in range(8)]
        out.append(entry)
    json.dump(out, sys.stdout)


if __name__ == "__main__":
    main()
