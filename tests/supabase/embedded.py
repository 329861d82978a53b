# Copyright The Tela authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tela's own backend, as a process, asked in the same words as postgres.py."""
import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
for room in ("e2e", "backend"):
    sys.path.insert(0, str(HERE.parent / room))
import desktop  # noqa: E402
import wire  # noqa: E402
from postgres import loads  # noqa: E402


class Listener:
    """A socket on topics: what was told there, in order."""

    def __init__(self, embedded, user):
        self.socket = wire.Socket(embedded.url)
        status, _, body = self.socket.start(f"/realtime/v1/websocket?apikey={embedded.anon}&vsn=2.0.0", {})
        assert status == 101, body
        self.token = embedded.tokens[user]
        self.heard = []
        self.n = 0

    def say(self, join_ref, topic, event, payload):
        self.n += 1
        self.socket.send(wire.TEXT, json.dumps([join_ref, str(self.n), f"realtime:{topic}", event, payload]).encode())
        return str(self.n)

    def take(self):
        frames, self.socket.frames = self.socket.frames, []
        for opcode, data in frames:
            frame = wire.parse_frame(opcode, data, 2)
            if frame["kind"] == 4:
                frame["payload"] = loads(data[5 + sum(data[1:4]):].decode())
            self.heard.append(frame)

    def reply(self, ref, seconds=60):
        """The status of the answer to that push; None: there is none."""
        end = time.monotonic() + seconds
        while True:
            self.take()
            for frame in self.heard:
                if frame.get("event") == "phx_reply" and frame["ref"] == ref:
                    return frame["payload"]["status"]
            if time.monotonic() > end:
                return None
            self.socket.read(0.2)
            self.socket.take_frames()

    def join(self, topic, presence=False):
        ref = str(self.n + 1)
        return ref, self.reply(self.say(ref, topic, "phx_join", {
            "access_token": self.token, "config": {"private": True, "broadcast": {"ack": True},
                                                   "presence": {"enabled": presence, "key": "me"}}}))

    def may(self, topic):
        """{extension: (read, write)} as the server shows it to clients."""
        ref, status = self.join(topic, True)
        if status != "ok":
            return {"broadcast": (False, False), "presence": (False, False)}
        # Who may not track is told so; who may not broadcast is told nothing, and so is asked before something that is.
        cast = self.say(ref, topic, "broadcast", {"type": "broadcast", "event": "x", "payload": {}})
        track = self.reply(self.say(ref, topic, "presence", {"type": "presence", "event": "track", "payload": {}}))
        self.socket.barrier()
        sees = any(frame.get("event") == "presence_state" for frame in self.heard)
        return {"broadcast": (True, self.reply(cast, 0) == "ok"), "presence": (sees, track == "ok")}

    def messages(self, topic):
        """(event, payload without its id) that came so far."""
        self.socket.barrier()
        self.take()
        return [(frame["event"], {key: value for key, value in frame["payload"].items() if key != "id"})
                for frame in self.heard if frame["kind"] == 4 and frame["topic"] == f"realtime:{topic}"]

    def close(self):
        self.socket.close()


class Embedded:
    def __init__(self, directory):
        self.process = desktop.spawn("tela-cli", "serve", "--data", directory, "--print-keys", stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL)
        ready = json.loads(self.process.stdout.readline())
        self.url, self.anon = ready["url"], ready["anon_key"]
        self.tokens = {"anon": self.anon, "service": ready["service_role_key"]}

    def sign_up(self):
        status, text = self.ask("anon", "POST", "/auth/v1/signup", {})
        assert status == 200, text
        session = json.loads(text)
        self.tokens[session["user"]["id"]] = session["access_token"]
        return session["user"]["id"]

    def ask(self, user, method, path, body=None, headers=None):
        return wire.request(self.url, method, path,
                            {"apikey": self.anon, "Authorization": f"Bearer {self.tokens[user]}",
                             "Content-Type": "application/json", **(headers or {})},
                            None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode())

    def rest(self, user, method, path, body=None):
        status, text = self.ask(user, method, path, body)
        return status, loads(text) if text else None

    def push(self, user, board, ops):
        body = f'{{"project":"{board}","ops":[{",".join(ops)}]}}'
        status, text = self.ask(user, "POST", "/rest/v1/rpc/tela_push", body.encode())
        return status, loads(text)
