#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""site.py: the documentation as plain HTML pages, which need no server and no network.

    scripts/site.py OUT

README.md becomes the front page, each guide a page, and each tier of include/descender.h a page of the manual.
cmark-gfm reads the Markdown. A link to a guide leads to its page; a file of the source is shown in the site as it
is; a folder has no page, so its name stays as text. A link that leads nowhere is an error.
"""
import html
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import unicodedata

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PARTS = os.path.join(TOP, "docs", "site")
GROUPS = [
    ("Start", ["README.md", "docs/learner.md", "docs/practitioner.md", "docs/c-programmer.md"]),
    ("Use", ["docs/data.md", "docs/training.md", "docs/machines.md", "docs/tuning.md", "docs/studies.md", "docs/predict.md", "docs/pictures.md", "docs/report.md", "docs/serve.md",
             "docs/exchange.md", "docs/import.md", "docs/onnx.md", "docs/quantise.md",
             "docs/digits.md", "docs/reference.md"]),
    ("Internals", ["docs/architecture.md", "docs/files.md", "docs/performance.md", "docs/benchmarks.md",
                     "docs/processors.md", "docs/testing.md"]),
    ("The project", ["CONTRIBUTING.md", "CHANGELOG.md"]),
]
OTHERS = "More guides"
PICTURES = (".svg", ".png", ".jpg", ".webp", ".gif")
errors = []


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def write(out, path, text):
    path = os.path.join(out, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def plain(markup):
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def slug(title, taken):
    """The anchor that GitHub gives a heading, so that links work there and here."""
    kept = "".join(c for c in title.strip().lower() if c in "-_ " or unicodedata.category(c)[0] in "LNM")
    name = base = kept.replace(" ", "-")
    n = 0
    while name in taken:
        n += 1
        name = f"{base}-{n}"
    taken.add(name)
    return name


class Page:
    def __init__(self, source, url):
        self.source, self.url = source, url
        self.title, self.body, self.headings = "", "", []


def add_headings(page, body):
    taken = set()

    def one(match):
        level, inside = match.group(1), match.group(2)
        anchor = slug(plain(inside), taken)
        page.headings.append((int(level), anchor, plain(inside)))
        if level == "1":
            page.title = page.title or plain(inside)
            return f'<h1 id="{anchor}">{inside}</h1>'
        link = f'<a class="here" href="#{anchor}" aria-label="Link to: {html.escape(plain(inside))}">#</a>'
        return f'<h{level} id="{anchor}">{inside} {link}</h{level}>'

    return re.sub(r"<h([1-6])>(.*?)</h\1>", one, body, flags=re.S)


class Site:
    def __init__(self, out):
        self.out, self.pages, self.sources, self.search = out, {}, {}, []
        self.tiers, self.symbols, self.front = [], {}, None

    def link(self, page, target):
        """Where a link of a page's source leads in the site; None: to nothing that has a page."""
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            return target
        path, _, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), path))
        if path in self.pages:
            return self.pages[path].url + ("#" + anchor if anchor else "")
        full = os.path.join(TOP, path)
        if path.startswith("..") or not os.path.exists(full):
            errors.append(f"{page.source}: a link to '{target}', which is not there")
            return None
        if path == "include/descender.h":
            return "manual.html"
        if path.endswith(PICTURES):
            place = posixpath.join("pictures", posixpath.basename(path))
            os.makedirs(os.path.join(self.out, "pictures"), exist_ok=True)
            shutil.copyfile(full, os.path.join(self.out, place))
            return place
        if os.path.isdir(full):
            return None
        self.sources[path] = "source-" + path.strip(".").replace("/", "-") + ".html"
        return self.sources[path]

    def markdown(self, page):
        done = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough"],
                              input=read(page.source), capture_output=True, text=True, check=True)
        body = add_headings(page, done.stdout)

        def anchor(match):
            to = self.link(page, html.unescape(match.group(1)))
            return match.group(2) if to is None else f'<a href="{html.escape(to)}">{match.group(2)}</a>'

        def picture(match):
            to = self.link(page, html.unescape(match.group(2)))
            return f'{match.group(1)}"{html.escape(to or "")}"'

        body = re.sub(r'<a href="([^"]*)">(.*?)</a>', anchor, body, flags=re.S)
        body = re.sub(r'(<(?:img|source)\b[^>]*?\bsrc(?:set)?=)"([^"]*)"', picture, body)
        # Names of the library in a text link to the manual.
        body = re.sub(r'<a .*?</a>|<pre.*?</pre>|<code>((?:dsc|DSC)_\w+)((?:\([^<]*)?)</code>', self.symbol, body, flags=re.S)
        body = re.sub(r"<pre>", '<pre tabindex="0">', body)
        body = re.sub(r"<thead>\s*<tr>\s*(<th[^>]*></th>\s*)+</tr>\s*</thead>\s*", "", body)
        body = re.sub(r"<th([^>]*)></th>", r"<td\1></td>", body)
        body = re.sub(r"(<table>.*?</table>)", r'<div class="wide" tabindex="0">\1</div>', body, flags=re.S)
        page.body = body

    def symbol(self, match):
        name = match.group(1)
        return f'<a href="{self.symbols[name]}#{name}">{match.group(0)}</a>' if name in self.symbols else match.group(0)

    # ---- the manual ----

    def read_manual(self):
        text = read("include/descender.h")
        parts = re.split(r"/\* -{20,}\n \* (\d+)\. (.*?)\n \* -{20,} \*/\n", text)
        tiers, symbols = self.tiers, self.symbols
        for i in range(1, len(parts), 3):
            page = Page("include/descender.h", f"manual-{parts[i]}.html")
            page.title = parts[i + 1]
            page.items = list(items_of(parts[i + 2]))
            tiers.append(page)
        for page in tiers:
            for heading, comment, code in page.items:
                for name in declared(code):
                    symbols.setdefault(name, page.url)
                errors.extend(f"include/descender.h: {name} has no comment" for name in uncommented(heading, comment, code))
        intro = re.search(r"^/\*\n \* descender\.h: .*?\*/", text, re.S | re.M).group(0)
        for page in tiers:
            self.tier(page, symbols)
        front = Page("include/descender.h", "manual.html")
        front.title = "The manual of the C library"
        rows = "".join(f'<li><a href="{p.url}">{html.escape(p.title)}</a></li>' for p in tiers)
        names = "".join(f'<li><a href="{url}#{n}"><code>{n}</code></a></li>' for n, url in sorted(symbols.items()))
        front.body = (f'<h1>{front.title}</h1>{prose(intro, symbols)}<h2 id="tiers">Tiers</h2><ol>{rows}</ol>'
                      f'<h2 id="symbols">Symbols</h2><ul class="names">{names}</ul>')
        self.front = front

    def tier(self, page, symbols):
        body, taken, done = [f"<h1>{html.escape(page.title)}</h1>"], set(), set()
        for heading, comment, code in page.items:
            if heading:
                anchor = slug(heading, taken)
                page.headings.append((2, anchor, heading))
                body.append(f'<h2 id="{anchor}">{html.escape(heading)}</h2>')
            names = [n for n in declared(code) if n not in done]
            done.update(names)
            ids = "".join(f'<span id="{n}"></span>' for n in names)
            body.append(f'<section class="item">{ids}{prose(comment, symbols) if comment else ""}'
                        + (f'<pre class="lines"><code>{lines_of(shown(code), symbols)}</code></pre>' if code.strip() else "")
                        + "</section>")
            for name in names:
                self.search.append([name, page.title, f"{page.url}#{name}", words(comment)[:300]])
        page.body = "".join(body)

    # ---- putting it together ----

    def build(self):
        known = [s for _, group in GROUPS for s in group]
        rest = sorted("docs/" + f for f in os.listdir(os.path.join(TOP, "docs"))
                      if f.endswith(".md") and "docs/" + f not in known)
        groups = GROUPS[:-1] + ([(OTHERS, rest)] if rest else []) + GROUPS[-1:]
        for _, group in groups:
            for source in group:
                name = posixpath.splitext(posixpath.basename(source))[0].lower()
                self.pages[source] = Page(source, "index.html" if source == "README.md" else name + ".html")
        self.read_manual()
        for page in self.pages.values():
            self.markdown(page)
            self.index(page)
        manual = [self.front] + self.tiers
        entries = [(title, [self.pages[s] for s in group]) for title, group in groups]
        entries.insert(2, ("The C library", manual))
        for page in list(self.pages.values()) + manual:
            write(self.out, page.url, self.frame(page, entries))
        for path, url in self.sources.items():
            page = Page(path, url)
            page.title = path
            page.body = f'<h1>{html.escape(path)}</h1><pre tabindex="0"><code>{html.escape(read(path))}</code></pre>'
            write(self.out, url, self.frame(page, entries))
        for name in ("site.css", "site.js"):
            shutil.copyfile(os.path.join(PARTS, name), os.path.join(self.out, name))
        index = json.dumps(self.search, ensure_ascii=False, separators=(",", ":"))
        write(self.out, "index.js", "const siteIndex = " + index.replace("</", "<\\/") + ";\n")

    def index(self, page):
        """One entry a section: its heading, the page's title, where it is, its words."""
        for section in re.split(r"(?=<h[1-3] id=)", page.body):
            head = re.match(r'<h[1-3] id="([^"]*)">(.*?)(?: <a class="here".*?)?</h', section, re.S)
            if head:
                self.search.append([plain(head.group(2)), page.title, f"{page.url}#{head.group(1)}",
                                    words(plain(section[section.index("</h") + 5:]))[:2000]])

    def frame(self, page, entries):
        menu = ""
        for title, group in entries:
            menu += f"<p>{html.escape(title)}</p><ul>"
            for p in group:
                here = ' aria-current="page"' if p.url == page.url else ""
                menu += f'<li><a href="{p.url}"{here}>{html.escape(p.title)}</a></li>'
            menu += "</ul>"
        second = [(a, t) for level, a, t in page.headings if level == 2]
        toc = "".join(f'<li><a href="#{a}">{html.escape(t)}</a></li>' for a, t in second)
        toc = f'<nav class="toc" aria-label="On this page"><p>On this page</p><ul>{toc}</ul></nav>' \
            if len(second) > 1 else ""
        with open(os.path.join(PARTS, "page.html"), encoding="utf-8") as f:
            frame = f.read()
        for key, value in (("TITLE", html.escape(page.title)), ("MENU", menu), ("TOC", toc), ("BODY", page.body)):
            frame = frame.replace(f"@{key}@", value, 1)
        return frame


def words(text):
    return " ".join(re.sub(r"^ ?\*", " ", text.replace("/*", " ").replace("*/", " "), flags=re.M).split())


def items_of(text):
    """(heading or None, comment, code): each comment at the margin begins an item."""
    text = re.sub(r"#ifdef __cplusplus.*", "", text, flags=re.S)
    for piece in re.split(r"(?=^/\*)", text, flags=re.M):
        comment, code = "", piece
        if piece.startswith("/*"):
            end = piece.index("*/") + 2
            comment, code = piece[:end], piece[end:]
        heading = None
        title = re.match(r"/\* --- (.*?) --- \*/$", comment, re.S)
        if title:
            said = words(title.group(1))
            heading, _, more = said.partition(". ")
            heading, comment = heading.rstrip("."), more
        if heading or comment or code.strip():
            yield heading, comment, code


def declared(code):
    bare = re.sub(r"/\*.*?\*/", "", code, flags=re.S)
    found = re.findall(r"^#define (DSC_\w+)", bare, re.M)
    found += re.findall(r"^(?:DSC_API|static inline)[^;(]*?\b(dsc_\w+)\(", bare, re.M)
    found += re.findall(r"^DSC_API[^;(]*?\b(dsc_\w+);", bare, re.M)
    found += re.findall(r"^typedef [^;{(]*\b(dsc_\w+);", bare, re.M)
    found += re.findall(r"^typedef [^;{(]*?\(?\*?\b(dsc_\w+)\)?\(", bare, re.M)
    found += re.findall(r"^\} (dsc_\w+);", bare, re.M)
    found += re.findall(r"^struct (dsc_\w+) \{", bare, re.M)
    for body in re.findall(r"\benum(?: \w+)? \{(.*?)\}", bare, re.S):
        found += re.findall(r"\b(DSC_\w+)\b(?=\s*(?:=|,|$|\}))", body, re.M)
    return list(dict.fromkeys(found))


def uncommented(heading, comment, code):
    """The symbols that nothing is said of: in each part of the code that blank lines set apart, but for the first, there
    must be a comment, before or behind what it is about."""
    parts, depth, first = [""], 0, True
    for line in code.strip("\n").split("\n"):
        depth += line.count("{") - line.count("}")
        if line.strip() or depth:
            parts[-1] += line + "\n"
        elif parts[-1]:
            parts.append("")
    for part in parts:
        if not (first and (heading or comment)) and "/*" not in part:
            yield from declared(part)
        first = False


def shown(code):
    """Without the marks for compilers, and without the bodies of inline functions."""
    code = re.sub(r"^(static inline [^{;]*?) \{\n.*?^\}", r"\1;", code.strip(), flags=re.M | re.S)
    code = re.sub(r"^DSC_API [^;]*;", lambda match: re.sub(r"\n\s+", " ", match.group(0)), code, flags=re.M)
    return re.sub(r"^DSC_API ", "", re.sub(r" DSC_PRINTF\([^)]*\)", "", code), flags=re.M)


def lines_of(code, symbols):
    """Each line by itself: one that is too long for the window goes on with a deeper indentation."""
    return "".join(f'<span style="--deep:{len(line) - len(line.lstrip()) + 4}ch">{linked(line, symbols) or "&#8203;"}</span>'
                   for line in code.split("\n"))


def linked(text, symbols):
    def one(match):
        name = match.group(0)
        return f'<a href="{symbols[name]}#{name}">{name}</a>' if name in symbols else name
    return re.sub(r"\b(?:dsc|DSC)_\w+", one, html.escape(text))


def prose(comment, symbols):
    """Paragraphs; lines that are indented, as lists and tables are, stay as they are."""
    text = re.sub(r"^/\*+ ?|\*/$", "", comment.strip())
    lines = [re.sub(r"^ \* ?", "", line).rstrip() for line in text.split("\n")]
    out = []
    for block in re.split(r"\n\s*\n", "\n".join(lines).strip("\n")):
        if re.match(r"  ", block):
            out.append(f'<pre tabindex="0">{linked(block, symbols)}</pre>')
        elif block.strip():
            text = linked(block.strip(), symbols)
            out.append("<p>" + re.sub(r"`([^`]+)`", r"<code>\1</code>", text) + "</p>")
    return "".join(out)


def main():
    if len(sys.argv) != 2:
        sys.exit("site.py: expected the folder to write to")
    out = sys.argv[1]
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    Site(out).build()
    if errors:
        sys.exit("\n".join("site.py: " + e for e in errors))
    print(f"Open {os.path.join(out, 'index.html')}")


if __name__ == "__main__":
    main()
