#!/usr/bin/env python3
"""Three windows of two people on one board: who is there, where their hands are, and what they do together."""
import reader

import desktop

RED, BLUE = "#c01c28", "#1c71d8"
HEADER = (0.5, 0.0, 0.8, 0.07)
BOARD = (0.05, 0.2, 0.95, 0.85)
EDGE = (0.008, 0.4, 0.016, 0.6)


def is_red(pixel):
    """Ana's colour, also where she is dimmed."""
    return pixel[0] - max(pixel[1:]) > 40


def is_blue(pixel):
    """Bo's."""
    return pixel[2] - pixel[0] > 60


def seen(window, matches, *fractions):
    return desktop.Picture().count(window.box(*fractions), matches)


class Meeting:
    """Ana with two windows of one process, and Bo with one of another."""

    def __init__(self, path):
        self.serve = desktop.Serve(path / "served")
        self.data = path / "served"
        self.board = desktop.cli("new", "Plan", "--data", self.data).strip()
        self.ana, self.bo = (desktop.join(self.serve, path, self.board, name, person_colour=colour)
                             for name, colour in (("Ana", RED), ("Bo", BLUE)))
        self.left, self.right = self.ana.window("Plan"), self.bo.window("Plan")
        self.left.key("ctrl+shift+n")
        self.small = self.ana.windows(2)[1]
        self.small.wait_for_board("Plan")
        desktop.side_by_side([self.left, self.right])
        self.small.place(400, 560, 380, 320)
        self.right.focus()
        self.left.focus()
        desktop.until(lambda: seen(self.right, is_red, *HEADER), "Ana's face")

    def end(self):
        for tela in (self.ana, self.bo):
            errors = tela.quit()
            assert errors == "", errors
        self.serve.stop()

    def texts(self):
        return [e["text"] for e in desktop.elements(self.data, "Plan")]


def choose(window, matches, dx, dy):
    """Clicks on the face that has that colour, then into the list below it, if that came: a click on an open one closes it."""
    window.focus()
    window.wait_until_drawn()
    x, y, width, height = window.box(*HEADER)
    picture = desktop.Picture()
    face = [(i, j) for j in range(y, y + height) for i in range(x, x + width) if matches(picture.pixel(i, j))]
    x, y = face[len(face) // 2]
    desktop.xdotool("mousemove", x, y, "sleep", 0.1, "click", 1)
    try:
        window.process.popup(5)
    except AssertionError:
        return
    desktop.xdotool("mousemove", x + dx, y + dy, "sleep", 0.2, "click", 1)


def hands(path):
    """pointer, selection and laser of one person are seen by the other, in their colour; the laser leaves nothing"""
    meeting = Meeting(path)
    left, right = meeting.left, meeting.right
    desktop.xdotool("mousemove", *left.at(0.6, 0.4), "sleep", 0.1, "mousemove", *left.at(0.61, 0.41))
    desktop.until(lambda: seen(right, is_red, 0.55, 0.35, 0.75, 0.5), "Ana's pointer")
    left.key("k")
    left.press(desktop.STROKE)
    # It fades while the hand rests.
    desktop.again_until(lambda: left.move(desktop.STROKE), lambda: seen(right, is_red, *BOARD) > 800, "the laser", 0.2)
    left.release()
    desktop.until(lambda: seen(right, is_red, *BOARD) < 800, "the end of the laser")
    left.key("v")
    desktop.xdotool("mousemove", *left.at(0.5, 0.02))
    desktop.until(lambda: not seen(right, is_red, *BOARD), "no pointer")
    assert desktop.elements(meeting.data, "Plan") == []
    meeting.end()


def writing(path):
    """while one person types in a text, the other sees who, and cannot"""
    meeting = Meeting(path)
    left, right = meeting.left, meeting.right
    left.key("t")
    left.click(0.5, 0.45)
    left.type("ours")
    desktop.xdotool("mousemove", *left.at(0.5, 0.02))
    desktop.until(lambda: seen(right, is_red, 0.4, 0.35, 0.7, 0.5), "the name at the text")
    right.focus()
    x, y = right.at(0.51, 0.46)
    desktop.xdotool("mousemove", x, y, "click", "--repeat", 2, "--delay", 60, 1, "sleep", 0.3)
    right.type("zz")
    left.key("Escape")
    desktop.until(lambda: meeting.texts() == ["ours"], "the text of one hand")
    desktop.until(lambda: not seen(right, is_red, 0.4, 0.35, 0.7, 0.43), "no name at the text")
    meeting.end()


def following(path):
    """who follows sees what the other sees until they move by themselves; who is brought comes once"""
    meeting = Meeting(path)
    left, right = meeting.left, meeting.right
    desktop.again_until(lambda: choose(right, is_red, 105, 58), lambda: seen(right, is_red, *EDGE), "the frame of Ana's colour", 10)
    before = right.ink(0.75, 0.9, 0.9, 0.98)
    left.key("ctrl+plus")
    desktop.until(lambda: right.ink(0.75, 0.9, 0.9, 0.98) != before, "the zoom of the other")
    right.key("ctrl+0")
    desktop.until(lambda: not seen(right, is_red, *EDGE), "the end of following")

    left.key("r")
    left.drag([(0.5, 0.5), (0.6, 0.55), (0.7, 0.6)])
    left.key("v", "ctrl+Down", "ctrl+Down", "ctrl+Down", "ctrl+Down")
    before = desktop.Picture().box(right.box(*BOARD))
    choose(left, is_blue, 0, 110)
    desktop.until(lambda: desktop.Picture().box(right.box(*BOARD)) != before, "to be brought")
    meeting.end()


def listed(path):
    """who has two windows is one person; cursors can be hidden; who cannot be heard of any more is dimmed, with since when"""
    meeting = Meeting(path)
    left, right = meeting.left, meeting.right
    desktop.xdotool("mousemove", *left.at(0.6, 0.6), "sleep", 0.1, "mousemove", *left.at(0.61, 0.61))
    pointer = (0.55, 0.55, 0.75, 0.7)
    desktop.until(lambda: seen(right, is_red, *pointer), "Ana's pointer")
    button = desktop.until(lambda: next((node for program in reader.find_programs(reader.find_bus()) for node in program.walk()
                                         if node.get("Name") == "Ana: Active, 2 windows"), None), "Ana, once, with two windows")
    # The pointer stays with Ana.
    right.focus()
    next(node for node in button.walk() if node.can_act()).act()

    def words():
        return [node.get("Name") for node in button.walk() if node.role() == "label"]
    desktop.until(lambda: words().count("Ana") == 1, "Ana in the list, once")
    meeting.bo.popup()
    check = next(node for node in button.walk() if node.role().replace(" ", "") == "checkbox")
    desktop.xdotool("key", "alt+h")
    desktop.until(lambda: check.has(reader.CHECKED), "the cursors to be hidden")
    desktop.until(lambda: not seen(right, is_red, *pointer), "no pointer")
    desktop.Picture().save(desktop.BUILD / "people.png")
    desktop.xdotool("key", "alt+h")
    desktop.until(lambda: not check.has(reader.CHECKED), "the cursors to be shown")
    # As long as the list is open Ana's window hears nothing of the pointer.
    desktop.xdotool("key", "Escape")

    def move():
        desktop.xdotool("mousemove_relative", 1, 0, "sleep", 0.1, "mousemove_relative", "--", -1, 0)
    desktop.again_until(move, lambda: seen(right, is_red, *pointer), "the pointer again, which goes where it rests for long", 0.2)
    right.focus()
    next(node for node in button.walk() if node.can_act()).act()
    meeting.bo.popup()
    meeting.serve.kill()
    desktop.until(lambda: "Last seen a moment ago" in words(), "since when Ana was not heard of")
    meeting.serve.start()
    desktop.until(lambda: "Last seen a moment ago" not in words(), "Ana, back")
    meeting.end()


tests = [hands, writing, following]
if reader.find_bus() is not None:
    tests.append(listed)
desktop.run(tests)
