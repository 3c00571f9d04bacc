# SPDX-License-Identifier: MIT
"""training.py: a peer's seconds per epoch of 60,000 images, training only; called by bench/training.c.

    training.py LIBRARY NET THREADS IMAGES [bf16] [last]

LIBRARY: torch (with autograd), hand (PyTorch's products, steps written by hand), sklearn, numpy. NET: small
784-100-10, batch 64, SGD; wide 784-512-512-10, batch 128, SGD; cnn, batch 64, Adam. `last`: channels last.
Uses random images, because the time does not depend on their contents. After a warm-up makes one pass over
IMAGES images, scaled to 60,000; prints the seconds, or "absent: why".
"""
import sys
import time
import warnings

library, net, threads, images = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
bf16, last = "bf16" in sys.argv[5:], "last" in sys.argv[5:]
sizes = {"small": [784, 100, 10], "wide": [784, 512, 512, 10]}.get(net)
batch = 128 if net == "wide" else 64
rate = 0.1
warnings.simplefilter("ignore")


def timed(epoch):
    epoch(max(batch * 4, images // 10))
    start = time.perf_counter()
    epoch(images)
    print((time.perf_counter() - start) * 60000 / images)


def with_torch():
    import torch
    from torch import nn
    from torch.nn import functional
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    x, y = torch.rand(images, 784), torch.randint(0, 10, (images,))
    if net == "cnn":
        x = x.view(-1, 1, 28, 28)
        model = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
                              nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))
        optimiser = torch.optim.Adam(model.parameters())
    else:
        layers = []
        for a, b in zip(sizes, sizes[1:]):
            layers += [nn.Linear(a, b), nn.ReLU()]
        model = nn.Sequential(*layers[:-1])
        optimiser = torch.optim.SGD(model.parameters(), lr=rate)
    if last:
        model = model.to(memory_format=torch.channels_last)

    def epoch(count):
        order = torch.randperm(count)
        for i in range(0, count, batch):
            some = order[i:i + batch]
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
                loss = functional.cross_entropy(model(x[some]), y[some])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
    timed(epoch)


def by_hand():
    import torch
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    x, y = torch.rand(images, 784), torch.randint(0, 10, (images,))
    w = [torch.randn(a, b) * (2 / a) ** 0.5 for a, b in zip(sizes, sizes[1:])]
    v = [torch.zeros(b) for b in sizes[1:]]

    def epoch(count):
        order = torch.randperm(count)
        for i in range(0, count, batch):
            some = order[i:i + batch]
            values = [x[some]]
            for k in range(len(w)):
                z = torch.addmm(v[k], values[-1], w[k])
                values.append(z.clamp_(min=0) if k + 1 < len(w) else z)
            d = torch.softmax(values[-1], 1)
            d[torch.arange(len(some)), y[some]] -= 1
            d /= len(some)
            for k in reversed(range(len(w))):
                dw, dv = values[k].t() @ d, d.sum(0)
                if k:
                    d = (d @ w[k].t()) * (values[k] > 0)
                w[k].sub_(dw, alpha=rate)
                v[k].sub_(dv, alpha=rate)
    with torch.no_grad():
        timed(epoch)


def with_numpy():
    import numpy as np
    random = np.random.default_rng(1)
    x, y = random.random((images, 784), dtype=np.float32), random.integers(0, 10, images)
    w = [random.standard_normal((a, b), dtype=np.float32) * np.float32((2 / a) ** 0.5) for a, b in zip(sizes, sizes[1:])]
    v = [np.zeros(b, np.float32) for b in sizes[1:]]

    def epoch(count):
        order = random.permutation(count)
        for i in range(0, count, batch):
            some = order[i:i + batch]
            values = [x[some]]
            for k in range(len(w)):
                z = values[-1] @ w[k] + v[k]
                values.append(np.maximum(z, 0, out=z) if k + 1 < len(w) else z)
            e = np.exp(values[-1] - values[-1].max(1, keepdims=True))
            d = e / e.sum(1, keepdims=True)
            d[np.arange(len(some)), y[some]] -= 1
            d /= np.float32(len(some))
            for k in reversed(range(len(w))):
                dw, dv = values[k].T @ d, d.sum(0)
                if k:
                    d = (d @ w[k].T) * (values[k] > 0)
                w[k] -= np.float32(rate) * dw
                v[k] -= np.float32(rate) * dv
    timed(epoch)


def with_sklearn():
    import numpy as np
    from sklearn.neural_network import MLPClassifier
    random = np.random.default_rng(1)
    x, y = random.random((images, 784), dtype=np.float32), random.integers(0, 10, images)
    model = MLPClassifier(sizes[1:-1], solver="sgd", momentum=0, alpha=0, batch_size=batch, learning_rate_init=rate, max_iter=1,
                          n_iter_no_change=1000)
    model.warm_start = True
    timed(lambda count: model.fit(x[:count], y[:count]))


try:
    {"torch": with_torch, "hand": by_hand, "numpy": with_numpy, "sklearn": with_sklearn}[library]()
except ImportError as error:
    print("absent:", error)
