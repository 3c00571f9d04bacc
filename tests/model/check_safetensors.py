#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads a safetensors file by its specification alone: python3 check_safetensors.py FILE. Prints what it holds."""
import json
import struct
import sys

data = open(sys.argv[1], "rb").read()
(length,) = struct.unpack("<Q", data[:8])
assert data[8:9] == b"{" and (8 + length) % 64 == 0
header = json.loads(data[8 : 8 + length].decode())
metadata = header.pop("__metadata__")
assert all(isinstance(key, str) and isinstance(value, str) for key, value in metadata.items())
end, total = 0, 0.0
for name, tensor in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    begin, stop = tensor["data_offsets"]
    count = 1
    for size in tensor["shape"]:
        count *= size
    assert tensor["dtype"] == "F32" and begin == end and stop - begin == 4 * count, name
    values = struct.unpack(f"<{count}f", data[8 + length + begin : 8 + length + stop])
    total += sum(values)
    end = stop
assert 8 + length + end == len(data)
graph = json.loads(metadata["graph"])
used = {node["name"] for node in graph["nodes"] if node["kind"] in ("parameter", "buffer")}
assert used == set(header)
print(metadata["text"], len(header), f"{total:.3f}")
