#!/usr/bin/env python3
"""The Flatpak as its user has it: started from its exported desktop file, in its sandbox, with files through the portal.

Run by ./dev test-flatpak, on a display, with a home directory and the exports of the installation in XDG_DATA_DIRS.
"""
import contextlib
import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import desktop  # noqa: E402

ID = "io.github.telacanvas.Tela"
HOME = pathlib.Path.home()
DATA = HOME / ".var/app" / ID / "data/tela"
EXPORTS = pathlib.Path(os.environ["XDG_DATA_DIRS"].split(":")[0])
SAVED, OPENED = HOME / "saved.excalidraw", HOME / "opened.excalidraw"
PICTURES = pathlib.Path(os.environ["OUT"])
AREA = (0.3, 0.35, 0.7, 0.55)
BOX = {"id": "box", "type": "rectangle", "x": 0, "y": 0, "width": 300, "height": 200, "strokeColor": "#1e1e1e",
       "backgroundColor": "#1e1e1e", "fillStyle": "solid"}


def ask(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout


def action(name):
    """What the menu of the desktop does with an action of the desktop file."""
    ask("gapplication", "action", ID, name)


def windows():
    """The windows on the screen, the portal's too, as identifiers with their titles."""
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "."], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, text=True).stdout.split()
    return {xid: subprocess.run(["xdotool", "getwindowname", xid], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                text=True).stdout.strip() for xid in found}


def titled(title, n=1):
    """Waits for n windows of that title and returns them."""
    return desktop.until(lambda: (found := [desktop.Window(xid, None) for xid, name in windows().items() if name == title])
                         and len(found) == n and found, f"{n} windows of {title}")


def launch(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def is_running():
    return f"'{ID}'" in ask("gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path",
                            "/org/freedesktop/DBus", "--method", "org.freedesktop.DBus.ListNames")


def end():
    action("quit")
    desktop.until(lambda: not is_running(), "the end of the program")


def steady():
    """Waits until the display is as it was half a second ago."""
    before = None
    while (now := desktop.Picture().data) != before:
        before = now
        time.sleep(0.5)


def box_ink(window):
    """Asks the window itself: one with an alpha channel is not in a picture of the display where nothing composes it."""
    return desktop.Picture("-id", window.xid).count((180, 280, 240, 160), desktop.is_ink)


def choose(window, key, title, path):
    """Answers the file chooser that a key of the window opens, and which another program shows."""
    window.key(key)
    chooser, = titled(title)
    steady()
    chooser.key("ctrl+l", "ctrl+a")  # its entry for a path, and the name that it proposes there
    steady()
    chooser.type(str(path))
    # The first may only take what the entry proposes.
    while chooser.xid in windows():
        with contextlib.suppress(subprocess.CalledProcessError):
            chooser.key("Return")
        steady()


def elements(path):
    try:
        return json.loads(path.read_text())["elements"]
    except (OSError, ValueError):
        return []


def connections():
    endpoint = desktop.endpoint(DATA)
    return endpoint and desktop.metrics(endpoint["url"])["tela_websockets"]


def pictured(test):
    """The test, which leaves a picture of the display as it was when it failed."""
    @functools.wraps(test)
    def run(scratch):
        try:
            test(scratch)
        except Exception:
            desktop.Picture().save(PICTURES / f"failed-{test.__name__}.png")
            raise
    return run


def two_windows(scratch):
    """started by D-Bus, two windows on one board share what is drawn and one connection"""
    launch("gapplication", "launch", ID)
    titled("Boards")
    action("new-board")
    first, = titled("Untitled Board")
    first.key("ctrl+shift+n")
    first, second = titled("Untitled Board", 2)
    desktop.side_by_side([first, second], 620, 820)
    before = second.steady_ink(*AREA)
    first.key("p")
    steady()
    first.drag(desktop.STROKE)
    desktop.until(lambda: second.ink(*AREA) > before + 100, "the stroke in the second window")
    assert connections() == 1, connections()
    desktop.Picture().save(PICTURES / "windows.png")


def files(scratch):
    """through the portal: a board is saved, another is opened and seen"""
    first, _ = titled("Untitled Board", 2)
    choose(first, "ctrl+s", "Save As", SAVED)
    desktop.until(lambda: [e["type"] for e in elements(SAVED)] == ["freedraw"], "the stroke in the file")
    OPENED.write_text(json.dumps({"type": "excalidraw", "version": 2, "source": "elsewhere", "elements": [BOX], "appState": {}, "files": {}}))
    choose(first, "ctrl+o", "Open", OPENED)
    window, = titled(OPENED.stem)
    window.place(10, 20, 600, 800)
    desktop.until(lambda: box_ink(window) > 10000, "the box in the window")


def again(scratch):
    """ended and started from its desktop file, the windows, the drawings and the right to the files are there again"""
    end()
    launch("gio", "launch", EXPORTS / "applications" / f"{ID}.desktop")
    window, = titled(OPENED.stem)
    titled("Untitled Board", 2)
    window.focus()
    window.place(10, 20, 600, 800)
    desktop.until(lambda: box_ink(window) > 10000, "the box in the window")
    window.key("p")
    steady()
    window.drag([(x, y + 0.2) for x, y in desktop.STROKE])
    window.key("ctrl+s")
    desktop.until(lambda: [e["type"] for e in elements(OPENED)] == ["rectangle", "freedraw"], "the stroke in the file")
    desktop.Picture("-id", window.xid).save(PICTURES / "again.png")
    end()


if __name__ == "__main__":
    shutil.rmtree(HOME / ".var/app" / ID, ignore_errors=True)
    for path in SAVED, OPENED:
        path.unlink(missing_ok=True)
    desktop.run([pictured(test) for test in (two_windows, files, again)])
