#!/usr/bin/env python3
"""Everything by keys: no pointer is moved in these tests."""
import json

import desktop
from desktop import until

EMPTY = json.dumps({"type": "excalidraw", "version": 2, "source": "elsewhere", "elements": [], "appState": {}, "files": {}})


def of(data, kind):
    return [e for e in desktop.elements(data, "Plan") if e["type"] == kind]


def settled(data, kind, what, condition):
    return until(lambda: len(of(data, kind)) == 1 and condition(of(data, kind)[0]) and of(data, kind)[0], what)


def drawing(data):
    """a drawing is made, moved, styled, written in, undone and saved"""
    path = data / "Plan.excalidraw"
    path.write_text(EMPTY)
    desktop.xdotool("mousemove", 1399, 899)
    tela = desktop.Tela("--data", data, path)
    window = tela.window("Plan")

    window.key("r", "Return")
    box = settled(data, "rectangle", "a box in the middle", lambda e: e["width"] > 100)
    window.key("shift+Right", "Right")
    settled(data, "rectangle", "the box moved", lambda e: round(e["x"] - box["x"]) == 11)

    # The first control of the panel is black; the next one red.
    window.key("F6", "Tab", "space")
    settled(data, "rectangle", "a red box", lambda e: e["strokeColor"] == "#e03131")
    window.key("ctrl+z")
    settled(data, "rectangle", "a box that is no longer red", lambda e: e["strokeColor"] == box["strokeColor"])
    window.key("ctrl+shift+z")
    settled(data, "rectangle", "a box that is red again", lambda e: e["strokeColor"] == "#e03131")
    window.key("shift+F6")

    window.key("Return")
    window.type("Words")
    window.key("Escape")
    settled(data, "text", "words in the box", lambda e: e["text"] == "Words" and e["containerId"] == box["id"])
    window.key("Escape", "o", "Return", "shift+Down")
    settled(data, "ellipse", "an ellipse", lambda e: e["width"] > 100)
    window.key("Escape", "Tab", "Delete")
    until(lambda: not of(data, "rectangle") and not of(data, "text"), "the box gone with its words")
    window.key("ctrl+z")
    settled(data, "text", "the box and its words back", lambda e: len(of(data, "rectangle")) == 1)

    window.key("ctrl+s")
    until(lambda: len(json.loads(path.read_text())["elements"]) == 3, "the file written")
    assert tela.quit() == ""


def words(data):
    """a text is written on the empty board, found again by Tab, and changed"""
    path = data / "Plan.excalidraw"
    path.write_text(EMPTY)
    desktop.xdotool("mousemove", 1399, 899)
    tela = desktop.Tela("--data", data, path)
    window = tela.window("Plan")
    window.key("t", "Return")
    window.type("One")
    window.key("Escape", "Escape")
    settled(data, "text", "the first word", lambda e: e["text"] == "One")
    window.key("Tab", "Return", "End")
    window.type(" two")
    window.key("ctrl+Return")
    settled(data, "text", "the second word", lambda e: e["text"] == "One two")
    assert tela.quit() == ""


desktop.run([drawing, words])
