#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the files beside it: /usr/bin/python3 tests/golden/exchange/make.py (needs PyTorch and NumPy; Debian's
python3-torch will do).

A small network with two convolutions, batch normalisation and two dense layers, and one without convolutions: their weights as
PyTorch, Keras and NumPy users keep them, and what PyTorch answers to eight images."""
import json
import os
import struct

import numpy as np
import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.float64: "F64", torch.int64: "I64"}


def path(name):
    return os.path.join(HERE, name)


def save_safetensors(name, state):
    """As the safetensors library writes: larger types first, then by name."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for key in sorted(state, key=lambda k: (-state[k].element_size(), k)):
        tensor = state[key].contiguous()
        raw = bytes(tensor.reshape(-1).view(torch.uint8).numpy()) if tensor.dim() else struct.pack("<q", int(tensor))
        header[key] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path(name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, 3)
        self.bn1 = nn.BatchNorm2d(3)
        self.conv2 = nn.Conv2d(3, 5, 2, bias=False)
        self.bn2 = nn.BatchNorm2d(5)
        self.fc1 = nn.Linear(20, 7)
        self.fc2 = nn.Linear(7, 4)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 2)
        x = torch.relu(self.bn2(self.conv2(x)))
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


def rounded(state):
    """In the types that files of other people have, mixed."""
    kinds = {"conv1": torch.float16, "bn1": torch.bfloat16, "fc1": torch.float64}
    return {k: v.to(kinds.get(k.split(".")[0], v.dtype)) if v.is_floating_point() else v for k, v in state.items()}


def keras_arrays(net):
    """In the order and the layout of Keras' get_weights()."""
    s = {k: v.detach().numpy() for k, v in net.state_dict().items()}
    flat = s["fc1.weight"].reshape(7, 5, 2, 2).transpose(2, 3, 1, 0).reshape(20, 7)
    norm = lambda n: [s[f"bn{n}.weight"], s[f"bn{n}.bias"], s[f"bn{n}.running_mean"], s[f"bn{n}.running_var"]]
    kernel = lambda n: s[f"conv{n}.weight"].transpose(2, 3, 1, 0)
    return [kernel(1), s["conv1.bias"], *norm(1), kernel(2), *norm(2), flat, s["fc1.bias"], s["fc2.weight"].T, s["fc2.bias"]]


torch.manual_seed(17)
images = torch.randint(0, 256, (8, 1, 8, 8), dtype=torch.uint8)
np.save(path("images.npy"), images.numpy())

net = Convolutions()
for _ in range(3):  # running statistics that differ from those of a new network
    net(torch.rand(16, 1, 8, 8))
net.eval()
net.load_state_dict({k: v.to(torch.float32) if v.is_floating_point() else v for k, v in rounded(net.state_dict()).items()})
save_safetensors("convolutions.safetensors", rounded(net.state_dict()))
np.save(path("convolutions-logits.npy"), net(images / 255).detach().numpy())
np.savez(path("convolutions-keras.npz"), *keras_arrays(net))

dense = nn.Sequential(nn.Flatten(), nn.Linear(64, 6), nn.ReLU(), nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 4))
save_safetensors("dense.safetensors", dense.state_dict())
np.save(path("dense-logits.npy"), dense(images / 255).detach().numpy())
w = [v.detach().numpy() for v in dense.state_dict().values()]
# As the sums x @ W + b need them; the biases are rows.
np.savez(path("dense-numpy.npz"), W1=w[0].T, b1=w[1][None], W2=np.asfortranarray(w[2].T), b2=w[3][None], W3=w[4].T.astype("f8"), b3=w[5][None])
np.savez_compressed(path("dense-state.npz"), **{k: v.numpy() for k, v in dense.state_dict().items()})
