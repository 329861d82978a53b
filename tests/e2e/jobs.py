#!/usr/bin/env python3
"""Images that are made: ordered with the pointer, seen by others, kept through a restart; a stand-in for the service makes them."""
import json
import os
import re
import subprocess
import sys
import urllib.request

import reader
from dialogs import Dialog

import desktop

SKY = (77, 171, 247)  # all of the stand-in's pictures
FACE = (241, 243, 245)  # of a placeholder
FRAME = [(0.2, 0.3), (0.3, 0.35), (0.4, 0.42)]


class Service:
    """The stand-in for fal.ai, as a program."""

    def __init__(self):
        self.process = desktop.spawn("tests/jobs/fal-program", stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def control(self, **values):
        """Tells it how to be, and returns what it has seen."""
        words = "&".join(f"{name}={value}" for name, value in values.items())
        return json.loads(urllib.request.urlopen(f"{self.url}/control?{words}", timeout=desktop.DEADLINE).read())


def with_key(start):
    os.environ["FAL_KEY"] = "secret"
    try:
        return start()
    finally:
        del os.environ["FAL_KEY"]


class Desk:
    """Who shows notifications."""

    def __init__(self):
        self.process = desktop.spawn("tests/e2e/notified", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.read() == "ready"

    def read(self):
        return self.process.stdout.readline().strip()

    def click(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()


class Studio:
    """Ana, who has a key, with a window of one process, and Bo with one of another."""

    def __init__(self, path):
        self.service, self.desk, self.serve = Service(), Desk(), desktop.Serve(path / "served")
        self.data = path / "served"
        board = desktop.cli("new", "Plan", "--data", self.data).strip()
        self.ana = with_key(lambda: desktop.join(self.serve, path, board, "Ana", fal_endpoint=self.service.url))
        self.left = self.ana.window("Plan")
        self.bo = desktop.join(self.serve, path, board, "Bo")
        self.right = self.bo.window("Plan")
        desktop.side_by_side([self.left, self.right])

    def elements(self):
        return desktop.elements(self.data, "Plan")

    def images(self):
        return [element for element in self.elements() if element["type"] == "image"]

    def end(self):
        for tela in (self.ana, self.bo):
            errors = tela.quit()
            assert errors == "", errors
        seen = self.service.control()
        assert not seen["leaked"] and not seen["missing"], seen
        self.serve.stop()


def job_of(element):
    return element.get("customData", {}).get("tela", {}).get("job", {})


def middle_of(element):
    return element["x"] + element["width"] / 2, element["y"] + element["height"] / 2


def is_sky(pixel):
    return max(abs(a - b) for a, b in zip(pixel, SKY)) < 8


def is_face(pixel):
    return pixel == FACE


def order(tela, window, prompt, count=1):
    """Draws the place with the tool, and fills in the dialog."""
    window.key("g")
    window.drag(FRAME)
    dialog = tela.titled("Generate Image")
    dialog.focus()
    dialog.type(prompt)
    if count > 1:
        dialog.key("Tab", "Tab", "Tab", *["Up"] * (count - 1))
    dialog.key("alt+g")
    tela.forget(dialog)


def ordered(path):
    """what is ordered stands on every board at once, and becomes an image where it is by then, or beside where it was"""
    studio = Studio(path)
    left, right, service = studio.left, studio.right, studio.service
    left.key("ctrl+shift+n")
    small = studio.ana.windows(2)[1]
    small.wait_for_board("Plan")
    small.place(400, 560, 380, 320)
    left.focus()
    left.wait_until_drawn()
    header = left.box(0.4, 0.02, 0.7, 0.05)
    before = desktop.Picture().box(header)
    service.control(queued=2, running=40)
    order(studio.ana, left, "a red fox", count=2)
    desktop.until(lambda: len(studio.elements()) == 2, "two placeholders")
    right.focus()
    desktop.until(lambda: desktop.Picture().count(right.box(0.1, 0.2, 0.7, 0.6), is_face) > 10000, "two placeholders in Bo's window")
    desktop.until(lambda: all(job_of(element).get("progress") for element in studio.elements()), "how far they are, on the board")
    desktop.until(lambda: desktop.Picture().box(header) != before, "the header bar to count")
    desktop.Picture().save(desktop.BUILD / "jobs.png")

    first, second = sorted(studio.elements(), key=lambda element: element["x"])
    right.drag([(0.25, 0.35), (0.3, 0.5), (0.25, 0.7)])
    right.key("Escape")
    right.click(0.5, 0.35)
    right.key("Delete")
    desktop.until(lambda: len(studio.elements()) == 1 and studio.elements()[0]["y"] > first["y"] + 100, "one moved, one deleted")
    moved = studio.elements()[0]
    service.control(queued=0, running=0)
    desktop.until(lambda: len(studio.images()) == 2, "two images")
    for image in studio.images():
        tela = image["customData"]["tela"]
        assert tela["prompt"] == "a red fox" and tela["model"] and tela["seed"] and tela["jobId"], tela
    mine = next(image for image in studio.images() if image["id"] == first["id"])
    other = next(image for image in studio.images() if image["id"] != first["id"])
    assert all(abs(a - b) < 0.1 for a, b in zip(middle_of(mine), middle_of(moved))), (mine, moved)
    assert other["id"] != second["id"] and other["x"] > second["x"] + second["width"], (other, second)
    desktop.until(lambda: desktop.Picture().count(right.box(0.1, 0.5, 0.5, 0.9), is_sky) > 5000, "the image in Bo's window")
    desktop.until(lambda: desktop.Picture().box(header) == before, "a header bar without jobs")
    assert service.control()["submits"] == 2
    studio.end()


def find_window(title):
    return next(window for program in reader.find_programs(reader.find_bus()) for window in program.children() if window.get("Name") == title)


class Panel:
    """The list of jobs of a process, as a window and as a screen reader has it."""

    def __init__(self, tela):
        self.tela = tela
        tela.seen[0].key("ctrl+j")
        self.window = tela.titled("Image Jobs")
        self.node = find_window("Image Jobs")
        self.list = None
        self.labels = {}  # of each row that was ever there: what says how it is

    def rows(self):
        """On newer GTK a list that is empty, and not shown, is not on the bus."""
        self.list = self.list or next((node for node in self.node.walk() if node.role() == "list"), None)
        return self.list.children() if self.list else []

    def label(self, row):
        if row.place not in self.labels:
            self.labels[row.place] = [node for node in row.walk() if node.role() == "label"][1]
        return self.labels[row.place]

    def says(self):
        return [self.label(row).get("Name").split(" · ")[0] for row in self.rows()]

    def wait(self, *words):
        """Until the rows, newest first, say that."""
        desktop.until(lambda: self.says() == list(words), words)

    def press(self, index, name):
        """A button of a row, with the pointer."""
        self.window.click_on(self.rows()[index].button(name))

    def choose(self, index, n):
        """The n-th of what can be chosen in the menu of a row."""
        self.press(index, "More")
        self.tela.popup()
        desktop.xdotool("key", "--delay", 60, *["Down"] * (n - 1), "Return")


def listed(path):
    """the list: cancel, retry, once more with a new seed, copy the prompt, only some of them"""
    studio = Studio(path)
    service = studio.service
    service.control(running=40)
    order(studio.ana, studio.left, "a red fox")
    panel = Panel(studio.ana)
    desktop.until(lambda: panel.says() and re.fullmatch("[0-9]+ %", panel.says()[0]), "how far it is")
    panel.press(0, "Cancel")
    panel.wait("Canceled")
    desktop.until(lambda: service.control()["cancels"] == 1, "the service to hear of it")
    desktop.until(lambda: [job_of(element)["state"] for element in studio.elements()] == ["cancelled"], "the board to say so")
    service.control(running=0)
    panel.choose(0, 1)
    panel.wait("Done", "Canceled")
    desktop.until(lambda: len(studio.images()) == len(studio.elements()) == 1, "the image in the same place")
    panel.choose(0, 1)
    panel.wait("Done", "Done", "Canceled")
    desktop.until(lambda: len(studio.images()) == 2, "a second image")
    seeds = [image["customData"]["tela"]["seed"] for image in studio.images()]
    assert seeds[0] != seeds[1], seeds
    service.control(fails=1)
    panel.choose(0, 1)
    panel.wait("Failed: Out of memory", "Done", "Done", "Canceled")
    desktop.until(lambda: desktop.Picture().count((0, 0, 120, 400), is_sky) > 500, "small images in the list")
    desktop.Picture().save(desktop.BUILD / "jobs-list.png")

    panel.window.focus()
    panel.window.click(0.07, 0.06)
    studio.ana.popup()
    desktop.xdotool("key", "--delay", 60, "Down", "Down", "Return")
    panel.wait("Done", "Done")
    panel.choose(0, 2)
    studio.left.key("ctrl+v")
    desktop.until(lambda: [e["text"] for e in studio.elements() if e["type"] == "text"] == ["a red fox"], "the prompt as a text")
    studio.end()


def told(path):
    """who is away is told what has ended; the notification leads to the image, also where no window shows its board"""
    studio = Studio(path)
    left, service, desk = studio.left, studio.service, studio.desk
    service.control(running=40)
    order(studio.ana, left, "a red fox")
    desktop.until(lambda: studio.elements(), "the placeholder")
    # Far away from it, so that there is something to be led to.
    left.key("v", *["ctrl+Down"] * 9)
    studio.right.focus()
    service.control(running=0)
    assert desk.read() == "Image Ready\ta red fox"
    assert not desktop.Picture().count(left.box(0.05, 0.2, 0.95, 0.85), is_sky)
    desk.click()
    desktop.until(lambda: desktop.Picture().count(left.box(0.05, 0.2, 0.95, 0.85), is_sky) > 5000, "the image in view")

    service.control(running=40)
    left.focus()
    order(studio.ana, left, "a fox")
    left.key("Escape")
    left.click(0.04, 0.035)
    desktop.until(lambda: left.title() != "Plan", "the list of boards")
    studio.right.focus()
    service.control(running=0)
    assert desk.read() == "Image Ready\ta fox"
    desk.click()
    words = ["xdotool", "search", "--all", "--onlyvisible", "--pid", str(studio.ana.process.pid), "--name", "^Plan$"]
    desktop.until(lambda: subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout, "a window of the board")
    studio.end()


def look_away():
    """At something else than Tela; where the focus is nowhere, the window below the pointer would have it."""
    root = desktop.xdotool("search", "--maxdepth", 0, "").split()[0]
    desktop.xdotool("windowfocus", root, "mousemove", 1398, 898)


def taken_over(path):
    """a process is killed while an image is made: the other one of that person goes on with it; one of them tells of what ends"""
    service, desk = Service(), Desk()
    data = path / "data"
    desktop.use_settings(path / "settings", fal_endpoint=service.url)
    first = with_key(lambda: desktop.Tela("--data", data, "--board", "Plan"))
    left = first.window("Plan")
    second = with_key(lambda: desktop.Tela("--data", data, "--board", "Plan"))
    right = second.window("Plan")
    desktop.side_by_side([left, right])
    service.control(running=40)
    order(first, left, "a fox")
    look_away()
    service.control(running=0)
    assert desk.read() == "Image Ready\ta fox"
    service.control(running=40)
    left.focus()
    order(first, left, "a red fox")
    panel = Panel(second)
    desktop.until(lambda: panel.says() and re.fullmatch("[0-9]+ %", panel.says()[0]), "how far it is, in the other process")
    first.kill()
    right.focus()
    look_away()
    service.control(running=0)
    assert desk.read() == "Image Ready\ta red fox" # and not the first one once more, from the other process
    panel.wait("Done", "Done")
    assert service.control()["submits"] == 2
    assert [element["type"] for element in desktop.elements(data, "Plan")] == ["image", "image"]
    errors = second.quit()
    assert errors == "", errors


def to_preferences(tela, window):
    """From a page that says what to do; and back."""
    node = find_window(window.title())
    assert node.find("Nothing Makes Images Yet"), "no words on what to do"
    window.click_on(node.button("Open Preferences"))
    preferences = Dialog(tela, window, "Preferences")
    preferences.key("Escape")
    preferences.wait_until_gone()


def not_set_up(path):
    """where nothing makes images both the tool and the list say how to set it up, and no job is taken"""
    data = path / "data"
    desktop.use_settings(path / "settings")
    tela = desktop.Tela("--data", data, "--board", "Plan")
    window = tela.window("Plan")
    window.measure()
    window.key("g")
    window.drag(FRAME)
    dialog = tela.titled("Generate Image")
    to_preferences(tela, dialog)
    dialog.key("alt+g", "Escape")
    tela.forget(dialog)
    panel = Panel(tela)
    assert panel.says() == []
    to_preferences(tela, panel.window)
    assert desktop.elements(data, "Plan") == []
    errors = tela.quit()
    assert errors == "", errors


if reader.find_bus() is None:
    print("1..0 # SKIP no AT-SPI bus here")
    sys.exit()
desktop.run([ordered, listed, told, taken_over, not_set_up])
