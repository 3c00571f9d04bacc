#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""new.py: begins a new op, layer, optimiser, ... : one file from a template, and one line in its registry.

    scripts/new.py                      which kinds there are
    scripts/new.py KIND NAME            as in `scripts/new.py schedule inverse-time`

The templates (tests/extend/KIND.c) are small things that work and pass all tests; tests/project/test_extend.sh sees
to that. Change the copy into what you want. CONTRIBUTING.md has a section for each kind.
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent


class Kind:
    """Where a new thing goes. FILE has {} for its name; ENTRY, too, is added to the macro MACRO of REGISTRY."""

    def __init__(self, file, registry, macro, entry, tests, also=None):
        self.file, self.registry, self.macro, self.entry, self.tests = file, registry, macro, entry, tests
        self.also = also  # (path, bytes): an example file


KINDS = {
    "op": Kind("src/op/{}.c", "src/op/ops.c", "DSC_OPS", "OP({})",
               "^(check.gradients|op.ops|exchange.onnx_ops|exchange.c|base.registry)$"),
    "loss": Kind("src/op/{}.c", "src/op/ops.c", "DSC_OPS", "OP({})", "^(check.gradients|op.ops|base.registry)$"),
    "layer": Kind("src/layer/{}.c", "src/layer/layers.c", "DSC_LAYERS", "LAYER({})",
                  "^(layer.layers|model.native|base.registry)$"),
    "optimiser": Kind("src/optim/{}.c", "src/optim/optimisers.c", "DSC_OPTIMISERS", "OPTIMISER({})",
                      "^(optim.optimisers|base.registry)$"),
    "schedule": Kind("src/optim/schedule_{}.c", "src/optim/schedules.c", "DSC_SCHEDULES", "SCHEDULE({})",
                     "^(optim.schedules|base.registry)$"),
    "augmentation": Kind("src/augment/{}.c", "src/augment/augmentations.c", "DSC_AUGMENTATIONS", "AUGMENTATION({})",
                         "^(augment.augment|base.registry)$"),
    "command": Kind("cli/{}.c", "cli/commands.c", "COMMANDS", "COMMAND({})", "^(cli.program|cli.help)$"),
    "data-set": Kind("src/data/known_{}.c", "src/data/known.h", "DSC_KNOWN_DATA", "DATA({})",
                     "^(data.known|data.drawn|base.registry)$"),
    "picture": Kind("tools/picture/{}.c", "tools/picture/formats.c", "FORMATS", "FORMAT({})",
                    "^(picture.picture|base.registry)$",
                    ("tests/fuzz/corpus/{}/example", lambda name: name.upper().encode() + b"\0\3\0\2abcdef")),
    "model-format": Kind("tools/exchange/{}.c", "tools/exchange/formats.h", "EXCHANGE_FORMATS", "FORMAT({})",
                         "^(exchange.formats|base.registry)$"),
    "kernel-set": Kind("src/kernel/set_{}.c", "src/kernel/kernel.c", "DSC_SETS",
                       "DSC_IF(DSC_ON_X86,  SET({}, , DSC_HAS_AVX2, ))", "^(kernel.check|kernel.kernels|op.ops)$"),
}


def fail(message):
    print(f"new.py: {message}", file=sys.stderr)
    sys.exit(2)


def add_line(text, macro, entry):
    """`text` with one more entry at the end of a macro that lists things."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if line.startswith(f"#define {macro}(")), None)
    if first is None:
        raise ValueError(f"no macro {macro}")
    last = first
    while lines[last].endswith("\\"):
        last += 1
    if last == first:
        lines[last] += " " + entry
    else:
        lines[last] = lines[last].ljust(len(lines[first]) - 1) + "\\"
        lines.insert(last + 1, "    " + entry)
    return "\n".join(lines)


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in KINDS:
        print(__doc__.strip(), file=sys.stderr)
        print("\nKinds: " + ", ".join(KINDS), file=sys.stderr)
        return 0 if not arguments else 2
    kind, name = KINDS[arguments[0]], arguments[1]
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        fail(f"'{name}': expected small letters, digits and hyphens, as in 'inverse-time'")
    word = name.replace("-", "_")
    file, registry = TOP / kind.file.format(word), TOP / kind.registry
    if file.exists():
        fail(f"{file.relative_to(TOP)} is there already")
    template = (TOP / "tests" / "extend" / f"{arguments[0]}.c").read_text()
    for old, new in (("my_thing", word), ("my-thing", name), ("MY-THING", name.upper())):
        template = template.replace(old, new)
    line = kind.entry.format(word)
    listed = add_line(registry.read_text(), kind.macro, line)
    file.write_text(template)
    registry.write_text(listed)
    print(f"{kind.file.format(word)}: from a template; change it")
    print(f"{kind.registry}: the line {line}")
    if kind.also:
        path, content = TOP / kind.also[0].format(name), kind.also[1](name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{path.relative_to(TOP)}: an example file; replace it")
    print(f"Then: make test ARGS=\"-R '{kind.tests}'\", make format, make reference")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
