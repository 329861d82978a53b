#!/usr/bin/env python3
"""What the windows of two people say while the network comes and goes, second by second, beside what is true."""
import json
import os
import re
import sys
import time
import urllib.parse

import reader

import desktop
from proxy import Proxy

LONG = bool(os.environ.get("TELA_TEST_LONG"))
WORDS = re.compile("Saved|Saving…|Offline|Cannot Connect|[0-9]+ changes? waiting")
# The first line holds from the beginning, each other one from its second on until the next: what happens then, and what
# the two windows say. "left" and "right" are a stroke of the one and of the other.
SHORT = """
 0  -           Saved              Saved
 2  left        Saved              Saved
 4  cut         Offline            Offline
 6  left        1 change waiting   Offline
 8  right       1 change waiting   1 change waiting
10  left        2 changes waiting  1 change waiting
14  restore     Saved              Saved
"""
MINUTE = """
 0  -           Saved              Saved
 2  left        Saved              Saved
 4  cut         Offline            Offline
 8  left        1 change waiting   Offline
12  right       1 change waiting   1 change waiting
20  left        2 changes waiting  1 change waiting
25  right       2 changes waiting  2 changes waiting
32  right       2 changes waiting  3 changes waiting
45  left        3 changes waiting  3 changes waiting
64  restore     Saved              Saved
"""
# Six tries fail before it says so; how long that takes is left to chance.
AWAY = """
 0  -           Saved              Saved
 2  cut         Offline            Offline
10  -           Offline/Cannot Connect  Offline/Cannot Connect
75  -           Cannot Connect     Cannot Connect
80  restore     Saved              Saved
"""
STILL = """
 0  -           Saved              Saved
 2  stall       Saved              Saved
 4  left        Saving…            Saved
 8  restore     Saved              Saved
"""
# So long after a line began the windows may still say what they did before: words come after what they tell of. On a machine
# that is busy with other tests that is not known, and the short run gives them more.
GRACE = 2 if LONG else desktop.DEADLINE
# The short run goes on to the next line when the windows have said what they should for so long, whatever its second.
HOLD = 1.5
# After the network is back the next try may be this far away.
BACK = 2 * desktop.DEADLINE


class Person:
    """Somebody with a window of a process of their own, behind a network of their own."""

    def __init__(self, serve, path, board, bus, others):
        self.proxy = Proxy(urllib.parse.urlsplit(serve.url).port)
        self.words = ("--data", path, "--url", f"http://127.0.0.1:{self.proxy.port}", "--key", serve.anon_key)
        self.user = json.loads(desktop.cli("doctor", "--json", *self.words))["user"]
        serve.admit(board, self.user)
        self.tela = desktop.Tela(*self.words, "--board", board)
        self.window = self.tela.window("Plan")
        known = [other.program.place for other in others]
        self.program = desktop.until(lambda: next((found for found in reader.find_programs(bus) if found.place not in known), None),
                                     "the program on the bus")
        self.button = desktop.until(lambda: next((node for node in self.program.walk() if WORDS.fullmatch(node.get("Name"))), None),
                                    "the state of the board")
        self.n_strokes = 0

    def says(self):
        return self.button.get("Name")

    def open_state(self):
        """With the pointer; the labels of its popover: state, cause, next try."""
        self.window.click_on(self.button)

        def labels():
            found = [node for node in self.button.walk() if node.role() == "label"][1:4]
            return found if len(found) == 3 else None
        return desktop.until(labels, "the popover")

    def draw(self):
        self.window.drag([(x, y + 0.05 * self.n_strokes) for x, y in desktop.STROKE])
        self.n_strokes += 1


def two_people(path, board, serve):
    bus = reader.find_bus()
    people = []
    for name in ("left", "right"):
        people.append(Person(serve, path / name, board, bus, people))
    desktop.side_by_side([person.window for person in people])
    for person in people:
        person.window.key("p")
    return people


def read_script(text):
    return [(int(second), what, (left, right))
            for second, what, left, right in (re.split(r"\s{2,}", line.strip()) for line in text.strip().splitlines())]


def play(path, text):
    serve = desktop.Serve(path / "served")
    board = desktop.cli("new", "Plan", "--data", path / "served").strip()
    left, right = people = two_people(path, board, serve)
    deeds = {"left": left.draw, "right": right.draw, "-": lambda: None}
    for name in ("cut", "stall", "restore"):
        deeds[name] = lambda name=name: [getattr(person.proxy, name)() for person in people]

    def is_calm():
        there = len(desktop.elements(path / "served", board)) == sum(person.n_strokes for person in people)
        return there and all(person.says() == "Saved" for person in people)
    script, before, lies = read_script(text), None, []
    start = time.monotonic()
    for (second, what, wanted), (end, _, _) in zip(script, script[1:] + [(None, None, None)]):
        if LONG:
            time.sleep(max(0, start + second - time.monotonic()))
        if what in ("cut", "stall"):
            desktop.until(is_calm, "all strokes on the server")
        deeds[what]()
        start = max(start, time.monotonic() - second)  # on a slow machine all that follows is later
        line = Line(people, wanted, before, end is None)
        while not line.is_over(start + end if LONG and end else None):
            said = tuple(person.says() for person in people)
            n_there = len(desktop.elements(path / "served", board)) if "Saved" in said else 0
            print(f"# {time.monotonic() - start:5.1f} s: {said[0]:20} {said[1]:20} {what}", flush=True)
            lies += line.judge(said, n_there)
        before = wanted
    assert not lies, lies
    assert line.settled, said
    dumps = [desktop.dump(path / "served", board, "--all")]
    for person in people:
        errors = person.tela.quit()
        assert errors == "", errors
        dumps.append(desktop.cli("dump", board, "--all", *person.words))
        person.proxy.close()
    assert dumps[0] == dumps[1] == dumps[2]
    serve.stop()


class Line:
    """What is said from a deed on until the next."""

    def __init__(self, people, wanted, before, is_last):
        self.wanted, self.before, self.is_last = wanted, before or wanted, is_last
        self.n_strokes = sum(person.n_strokes for person in people)
        self.done = self.looked = time.monotonic()
        self.settled = None  # since when all is said as it should be
        self.moved = None  # since when a window has said anything else, and knows of the deed

    def is_over(self, end):
        """At the second that is written; or once it was true for a while. The last one is over when it is true."""
        now = time.monotonic()
        if end is not None and now >= end or now - self.done > BACK:
            return True
        if end is None and self.settled and (self.is_last or now - self.settled >= HOLD):
            return True
        time.sleep(max(0, self.looked + (1 if LONG else 0.3) - now))
        self.looked = time.monotonic()
        return False

    def judge(self, said, n_there):
        """What is not as it is written, and what is not true."""
        age, problems = time.monotonic() - self.done, []
        is_true = said != ("Saved", "Saved") or n_there >= self.n_strokes
        # Before anything else was said the windows may not know of the stroke yet. What is on its way for a second is no news.
        if not is_true and (self.moved and time.monotonic() - self.moved > 2 or age > GRACE):
            problems.append(f"both Saved, and the server has {n_there} strokes")
        if self.moved is None and any(word != was for word, was in zip(said, self.before)):
            self.moved = time.monotonic()
        late = not self.settled and (self.is_last or age < GRACE)
        for word, want, was in zip(said, self.wanted, self.before):
            if word not in want.split("/") and not (late and word in (was, "Saving…", "Offline", "Cannot Connect") or
                                                    self.is_last and "waiting" in word):
                problems.append(f"{word} instead of {want}, {age:.1f} s after the change")
        if is_true and not self.settled and all(word in want.split("/") for word, want in zip(said, self.wanted)):
            self.settled = time.monotonic()
        return problems


def cut(path):
    """the network is cut while both draw: both say so, and how much waits, each second until all is saved"""
    play(path, MINUTE if LONG else SHORT)


def away(path):
    """the network is away for long: both say that they cannot connect"""
    play(path, AWAY)


def still(path):
    """nothing comes through any more, and nobody is told: who has drawn is saving, not saved"""
    play(path, STILL)


def read_next(label, least):
    """In how many seconds the next try is said to be, once that is so long; since when at the earliest, and at the latest."""
    def read():
        before = time.monotonic()
        found = re.fullmatch("Next try in ([0-9]+) seconds?", label.get("Name"))
        return found and int(found[1]) >= least and (int(found[1]), before, time.monotonic())
    return desktop.until(read, f"a next try in {least} seconds or more")


def told(path):
    """while there is no network the state says why and when the next try is, and that is true; Try Now tries at once"""
    serve = desktop.Serve(path / "served")
    board = desktop.cli("new", "Plan", "--data", path / "served").strip()
    person = Person(serve, path / "left", board, reader.find_bus(), [])
    person.window.place(10, 20, 680, 820)
    person.window.steady_ink(0.1, 0.3, 0.9, 0.9)
    person.proxy.cut()
    desktop.until(lambda: person.says() == "Offline", "Offline")
    state, cause, next_try = person.open_state()
    assert state.get("Name") == "Offline" and "onnection" in cause.get("Name"), (state.get("Name"), cause.get("Name"))
    seconds, first, last = read_next(next_try, 3)
    desktop.until(lambda: any(last < at for at in person.proxy.tries), "the next try")
    tried = next(at for at in person.proxy.tries if last < at)
    assert first + seconds - 2 < tried < last + seconds + (3 if LONG else 20), f"{tried - last:.1f} s later instead of {seconds}"
    desktop.Picture().save(desktop.BUILD / "honest.png")
    seconds, first, _ = read_next(next_try, 7)
    person.proxy.restore()
    desktop.xdotool("key", "alt+t")
    desktop.until(lambda: person.says() == "Saved", "Saved")
    assert person.proxy.came < first + seconds - 1, "it waited for the next try"
    assert (state.get("Name"), cause.get("Name")) == ("Saved", "All changes are kept and shared."), cause.get("Name")
    errors = person.tela.quit()
    assert errors == "", errors
    person.proxy.close()
    serve.stop()


def main():
    if reader.find_bus() is None:
        print("1..0 # SKIP no AT-SPI bus here")
        sys.exit()
    desktop.run([cut, still, told] + [away] * LONG)


if __name__ == "__main__":
    main()
