#!/usr/bin/env python3
"""What somebody has changed and others do not see: why, and what can be done about it, in the windows of two people."""
import sys

import reader
from honest import Person

import desktop


class Two:
    """Two people on one board, each behind a network of their own."""

    def __init__(self, path):
        self.data = path / "served"
        self.serve = desktop.Serve(self.data)
        self.board = desktop.cli("new", "Plan", "--data", self.data).strip()
        self.people = []
        for name in ("left", "right"):
            self.people.append(Person(self.serve, path / name, self.board, reader.find_bus(), self.people))
        desktop.side_by_side([person.window for person in self.people])
        self.left, self.right = self.people

    def rectangle(self):
        found = [element for element in desktop.elements(self.data, self.board) if element["type"] == "rectangle"]
        return found[0] if found else None

    def end(self):
        for person in self.people:
            errors = person.tela.quit()
            assert errors == "", errors
            person.proxy.close()
        self.serve.stop()


class Changes:
    """The dialog of somebody's changes."""

    def __init__(self, person):
        person.open_state()
        person.tela.popup()
        desktop.xdotool("key", "alt+m")
        self.window = person.tela.titled("My Changes")
        self.node = desktop.until(lambda: next((window for window in person.program.children() if window.get("Name") == "My Changes"), None),
                                  "the dialog on the bus")

    def words(self):
        return [node.get("Name") for node in self.node.walk() if node.role() == "label"]

    def wait(self, *wanted):
        desktop.until(lambda: all(any(word in said for said in self.words()) for word in wanted), wanted)

    def press(self, name):
        self.window.click_on(self.node.button(name))


def lost(path):
    """who was written over while away is told so, by whom, and has their own back with Apply Mine Again"""
    two = Two(path)
    left, right = two.left, two.right
    left.window.key("r")
    left.window.drag([(0.5, 0.4), (0.6, 0.45), (0.7, 0.5)])
    desktop.until(two.rectangle, "the rectangle")
    first = two.rectangle()
    left.proxy.cut()
    desktop.until(lambda: left.says() == "Offline", "Offline")
    left.window.key("v", "Escape")
    left.window.drag([(0.5, 0.45), (0.5, 0.55), (0.5, 0.65)])
    desktop.until(lambda: left.says() == "1 change waiting", "a change that waits")
    right.window.key("v")
    right.window.drag([(0.5, 0.45), (0.6, 0.4), (0.75, 0.35)])
    desktop.until(lambda: two.rectangle()["x"] > first["x"] + 50, "the other's place")
    theirs = two.rectangle()
    left.proxy.restore()
    desktop.until(lambda: left.says() == "Saved", "Saved")
    assert two.rectangle()["x"] == theirs["x"], "who was away wrote over the later one"
    changes = Changes(left)
    changes.wait("Lost Changes", "1 shape changed", "wrote over it at the same time")
    desktop.Picture().save(desktop.BUILD / "changes-lost.png")
    changes.press("Apply Mine Again")
    desktop.until(lambda: two.rectangle()["y"] > first["y"] + 50 and abs(two.rectangle()["x"] - first["x"]) < 50, "one's own place")
    changes.wait("Nothing Waits")
    two.end()


def refused(path):
    """what the server refuses is listed with the reason, and can be copied to a new board"""
    two = Two(path)
    left = two.left
    left.proxy.cut()
    desktop.until(lambda: left.says() == "Offline", "Offline")
    left.window.key("r")
    left.window.drag([(0.5, 0.4), (0.6, 0.45), (0.7, 0.5)])
    desktop.until(lambda: left.says() == "1 change waiting", "a change that waits")
    two.serve.set_role(two.board, left.user, "viewer")
    left.proxy.restore()
    desktop.until(lambda: left.says() == "Saved", "Saved")
    assert two.rectangle() is None
    changes = Changes(left)
    changes.wait("Refused Changes", "1 shape added", "may not edit")
    desktop.Picture().save(desktop.BUILD / "changes-refused.png")
    changes.press("Copy to a New Board")
    # A toast leads to it.
    changes.window.key("Escape")
    left.tela.forget(changes.window)
    left.window.click_on(desktop.until(lambda: left.program.button("Open"), "the toast"))
    desktop.until(lambda: left.window.title() == "Refused on Plan", "the new board")
    desktop.until(lambda: left.window.ink(0.45, 0.35, 0.95, 0.8), "what was refused")
    two.end()


class History:
    """The window of what a board was."""

    def __init__(self, tela, window):
        self.program = desktop.until(lambda: reader.find_program(reader.find_bus(), tela.process.pid), "a program on the bus")
        window.key("ctrl+shift+r")
        self.window = tela.windows(2)[1]
        self.node = desktop.until(lambda: self.find(self.program, "Version History"), "the window on the bus")

    @staticmethod
    def find(node, name, role=None):
        return next((child for child in node.walk() if child.get("Name") == name and role in (None, child.role())), None)

    def rows(self):
        return [node.get("Name") for node in self.node.walk() if node.role() == "list item"]


def history(path):
    """what a board was is looked at by keys and restored with the pointer, as an edit that can be undone"""
    board = desktop.cli("new", "Plan", "--data", path).strip()

    def edit(lines):
        desktop.cli("edit", "Plan", "--data", path, stdin=lines)
    edit('{"id":"a","set":{"type":"rectangle","x":0,"y":0,"width":90,"height":60}}\n')
    then = desktop.elements(path, board)
    desktop.cli("versions", "Plan", "name", "First", "--data", path)
    edit('{"id":"a","delete":true}\n{"id":"b","set":{"type":"ellipse","x":0,"y":0,"width":90,"height":60}}\n'
         '{"id":"c","set":{"type":"ellipse","x":200,"y":0,"width":90,"height":60}}\n')
    later = desktop.elements(path, board)
    tela = desktop.Tela("--data", path, "--board", board)
    window = tela.window("Plan")
    seen = History(tela, window)
    desktop.until(lambda: len(seen.rows()) == 2, "the versions")
    assert seen.rows()[0].startswith("Now, Today, ") and seen.rows()[1].startswith("First, Today, "), seen.rows()
    desktop.until(lambda: seen.find(seen.node, "Picture of 2 shapes"), "the picture of the board")
    seen.window.key("Down")
    desktop.until(lambda: seen.find(seen.node, "Picture of 1 shape"), "the picture of the version")
    nameless = [node.get("Description") for node in seen.node.walk() if "button" in node.role() and not node.get("Name")]
    assert not nameless, nameless
    desktop.until(lambda: seen.find(seen.node, "3 differences to now"), "what differs")
    seen.window.click_on(seen.find(seen.node, "Restore"))
    tela.forget(seen.window)
    desktop.until(lambda: desktop.elements(path, board) == then, "the board as it was")
    window.key("ctrl+z")
    desktop.until(lambda: desktop.elements(path, board) == later, "the board before that")
    errors = tela.quit()
    assert errors == "", errors


if reader.find_bus() is None:
    print("1..0 # SKIP no AT-SPI bus here")
    sys.exit()
desktop.run([lost, refused, history])
