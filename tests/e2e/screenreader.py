#!/usr/bin/env python3
"""What a screen reader is told: the tree of the program as it stands on the bus of AT-SPI."""
import os
import re
import subprocess
import sys

# Whoever starts the tests keeps the program from looking for a bus; here it is wanted.
for name in ("GTK_A11Y", "NO_AT_BRIDGE"):
    os.environ.pop(name, None)

import desktop

ROOT = "/org/a11y/atspi/accessible/root"
FOCUSED, SELECTED = 12, 23  # numbers of states
STRING = r"'((?:[^'\\]|\\.)*)'"


def call(bus, name, path, method, *words):
    """The reply as gdbus prints it; empty if the object has gone meanwhile."""
    done = subprocess.run(["gdbus", "call", "--session", "--dest", name, "--object-path", path, "--method", method, *words],
                          env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True)
    return done.stdout


def find_bus():
    reply = subprocess.run(["gdbus", "call", "--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus", "--method",
                            "org.a11y.Bus.GetAddress"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    found = re.search(STRING, reply)
    return found and found[1]


class Node:
    """An object of the tree."""

    def __init__(self, bus, name, path):
        self.bus, self.place = bus, (name, path)

    def ask(self, method, *words):
        return call(self.bus, *self.place, method, *words)

    def get(self, prop):
        found = re.search(STRING, self.ask("org.freedesktop.DBus.Properties.Get", "org.a11y.atspi.Accessible", prop))
        return found[1] if found else ""

    def role(self):
        found = re.search(STRING, self.ask("org.a11y.atspi.Accessible.GetRoleName"))
        return found[1] if found else ""

    def has(self, state):
        words = [int(word) for word in re.findall(r"\b\d+\b", self.ask("org.a11y.atspi.Accessible.GetState").replace("uint32", ""))]
        return len(words) > state // 32 and bool(words[state // 32] >> state % 32 & 1)

    def children(self):
        reply = self.ask("org.a11y.atspi.Accessible.GetChildren")
        return [Node(self.bus, *place) for place in re.findall(rf"\({STRING}, (?:objectpath )?{STRING}\)", reply)]

    def walk(self):
        yield self
        for child in self.children():
            yield from child.walk()

    def find(self, name, description=""):
        return next((node for node in self.walk() if node.get("Name") == name and node.get("Description") == description), None)


def find_program(bus):
    programs = Node(bus, "org.a11y.atspi.Registry", ROOT).children()
    return next((program for program in programs if program.children()), None)


DRAWING = r"""
{"id":"a","set":{"type":"rectangle","x":0,"y":0,"width":90,"height":60}}
{"id":"b","set":{"type":"text","text":"Groceries","containerId":"a","x":5,"y":20,"width":80,"height":25,"fontSize":20}}
{"id":"c","set":{"type":"ellipse","x":300,"y":0,"width":90,"height":60}}
{"id":"d","set":{"type":"arrow","x":95,"y":30,"width":200,"height":0,"points":[[0,0],[200,0]],"startBinding":{"elementId":"a","focus":0,"gap":5},"endBinding":{"elementId":"c","focus":0,"gap":5}}}
"""
LISTED = ["Rectangle: Groceries", "Arrow from Groceries to Ellipse", "Ellipse"]


def reads_a_board(data):
    """the board, its shapes in the outline, and every button have a role and a name"""
    bus = find_bus()
    desktop.cli("new", "Plan", "--data", data)
    desktop.cli("edit", "Plan", "--data", data, stdin=DRAWING)
    tela = desktop.Tela("--data", data, "--board", "Plan")
    window = tela.window("Plan")
    window.place(10, 20, 900, 700)
    program = desktop.until(lambda: find_program(bus), "the program on the bus")
    board = desktop.until(lambda: program.find("Plan", "4 shapes"), "the board")
    nameless = [node.get("Description") for node in program.walk() if "button" in node.role()
                and re.match("$|Gtk|Adw|Tela", node.get("Name"))]  # GTK 4.8 calls what has no name by the name of its class
    assert not nameless, nameless

    window.key("ctrl+shift+o")
    outline = desktop.until(lambda: next((node for node in program.walk() if (node.role(), node.get("Name")) == ("list", "Outline")), None),
                            "the outline")
    desktop.until(lambda: [row.get("Name") for row in outline.children()] == LISTED, "the rows")
    assert {row.role() for row in outline.children()} == {"list item"}
    rows = outline.children()
    # What GTK makes of the first key differs.
    desktop.until(lambda: rows[0].has(SELECTED) or window.key("Home"), "the first row")
    window.key("Down")
    desktop.until(lambda: [row.has(FOCUSED) for row in rows] == [False, True, False], "the focus")
    desktop.until(lambda: board.get("Description") == f"4 shapes, selected: {LISTED[1]}", "the selection")
    window.key("Return")
    desktop.until(lambda: board.has(FOCUSED), "the focus on the board")
    errors = tela.quit()
    assert errors == "", errors


if find_bus() is None:
    print("1..0 # SKIP no AT-SPI bus here")
    sys.exit()
desktop.run([reads_a_board])
