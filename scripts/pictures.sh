#!/bin/sh
# SPDX-License-Identifier: MIT
# pictures.sh: makes the pictures of the README, docs/pictures/*, anew. Needs `make build`, with cairo and libpng, and
# MNIST where `descender tutorial --data mnist` finds it (./data, say).
#
# The same data and the same version give the same bytes, but for what libpng and cairo change.
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
