#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make-onnx.py: makes tests/golden/onnx: networks as other programs write them, with images and what they answer.

    /usr/bin/python3 tests/golden/make-onnx.py tests/golden/onnx

Needs PyTorch and onnx (Debian: python3-torch, python3-onnx; made with 1.13.1 and 1.12.0). PyTorch's files are its own
exports; the others are put together by onnx.helper in the way of the programs that they are named after, and NumPy says
what they answer. NAME.bin has 3 images (bytes, channels first), then the logits (float32, little-endian).
"""
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

out = sys.argv[1]
rng = np.random.default_rng(17)
torch.manual_seed(17)


def keep(name, images, logits):
    with open(f'{out}/{name}.bin', 'wb') as file:
        file.write(images.astype(np.uint8).tobytes() + np.asarray(logits, '<f4').tobytes())


def images_of(*shape):
    return rng.integers(0, 256, (3, *shape), dtype=np.uint8)


def small(*shape):
    return (rng.standard_normal(shape) * 0.4).astype(np.float32)


# --- PyTorch ---

def from_torch(name, net, opset, images, dynamic=True, softmax=False, **more):
    net.eval()
    x = torch.from_numpy(images.astype(np.float32) / 255)
    with torch.no_grad():
        logits = net(x).numpy()
    whole = torch.nn.Sequential(net, torch.nn.Softmax(1)) if softmax else net
    torch.onnx.export(whole, x[:1], f'{out}/{name}.onnx', opset_version=opset, input_names=['input'], output_names=['output'],
                      dynamic_axes={'input': {0: 'n'}, 'output': {0: 'n'}} if dynamic else None, **more)
    keep(name, images, logits)


def live(net):
    """Statistics of batch normalisation that are not 0 and 1."""
    for module in net.modules():
        if isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
            torch.nn.init.normal_(module.weight, 1, 0.2)
            torch.nn.init.normal_(module.bias, 0, 0.2)
    return net


class View(torch.nn.Module):
    """Flattens by x.view(x.size(0), -1), which becomes Shape, Gather, Unsqueeze, Concat, Reshape."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 3, 3, stride=2, padding=1)
        self.fc = torch.nn.Linear(48, 4)

    def forward(self, x):
        return self.fc(torch.nn.functional.gelu(self.conv(x)).view(x.size(0), -1))


class Residual(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.norm = torch.nn.BatchNorm2d(4)
        self.b = torch.nn.Conv2d(4, 4, 3, padding=1, groups=4)
        self.c = torch.nn.Conv2d(4, 4, 1, groups=2)
        self.fc = torch.nn.Linear(8, 5)

    def forward(self, x):
        x = torch.nn.functional.relu(self.norm(self.a(x)))
        y = x + torch.nn.functional.leaky_relu(self.c(self.b(x)), 0.1)
        y = torch.cat([torch.nn.functional.max_pool2d(y, 2), torch.nn.functional.avg_pool2d(y, 2)], 1)
        return self.fc(y.mean((2, 3)))


def mlp():
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 12), torch.nn.ReLU(), torch.nn.Dropout(0.2),
                               torch.nn.Linear(12, 4))


def cnn():
    n = torch.nn
    return live(n.Sequential(n.Conv2d(1, 4, 3, padding=1), n.BatchNorm2d(4), n.ReLU(), n.MaxPool2d(2), n.Conv2d(4, 6, 3),
                             n.BatchNorm2d(6), n.SiLU(), n.AdaptiveAvgPool2d(1), n.Flatten(), n.BatchNorm1d(6),
                             n.Linear(6, 4)))


grey = images_of(1, 8, 8)
training = torch.onnx.TrainingMode.PRESERVE
from_torch('torch-mlp-9', mlp(), 9, grey)
from_torch('torch-mlp-13', mlp(), 13, grey, softmax=True)
from_torch('torch-cnn-11', cnn(), 11, grey, dynamic=False)
from_torch('torch-cnn-17', cnn(), 17, grey, training=training, do_constant_folding=False)
from_torch('torch-view-12', View(), 12, grey)
from_torch('torch-residual-14', live(Residual()), 14, images_of(3, 6, 6), training=training)
prelu = torch.nn.PReLU(3)
torch.nn.init.normal_(prelu.weight, 0.3, 0.3)
from_torch('torch-prelu-15', torch.nn.Sequential(torch.nn.Conv2d(1, 3, 3), prelu, torch.nn.Flatten(), torch.nn.Linear(108, 4)), 15, grey)


# --- by hand ---

def build(name, nodes, inputs, outputs, arrays, opset, ir=7, in_inputs=False, **more):
    lists = [numpy_helper.from_array(np.asarray(a), n) for n, a in arrays.items()]
    ins = [helper.make_tensor_value_info(n, t, s) for n, t, s in inputs]
    if in_inputs:
        ins += [helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in lists]
    outs = [helper.make_tensor_value_info(n, t, s) for n, t, s in outputs]
    graph = helper.make_graph(nodes, name, ins, outs, lists)
    sets = [helper.make_opsetid('', opset)] + [helper.make_opsetid(d, v) for d, v in more.get('domains', [])]
    model = helper.make_model(graph, producer_name=more.get('producer', 'hand'), opset_imports=sets, ir_version=ir)
    onnx.save(model, f'{out}/{name}.onnx')


def conv(x, w, stride=1, before=0, behind=0):
    """(n, c, h, w) with (k, c, r, s)."""
    x = np.pad(x, ((0, 0), (0, 0), (before, behind), (before, behind)))
    n, _, h, width = x.shape
    r, s = w.shape[2:]
    rows, columns = (h - r) // stride + 1, (width - s) // stride + 1
    y = np.zeros((n, w.shape[0], rows, columns), np.float64)
    for i in range(rows):
        for j in range(columns):
            y[:, :, i, j] = np.tensordot(x[:, :, i * stride:i * stride + r, j * stride:j * stride + s], w, ([1, 2, 3], [1, 2, 3]))
    return y


def pool(x, size):
    n, c, h, w = x.shape
    return x[:, :, :h // size * size, :w // size * size].reshape(n, c, h // size, size, w // size, size).max((3, 5))


# The model zoo's MNIST: opset 7 and 8, a batch of 1 in Reshape, no kernel_shape, separate sums, weights among the
# inputs.
node = helper.make_node
images = images_of(1, 8, 8)
a = {'P5': small(3, 1, 5, 5), 'P6': small(3, 1, 1), 'P87': small(4, 3, 5, 5), 'P88': small(4, 1, 1),
     'P193': small(4, 2, 2, 4), 'P194': small(1, 4), 'shape1': np.array([1, 16]), 'shape2': np.array([16, 4])}
nodes = [
    node('Reshape', ['P193', 'shape2'], ['P193_reshape1']),
    node('Conv', ['Input3', 'P5'], ['c1'], 'Convolution28', dilations=[1, 1], strides=[1, 1], auto_pad='SAME_UPPER', group=1),
    node('Add', ['c1', 'P6'], ['p1'], 'Plus30'), node('Relu', ['p1'], ['r1']),
    node('MaxPool', ['r1'], ['m1'], kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0], auto_pad='NOTSET'),
    node('Conv', ['m1', 'P87'], ['c2'], 'Convolution110', strides=[1, 1], auto_pad='SAME_UPPER'),
    node('Add', ['c2', 'P88'], ['p2']), node('Relu', ['p2'], ['r2']),
    node('MaxPool', ['r2'], ['m2'], kernel_shape=[2, 2], strides=[2, 2], auto_pad='VALID'),
    node('Reshape', ['m2', 'shape1'], ['flat']),
    node('MatMul', ['flat', 'P193_reshape1'], ['t']), node('Add', ['t', 'P194'], ['Plus214_Output_0'])]
build('zoo-8', nodes, [('Input3', TensorProto.FLOAT, [1, 1, 8, 8])], [('Plus214_Output_0', TensorProto.FLOAT, [1, 4])],
      a, 8, 3, in_inputs=True, producer='CNTK')
y = np.maximum(conv(images / 255, a['P5'], 1, 2, 2) + a['P6'], 0)
y = np.maximum(conv(pool(y, 2), a['P87'], 1, 2, 2) + a['P88'], 0)
keep('zoo-8', images, pool(y, 2).reshape(3, 16) @ a['P193'].reshape(16, 4) + a['P194'])

# Keras through tf2onnx: channels last outside, a Transpose before and after the convolutions; strides with padding on
# one side; the graph divides the pixels.
images = images_of(3, 6, 6)
mean, deviation = np.float32([0.5, 0.4, 0.3]), np.float32([0.2, 0.25, 0.3])
a = {'scale': np.float32(255), 'mean': mean, 'deviation': deviation, 'w': small(4, 3, 3, 3), 'b': small(4), 'dense': small(36, 5), 'bias': small(5), 'shape': np.array([-1, 36])}
nodes = [
    node('Div', ['input_1', 'scale'], ['x255']),
    node('Sub', ['x255', 'mean'], ['centred']),
    node('Div', ['centred', 'deviation'], ['x']),
    node('Transpose', ['x'], ['xt'], 'transpose_in', perm=[0, 3, 1, 2]),
    node('Conv', ['xt', 'w', 'b'], ['c'], strides=[2, 2], kernel_shape=[3, 3], pads=[0, 0, 1, 1]),
    node('Relu', ['c'], ['r']),
    node('Transpose', ['r'], ['rt'], 'transpose_out', perm=[0, 2, 3, 1]),
    node('Reshape', ['rt', 'shape'], ['flat']),
    node('MatMul', ['flat', 'dense'], ['d']), node('Add', ['d', 'bias'], ['logits_']),
    node('Softmax', ['logits_'], ['dense_1'], axis=-1)]
build('keras-13', nodes, [('input_1', TensorProto.FLOAT, ['unk__1', 6, 6, 3])], [('dense_1', TensorProto.FLOAT, ['unk__2', 5])],
      a, 13, producer='tf2onnx')
x = (images / 255 - mean[:, None, None]) / deviation[:, None, None]
y = np.maximum(conv(x, a['w'], 2, 0, 1) + a['b'][:, None, None], 0)
keep('keras-13', images, y.transpose(0, 2, 3, 1).reshape(3, 36) @ a['dense'] + a['bias'])

# The same with a sum and a mean in channels last, an explicit Pad, and half-precision floats.
a = {'w': small(4, 3, 3, 3).astype(np.float16).astype(np.float32), 'shift': small(4), 'dense': small(4, 5), 'bias': small(5),
     'pads': np.array([0, 0, 1, 1, 0, 0, 1, 1])}
nodes = [
    node('Transpose', ['input_1'], ['xt'], perm=[0, 3, 1, 2]),
    node('Cast', ['w16'], ['w'], to=1),
    node('Pad', ['xt', 'pads'], ['xp'], mode='constant'),
    node('Conv', ['xp', 'w'], ['c']),
    node('Transpose', ['c'], ['ct'], perm=[0, 2, 3, 1]),
    node('Add', ['ct', 'shift'], ['s']), node('Sigmoid', ['s'], ['g']), node('Mul', ['s', 'g'], ['silu']),
    node('ReduceMean', ['silu'], ['mean'], axes=[1, 2], keepdims=0),
    node('Gemm', ['mean', 'dense', 'bias'], ['out'], alpha=1.0, beta=1.0)]
arrays = {**a, 'w16': a['w'].astype(np.float16)}
del arrays['w']
build('keras-mean-12', nodes, [('input_1', TensorProto.FLOAT, ['n', 6, 6, 3])], [('out', TensorProto.FLOAT, ['n', 5])], arrays, 12)
s = conv(images / 255, a['w'], 1, 1, 1) + a['shift'][:, None, None]
keep('keras-mean-12', images, (s / (1 + np.exp(-s))).mean((2, 3)) @ a['dense'] + a['bias'])

# scikit-learn's MLPClassifier through skl2onnx: rows of numbers, labels beside probabilities in a ZipMap, doubles.
images = images_of(1, 8, 8)
a = {'coefficient': small(64, 10).astype(np.float64), 'intercepts': small(1, 10), 'coefficient1': small(10, 3), 'intercepts1': small(1, 3),
     'classes': np.array([3, 5, 8]), 'shape_tensor': np.array([-1])}
nodes = [
    node('Cast', ['X'], ['cast_input'], to=1), node('Cast', ['coefficient'], ['k'], to=1),
    node('MatMul', ['cast_input', 'k'], ['mul_result']), node('Add', ['mul_result', 'intercepts'], ['add_result']),
    node('Tanh', ['add_result'], ['next_activations']),
    node('MatMul', ['next_activations', 'coefficient1'], ['mul_result1']), node('Add', ['mul_result1', 'intercepts1'], ['add_result1']),
    node('Softmax', ['add_result1'], ['out_activations'], axis=1),
    node('ArgMax', ['out_activations'], ['best'], axis=1),
    node('ArrayFeatureExtractor', ['classes', 'best'], ['label'], domain='ai.onnx.ml'),
    node('Reshape', ['label', 'shape_tensor'], ['output_label']),
    node('ZipMap', ['out_activations'], ['output_probability'], domain='ai.onnx.ml', classlabels_int64s=[3, 5, 8])]
build('sklearn-12', nodes, [('X', TensorProto.FLOAT, [None, 64])],
      [('output_label', TensorProto.INT64, [None]), ('output_probability', TensorProto.FLOAT, [None, 3])], a, 12,
      producer='skl2onnx', domains=[('ai.onnx.ml', 1)])
y = np.tanh((images / 255).reshape(3, 64) @ a['coefficient'] + a['intercepts'])
keep('sklearn-12', images, y @ a['coefficient1'] + a['intercepts1'])

# Every type of number, in its own list, and integers also as bytes: each is a constant, cast to float.
INT64_MAX = 2**63 - 1
images = images_of(1, 4, 4)
reals = {'FLOAT16': (small(16, 5) + 1e-6, [16, 5]), 'BFLOAT16': (small(5), [5]), 'DOUBLE': (small(5), [5])}
wholes = {'INT8': [0, 127, -1, -128, 5], 'UINT8': [0, 255, 1, 128, 7], 'INT16': [0, 32767, -1, -32768, 300], 'BOOL': [1, 0, 1, 1, 0],
          'UINT16': [0, 65535, 1, 32768, 300], 'INT32': [0, 2**31 - 1, -1, -2**31, 70000], 'UINT32': [0, 2**32 - 1, 1, 2**31, 70000],
          'INT64': [0, 2**52, -1, -2**52, 2**33], 'UINT64': [0, 2**53, 1, 2**52, 2**33]}
tensors = [helper.make_tensor(n, getattr(TensorProto, n), shape, values) for n, (values, shape) in reals.items()]
tensors += [helper.make_tensor(n, getattr(TensorProto, n), [5], values) for n, values in wholes.items()]
tensors += [numpy_helper.from_array(np.array(values, n.lower()), n + '_raw') for n, values in wholes.items()]
tensors += [helper.make_tensor(n, TensorProto.INT64, [1], [v]) for n, v in (('one', 1), ('last', INT64_MAX))]
cast = {'BFLOAT16': (np.array(tensors[1].int32_data, '<u4') << 16).view('<f4'), 'FLOAT16': reals['FLOAT16'][0].astype(np.float16).astype(np.float64),
        'DOUBLE': reals['DOUBLE'][0].astype(np.float64)}
nodes, total, sums = [node('Cast', [n], [n + '_float'], to=1) for n in reals], np.zeros(5), None
for n, values in wholes.items():
    for array in (n, n + '_raw'):
        factor = np.float32(0.1 / max(map(abs, values)))
        tensors.append(numpy_helper.from_array(factor, array + '_factor'))
        nodes += [node('Cast', [array], [array + '_float'], to=1),
                  node('Mul', [array + '_float', array + '_factor'], [array + '_small'])]
        if sums:
            nodes.append(node('Add', [sums, array + '_small'], ['sum_' + array]))
        sums = 'sum_' + array if sums else array + '_small'
        total += np.array(values, np.float64) * factor
nodes += [
    node('Mul', ['FLOAT16_float', 'DOUBLE_float'], ['weight']), node('Flatten', ['x'], ['flat']), node('MatMul', ['flat', 'weight'], ['product']),
    node('Add', ['product', 'BFLOAT16_float'], ['biased']), node('Add', ['biased', sums], ['moved']), node('Slice', ['moved', 'one', 'last', 'one'], ['y'])]
graph = helper.make_graph(nodes, 'types', [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['n', 1, 4, 4])],
                          [helper.make_tensor_value_info('y', TensorProto.FLOAT, ['n', 4])], tensors)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=7), f'{out}/types-13.onnx')
y = (images / 255).reshape(3, 16) @ (cast['FLOAT16'] * cast['DOUBLE']) + cast['BFLOAT16'] + total
keep('types-13', images, y[:, 1:])


# --- PyTorch, networks for phones ---

class Mobile(torch.nn.Module):
    """What MobileNetV2 and V3, ShuffleNet and self-normalising networks consist of."""

    def __init__(self):
        super().__init__()
        n = torch.nn
        self.a = n.Sequential(n.Conv2d(3, 6, 3, stride=2, padding=1, bias=False), n.BatchNorm2d(6), n.ReLU6())
        self.b = n.Sequential(n.Conv2d(6, 6, 3, padding=1, groups=6), n.Hardswish())
        self.squeeze, self.widen = n.Conv2d(6, 2, 1), n.Conv2d(2, 6, 1)
        self.c, self.d = n.Sequential(n.Conv2d(2, 3, 1), n.ELU(0.7)), n.Sequential(n.Conv2d(4, 3, 1), n.SELU())
        self.fc = n.Linear(96, 5)

    def forward(self, x):
        f = torch.nn.functional
        x = self.b(self.a(4 * x))
        gate = self.widen(f.relu(self.squeeze(f.adaptive_avg_pool2d(x, 1))))
        left, right = torch.split(x * f.hardsigmoid(3 * gate), (2, 4), 1)
        y = torch.cat([self.d(right), self.c(left)], 1)
        y = torch.cat([part.abs() for part in torch.chunk(y, 2, 1)], 1)
        return self.fc(f.hardtanh(y, -0.5, 1.5).clamp(min=-0.25).flatten(1))


images = images_of(3, 8, 8)
for opset in (9, 12, 14):
    torch.manual_seed(29)
    from_torch(f'torch-mobile-{opset}', live(Mobile()), opset, images)
