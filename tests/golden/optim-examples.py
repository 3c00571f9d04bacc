#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Works out the examples of the optimisers and schedules (src/optim), in double, from the papers' formulas alone, and
prints them as C. Nothing here is the library's own, so that a wrong formula there is seen."""
import math

GRADIENTS, RATE, DECAY = [1.0, -2.0, 0.5, 3.0], 0.1, 0.2


def sgd(momentum, nesterov=False):
    def run(scheduled):
        m = momentum if scheduled is None or momentum == 0 else scheduled
        w, v = 1.0, 0.0
        for g in GRADIENTS:
            v = m * v + g
            w = (1 - RATE * DECAY) * w - RATE * (g + m * v if nesterov else v)
            yield w
    return run


def adam(beta1, beta2, epsilon):
    def run(scheduled):
        b1 = beta1 if scheduled is None else scheduled
        w, m, v = 1.0, 0.0, 0.0
        for t, g in enumerate(GRADIENTS, 1):
            m, v = b1 * m + (1 - b1) * g, beta2 * v + (1 - beta2) * g * g
            w = (1 - RATE * DECAY) * w - RATE * m / (1 - b1 ** t) / (math.sqrt(v / (1 - beta2 ** t)) + epsilon)
            yield w
    return run


def rmsprop(alpha, epsilon, momentum=0.0, centered=False):
    def run(scheduled):
        p = momentum if scheduled is None or momentum == 0 else scheduled
        w, v, m, b = 1.0, 0.0, 0.0, 0.0
        for g in GRADIENTS:
            v, m = alpha * v + (1 - alpha) * g * g, alpha * m + (1 - alpha) * g
            b = p * b + g / (math.sqrt(v - m * m if centered else v) + epsilon)
            w = (1 - RATE * DECAY) * w - RATE * b
            yield w
    return run


OPTIMISERS = [
    ("sgd", None, 0, sgd(0)), ("sgd", "momentum=0.9", 1, sgd(0.9)), ("sgd", "momentum=0.9 nesterov=on", 1, sgd(0.9, True)),
    ("adam", None, 2, adam(0.9, 0.999, 1e-8)), ("adam", "beta1=0.8 beta2=0.99 epsilon=0.01", 2, adam(0.8, 0.99, 0.01)),
    ("adamw", None, 2, adam(0.9, 0.999, 1e-8)), ("adamw", "beta1=0.8 beta2=0.99 epsilon=0.01", 2, adam(0.8, 0.99, 0.01)),
    ("rmsprop", None, 1, rmsprop(0.99, 1e-8)), ("rmsprop", "alpha=0.9 epsilon=0.01", 1, rmsprop(0.9, 0.01)),
    ("rmsprop", "alpha=0.9 epsilon=0.01 centered=on momentum=0.5", 3, rmsprop(0.9, 0.01, 0.5, True)),
]


def falling(shape, final, warmup, step, steps):
    warm = warmup * steps
    if step < warm:
        return (step + 1) / (warm + 1)
    u = (step - warm) / (steps - warm) if step < steps else 1
    return final + (1 - final) * (1 - u if shape == "linear" else math.cos(u * math.pi / 2) ** 2)


def one_cycle(step, steps, low, high):
    top, last = 0.3 * steps - 1, steps - 1
    share = step / top if step < top else (step - top) / (last - top)
    half_wave = (1 - math.cos(math.pi * share)) / 2
    if step < top:
        return 0.04 + 0.96 * half_wave, high - (high - low) * half_wave
    return 1 + (4e-6 - 1) * half_wave, low + (high - low) * half_wave


NONE = float("nan")
LOSSES = [2.0, 1.0, 1.0, 0.999, 1.5, 0.5, 0.6, 0.6]  # with patience 1 it falls at the fourth epoch and at the last
SCHEDULES = [
    ("constant", None, [(s, 100, 0, 1, NONE) for s in (0, 57)]),
    ("step", "every=3 factor=0.5", [(s, 100, 0, 0.5 ** (s // 30), NONE) for s in (0, 29, 30, 95)]),
    ("linear", None, [(s, 100, 0, 1 - s / 100, NONE) for s in (0, 25, 100)]),
    ("linear", "warmup=0.2 final=0.1", [(s, 100, 0, falling("linear", 0.1, 0.2, s, 100), NONE) for s in (0, 7, 20, 64)]),
    ("cosine", None, [(s, 100, 0, falling("cosine", 0, 0, s, 100), NONE) for s in (0, 25, 100)]),
    ("cosine", "warmup=0.2 final=0.1", [(s, 100, 0, falling("cosine", 0.1, 0.2, s, 100), NONE) for s in (0, 7, 20, 64)]),
    ("one-cycle", None, [(s, 100, 0, *one_cycle(s, 100, 0.85, 0.95)) for s in (0, 10, 29, 70, 99)]),
    ("one-cycle", "low=0.7 high=0.9", [(s, 100, 0, *one_cycle(s, 100, 0.7, 0.9)) for s in (10, 70)]),
    ("plateau", "patience=1 factor=0.5 threshold=0.01",
     [(0, 100, heard, rate, NONE) for heard, rate in ((0, 1), (3, 1), (4, 0.5), (6, 0.5), (8, 0.25))]),
    ("range", "low=1e-3 high=10", [(s, 101, 0, 1e-3 * 1e4 ** (s / 100), NONE) for s in (0, 25, 100)]),
]


def in_c(value):
    return "NAN" if math.isnan(value) else "%.12g" % (value if abs(value) > 1e-15 else 0)


for name, values, states, run in OPTIMISERS:
    own, scheduled = (", ".join(map(in_c, run(m))) for m in (None, 0.6))
    print('%s: {%s.states = %d, .own = {%s}, .scheduled = {%s}},'
          % (name, '.values = "%s", ' % values if values else "", states, own, scheduled))
for name, values, moments in SCHEDULES:
    for step, steps, heard, rate, momentum in moments:
        print("%s: {%s.step = %d, .steps = %d, %s.rate = %s, .momentum = %s},"
              % (name, '.values = "%s", ' % values if values else "", step, steps,
                 ".heard = %d, " % heard if heard else "", in_c(rate), in_c(momentum)))
