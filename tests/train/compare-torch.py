# SPDX-License-Identifier: MIT
"""Rebuilds networks in PyTorch from their text and compares one training step's forward and backward pass.

    compare-torch.py FOLDER    each NAME.txt (the model text) there has a NAME.npz beside it with `images`, `labels`,
                               `logits`, `losses`, the parameters, the gradients as grad.PARAMETER, and the buffers
                               after the step as after.BUFFER

Prints a line a network, and exits with 1 if anything differs by more than 1e-5 of the largest value. A ReLU's input or a
pool's lead that is nearer to 0 than rounding has no gradient both could agree on: how near the nearest one is stands at the
end of the line, so that such a failure is known for what it is (another seed then, in test_torch.c).
"""
import glob, os, sys
import numpy as np
import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_num_threads(1)


def words(item):
    name, *rest = item.split()
    named = dict(w.split("=", 1) for w in rest if "=" in w)
    return name, [w for w in rest if "=" not in w], named


def forward(text, x, p, state):
    """Runs `text` on x; p: parameters by name, state: buffers by name (changed as training does)."""
    counts = {}
    items = [i.strip() for i in text.split(",")]
    if "-" in items[0] and items[0][0].isdigit():
        sizes = items[0].split("-")[1:]
        items = ["flatten"]
        for i, size in enumerate(sizes):
            items += [f"dense {size}"] + (["relu"] if i + 1 < len(sizes) else [])
    for item in items:
        if item.startswith("parallel("):  # of layers without parameters, which have no names to number
            x = torch.cat([forward(branch.strip(), x, p, state) for branch in item[9:-1].split("|")], 1)
            continue
        name, given, named = words(item)
        counts[name] = counts.get(name, 0) + 1
        layer = f"{name.replace(chr(45), chr(95))}{counts[name]}"
        if name == "flatten":
            x = x.flatten(1)
        elif name == "relu":
            kinks.append(x.detach().abs().min().item())
            x = F.relu(x)
        elif name == "dense":
            x = F.linear(x, p[f"{layer}.weight"], p.get(f"{layer}.bias"))
        elif name == "conv":
            w = p[f"{layer}.weight"]
            padding = named.get("padding", "0")
            padding = w.shape[2] // 2 if padding == "same" else int(padding)
            x = F.conv2d(x, w, p.get(f"{layer}.bias"), stride=int(named.get("stride", 1)), padding=padding)
        elif name == "batch-norm":
            x = F.batch_norm(x, state[f"{layer}.running_mean"], state[f"{layer}.running_var"], p[f"{layer}.weight"], p[f"{layer}.bias"],
                             training=True, momentum=0.1, eps=1e-5)
        elif name == "max-pool":
            k = int(given[0])
            first, second = F.unfold(x.detach().flatten(0, 1)[:, None], k, stride=k).topk(2, 1).values.unbind(1)
            kinks.append((first - second)[first > 0].min().item())  # where all are 0, an earlier ReLU has closed the gate
            x = F.max_pool2d(x, k)
        elif name == "global-pool":
            how = given[0] if given else "avg"
            x = x.mean((2, 3)) if how == "avg" else x.amax((2, 3))
        else:
            raise SystemExit(f"compare-torch.py does not know the layer '{name}'")
    return x


def differs(what, ours, theirs, floor=1e-3):
    """The largest difference, relative to the largest value; tiny gradients are compared with the floor."""
    scale = max(np.abs(theirs).max(), floor)
    return np.abs(ours - theirs).max() / scale, what


worst_of_all, kinks = 0.0, []
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.txt"))):
    text = open(path).read().strip()
    data = dict(np.load(path[:-4] + ".npz"))
    grads = {k[5:]: v for k, v in data.items() if k.startswith("grad.")}
    after = {k[6:]: v for k, v in data.items() if k.startswith("after.")}
    p = {k: torch.tensor(data[k], dtype=torch.float64, requires_grad=True) for k in grads}
    state = {k: torch.tensor(data[k], dtype=torch.float64) for k in after}
    kinks.clear()
    logits = forward(text, torch.tensor(data["images"], dtype=torch.float64), p, state)
    losses = F.cross_entropy(logits, torch.tensor(data["labels"].astype(np.int64)), reduction="none")
    losses.mean().backward()
    found = [differs("logits", data["logits"], logits.detach().numpy()), differs("losses", data["losses"], losses.detach().numpy())]
    found += [differs("gradient of " + k, grads[k], p[k].grad.numpy()) for k in grads]
    found += [differs("after the step, " + k, after[k], state[k].numpy()) for k in after]
    worst = max(found)
    worst_of_all = max(worst_of_all, worst[0])
    print(f"{os.path.basename(path)[:-4]}: {len(found)} arrays, largest difference {worst[0]:.2e} ({worst[1]}); nearest kink {min(kinks):.1e}")
sys.exit(1 if worst_of_all > 1e-5 else 0)
