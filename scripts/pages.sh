#!/bin/sh
# SPDX-License-Identifier: MIT
# pages.sh: writes the man pages and completions, which the program prints, into folders as under PREFIX/share.
#
#   scripts/pages.sh PROGRAM FOLDER
#
# Man pages need scdoc (https://git.sr.ht/~sircmpwn/scdoc). Without scdoc, the script writes no man pages and prints
# one line that says so.
set -eu
program=$1
folder=$2
rm -rf "$folder"
mkdir -p "$folder/man/man1" "$folder/bash-completion/completions" "$folder/zsh/site-functions"
"$program" help --as bash >"$folder/bash-completion/completions/descender"
"$program" help --as zsh >"$folder/zsh/site-functions/_descender"
if ! command -v scdoc >/dev/null 2>&1; then
    echo "no man pages: there is no scdoc" >&2
    : >"$folder/.made"
    exit 0
fi
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(date +%s)}
export SOURCE_DATE_EPOCH
for page in $("$program" help --as names); do
    # "descender-learn-curve" is the page of "learn-curve", "descender-data-info" that of "data info".
    topic=${page#descender}
    topic=${topic#-}
    # shellcheck disable=SC2046  # words
    { "$program" help --as man ${topic:+"$topic"} 2>/dev/null || "$program" help --as man $(echo "$topic" | tr '-' ' '); } |
        scdoc >"$folder/man/man1/$page.1"
done
: >"$folder/.made"
