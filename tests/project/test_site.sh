#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The documentation site of `make docs`: it is generated, all its links have targets, and the check of the links can
# fail.
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
contains "a_guide_leads_to_what_it_names_of_the_library" "$(cat "$folder/site/c-programmer.html")" '<a href="manual-2.html#dsc_mnist_open">'

# A copy of the script's inputs, with a symbol that the header does not describe.
mkdir "$folder/copy"
ln -s "$top"/* "$top/.ci" "$folder/copy"
rm "$folder/copy/include"
cp -r "$top/include" "$folder/copy"
sed -i 's|^/\* The result of a call|DSC_API int dsc_unsaid(void);\n\n&|' "$folder/copy/include/descender.h"
contains "a_symbol_without_a_comment_is_an_error" "$(/usr/bin/python3 "$folder/copy/scripts/site.py" "$folder/site-2" 2>&1)" \
    "include/descender.h: dsc_unsaid has no comment"

# damage NAME FILE SED-SCRIPT EXPECTED: the check's report about a site with this damage.
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
