# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The program is killed some twenty times, at random moments and in the middle of its calls: nothing is lost, and nothing left behind.
# `make soak` does it a thousand times.
# labels: slow
if [ -n "${TESTS_EMULATED:-}" ]; then
    echo "skip - killed_anywhere_nothing_is_lost: needs a program that can be preloaded, and an emulator's cannot"
    exit 0
fi
exec bash "$(dirname "$0")/../soak/kills" "$1" 20 19
