#!/usr/bin/env python3
# Copyright The Tela authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tela and Excalidraw side by side on one display: what is copied in one and pasted in the other is the same, both ways."""
import base64
import collections
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import desktop  # noqa: E402

KIT = HERE.parents[1] / "build" / "peers"  # ./dev peers puts it there
SCENE = HERE / "scene.excalidraw"

# What a paste changes by its nature: elements get names of their own, and are new. `x` and `y` change by one distance.
CHANGED = {"id", "seed", "version", "versionNonce", "updated", "index"}
REFERENCES = {"containerId", "frameId"}
BINDINGS = {"startBinding", "endBinding"}


def until_pasted(press, count, n, where):
    """The one who copied may still be at it: then nothing comes, and the keys are pressed again."""
    def come():
        if count() == 0:
            press()
        try:
            return desktop.until(lambda: count() == n, where, 5)
        except AssertionError:
            return False
    desktop.until(come, f"{n} elements pasted in {where}, there are {count()}")


class Excalidraw:
    """The package in a window of Chromium."""

    def __init__(self):
        self.process = subprocess.Popen(["node", HERE / "excalidraw.mjs", KIT], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        desktop.started.append(self.process)
        assert self.answer() == "ready"

    def answer(self):
        line = self.process.stdout.readline()
        assert line, "Excalidraw's window is gone"
        return json.loads(line)

    def do(self, command):
        print(json.dumps(command), file=self.process.stdin, flush=True)
        return self.answer()

    def paste(self, n):
        """Pastes onto empty paper; n elements come."""
        self.do("clear")
        until_pasted(lambda: self.do("paste"), lambda: len(self.do("scene")["elements"]), n, "Excalidraw")
        return self.do("scene")


def export(data, board):
    path = data / "out.excalidraw"
    desktop.cli("export", board, "-o", path, "--data", data)
    return json.loads(path.read_text())


def paste(data, board, n):
    """Pastes onto a new board of Tela; n elements come."""
    desktop.cli("new", board, "--data", data)
    tela = desktop.Tela("--data", data, "--board", board)
    window = tela.window(board)
    until_pasted(lambda: window.key("ctrl+v"), lambda: len(desktop.elements(data, board)), n, "Tela")
    assert tela.quit() == ""
    return export(data, board)


def near(a, b):
    """Sums of fractions differ in the last digits."""
    if isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool):
        return abs(a - b) < 1e-6
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(near, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(near(a[key], b[key]) for key in a)
    return a == b


def picture(scene, file_id):
    return base64.b64decode(scene["files"][file_id]["dataURL"].split(",")[1])


def renamed(element, ids, groups):
    """With the names that the pasted ones have."""
    element = json.loads(json.dumps(element))
    for key in REFERENCES & element.keys():
        element[key] = ids.get(element[key])
    for key in BINDINGS & element.keys():
        if element[key]:
            element[key]["elementId"] = ids.get(element[key]["elementId"])
    element["boundElements"] = sorted([ids.get(each["id"]), each["type"]] for each in element.get("boundElements") or [])
    element["groupIds"] = [groups[group] for group in element.get("groupIds", [])]
    return element


def compare(before, after):
    """Every field of every element, but for what a paste changes."""
    assert len(before["elements"]) == len(after["elements"]), (len(before["elements"]), len(after["elements"]))
    pairs = list(zip(before["elements"], after["elements"]))
    ids = {a["id"]: b["id"] for a, b in pairs}
    groups = dict(pair for a, b in pairs for pair in zip(a["groupIds"], b["groupIds"]))
    assert len(set(ids.values())) == len(ids) and len(set(groups.values())) == len(groups)
    dx, dy = pairs[0][1]["x"] - pairs[0][0]["x"], pairs[0][1]["y"] - pairs[0][0]["y"]
    wrong, n = [], 0
    for a, b in pairs:
        a, b = renamed(a, ids, groups), renamed(b, {name: name for name in ids.values()}, {g: g for g in groups.values()})
        a["x"], a["y"] = a["x"] + dx, a["y"] + dy
        if a["type"] == "image":
            assert picture(before, a["fileId"]) == picture(after, b["fileId"]), "the bytes of an image"
            b["fileId"] = a["fileId"]
        for key in (a.keys() | b.keys()) - CHANGED:
            n += 1
            if key not in a or key not in b or not near(a[key], b[key]):
                wrong.append(f"{a['id']} {key}: {a.get(key, 'none')} became {b.get(key, 'none')}")
    assert not wrong, "\n".join(wrong)
    return n


def both_ways(data):
    """every type of element, bindings, labels, groups, frames and images: Tela to Excalidraw and back"""
    desktop.cli("import", SCENE, "--data", data)
    first = export(data, "scene")
    n = len(first["elements"])
    peer = Excalidraw()
    tela = desktop.Tela("--data", data, "--board", "scene")
    tela.window("scene").key("ctrl+a", "ctrl+c")
    there = peer.paste(n)
    fields = compare(first, there)
    assert tela.quit() == ""
    peer.do("copy")
    back = paste(data, "Back", n)
    compare(there, back)
    compare(first, back)
    kinds = collections.Counter(element["type"] for element in first["elements"])
    print(f"# {n} elements, {fields} fields the same in Excalidraw and in Tela again: "
          + ", ".join(f"{count} {kind}" for kind, count in kinds.items()))


def alone(data):
    """an arrow without what it is bound to, and a text: bindings to what stays behind are gone"""
    desktop.cli("import", SCENE, "--data", data)
    scene = export(data, "scene")
    peer = Excalidraw()
    tela = desktop.Tela("--data", data, "--board", "scene")
    window = tela.window("scene")
    window.key("Tab", "Tab", "Tab", "ctrl+c")
    arrow, label = peer.paste(2)["elements"]
    assert arrow["type"] == "arrow" and arrow["startBinding"] is None and arrow["endBinding"] is None, arrow
    assert label["containerId"] == arrow["id"] and label["text"] == "to", label
    window.key("Tab", "Tab", "Tab", "ctrl+c")
    there = peer.paste(1)
    text = [element for element in scene["elements"] if element["id"] == "lone"]
    compare({"elements": text}, there)
    assert tela.quit() == ""


def as_png(data):
    """a picture of the selection, as PNG: from Tela into Excalidraw, and from there into Tela"""
    desktop.cli("import", SCENE, "--data", data)
    peer = Excalidraw()
    tela = desktop.Tela("--data", data, "--board", "scene")
    tela.window("scene").key("Tab", "ctrl+shift+c")
    image, = peer.paste(1)["elements"]
    assert image["type"] == "image", image
    assert tela.quit() == ""
    peer.do("copy_png")
    image, = paste(data, "Picture", 1)["elements"]
    assert image["type"] == "image", image


if not os.environ.get("TELA_TEST_LONG"):
    print("1..0 # SKIP only ./dev peers and ./dev test --long run it")
elif not (KIT / "ready").exists():
    print("1..0 # SKIP Excalidraw's package is not here")
else:
    desktop.run([both_ways, alone, as_png])
