#!/usr/bin/env python3
"""Beside Supabase's own client, on tela-cli serve: what one says the other hears."""
import base64
import json
import os
import pathlib
import queue
import subprocess
import sys
import threading
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import desktop  # noqa: E402

KIT = HERE.parents[1] / "build" / "peers-realtime"


class Lines:
    """What a program says, a line of JSON at a time."""

    def __init__(self, process):
        self.process = process
        self.lines = queue.Queue()
        desktop.started.append(process)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def next(self, what):
        try:
            return self.lines.get(timeout=desktop.DEADLINE)
        except queue.Empty:
            raise AssertionError(f"nothing was said: {what}") from None

    def await_one(self, what, matches):
        while True:
            line = self.next(what)
            if matches(line):
                return line

    def nothing_more(self):
        assert self.lines.empty(), self.lines.get()


class Supabase(Lines):
    def __init__(self, serve, token):
        super().__init__(subprocess.Popen([KIT / "node", HERE / "realtime.mjs", KIT, serve.url, serve.anon_key, token],
                                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        assert self.next("the start") == "ready"

    def do(self, /, **command):
        print(json.dumps(command), file=self.process.stdin, flush=True)

    def join(self, topic, ack=False, hears_itself=False):
        self.do(join=topic, ack=ack, self=hears_itself)
        return self.next("the join")

    def send(self, topic, event, **payload):
        self.do(send=topic, event=event, **payload)


def listen(topic, count, *words):
    """tela-cli, which has joined when it says so."""
    process = subprocess.Popen([desktop.BUILD / "tela-cli", "listen", topic, "--private", "--count", str(count), *words],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    assert line == f"listening to {topic}\n", line
    return Lines(process)


def start(data):
    """A server, a board's live topic, and Supabase's client signed in as its owner."""
    serve = desktop.Serve(data)
    board = desktop.cli("new", "Plan", "--data", data).strip()
    token = desktop.endpoint(data)["session"]["access_token"]
    return serve, f"live:{board}", Supabase(serve, token)


def theirs_to_ours(data):
    """from Supabase's client to ours: JSON, other letters, a long one, bytes"""
    serve, topic, peer = start(data)
    assert peer.join(topic, ack=True)["status"] == "SUBSCRIBED"
    ours = listen(topic, 4, "--data", data)
    sent = [{"x": 1, "s": "é☃😀"}, {"deep": [[{"a": None}]], "n": 9007199254740991}, {"long": "y" * 60000}]
    for payload in sent:
        peer.send(topic, "cursor", payload=payload)
        assert peer.next("the answer") == {"sent": "ok"}
        assert ours.next("JSON") == {"topic": topic, "event": "cursor", "payload": payload}
    data64 = base64.b64encode(bytes(range(256))).decode()
    peer.send(topic, "blob", base64=data64)
    assert peer.next("the answer") == {"sent": "ok"}
    assert ours.next("bytes") == {"topic": topic, "event": "blob", "base64": data64}
    assert ours.process.wait(timeout=desktop.DEADLINE) == 0
    peer.nothing_more()
    serve.stop()


def ours_to_theirs(data):
    """from ours to Supabase's client, with and without an answer"""
    serve, topic, peer = start(data)
    assert peer.join(topic)["status"] == "SUBSCRIBED"
    for payload, options in (({"x": 1, "s": "é☃😀"}, ["--ack"]), ({"nested": {"list": [1, 2.5, None, True]}}, [])):
        desktop.cli("broadcast", topic, "cursor", json.dumps(payload), "--private", *options, "--data", data)
        assert peer.next("a broadcast") == {"heard": "cursor", "topic": topic, "payload": payload}
    serve.stop()


def own(data):
    """self and ack: Supabase's client hears itself only where it asked to"""
    serve, topic, peer = start(data)
    assert peer.join(topic, ack=True, hears_itself=True)["status"] == "SUBSCRIBED"
    peer.send(topic, "mine", payload={"n": 1})
    said = [peer.next("both"), peer.next("both")]
    assert {"sent": "ok"} in said and {"heard": "mine", "topic": topic, "payload": {"n": 1}} in said, said
    data64 = base64.b64encode(b"\0\1\xff").decode()
    peer.send(topic, "blob", base64=data64)
    said = [peer.next("both"), peer.next("both")]
    assert {"sent": "ok"} in said and {"heard": "blob", "topic": topic, "base64": data64} in said, said
    peer.do(leave=topic)
    said = [peer.next("both"), peer.next("both")]
    assert {"left": "ok"} in said, said

    room = topic.replace("live:", "room:")
    assert peer.join(room, ack=True)["status"] == "SUBSCRIBED"
    peer.send(room, "quiet", payload={"n": 2})
    assert peer.next("the answer") == {"sent": "ok"}
    peer.nothing_more()
    serve.stop()


def stranger(data):
    """somebody who is no member is refused, with the words of the real server"""
    serve, topic, _ = start(data)
    request = urllib.request.Request(f"{serve.url}/auth/v1/signup", b"{}", {"apikey": serve.anon_key, "content-type": "application/json"})
    token = json.load(urllib.request.urlopen(request, timeout=10))["access_token"]
    answer = Supabase(serve, token).join(topic)
    assert answer["status"] == "CHANNEL_ERROR", answer
    assert "Unauthorized: You do not have permissions to read from this Channel topic" in answer["error"], answer
    serve.stop()


def restart(data):
    """the server killed and started: both are back, and nothing is heard twice"""
    serve, topic, peer = start(data / "served")
    assert peer.join(topic, ack=True)["status"] == "SUBSCRIBED"
    # Somebody else, who would not go on as the server himself.
    words = ("--data", data / "other", "--url", serve.url, "--key", serve.anon_key)
    serve.admit(topic.removeprefix("live:"), json.loads(desktop.cli("doctor", "--json", *words))["user"])
    ours = listen(topic, 2, *words)
    joined = desktop.metrics(serve.url)["tela_channels"]
    peer.send(topic, "before", payload={"n": 1})
    assert ours.next("before")["event"] == "before"
    serve.kill()
    serve.start()
    peer.await_one("back again", lambda line: line.get("status") == "SUBSCRIBED")
    desktop.until(lambda: desktop.metrics(serve.url)["tela_channels"] == joined, "all channels")
    peer.send(topic, "after", payload={"n": 2})
    assert ours.next("after") == {"topic": topic, "event": "after", "payload": {"n": 2}}
    assert ours.process.wait(timeout=desktop.DEADLINE) == 0
    ours.nothing_more()
    serve.stop()


if not os.environ.get("TELA_TEST_LONG"):
    print("1..0 # SKIP only ./dev peers and ./dev test --long run it")
elif not (KIT / "node").exists():
    print("1..0 # SKIP Supabase's client is not here")
else:
    desktop.run([theirs_to_ours, ours_to_theirs, own, stranger, restart])
