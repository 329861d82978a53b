#!/usr/bin/env python3
"""Supabase's client and ours, several of each, in the rooms of tela-cli serve: what one says all others hear."""
import base64
import json
import os
import pathlib
import queue
import subprocess
import sys
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import desktop  # noqa: E402

KIT = HERE.parents[1] / "build" / "peers-realtime"
ROOM = desktop.BUILD / "tests" / "peers" / "room"


class Peer:
    """A program in a room; lines of JSON both ways."""

    def __init__(self, words, args):
        self.process = subprocess.Popen([*words, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        desktop.started.append(self.process)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        assert self.next("the start") == "ready"

    def read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def next(self, what):
        try:
            return self.lines.get(timeout=desktop.DEADLINE)
        except queue.Empty:
            raise AssertionError(f"nothing was said: {what}") from None

    def wait(self, expected):
        """That line, whatever comes before it."""
        heard = []
        while not heard or heard[-1] != expected:
            heard.append(self.next(f"{expected}, but {heard}"))

    def do(self, /, **command):
        print(json.dumps(command), file=self.process.stdin, flush=True)

    def join(self, topic, /, **options):
        self.do(join=topic, **options)
        self.wait({"joined": topic})

    def nothing(self):
        assert self.lines.empty(), self.lines.get()


class House:
    """A server with a board, whose owner and editors come in by one of the clients."""

    def __init__(self, data, version):
        self.version, self.data = version, data
        self.serve = desktop.Serve(data)
        self.board = desktop.cli("new", "Plan", "--data", data).strip()

    def ask(self, method, path, body, token=None):
        request = urllib.request.Request(self.serve.url + path, json.dumps(body).encode(), {
            "apikey": self.serve.anon_key, "authorization": f"Bearer {token or self.serve.service_key}",
            "content-type": "application/json"}, method=method)
        text = urllib.request.urlopen(request, timeout=10).read()
        return json.loads(text) if text else None

    def peer(self, words):
        session = self.ask("POST", "/auth/v1/signup", {}, self.serve.anon_key)
        self.serve.admit(self.board, session["user"]["id"])
        return Peer(words, [self.serve.url, self.serve.anon_key, session["access_token"], self.version])

    def theirs(self):
        return self.peer([KIT / "node", HERE / "room.mjs", KIT])

    def ours(self):
        return self.peer([ROOM])

    def end(self, *peers):
        for peer in peers:
            peer.nothing()
            peer.process.stdin.close()
            assert peer.process.wait(timeout=desktop.DEADLINE) == 0
        self.serve.stop()


def say_all(peers, topic, verb, private, answered=True, itself=False, **message):
    """Each says it once; all others hear it once, and itself only where it asked to."""
    for speaker in peers:
        speaker.do(**{verb: topic}, private=private, event="word", **message)
        for peer in peers:
            told = {"heard": "word", "topic": topic, **message}
            expected = [told] if peer is not speaker or itself else []
            if peer is speaker and answered:
                expected.append({"sent": True})
            heard = [peer.next(f"{verb} {message}") for _ in expected]
            assert all(line in heard for line in expected), (heard, expected)
    for peer in peers:
        peer.nothing()


def talk(house):
    """broadcasts: public and private, with answers and back to oneself, by HTTP, bytes"""
    peers = [house.theirs(), house.ours(), house.ours()]
    words = {"payload": {"x": 1.5, "s": "é☃😀", "deep": [[{"a": None}]], "n": 9007199254740991}}
    live = f"live:{house.board}"
    for topic, private, options in (("plan", False, {}), ("answers", False, {"ack": True}), (live, True, {"ack": True})):
        for peer in peers:
            peer.join(topic, private=private, **options)
        say_all(peers, topic, "send", private, **words)
    for peer in peers:
        peer.join("echo", self=True, ack=True)
    say_all(peers, "echo", "send", False, itself=True, **words)
    for topic, private in (("plan", False), (live, True)):
        say_all(peers, topic, "post", private, itself=True, **words)
    if house.version == "2.0.0":
        data = base64.b64encode(bytes(range(256))).decode()
        say_all(peers, live, "send", True, base64=data)
    house.end(*peers)


def presence(house):
    """presence with two of each: who comes, who leaves, who is cut off"""
    topic = f"room:{house.board}"
    peers = {"c1": house.ours(), "c2": house.ours(), "js1": house.theirs(), "js2": house.theirs()}
    for key, peer in peers.items():
        peer.join(topic, private=True, key=key)
        peer.do(track=topic, payload={"name": key})
    for peer in peers.values():
        peer.wait({"members": ["c1", "c2", "js1", "js2"]})
    peers["c1"].do(leave=topic)
    for key in ("c2", "js1", "js2"):
        peers[key].wait({"members": ["c2", "js1", "js2"]})
    peers["js1"].process.kill()
    for key in ("c2", "js2"):
        peers[key].wait({"members": ["c2", "js2"]})
    peers["c2"].process.kill()
    peers["js2"].wait({"members": ["js2"]})
    house.serve.stop()


def replay(house):
    """replay: what the database said before one came, in its order"""
    topic = f"project:{house.board}"
    since = int(time.time() * 1000) - 60000
    early = house.ours()
    early.join(topic, private=True)
    for x in (1, 2, 3):
        edit = json.dumps({"id": f"e{x}", "set": {"type": "rectangle", "x": x, "y": 0, "width": 10, "height": 10}})
        desktop.cli("edit", house.board, "--data", house.data, stdin=edit + "\n")
    heard = [early.next("a change") for _ in range(3)]
    for peer in (house.theirs(), house.ours()):
        peer.do(join=topic, private=True, since=since)
        peer.wait({"joined": topic})
        again = []
        while len(again) < 3:
            line = peer.next("a replayed change")
            if line["heard"] == "CANVAS_CHANGE":  # not the making of the board
                again.append(line)
        assert again == [{**line, "replayed": True} for line in heard], (again, heard)
    house.serve.stop()


def changes(house):
    """changes of a table"""
    topic = f"room:{house.board}"
    peers = [house.theirs(), house.ours(), house.ours()]
    for peer in peers:
        peer.do(join=topic, private=True, changes="projects")
        peer.wait({"ready": topic})
    house.ask("PATCH", f"/rest/v1/projects?id=eq.{house.board}", {"name": "Neu"})
    for peer in peers:
        peer.wait({"changed": "projects", "type": "UPDATE", "name": "Neu"})
    house.end(*peers)


def on(version, test):
    def run(data):
        test(House(data, version))
    run.__doc__ = f"{version}: {test.__doc__}"
    return run


if not os.environ.get("TELA_TEST_LONG"):
    print("1..0 # SKIP only ./dev peers and ./dev test --long run it")
elif not (KIT / "node").exists():
    print("1..0 # SKIP Supabase's client is not here")
else:
    desktop.run([on(version, test) for version in ("2.0.0", "1.0.0") for test in (talk, presence, replay, changes)])
