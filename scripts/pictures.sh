#!/bin/sh
# SPDX-License-Identifier: MIT
# pictures.sh: makes the pictures of the README, docs/pictures/*. Needs `make build` with cairo and libpng, and MNIST
# in a folder where `descender tutorial --data mnist` finds it, such as ./data.
#
# The same data and the same version give the same bytes, except for differences between versions of libpng and cairo.
set -eu
cd "$(dirname "$0")/.."
program=build/release/descender
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p docs/pictures
$program tutorial --data mnist --quiet --out "$work" >/dev/null
cp "$work/curves.png" docs/pictures/tutorial-curves.png
$program data show --data digits --random 20 --seed 7 --quiet --out docs/pictures/digits.png
ls -l docs/pictures
