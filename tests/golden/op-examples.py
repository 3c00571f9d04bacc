#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Works out the examples with numbers at the end of each file of src/op, in double, from the definitions alone:

    tests/golden/op-examples.py [OP...]

prints them as C. Written as plainly as can be, with nothing of the library's own, so that a wrong formula there is seen
here even where its gradient is wrong in the same way."""
import math
import sys
from itertools import product

X = [1.5, -0.25, 3.0, -2.0, 0.5, 1.0, -1.25, 2.0, 0.75, -3.0, 0.125, 2.5, -0.5, 1.75, -1.5, 0.25, 4.0, -0.75]


def numbers(count, skip=0):
    """`count` numbers, none of which stands out."""
    return [X[(skip + 7 * i) % 18] + i // 18 for i in range(count)]


def at(x, shape, *place):
    index = 0
    for size, i in zip(shape, place):
        index = index * size + i
    return x[index]


def count(shape):
    return math.prod(shape)


def softmax(z):
    sum_exp = sum(math.exp(v) for v in z)
    return [math.exp(v) / sum_exp for v in z]


def sigmoid(v):
    return 1 / (1 + math.exp(-v))


def windows(shape, size, stride, padding, dilation=(1, 1)):
    """For each output pixel the (row, column, r, s) of its taps that meet the image."""
    out = [(shape[1 + a] + 2 * padding[a] - dilation[a] * (size[a] - 1) - 1) // stride[a] + 1 for a in range(2)]
    for i, j in product(range(out[0]), range(out[1])):
        taps = []
        for r, s in product(range(size[0]), range(size[1])):
            y, x = i * stride[0] - padding[0] + r * dilation[0], j * stride[1] - padding[1] + s * dilation[1]
            if 0 <= y < shape[1] and 0 <= x < shape[2]:
                taps.append((y, x, r, s))
        yield taps


def convolution(x, x_shape, w, w_shape, bias, stride, padding, dilation, depthwise=False):
    y = []
    for k in range(w_shape[0]):
        for taps in windows(x_shape, w_shape[2:], stride, padding, dilation):
            total = bias[k]
            for c in [k] if depthwise else range(x_shape[0]):
                total += sum(at(w, w_shape, k, 0 if depthwise else c, r, s) * at(x, x_shape, c, i, j) for i, j, r, s in taps)
            y.append(total)
    return y


def pool(x, shape, size, stride, padding, of):
    return [of([at(x, shape, c, i, j) for i, j, _, _ in taps]) for c in range(shape[0]) for taps in windows(shape, size, stride, padding)]


def normalise(x, mean, variance, epsilon, gamma, beta):
    return gamma * (x - mean) / math.sqrt(variance + epsilon) + beta


def mean_and_variance(x):
    mean = sum(x) / len(x)
    return mean, sum((v - mean) ** 2 for v in x) / len(x)


EXAMPLES = {}


def example(op, roles, shapes, values, inputs, expected, training=False):
    assert [len(i) for i in inputs] == [count(s) for s in shapes], op
    EXAMPLES.setdefault(op, []).append((roles, shapes, values, [v for i in inputs for v in i], expected, training))


def elementwise(op, function, values=None):
    x = [-2.0, -0.5, 0.0, 0.25, 1.0, 3.0]
    example(op, "s", [(6,)], values, [x], [function(v) for v in x])


def of_all():
    elementwise("relu", lambda v: max(v, 0))
    elementwise("leaky_relu", lambda v: v if v > 0 else 0.2 * v, "slope=0.2")
    elementwise("clip", lambda v: min(max(v, -0.75), 0.5), "low=-0.75 high=0.5")
    elementwise("elu", lambda v: v if v >= 0 else 1.5 * math.expm1(v), "alpha=1.5")
    elementwise("hard_sigmoid", lambda v: min(max(0.3 * v + 0.4, 0), 1), "slope=0.3 offset=0.4")
    elementwise("gelu", lambda v: v * (1 + math.erf(v / math.sqrt(2))) / 2)
    elementwise("silu", lambda v: v * sigmoid(v))
    elementwise("sigmoid", sigmoid)
    elementwise("tanh", math.tanh)
    elementwise("scale", lambda v: -1.5 * v, "factor=-1.5")
    elementwise("dropout", lambda v: v, "p=0.75")  # in inference
    elementwise("reshape", lambda v: v, "a=3 b=2")

    image, shape = numbers(24), (2, 3, 4)
    x3, per_channel = numbers(12), [0.5, -1.5, 2.0]
    example("add", "sp", [(3, 2, 2), (3,)], None, [x3, per_channel], [x3[i] + per_channel[i // 4] for i in range(12)])
    example("mul", "ss", [(3, 2, 2), (3,)], None, [x3, per_channel], [x3[i] * per_channel[i // 4] for i in range(12)])
    example("sum", "s", [(2, 3)], None, [x3[:6]], [sum(x3[:6])])
    example("mean", "s", [(2, 3)], None, [x3[:6]], [sum(x3[:6]) / 6])
    example("softmax", "s", [(2, 3)], None, [x3[:6]], softmax(x3[:3]) + softmax(x3[3:6]))
    example("concat", "ss", [(1, 2, 2), (2, 2, 2)], None, [x3[:4], x3[4:]], x3)
    example("slice", "s", [(2, 3)], "axis=1 begin=1 count=2", [x3[:6]], x3[1:3] + x3[4:6])
    example("global_average_pool", "s", [(3, 2, 2)], None, [x3], [sum(x3[4 * c:4 * c + 4]) / 4 for c in range(3)])
    example("global_sum_pool", "s", [(3, 2, 2)], None, [x3], [sum(x3[4 * c:4 * c + 4]) for c in range(3)])
    whole = [-16777215, -1234567, -1, 0, 1, 16777215, 8388607, 100, 99, -99, -101, 4242]
    example("requantise", "sbb", [(2, 2, 3), (2,), (2,)], "low=-100 high=255", [whole, [14073749, 3], [40, 1]],
            [max(-100, min(255, (x * (14073749, 3)[i // 6] + (1 << (40, 1)[i // 6] - 1)) >> (40, 1)[i // 6]))
             for i, x in enumerate(whole)])
    example("global_max_pool", "s", [(3, 2, 2)], None, [x3], [max(x3[4 * c:4 * c + 4]) for c in range(3)])
    window = ((3, 2), (2, 1), (1, 0))
    text = "size=3x2 stride=2x1 padding=1x0"
    example("max_pool", "s", [shape], text, [image], pool(image, shape, *window, max))
    example("average_pool", "s", [shape], text, [image], pool(image, shape, *window, lambda taps: sum(taps) / 6))

    weight, bias = numbers(6, 5), [0.25, -0.75]
    example("matmul", "spp", [(2, 3), (2, 3), (2,)], None, [x3[:6], weight, bias],
            [bias[k] + sum(weight[3 * k + i] * x3[3 * n + i] for i in range(3)) for n in range(2) for k in range(2)])
    filters, filters_shape = numbers(16, 3), (2, 2, 2, 2)
    example("conv2d", "spp", [shape, filters_shape, (2,)], "stride=2x1 padding=1x0 dilation=1x2", [image, filters, bias],
            convolution(image, shape, filters, filters_shape, bias, (2, 1), (1, 0), (1, 2)))
    filters, filters_shape = numbers(8, 3), (2, 1, 2, 2)
    example("depthwise_conv2d", "spp", [shape, filters_shape, (2,)], "stride=2x1 padding=1x0 dilation=1x2",
            [image, filters, bias], convolution(image, shape, filters, filters_shape, bias, (2, 1), (1, 0), (1, 2), True))

    gamma, beta, running_mean, running_variance = [1.5, -0.5], [0.25, 1.0], [0.5, -1.0], [2.0, 0.25]
    per_pixel = list(zip(range(2), gamma, beta, running_mean, running_variance))
    inputs = [x3[:8], gamma, beta, running_mean, running_variance]
    shapes = [(2, 2, 2), (2,), (2,), (2,), (2,)]
    example("batch_norm", "sppbb", shapes, "epsilon=0.1", inputs,
            [normalise(v, m, s, 0.1, g, b) for c, g, b, m, s in per_pixel for v in x3[4 * c:4 * c + 4]])
    example("batch_norm", "sppbb", shapes, "epsilon=0.1", inputs,
            [normalise(v, *mean_and_variance(x3[4 * c:4 * c + 4]), 0.1, g, b) for c, g, b, _, _ in per_pixel
             for v in x3[4 * c:4 * c + 4]], training=True)
    statistics = mean_and_variance(x3[:8])
    example("layer_norm", "spp", shapes[:3], "epsilon=0.1", inputs[:3],
            [normalise(v, *statistics, 0.1, g, b) for c, g, b, _, _ in per_pixel for v in x3[4 * c:4 * c + 4]])

    z, label, soft, class_weights = [1.0, -2.0, 0.5], [2], [0.25, 0.0, 0.75], [2.0, 0.5, 3.0]
    one_hot, p = [0, 0, 1], softmax(z)
    example("softmax_cross_entropy", "st", [(3,), ()], None, [z, label], [-math.log(p[2])])
    smoothed = [0.8 * t + 0.2 / 3 for t in soft]
    example("softmax_cross_entropy", "sbt", [(3,), (3,), (3,)], "smoothing=0.2", [z, class_weights, soft],
            [-sum(w * t * math.log(q) for w, t, q in zip(class_weights, smoothed, p))])

    def yes_or_no(targets):
        return -sum(t * math.log(sigmoid(v)) + (1 - t) * math.log(1 - sigmoid(v)) for v, t in zip(z, targets))

    example("binary_cross_entropy", "st", [(3,), ()], None, [z, label], [yes_or_no(one_hot)])
    example("binary_cross_entropy", "st", [(3,), (3,)], "over=mean", [z, soft], [yes_or_no(soft) / 3])
    example("squared_error", "st", [(3,), ()], None, [z, label], [sum((v - t) ** 2 for v, t in zip(z, one_hot))])
    example("squared_error", "st", [(3,), (3,)], "over=mean", [z, soft], [sum((v - t) ** 2 for v, t in zip(z, soft)) / 3])


def in_c(values):
    return "DSC_NUMBERS(%s)" % ", ".join("%.10g" % (v + 0.0) for v in values)


def main():
    of_all()
    for op in sys.argv[1:] or EXAMPLES:
        print("/* %s */" % op)
        for roles, shapes, values, given, expected, training in EXAMPLES[op]:
            sizes = ", ".join("{%d, {%s}}" % (len(s), ", ".join(map(str, s))) if s else "{0}" for s in shapes)
            print('{.roles = "%s", .in = {%s}, %s%s.given = %s, .expected = %s},'
                  % (roles, sizes, '.values = "%s", ' % values if values else "", ".training = true, " if training else "",
                     in_c(given), in_c(expected)))


main()
