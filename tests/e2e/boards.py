#!/usr/bin/env python3
"""The lists of boards of two people, in three windows: each shows at once what becomes of the boards, and listens to one topic."""
import json
import sys
import urllib.request

import reader
from dialogs import Dialog

import desktop

CARDS = (0.02, 0.15, 0.98, 0.5)


def is_paper(pixel):
    """Of a board's picture; the list's own ground is not quite white."""
    return pixel == (255, 255, 255)


def find_list(node):
    """Boards themselves have many parts, and are passed over."""
    if node.get("Name") == "TelaBoardPage":
        return None
    if node.get("Name") == "Boards" and "grid" in node.role():
        return node
    return next((found for found in map(find_list, node.children()) if found), None)


class Lists:
    """Ana, whose boards they are, with two windows of one process, and Bo with one of another."""

    def __init__(self, path):
        self.bus = reader.find_bus()
        self.serve = desktop.Serve(path / "ana")
        self.data = path / "ana"
        words = ("--data", path / "bo", "--url", self.serve.url, "--key", self.serve.anon_key)
        self.bo_data = path / "bo"
        self.bo_id = json.loads(desktop.cli("doctor", "--json", *words))["user"]
        self.ana, self.bo = desktop.Tela("--data", self.data), desktop.Tela(*words)
        self.work, self.right = self.ana.window(), self.bo.window()
        self.work.key("ctrl+shift+n")
        self.left = self.ana.windows(2)[1]
        self.work.place(10, 20, 620, 420)
        self.left.place(10, 460, 620, 400)
        self.right.place(650, 20, 620, 420)
        programs = {tela: desktop.until(lambda tela=tela: reader.find_program(self.bus, tela.process.pid), "a program on the bus")
                    for tela in (self.ana, self.bo)}
        self.program = programs[self.ana]
        self.windows = [desktop.until(lambda tela=tela, i=i: programs[tela].children()[i], "a window on the bus")
                        for tela, i in ((self.ana, 0), (self.ana, 1), (self.bo, 0))]

    def cards(self, window):
        """None where the window shows a board; up to GTK 4.12 also the list that is not shown has a place on the bus."""
        grid = find_list(window)
        if grid:
            return grid.children()
        return [] if window.get("Name") == "Boards" else None

    def shown(self):
        """The names of the boards, window by window."""
        return [cards if cards is None else [card.get("Name").split(", ")[0] for card in cards]
                for cards in map(self.cards, self.windows)]

    def wait(self, ana, bo, what):
        desktop.until(lambda: all(names in (None, wanted) for names, wanted in zip(self.shown(), (ana, ana, bo))), what)

    def member(self, method, role=None):
        """Bo, as somebody in charge of the server sees it."""
        board = json.loads(desktop.cli("projects", "--json", "--data", self.data))[0]["id"]
        query = "" if role else f"?project_id=eq.{board}&user_id=eq.{self.bo_id}"
        body = json.dumps({"project_id": board, "user_id": self.bo_id, "role": role}).encode() if role else None
        request = urllib.request.Request(f"{self.serve.url}/rest/v1/project_members{query}", body, {
            "apikey": self.serve.anon_key, "authorization": f"Bearer {self.serve.service_key}",
            "content-type": "application/json"}, method=method)
        urllib.request.urlopen(request, timeout=desktop.DEADLINE).close()

    def topics(self, data):
        """What kinds of topics the program with that data has joined."""
        info = json.loads(desktop.cli("debug", "--data", data))
        return {channel["topic"].removeprefix("realtime:").split(":")[0] for channel in info["realtime"]["channels"]}

    def focus_first(self):
        """By keys alone."""
        def is_there():
            self.work.key("Tab")
            return any(card.has(reader.FOCUSED) for window in self.windows[:2] for card in self.cards(window) or [])
        desktop.until(is_there, "the focus on a card")

    def restore(self):
        """Out of the trash, by its window."""
        self.work.key("F10")
        self.ana.popup()
        desktop.xdotool("key", "t")
        self.ana.titled("Trash")
        trash = desktop.until(lambda: next((window for window in self.program.children() if window.get("Name") == "Trash"), None),
                              "the trash")
        button = desktop.until(lambda: next((node for node in trash.walk() if node.get("Name") == "Restore"), None), "the button")
        button.ask("org.a11y.atspi.Action.DoAction", "0")

    def has_picture(self, window):
        return desktop.Picture().count(window.box(*CARDS), is_paper) > 5000

    def end(self):
        for tela in (self.ana, self.bo):
            errors = tela.quit()
            assert errors == "", errors
        self.serve.stop()


def lives(path):
    """a board is made, shared, painted, renamed, thrown away, brought back and taken away: every list tells"""
    lists = Lists(path)
    lists.wait([], [], "empty lists")
    lists.work.key("ctrl+n")
    lists.work.wait_for_board("Untitled Board")
    lists.wait(["Untitled Board"], [], "the board that was made")
    lists.member("POST", role="viewer")
    lists.wait(["Untitled Board"], ["Untitled Board"], "the board that was shared")

    assert not lists.has_picture(lists.right) and not lists.has_picture(lists.left)
    lists.work.key("r")
    lists.work.drag([(0.5, 0.4), (0.6, 0.6), (0.7, 0.8)])
    desktop.until(lambda: lists.has_picture(lists.right), "the picture")
    desktop.until(lambda: lists.has_picture(lists.left), "one's own picture")
    # Who looks at the list has joined nothing of the board, which the other one has.
    assert lists.topics(lists.bo_data) == {"user", "fal_jobs"}, lists.topics(lists.bo_data)
    assert lists.topics(lists.data) == {"user", "fal_jobs", "project", "live", "room"}, lists.topics(lists.data)

    lists.work.key("alt+Left")
    desktop.until(lambda: lists.topics(lists.data) == {"user", "fal_jobs"}, "to have left the board")
    lists.focus_first()
    lists.work.key("F2")
    question = Dialog(lists.ana, lists.work, "Rename Board")
    question.type("Plan")
    question.key("Return")
    lists.wait(["Plan"], ["Plan"], "the new name")

    lists.focus_first()
    lists.work.key("Delete")
    lists.wait([], [], "the board to go")
    lists.restore()
    lists.wait(["Plan"], ["Plan"], "the board to be back")
    assert desktop.until(lambda: lists.has_picture(lists.right), "its picture")
    lists.member("DELETE")
    lists.wait(["Plan"], [], "the board to be Ana's alone")
    lists.end()


if reader.find_bus() is None:
    print("1..0 # SKIP no AT-SPI bus here")
    sys.exit()
desktop.run([lives])
