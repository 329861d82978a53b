#!/usr/bin/env python3
"""Two processes edit one element while the network between them and the server comes and goes."""
import json
import os
import pathlib
import random
import subprocess
import urllib.parse

import desktop
from proxy import Proxy

SEED = 20261


class Editor:
    """A tela-cli edit that is fed line by line, through a proxy of its own."""

    def __init__(self, serve, path, board):
        self.proxy = Proxy(urllib.parse.urlsplit(serve.url).port)
        self.board, self.name = board, pathlib.Path(path).name
        self.words = ["--data", path, "--url", f"http://127.0.0.1:{self.proxy.port}", "--key", serve.anon_key]
        serve.admit(board, json.loads(desktop.cli("doctor", "--json", *self.words))["user"])
        self.start()

    def start(self):
        self.process = desktop.spawn("tela-cli", "edit", self.board, *self.words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        # Once it has edited it is past its start, where a network that is cut would end it.
        self.edit(self.name, type="text", text="here", x=0, y=0)

    def edit(self, element, **props):
        """Returns once the edit is durable on this side."""
        self.process.stdin.write(json.dumps({"id": element, "set": props}) + "\n")
        self.process.stdin.flush()
        line = json.loads(self.process.stdout.readline())
        assert line["state"] == "durable", line

    def again(self):
        """kill -9, and a new process on the same replica"""
        self.process.kill()
        self.process.communicate()
        self.proxy.restore()
        self.start()

    def finish(self):
        self.proxy.restore()
        self.process.communicate(timeout=2 * desktop.DEADLINE)
        assert self.process.returncode == 0

    def dump(self, board, *words):
        return desktop.cli("dump", board, *words, *self.words)


def served(path):
    serve = desktop.Serve(path / "served")
    return serve, desktop.cli("new", "Plan", "--data", path / "served").strip()


BOX = dict(type="rectangle", x=0, y=0, width=80, height=40, strokeColor="#1e1e1e")


def move_and_recolour(path):
    """a move here and a recolour there, with the network cut: both survive"""
    serve, board = served(path)
    left, right = (Editor(serve, path / name, board) for name in ("left", "right"))
    left.edit("box", **BOX)
    desktop.until(lambda: "box" in [e["id"] for e in desktop.elements(path / "served", board)], "the box on the server")
    left.proxy.cut()
    right.proxy.cut()
    left.edit("box", x=100, y=50)
    right.edit("box", strokeColor="#1971c2")
    left.finish()
    right.finish()
    box, = (e for e in desktop.elements(path / "served", board) if e["id"] == "box")
    assert (box["x"], box["y"], box["strokeColor"]) == (100, 50, "#1971c2"), box
    assert left.dump(board, "--all") == right.dump(board, "--all") == desktop.dump(path / "served", board, "--all")
    left.proxy.close()
    right.proxy.close()
    serve.stop()


def step(dice, editors, served=True):
    """Nobody can start without a server."""
    editor = dice.choice(editors)
    what = dice.random()
    if what < 0.06:
        editor.proxy.cut()
    elif what < 0.08:
        editor.proxy.stall()
    elif what < 0.15:
        editor.proxy.restore()
    elif what < 0.16 and served:
        editor.again()
    else:
        element = f"e{dice.randrange(12)}"
        props = dice.choice([dict(BOX), dict(x=dice.randrange(900)), dict(y=dice.randrange(900)),
                             dict(strokeColor=dice.choice(["#e03131", "#1971c2"])), dict(isDeleted=dice.random() < 0.5)])
        editor.edit(element, **props)


def random_histories(path):
    """three processes, random edits, cuts, stalls and kills, of the server too, and a crowd beside them: all dumps are equal to the byte"""
    seed = int(os.environ.get("TELA_TEST_SEED", SEED))
    print(f"# seed {seed}")
    dice = random.Random(seed)
    serve, board = served(path)
    editors = [Editor(serve, path / f"replica{i}", board) for i in range(3)]
    long = bool(os.environ.get("TELA_TEST_LONG"))
    crowd = desktop.spawn("tela-cli", "load", "--people", 2, "--for", 40 if long else 4, "--json", "--project", board,
                          "--data", path / "served", stdout=subprocess.PIPE, text=True)
    for n in range(1200 if long else 120):
        step(dice, editors)
    told = json.loads(crowd.communicate(timeout=2 * desktop.DEADLINE)[0])
    assert told["converged"] and told["closed"] == 0, told
    # Without the crowd, whose process would serve in its place.
    for n in range(400 if long else 40):
        if n % 20 == 10:
            serve.kill()
            for _ in range(dice.randrange(6)):
                step(dice, editors, served=False)
            serve.start()
        step(dice, editors)
    for editor in editors:
        editor.finish()
    wanted = desktop.dump(path / "served", board, "--all")
    for i, editor in enumerate(editors):
        assert editor.dump(board, "--all") == wanted, f"replica {i} differs; seed {seed}"
        editor.proxy.close()
    serve.stop()


desktop.run([move_and_recolour, random_histories])
