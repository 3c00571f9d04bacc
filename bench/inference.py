# SPDX-License-Identifier: MIT
"""inference.py: PyTorch's figures for bench/inference.c, and the models that ONNX Runtime loads.

    inference.py export FOLDER                          writes mlp.onnx and cnn.onnx with initial weights
    inference.py NET BATCH THREADS latency|speed        median microseconds per call; or images per second
"""
import sys
import time
import warnings

import torch
from torch import nn

warnings.simplefilter("ignore")


def model_of(net):
    torch.manual_seed(1)
    if net == "mlp":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10)).eval()
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10)).eval()


if sys.argv[1] == "export":
    for net in "mlp", "cnn":
        torch.onnx.export(model_of(net), torch.rand(1, 1, 28, 28), f"{sys.argv[2]}/{net}.onnx", opset_version=13,
                          input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
    print("written")
    sys.exit()

net, batch, threads, what = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(threads)
model = torch.jit.optimize_for_inference(torch.jit.script(model_of(net)))
x = (torch.rand(batch, 1, 28, 28) * (torch.rand(batch, 1, 28, 28) < 0.2))
times = []
with torch.inference_mode():
    for _ in range(20):
        model(x)
    begin = time.perf_counter()
    while time.perf_counter() - begin < 1 or len(times) < 5:
        start = time.perf_counter()
        model(x)
        times.append(time.perf_counter() - start)
times.sort()
median = times[len(times) // 2]
print(median * 1e6 if what == "latency" else batch / median)
