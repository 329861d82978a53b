#!/usr/bin/env python3
"""The words of the source and of po/: all listed, all translated, fit for menus. Speaks TAP."""
import collections
import os
import pathlib
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

root = pathlib.Path(__file__).resolve().parents[2]
po = root / "po"
languages = (po / "LINGUAS").read_text().split()
# As meson's preset "glib", which makes the template.
KEYWORDS = ["_", "N_", "C_:1c,2", "NC_:1c,2", "g_dcgettext:2", "g_dngettext:2,3", "g_dpgettext2:2c,3"]
Entry = collections.namedtuple("Entry", "context source plural words flags")


def unquote(text):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)).replace('\\"', '"').replace("\\n", "\n")


def read_catalogue(path):
    """Every entry but the header."""
    text = subprocess.run(["msgcat", "--no-wrap", path], capture_output=True, text=True, check=True).stdout
    entries = []
    for block in re.split(r"\n\n+", text):
        fields = {name: unquote(value) for name, value in
                  re.findall(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)((?: "(?:[^"\\]|\\.)*"\n?)+)', block, re.M)}
        if fields.get("msgid"):
            words = [value for name, value in fields.items() if name.startswith("msgstr")]
            flags = " ".join(re.findall(r"^#, (.*)", block, re.M))
            entries.append(Entry(fields.get("msgctxt"), fields["msgid"], fields.get("msgid_plural"), words, flags))
    return entries


def template():
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "tela.pot"
        subprocess.run(["xgettext", "--from-code=UTF-8", "--add-comments", "-f", "po/POTFILES.in", "-o", out,
                        *(f"--keyword={keyword}" for keyword in KEYWORDS)], cwd=root, check=True)
        return read_catalogue(out)


def ui_menus():
    """Lists of (file, labels): the items one sees at once. A submenu is a list of its own."""
    menus = []

    def walk(node, labels, name):
        for child in node:
            if child.tag in ("item", "submenu"):
                label = child.find("attribute[@name='label']")
                if label is not None:
                    labels.append((label.get("context"), label.text))
            if child.tag == "submenu":
                menus.append((name, walk(child, [], name)))
            elif child.tag == "section":
                walk(child, labels, name)
        return labels

    for path in sorted((root / "src").rglob("*.ui")):
        for menu in xml.etree.ElementTree.parse(path).iter("menu"):
            menus.append((f"{path.name}: {menu.get('id')}", walk(menu, [], path.name)))
    return menus


def code_menus():
    """What one function appends to menus is seen at once, and so are the buttons of one question."""
    menus = []
    for path in sorted((root / "src/app").rglob("*.c")):
        text = path.read_text()
        for name, body in re.findall(r"^(\w+) \([^;]*?\)\n\{\n(.*?)^\}", text, re.M | re.S):
            if "g_menu_append" in body or "append_way" in body:
                labels = re.findall(r'\bN?_ \("((?:[^"\\]|\\.)*)"\)', body)
                menus.append((f"{path.name}: {name}", [(None, label) for label in labels]))
        for body in re.findall(r"TelaResponse +\w+\[\] = (.*?);", text, re.S):
            labels = re.findall(r'_ \("((?:[^"\\]|\\.)*)"\)', body)
            menus.append((f"{path.name}: a question", [(None, label) for label in labels]))
    return [menu for menu in menus if menu[1]]


def access_key(label):
    found = re.search(r"_(\w)", label.replace("__", ""))
    return found and found.group(1).lower()


def doubled_keys(menus, words):
    problems = []
    for name, labels in menus:
        seen = {}
        for context, label in labels:
            shown = words.get((context, label), label)
            key = access_key(shown)
            if key is not None and key in seen:
                problems.append(f"{name}: “{seen[key]}” and “{shown}”")
            seen[key] = shown
    return problems


def check_list():
    expected = runpy.run_path(str(po / "potfiles"))["expected"]()
    listed = (po / "POTFILES.in").read_text().split()
    if listed == expected:
        return []
    return [f"po/POTFILES.in: {name}" for name in sorted(set(listed) ^ set(expected))] + ["run po/potfiles --write"]


def check_complete(language):
    path = po / f"{language}.po"
    run = subprocess.run(["msgfmt", "--check", "--statistics", "-o", "/dev/null", path], capture_output=True, text=True)
    problems = [] if run.returncode == 0 and re.fullmatch(r"\d+ translated messages\.\n", run.stderr) else [run.stderr]
    if re.search(r"^#~", path.read_text(), re.M):
        problems.append("it holds obsolete entries")
    known = {(entry.context, entry.source, entry.plural) for entry in read_catalogue(path)}
    wanted = {(entry.context, entry.source, entry.plural) for entry in template()}
    problems += [f"not in the catalogue: {source}" for _, source, _ in sorted(wanted - known, key=str)]
    problems += [f"no longer in the source: {source}" for _, source, _ in sorted(known - wanted, key=str)]
    return problems


def check_faithful(language):
    """Access keys, placeholders, and the “…” of what asks for more."""
    problems = []
    for entry in read_catalogue(po / f"{language}.po"):
        for words in entry.words:
            # The plural form says what both may hold: a language may leave the number of one out.
            source = entry.plural or entry.source
            if bool(access_key(source)) != bool(access_key(words)) or words.count("_") != source.count("_"):
                problems.append(f"access key: “{source}”, “{words}”")
            if sorted(re.findall(r"%\.?\d*l?[sudf]", source)) != sorted(re.findall(r"%\.?\d*l?[sudf]", words)):
                problems.append(f"placeholders: “{source}”, “{words}”")
            if source.endswith("…") != words.endswith("…") or source.endswith(".") != words.endswith("."):
                problems.append(f"end: “{source}”, “{words}”")
    return problems


def check_keys(language):
    entries = read_catalogue(po / f"{language}.po") if language else []
    return doubled_keys(ui_menus() + code_menus(), {(e.context, e.source): e.words[0] for e in entries})


def check_desktop(language):
    """What the desktop reads has the language."""
    data = pathlib.Path(os.environ["TELA_BUILD_DIR"]) / "data"
    marks = {"desktop": f"Comment[{language}]=", "metainfo.xml": f'<summary xml:lang="{language}">',
             "xml": f'<comment xml:lang="{language}">'}
    problems = [f"{path.name} has no {mark}" for ending, mark in marks.items()
                for path in [data / f"io.github.telacanvas.Tela.{ending}"]
                # The newest gettext writes the name of a language as XML has it.
                if not {mark, mark.replace("_", "-")} & set(re.findall(r"^Comment\[.*?\]=|<.*?>", path.read_text(), re.M))]
    schema = root / "data/io.github.telacanvas.Tela.gschema.xml"
    return problems + ([] if 'gettext-domain="tela"' in schema.read_text() else [f"{schema.name} has no gettext-domain"])


SMALL = "a an and as at but by for from in into nor of off on or out per the to up via with".split()


def check_capitals():
    """Header capitals in menus and on buttons of questions."""
    problems = []
    for name, labels in ui_menus() + code_menus():
        for _, label in labels:
            words = label.replace("_", "").split()
            problems += [f"{name}: “{label}”" for i, word in enumerate(words)
                         if word[0].islower() and (i == 0 or word not in SMALL)]
    return problems


tests = [("every file that holds words is listed", check_list),
         ("menus have header capitals", check_capitals),
         ("access keys are unique in each menu", lambda: check_keys(None))]
for code in languages:
    tests += [(f"{code} is complete", lambda code=code: check_complete(code)),
              (f"{code} keeps access keys and placeholders", lambda code=code: check_faithful(code)),
              (f"{code} is in the desktop file, the metainfo and the MIME types", lambda code=code: check_desktop(code)),
              (f"{code} has access keys that are unique in each menu", lambda code=code: check_keys(code))]

if shutil.which("msgfmt") is None or shutil.which("xgettext") is None:
    print("1..0 # SKIP gettext is not here")
    sys.exit()
print(f"1..{len(tests)}")
for number, (title, check) in enumerate(tests, 1):
    found = check()
    print(f"{'not ok' if found else 'ok'} {number} {title}")
    for problem in found:
        print(f"# {problem}")
        print(problem, file=sys.stderr)
