#!/usr/bin/env python3
"""Documents as a person handles them: files dropped onto a window, saved by key, drawings dragged out of the library."""
import json
import os
import subprocess

import desktop
from desktop import until, xdotool

BOX = {"id": "a", "type": "rectangle", "x": 1, "y": 2, "width": 60, "height": 40, "angle": 0, "strange": [1]}


def drawing(*elements):
    return json.dumps({"type": "excalidraw", "version": 2, "source": "elsewhere", "elements": list(elements), "appState": {}, "files": {}})


def drag(start, end):
    """Slowly, as a hand does: the program under the pointer answers each motion, and what it has not answered falls down."""
    xdotool("mousemove", *start, "sleep", 0.2, "mousedown", 1)
    for i in range(1, 21):
        at = [round(a + (b - a) * i / 20) for a, b in zip(start, end)]
        xdotool("mousemove", *at, "sleep", 0.03)
    xdotool("sleep", 0.4, "mouseup", 1)


def source_of(*files):
    process = desktop.spawn("tests/e2e/drag-source", *files)
    found = []

    def look():
        found[:] = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(process.pid)],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.split()
        return found
    until(look, "the window of the files")
    window = desktop.Window(found[0], process)
    window.place(1000, 300, 150, 150)
    return window


def drop(data):
    """two files dropped onto a window are two boards, each in a window"""
    for name in ("One", "Two"):
        (data / f"{name}.excalidraw").write_text(drawing(BOX))
    tela = desktop.Tela("--data", data)
    window = tela.window()
    window.place(20, 20, 800, 600)
    source = source_of(data / "One.excalidraw", data / "Two.excalidraw")
    desktop.again_until(lambda: drag(source.at(0.5, 0.5), window.at(0.5, 0.6)),
                        lambda: sorted(desktop.titles_of(tela.process.pid).values()) == ["One", "Two"], "a window for each file", 20)
    assert tela.quit() == ""


def save(data):
    """a file opened, changed and saved by key keeps what is strange in it"""
    path = data / "Plan.excalidraw"
    path.write_text(drawing(BOX))
    tela = desktop.Tela("--data", data, path)
    window = tela.window("Plan")
    window.place(20, 20, 900, 700)
    window.key("ctrl+a", "Right", "Right")
    window.key("ctrl+s")
    until(lambda: json.loads(path.read_text())["elements"][0]["x"] != 1, "the file is written")
    assert json.loads(path.read_text())["elements"][0]["strange"] == [1]
    assert tela.quit() == ""


def two_processes(data):
    """a file opened by two processes at once is one board, and what one draws the other saves"""
    path = data / "Plan.excalidraw"
    path.write_text(drawing(BOX))
    both = [desktop.Tela("--new-instance", "--data", data, path) for _ in range(2)]
    windows = [tela.window("Plan") for tela in both]
    assert len(json.loads(desktop.cli("projects", "--data", data, "--json"))) == 1
    desktop.side_by_side(windows)
    windows[0].key("ctrl+a", "Right")
    until(lambda: desktop.elements(data, "Plan")[0]["x"] != 1, "the move on the server")
    windows[1].key("ctrl+a", "Right")
    until(lambda: desktop.elements(data, "Plan")[0]["x"] > 2, "the other move on the server")
    windows[1].key("ctrl+s")
    until(lambda: json.loads(path.read_text())["elements"][0]["x"] == desktop.elements(data, "Plan")[0]["x"], "both moves in the file")
    assert [tela.quit() for tela in both] == ["", ""]


def library(data):
    """a drawing dragged out of the library lands on the board"""
    os.makedirs(data, exist_ok=True)
    (data / "library.excalidrawlib").write_text(json.dumps({"type": "excalidrawlib", "version": 2, "libraryItems": [
        {"id": "one", "status": "published", "name": "Chair", "elements": [dict(BOX, backgroundColor="#ff0000", fillStyle="solid")]}]}))
    desktop.cli("new", "Plan", "--data", data)
    tela = desktop.Tela("--data", data, "--board", "Plan")
    window = tela.window("Plan")
    window.place(20, 20, 900, 700)
    window.key("ctrl+l")
    # The panel is the only place with ink of that colour, and it slides in.
    box = window.box(0.5, 0.1, 0.95, 0.6)
    last = None

    def find():
        nonlocal last
        picture = desktop.Picture()
        spots = [(x, y) for x in range(box[0], box[0] + box[2], 4) for y in range(box[1], box[1] + box[3], 4)
                 if picture.pixel(x, y) == (255, 0, 0)]
        before, last = last, spots
        return spots and before == spots and spots[len(spots) // 2]
    tile = until(find, "the drawing in the panel")
    desktop.again_until(lambda: drag(tile, window.at(0.3, 0.7)), lambda: len(desktop.elements(data, "Plan")) == 1,
                        "the drawing on the board", 20)
    assert tela.quit() == ""


desktop.run([drop, save, two_processes, library])
