#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the seeds of most targets: python3 tests/fuzz/make-corpus.py (needs NumPy).

Small files of every kind that the readers tell apart, good and bad, so that the fuzzer starts behind the
checksums that it could hardly guess."""
import gzip
import io
import json
import os
import struct
import zlib

import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")


def put(folder, name, data):
    os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    with open(os.path.join(HERE, folder, name), "wb") as file:
        file.write(data)


def idx(code, shape, content):
    return bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + content


def packed(data):
    return gzip.compress(data, 9, mtime=0)


def seeds_idx():
    images = idx(8, (2, 3, 4), bytes(range(24)))
    for code, size in ((8, 1), (9, 1), (11, 2), (12, 4), (13, 4), (14, 8)):
        put("idx", f"type-{code:02x}", idx(code, (3,), bytes(range(3 * size))))
    for rank in range(1, 5):
        shape = (2, 3, 1, 2)[:rank]
        put("idx", f"rank-{rank}", idx(8, shape, bytes(int(np.prod(shape)))))
    put("idx", "empty-array", idx(8, (0, 3), b""))
    put("idx", "images.gz", packed(images))
    put("idx", "labels.gz", packed(idx(8, (5,), bytes([7, 2, 1, 0, 4]))))
    put("idx", "floats.gz", packed(idx(13, (2, 2), struct.pack(">4f", 1, 2, 3, 4))))
    put("idx", "zeros.gz", packed(idx(8, (300, 28), bytes(8400))))
    put("idx", "two-members.gz", packed(images[:9]) + packed(images[9:]))
    put("idx", "stored.gz", gzip.compress(images, 0, mtime=0))
    body = packed(images)
    put("idx", "all-header-fields.gz", body[:3] + b"\x1e" + body[4:10] + b"\x02\0xyname\0comment\0\0\0" + body[10:])
    put("idx", "trailing.gz", body + b"more")
    put("idx", "cut.gz", body[:-6])
    put("idx", "lying-size.gz", body[:-4] + b"\xff\xff\xff\xff")
    put("idx", "huge-claim", idx(8, (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF), b""))
    put("idx", "web-page", b"<!DOCTYPE html><title>404</title>")
    put("idx", "nothing", b"")


def npy(array, **options):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, **options)
    return out.getvalue()


def archive(method, files):
    """A ZIP archive without times, so that the seeds never change."""
    out, entries = b"", b""
    for name, data in files:
        body = data
        if method == 8:
            deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
            body = deflater.compress(data) + deflater.flush()
        common = struct.pack("<5H3I2H", 20, 0, method, 0, 33, zlib.crc32(data), len(body), len(data), len(name), 0)
        entries += b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<3H2I", 0, 0, 0, 0, len(out)) + name
        out += b"PK\3\4" + common + name + body
    end = struct.pack("<4H2IH", 0, 0, len(files), len(files), len(entries), len(out), 0)
    return out + entries + b"PK\5\6" + end


def seeds_npy():
    for name in ("u1", "i1", "<i2", ">i4", "<f4", ">f8", "<i8"):
        put("npy", f"type-{name.strip('<>')}-{'big' if '>' in name else 'little'}.npy", npy(np.arange(6).astype(name)))
    put("npy", "rank-4.npy", npy(np.zeros((1, 2, 1, 3), "f4")))
    put("npy", "rank-5.npy", npy(np.zeros((1, 1, 1, 1, 1), "f4")))
    put("npy", "scalar.npy", npy(np.float32(1)))
    put("npy", "fortran.npy", npy(np.asfortranarray(np.ones((2, 3), "f4"))))
    put("npy", "fields.npy", npy(np.zeros(2, [("a", "f4"), ("b", "i4")])))
    put("npy", "version-2.npy", npy(np.ones(3, "u1"), version=(2, 0)))
    files = [(b"x.npy", npy(np.ones((2, 3), "f4"))), (b"y.npy", npy(np.zeros(5, "i2")))]
    put("npy", "stored.npz", archive(0, files))
    put("npy", "deflated.npz", archive(8, files))
    put("npy", "without-x.npz", archive(0, files[1:]))
    put("npy", "empty.npz", archive(0, []))


def png(width, height, depth, colour, rows, extra=b"", interlace=0):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">2I5B", width, height, depth, colour, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def seeds_png():
    palette = struct.pack(">I", 6) + b"PLTE" + bytes(6)
    palette += struct.pack(">I", zlib.crc32(palette[4:]))
    put("png", "grey", png(3, 2, 8, 0, b"\0abc\2def"))
    put("png", "colour", png(2, 1, 8, 2, b"\0abcdef"))
    put("png", "alpha", png(1, 1, 8, 6, b"\0abcd"))
    put("png", "sixteen-bits", png(1, 2, 16, 0, b"\0ab\1cd"))
    put("png", "one-bit", png(9, 1, 1, 0, b"\0\xaa\x80"))
    put("png", "palette", png(4, 1, 1, 3, b"\0\xa0", palette))
    put("png", "interlaced", png(2, 2, 8, 0, b"\0a\0b\0cd", interlace=1))


def seeds_options():
    """The first byte chooses the command."""
    for i, words in enumerate(("--data\nfolder\n--epochs=3", "-o\nx\n--no-json", "--\nfile", "--help", "--epocs\n3")):
        put("options", f"words-{i}", bytes([i * 3]) + words.encode())


def seeds_folder():
    put("folder", "labels", b"\1zero\none\ntwo\n")
    put("folder", "labels-windows", b"\1\xef\xbb\xbfa\r\nb\r\n")
    lines = (b'{"event":"start","step":0,"format":1}\n{"event":"step","step":3,"epoch":0.5,"loss":2,"accuracy":0.1}\n'
             b'{"event":"epoch","step":6,"epoch":1,"loss":1,"validation_loss":null}\n'
             b'{"event":"warning","step":6,"message":"m"}\n{"event":"end","step":6,"seconds":1}\n')
    put("folder", "log", b"\10" + lines)
    put("folder", "log-cut", b"\0" + lines[:-9])


def seeds_prepare():
    picture = bytearray([20, 0, 0]) + bytearray([255]) * (21 * 21)
    for y in range(5, 15):
        picture[3 + 21 * y + 9:3 + 21 * y + 12] = b"\0\0\0"
    put("prepare", "stroke", bytes(picture))


def seeds_numbers():
    put("numbers", "tenth", b"0.1")
    put("numbers", "small", b"-1e-320")
    put("numbers", "slip", b"learnin-rate")
    put("numbers", "eight-bytes", struct.pack("<d", 1 + 2**-52))


def seeds_weights():
    """The first byte: which network (1 dense, 2 convolutions), four times the layout, 16: as safetensors."""
    golden = os.path.join(HERE, "..", "..", "golden", "exchange")
    for name, first in (("convolutions.safetensors", 2), ("convolutions.safetensors", 2 + 4 + 16), ("convolutions-keras.npz", 2 + 8),
                        ("dense.safetensors", 1), ("dense.safetensors", 3), ("dense-numpy.npz", 1), ("dense-numpy.npz", 1 + 12), ("dense-state.npz", 1 + 4)):
        with open(os.path.join(golden, name), "rb") as file:
            put("weights", f"{first}-{name}", bytes([first]) + file.read())


def seeds_claim():
    """The target seals them."""
    part = {"count": 12, "sha256": "1" * 64}
    claim = {
        "claim": 1,
        "sha256": "0" * 64,
        "name": "mlp",
        "score": {"count": 12, "right": 6, "loss": 0.5, "answers": "PwA="},
        "model": {"parameters": 7, "sha256": "2" * 64, "weights_sha256": "3" * 64},
        "data": {"name": "letters", "training": part, "test": part, "others": part},
        "program": {"version": "1.0.0", "architecture": "x86_64", "sha256": ""},
        "kernels": {"set": "portable", "precision": "f32", "sha256": "4" * 64},
        "recipe": {"format": 1, "others": "shapes", "epochs": 3},
    }
    text = json.dumps(claim, indent=2).encode()
    put("claim", "whole", text)
    put("claim", "cut", text[:-300])
    put("claim", "more-right", text.replace(b'"right": 6', b'"right": 7'))


def seeds_libsvm():
    """The first byte: which shape is stated, of fuzz_libsvm.c. A zero byte stands between training and test set."""
    put("libsvm", "signed", b"\0" + b"1 1:-1 2:1 3:0 4:-0.5\n2 1:1 4:1\n1 2:0.5\n" + b"\0" + b"2 1:-1 4:-1 \n\n")
    put("libsvm", "whole", b"\0" + b"0 1:9 2:255\r\n7 1:1 4:3\r\n")
    put("libsvm", "stated", b"\1" + b"0 1:9 2:255\n1 1:1\n0 2:7\n1 1:3\n")
    put("libsvm", "colour", b"\3" + b"1 1:0.5 2:1e-3\n2 12:1\n")
    put("libsvm", "backward", b"\0" + b"1 2:1 1:1\n")
    put("libsvm", "sparse", b"\0" + b"1 1:1 1048576:1\n2 1:1\n")


seeds_idx()
seeds_npy()
seeds_png()
seeds_options()
seeds_folder()
seeds_prepare()
seeds_numbers()
seeds_weights()
seeds_claim()
seeds_libsvm()
