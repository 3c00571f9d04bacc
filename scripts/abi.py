#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""abi.py: compares the binary interface of the library with the one that is recorded, and tells breaks from additions.

    scripts/abi.py [--record] [--header include/descender.h] [--recorded tests/abi/descender.abi]

The interface is what compiled programs rely on: functions and their types, the place, size and type of each member
of each struct, the values of enums and constants. A small program, made from the header and compiled by $CC (cc),
prints them. --record keeps Debian's list of symbols (packaging/debian), too. Status 0: nothing changed. Status 1: something did; each change is a line, and the last says what to do.

A break is whatever makes a program that was compiled with the older header wrong: something removed, moved or of
another type. An addition is a new function, type, constant or enumerator; and a member behind the end of a struct
that begins with its size, or that only the library makes. --record writes what there is now.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Only the library creates these, so they may grow at the end: descender.h says so where it describes structs.
MADE_BY_THE_LIBRARY = ("dsc_event", "dsc_call", "dsc_shape_rule", "dsc_needs")
RECORDED = os.path.join(TOP, "tests", "abi", "descender.abi")
SYMBOLS = os.path.join(TOP, "packaging", "debian", "libdescender0.symbols")
HEAD = """# The binary interface of libdescender, with 64-bit pointers. Made by scripts/abi.py --record; compared by the test
# project.abi, which says what a difference means.
"""
BUILTIN = {"void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool"}


class Parser:
    """Declarations of one C header, preprocessed. Whatever it does not know is an error, never skipped."""

    def __init__(self, text):
        self.tokens = re.findall(r'[A-Za-z_]\w*|0[xX][0-9A-Fa-f]+[uUlL]*|\d+[uUlL]*|"[^"]*"|\.\.\.|\S', text)
        self.at = 0
        self.structs, self.enums, self.functions, self.types = {}, {}, {}, {}

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self, expected=None):
        token = self.peek()
        if not token or (expected and token != expected):
            near = " ".join(self.tokens[max(0, self.at - 12):self.at + 6])
            sys.exit(f"abi.py: expected '{expected or 'more'}', found '{token}', near: {near}")
        self.at += 1
        return token

    def skip_group(self, opening, closing):
        depth = 0
        while True:
            token = self.take()
            depth += (token == opening) - (token == closing)
            if depth == 0:
                return

    def skip_attributes(self):
        while self.peek() == "__attribute__":
            self.take()
            self.skip_group("(", ")")

    def declarations(self):
        while self.peek():
            self.skip_attributes()
            if self.peek() == ";":
                self.take()
            elif self.peek() == "static":  # inline functions are compiled into the program and are no part of the library
                while self.peek() != "{":
                    self.take()
                self.skip_group("{", "}")
            elif self.peek() == "typedef":
                self.take()
                base = self.base()
                for name, text in self.declarators(base):
                    if text != name and not text.startswith(("struct {", "enum {")):
                        self.types[name] = text
                self.take(";")
            else:
                base = self.base()
                if self.peek() != ";":
                    for name, text in self.declarators(base):
                        self.functions[name] = text
                self.skip_attributes()
                self.take(";")

    def base(self):
        """The type that declarators are made from; a struct or enum with a body is noted on the way."""
        words, known = [], False
        while True:
            self.skip_attributes()
            token = self.peek()
            if token == "extern":
                self.take()
            elif token in ("const", "volatile"):
                words.append(self.take())
            elif token in ("struct", "enum"):
                kind, name = self.take(), ""
                if self.peek() != "{":
                    name = self.take()
                if self.peek() == "{":
                    self.body(kind, name)
                words.append(name if name.startswith("dsc_") else f"{kind} {name}")
                known = True
            elif token in BUILTIN:
                words.append("bool" if token == "_Bool" else token)
                self.take()
                known = True
            elif not known and re.match(r"[A-Za-z_]", token):
                words.append(self.take())
                known = True
            else:
                return " ".join(words)

    def body(self, kind, name):
        self.take("{")
        if kind == "enum":
            values = self.enums[name] = []
            while self.peek() != "}":
                values.append(self.take())
                while self.peek() not in (",", "}"):
                    self.take()
                if self.peek() == ",":
                    self.take()
        else:
            members = self.structs[name] = []
            while self.peek() != "}":
                members += self.declarators(self.base())
                self.take(";")
        self.take("}")

    def declarators(self, base):
        found = [self.declarator(base)]
        while self.peek() == ",":
            self.take()
            found.append(self.declarator(base))
        return found

    def declarator(self, base):
        """(name, its type as C writes it without the name)"""
        text = base
        while self.peek() in ("*", "const"):
            token = self.take()
            text += (" *" if token == "*" and not text.endswith("*") else "*" if token == "*" else " const")
        name, inside = "", ""
        if self.peek() == "(" and self.peek(1) == "*":
            self.take("(")
            while self.peek() == "*":
                inside += self.take()
            name, more = self.declarator("") if self.peek() != ")" else ("", "")
            inside = f"({inside}{more})"
            self.take(")")
        elif re.match(r"[A-Za-z_]", self.peek()):
            name = self.take()
        if inside:
            text += " " + inside
        while self.peek() in ("[", "("):
            if self.take() == "[":
                size = ""
                while self.peek() != "]":
                    size += self.take()
                self.take("]")
                if re.fullmatch(r"[0-9uUlL*+() -]+", size):
                    size = str(eval(re.sub(r"[uUlL]", "", size)))  # only digits and operators
                text += f"[{size}]"
            else:
                text += f"{'' if inside else ' '}({', '.join(self.parameters())})"
        self.skip_attributes()
        return name, text

    def parameters(self):
        found = []
        while self.peek() != ")":
            if self.peek() == "...":
                found.append(self.take())
            else:
                found.append(self.declarator(self.base())[1])
            if self.peek() == ",":
                self.take()
        self.take(")")
        return found


def compiler(*arguments, **options):
    done = subprocess.run([os.environ.get("CC", "cc"), "-std=c17", *arguments], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit("abi.py: the compiler failed:\n" + done.stderr)
    return done.stdout


def current(header):
    """The interface that the header declares: a dictionary from what to how, in the header's order."""
    lines, ours = [], False
    for line in compiler("-E", header).split("\n"):
        marker = re.match(r'# \d+ "(.*?)"', line)
        if marker:
            ours = os.path.abspath(marker.group(1)) == os.path.abspath(header)
        elif ours and not line.startswith("#"):
            lines.append(line)
    parser = Parser("\n".join(lines))
    parser.declarations()
    macros = re.findall(r"^#define (DSC_\w+) (.*)$", compiler("-E", "-dM", header), re.M)
    constants = sorted(name for name, value in macros
                       if re.fullmatch(r"[0-9A-Za-z_()|<+* ]+", value) and "attribute" not in value)
    version = [name for name in constants if name.startswith("DSC_VERSION")]
    constants = [name for name in constants if name not in version]

    number = 'printf("%s: %lld\\n", "{0}", (long long)({1}));'
    body = [number.format("major", "DSC_VERSION_MAJOR")] if "DSC_VERSION_MAJOR" in version else []
    body += [number.format(f"constant {name}", name) for name in constants]
    for name, values in parser.enums.items():
        body.append(number.format(f"enum {name}: size", f"sizeof({name})"))
        body += [number.format(f"enumerator {name}.{value}", value) for value in values]
    for name, members in parser.structs.items():
        body.append(number.format(f"struct {name}: size", f"sizeof({name})"))
        for member, text in members:
            body.append(f'printf("member {name}.{member}: offset %zu, size %zu, %s\\n", offsetof({name}, {member}), '
                        f'sizeof((({name} *)0)->{member}), "{text}");')
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, "abi.c"), os.path.join(folder, "abi")
        with open(source, "w", encoding="utf-8") as f:
            f.write(f'#include "{os.path.abspath(header)}"\n#include <stdio.h>\nint main(void) {{\n'
                    "if (sizeof(void *) != 8) return 1;\n" + "\n".join(body) + "\nreturn 0;\n}\n")
        compiler(source, "-o", program)
        printed = subprocess.run([program], capture_output=True, text=True)
        if printed.returncode:
            sys.exit("abi.py: the interface is recorded for 64-bit pointers; this machine has others")
    found = dict(line.rsplit(": ", 1) if not line.startswith("member") else line.split(": ", 1)
                 for line in printed.stdout.splitlines())
    found.update((f"type {name}", text) for name, text in parser.types.items())
    found.update((f"function {name}", text) for name, text in sorted(parser.functions.items()))
    return found


def recorded(path):
    with open(path, encoding="utf-8") as f:
        lines = [line.rstrip("\n") for line in f if line.strip() and not line.startswith("#")]
    return dict(line.rsplit(": ", 1) if not line.startswith(("member", "type", "function")) else line.split(": ", 1)
                for line in lines)


def owner(what):
    """Of "member dsc_a.b": "dsc_a"."""
    return what.split(" ", 1)[1].split(".", 1)[0].split(":", 1)[0]


def record_symbols(functions):
    """Debian's list, in which each symbol has the version that it came with; those that are there keep it."""
    with open(SYMBOLS, encoding="utf-8") as f:
        lines = f.read().splitlines()
    head = [line for line in lines if not line.startswith(" ")]
    since = dict(line.split() for line in lines if line.startswith(" "))
    with open(os.path.join(TOP, "include", "descender.h"), encoding="utf-8") as f:
        version = re.search(r'^#define DSC_VERSION +"(.*)"', f.read(), re.M).group(1)
    with open(SYMBOLS, "w", encoding="utf-8") as f:
        f.write("\n".join(head) + "\n" + "".join(f" {name}@Base {since.get(name + '@Base', version)}\n" for name in sorted(functions)))


def compare(old, new):
    """(breaks, additions), a line each."""
    breaks, additions = [], []

    def may_grow(struct):
        first = next((w for w in old if w.startswith(f"member {struct}.")), "")
        return struct in MADE_BY_THE_LIBRARY or (
            first == f"member {struct}.size" and old[first] == "offset 0, size 8, size_t")

    for what, how in old.items():
        if what == "major" or new.get(what) == how:
            continue
        if what not in new:
            breaks.append(f"{what} is gone; it was {how}")
        elif what.startswith("struct") and may_grow(owner(what)) and int(new[what]) > int(how):
            continue  # reported by its new members
        else:
            breaks.append(f"{what} was {how}, is {new[what]}")
    for what, how in new.items():
        if what in old or what == "major":
            continue
        struct = f"struct {owner(what)}: size"
        if not what.startswith("member") or struct not in old:
            additions.append(f"{what}: {how}")
        elif not may_grow(owner(what)):
            breaks.append(f"{what} is new, in a struct that does not begin with its size")
        elif int(re.match(r"offset (\d+)", how).group(1)) < int(old[struct]):
            breaks.append(f"{what} is new, but not behind the older struct's end, {old[struct]} bytes: "
                          "nothing tells the library whether a program has set it")
        else:
            additions.append(f"{what}: {how}")
    return breaks, additions


def main():
    arguments = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    arguments.add_argument("--record", action="store_true")
    arguments.add_argument("--header", default=os.path.join(TOP, "include", "descender.h"))
    arguments.add_argument("--recorded", default=RECORDED)
    given = arguments.parse_args()
    new = current(given.header)
    old = recorded(given.recorded) if os.path.exists(given.recorded) else {}
    breaks, additions = compare(old, new) if old else ([], [])
    for line in breaks:
        print("break:", line)
    for line in additions:
        print("addition:", line)
    raised = old.get("major") != new.get("major")
    if given.record:
        os.makedirs(os.path.dirname(given.recorded), exist_ok=True)
        with open(given.recorded, "w", encoding="utf-8") as f:
            f.write(HEAD + "".join(f"{what}: {how}\n" for what, how in new.items()))
        if given.recorded == RECORDED:
            record_symbols(what.split()[1] for what in new if what.startswith("function "))
        if breaks and not raised:
            print("Recorded. Breaks without a new major version are right only before a version with this one is released.")
        return 0
    if not old:
        print(f"Nothing is recorded in {given.recorded}: run scripts/abi.py --record.")
    elif raised:
        print(f"The major version was {old.get('major')}, is {new.get('major')}: run scripts/abi.py --record.")
    elif breaks:
        print("A break: programs that were compiled with the older header go wrong. Take it back; or raise "
              "DSC_VERSION_MAJOR in include/descender.h, which the SONAME follows, and run scripts/abi.py --record.")
    elif additions:
        print("Additions break nothing: run scripts/abi.py --record, and commit tests/abi/descender.abi with the change.")
    return 1 if breaks or additions or raised or not old else 0


if __name__ == "__main__":
    sys.exit(main())
