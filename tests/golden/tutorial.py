# SPDX-License-Identifier: MIT
"""NumPy's tutorial "Deep learning on MNIST" from four IDX files: prints its epochs, saves its weights.

    tutorial.py FOLDER OUT training_sample test_sample epochs learning_rate hidden_size seed corrected(0|1)

FOLDER holds the four files, plain or gzip; OUT gets weights_1 and weights_2, one after the other, as raw doubles.
The gradient is the tutorial's own unless `corrected` is 1.
"""
import gzip
import os
import sys

import numpy as np


def read(folder, name):
    path = os.path.join(folder, name)
    with open(path if os.path.exists(path) else path + ".gz", "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(data[3])]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape[0], -1)


def relu(x):
    return (x >= 0) * x


def relu2deriv(output):
    return output >= 0


def main():
    folder, out = sys.argv[1:3]
    training_sample, test_sample, epochs = (int(a) for a in sys.argv[3:6])
    learning_rate, hidden_size, seed, corrected = float(sys.argv[6]), *(int(a) for a in sys.argv[7:10])
    training_images = read(folder, "train-images-idx3-ubyte")[:training_sample] / 255
    test_images = read(folder, "t10k-images-idx3-ubyte")[:test_sample] / 255
    labels = [read(folder, name + "-labels-idx1-ubyte").ravel() for name in ("train", "t10k")]
    num_labels = max(10, 1 + int(max(part.max() for part in labels)))
    training_labels, test_labels = (np.eye(num_labels)[part] for part in labels)
    training_labels, test_labels = training_labels[:training_sample], test_labels[:test_sample]

    rng = np.random.default_rng(seed)
    weights_1 = 0.2 * rng.random((training_images.shape[1], hidden_size)) - 0.1
    weights_2 = 0.2 * rng.random((hidden_size, num_labels)) - 0.1
    for j in range(epochs):
        training_loss, training_accurate = 0.0, 0
        for layer_0, label in zip(training_images, training_labels):
            layer_1 = relu(np.dot(layer_0, weights_1))
            dropout_mask = rng.integers(low=0, high=2, size=layer_1.shape)
            layer_1 *= dropout_mask * 2
            layer_2 = np.dot(layer_1, weights_2)
            training_loss += np.sum((label - layer_2) ** 2)
            training_accurate += int(np.argmax(layer_2) == np.argmax(label))
            layer_2_delta = label - layer_2
            slope = (layer_1 > 0) * 2 if corrected else relu2deriv(layer_1)
            layer_1_delta = np.dot(weights_2, layer_2_delta) * slope
            layer_1_delta *= dropout_mask
            weights_1 += learning_rate * np.outer(layer_0, layer_1_delta)
            weights_2 += learning_rate * np.outer(layer_1, layer_2_delta)
        results = relu(test_images @ weights_1) @ weights_2
        test_loss = np.sum((test_labels - results) ** 2)
        test_accurate = np.sum(np.argmax(results, axis=1) == np.argmax(test_labels, axis=1))
        print(f"Epoch: {j}\n"
              f"  Training set error: {training_loss / len(training_images):.3f}\n"
              f"  Training set accuracy: {training_accurate / len(training_images)}\n"
              f"  Test set error: {test_loss / len(test_images):.3f}\n"
              f"  Test set accuracy: {test_accurate / len(test_images)}")
    with open(out, "wb") as file:
        file.write(weights_1.tobytes() + weights_2.tobytes())


if __name__ == "__main__":
    main()
