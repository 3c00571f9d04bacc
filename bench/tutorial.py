# SPDX-License-Identifier: MIT
"""tutorial.py: the tutorial in Python, for comparison in bench/tutorial.c.

    tutorial.py loop FOLDER EPOCHS         prints processor seconds of the training loop and the last loss
    tutorial.py whole FOLDER EPOCHS OUT    loads, prints, trains, evaluates, and saves the figures as PNG and SVG
"""
import gzip
import os
import sys
import time

import numpy as np


def read(folder, name, offset):
    path = os.path.join(folder, name)
    if os.path.exists(path):
        with open(path, "rb") as file:
            return np.frombuffer(file.read(), np.uint8, offset=offset)
    with gzip.open(path + ".gz", "rb") as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset)


def one_hot_encoding(labels, dimension=10):
    return (labels[..., None] == np.arange(dimension)[None]).astype(np.float64)


def relu(x):
    return (x >= 0) * x


def relu2deriv(output):
    return output >= 0


def train_epoch(rng, images, labels, weights_1, weights_2, learning_rate=0.005):
    loss, accurate = 0.0, 0
    for layer_0, label in zip(images, labels):
        layer_1 = relu(np.dot(layer_0, weights_1))
        dropout_mask = rng.integers(low=0, high=2, size=layer_1.shape)
        layer_1 *= dropout_mask * 2
        layer_2 = np.dot(layer_1, weights_2)
        loss += np.sum((label - layer_2) ** 2)
        accurate += int(np.argmax(layer_2) == np.argmax(label))
        layer_2_delta = label - layer_2
        layer_1_delta = np.dot(weights_2, layer_2_delta) * relu2deriv(layer_1)
        layer_1_delta *= dropout_mask
        weights_1 += learning_rate * np.outer(layer_0, layer_1_delta)
        weights_2 += learning_rate * np.outer(layer_1, layer_2_delta)
    return loss, accurate


def start(x_train, y_train, sample=1000, hidden_size=100):
    rng = np.random.default_rng(884736743)
    weights_1 = 0.2 * rng.random((784, hidden_size)) - 0.1
    weights_2 = 0.2 * rng.random((hidden_size, 10)) - 0.1
    return rng, x_train[:sample] / 255, one_hot_encoding(y_train[:sample]), weights_1, weights_2


def loop(folder, epochs):
    x_train = read(folder, "train-images-idx3-ubyte", 16).reshape(-1, 784)
    state = start(x_train, read(folder, "train-labels-idx1-ubyte", 8))
    begin, loss = time.process_time(), 0.0
    for _ in range(epochs):
        loss, _ = train_epoch(*state)
    print(time.process_time() - begin, repr(float(loss)))


def save(plt, figure, out, name):
    figure.savefig(os.path.join(out, name + ".png"))
    figure.savefig(os.path.join(out, name + ".svg"))
    plt.close(figure)


def whole(folder, epochs, out):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    os.makedirs(out, exist_ok=True)
    x_train, x_test = (read(folder, part + "-images-idx3-ubyte", 16).reshape(-1, 784) for part in ("train", "t10k"))
    y_train, y_test = (read(folder, part + "-labels-idx1-ubyte", 8) for part in ("train", "t10k"))
    print(x_train.shape, y_train.shape, x_test.shape, y_test.shape, y_train[59999])
    figure, axes = plt.subplots()
    axes.imshow(x_train[59999].reshape(28, 28), cmap="gray")
    save(plt, figure, out, "image")
    figure, axes = plt.subplots(1, 5)
    for sample, ax in zip(np.random.default_rng(147197952744).choice(x_train, size=5, replace=False), axes):
        ax.imshow(sample.reshape(28, 28), cmap="gray")
    save(plt, figure, out, "examples")

    state = start(x_train, y_train)
    test_images, test_labels = x_test[:1000] / 255, one_hot_encoding(y_test[:1000])
    stored = []
    for j in range(epochs):
        loss, accurate = train_epoch(*state)
        results = relu(test_images @ state[3]) @ state[4]
        test_loss = np.sum((test_labels - results) ** 2)
        test_accurate = np.sum(np.argmax(results, axis=1) == np.argmax(test_labels, axis=1))
        stored.append((accurate / 1000, loss / 1000, test_accurate / 1000, test_loss / 1000))
        print(f"Epoch: {j}\n  Training set error: {loss / 1000:.3f}\n  Training set accuracy: {accurate / 1000}\n"
              f"  Test set error: {test_loss / 1000:.3f}\n  Test set accuracy: {test_accurate / 1000}")
    figure, axes = plt.subplots(nrows=1, ncols=2, figsize=(15, 5))
    for i, (ax, title) in enumerate(zip(axes, ("Training set", "Test set"))):
        for k, name in enumerate(("Accuracy", "Error")):
            ax.plot(np.arange(epochs) + 1, [values[2 * i + k] for values in stored], label=name)
        ax.set_title(title)
        ax.set_xlabel("Epochs")
        ax.legend()
    save(plt, figure, out, "curves")


if __name__ == "__main__":
    if sys.argv[1] == "loop":
        loop(sys.argv[2], int(sys.argv[3]))
    else:
        whole(sys.argv[2], int(sys.argv[3]), sys.argv[4])
