#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The documentation site of `make docs`: it is made, all its links lead somewhere, and the check of that can fail.
set -u
source "$(dirname "$0")/../shell.sh"

missing=
command -v cmark-gfm >/dev/null || missing="needs cmark-gfm"
[ -x /usr/bin/python3 ] || missing="needs python3"
if [ -n "$missing" ]; then
    skip "the_documentation_site_has_no_dead_link" "$missing"
    exit 0
fi
check=("$tests/project/check_site.py" "$folder/site" "$top/include/descender.h")
succeeds "the_site_is_made" /usr/bin/python3 "$top/scripts/site.py" "$folder/site"
succeeds "every_link_anchor_and_symbol_is_there" /usr/bin/python3 "${check[@]}"

# damage NAME FILE SED-SCRIPT EXPECTED: what the check says of a site that is damaged so.
damage() {
    cp "$folder/site/$2" "$folder/whole"
    sed -i "$3" "$folder/site/$2"
    contains "$1" "$(/usr/bin/python3 "${check[@]}")" "$4"
    cp "$folder/whole" "$folder/site/$2"
}
damage "a_dead_link_is_seen" tuning.html 's/href="index.html"/href="nowhere.html"/' "'nowhere.html' leads to no file"
damage "a_dead_anchor_is_seen" manual-1.html 's/ id="dsc_version"//' "the manual has no anchor for dsc_version"
damage "a_symbol_that_is_not_found_is_seen" index.js 's/\["dsc_version"/["dsc_versi"/' "the search does not find dsc_version"
finish
