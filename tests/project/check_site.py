# SPDX-License-Identifier: MIT
"""check_site.py SITE HEADER: every link and picture of the site leads to a file and an anchor that are there, every
page has one id once and is reached from the front page, and every symbol of the header has its anchor and is found
by the search. Prints what is wrong, a line each."""
import html.parser
import json
import os
import re
import sys
import urllib.parse


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.links = [], []

    def handle_starttag(self, tag, attributes):
        for key, value in attributes:
            if key == "id":
                self.ids.append(value)
            if key in ("href", "src", "srcset"):
                self.links.append(value or "")


site, header = sys.argv[1:]
pages = {}
for name in os.listdir(site):
    if name.endswith(".html"):
        pages[name] = Reader()
        with open(os.path.join(site, name), encoding="utf-8") as f:
            pages[name].feed(f.read())
wrong, reached, waiting = [], set(), ["index.html"]
for name, page in pages.items():
    wrong += [f"{name}: the id '{i}' is there twice" for i in set(page.ids) if page.ids.count(i) > 1]
    for link in page.links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = urllib.parse.unquote(link).partition("#")
        path = path or name
        if not os.path.isfile(os.path.join(site, path)):
            wrong.append(f"{name}: '{link}' leads to no file")
        elif anchor and (path not in pages or anchor not in pages[path].ids):
            wrong.append(f"{name}: '{link}' leads to no anchor")
while waiting:
    at = waiting.pop()
    if at not in reached and at in pages:
        reached.add(at)
        waiting += [link.partition("#")[0] for link in pages[at].links]
wrong += [f"{name}: no link leads there" for name in sorted(set(pages) - reached)]

with open(header, encoding="utf-8") as f:
    text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
symbols = set(re.findall(r"\b(dsc_\w+)\(", "".join(re.findall(r"DSC_API[^;]*;", text))))
symbols |= set(re.findall(r"^\} (dsc_\w+);", text, re.M)) | set(re.findall(r"^typedef struct \w+ (\w+);", text, re.M))
symbols |= set(re.findall(r"\bDSC_(?:ERROR|EVENT|PARAM)_[A-Z]+\b", text))
if len(symbols) < 150:
    wrong.append(f"only {len(symbols)} symbols were read from {header}")
anchors = {i for name, page in pages.items() if name.startswith("manual") for i in page.ids}
wrong += [f"the manual has no anchor for {s}" for s in sorted(symbols - anchors)]
with open(os.path.join(site, "index.js"), encoding="utf-8") as f:
    index = json.loads(re.fullmatch(r"const siteIndex = (.*);\n", f.read(), re.S).group(1))
for title, _, link, _ in index:
    path, _, anchor = link.partition("#")
    if path not in pages or anchor not in pages[path].ids:
        wrong.append(f"the search finds '{title}' at '{link}', which is not there")
found = {title for title, _, _, _ in index}
wrong += [f"the search does not find {s}" for s in sorted(symbols - found)]
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
