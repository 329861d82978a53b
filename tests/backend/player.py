"""Plays a transcript: says to our server what was said to the real one, and listens."""
import contextlib
import json
import re
import time
import urllib.parse

import desktop
import transcript
import wire
from comparison import Names, differ

PATIENCE = 20.0
FAN_OUT = ("broadcast", "presence_diff", "postgres_changes")
HANDSHAKE = ("GET /socket/websocket?vsn=1.0.0&apikey=<anon> HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")


class Connection:
    def __init__(self, name, socket, version):
        self.name, self.socket, self.version = name, socket, version
        self.pool = []  # (order, line of ours after which it came, frame) that nothing recorded was found for yet
        self.taken = 0
        self.last = {}  # the order of what was told last, by topic
        self.refs = 0

    def collect(self, line):
        self.socket.take_frames()
        for opcode, data in self.socket.frames:
            if opcode == wire.CLOSE:
                frame = {"kind": "close", "code": int.from_bytes(data[:2], "big") if data else 1005}
            elif opcode in (wire.PING, wire.PONG):
                frame = {"kind": "ping" if opcode == wire.PING else "pong", "payload": data.hex()}
            else:
                frame = wire.parse_frame(opcode, data, self.version) or {"kind": "unreadable", "payload": data.hex()}
            self.pool.append((self.taken, line, frame))
            self.taken += 1
        self.socket.frames.clear()


class Player:
    """One transcript against a server of its own."""

    def __init__(self, path, listed):
        self.file, self.listed = path.stem, listed
        self.lines = transcript.load(path)
        self.problems = []
        self.connections = {}
        self.ended = []
        self.theirs, self.ours = Names(), Names()
        self.line = self.sent_at = 0
        self.answer = self.raw = None
        self.note = ""

    def differs(self, line, path, theirs, ours):
        if not self.listed.take(self.file, line, path):
            self.problems.append(f"{self.file}:{line} {path}: theirs {json.dumps(theirs)}, ours {json.dumps(ours)}")

    def compare(self, line, theirs, ours):
        theirs, ours = self.theirs.plain(theirs), self.ours.plain(self.back(ours))
        for path, one, other in differ(theirs, ours):
            self.differs(line, path, one, other)

    def back(self, frame):
        text = json.dumps(frame, ensure_ascii=False)
        return transcript.ours_renamed(json.loads(self.translator.back(text)))

    # ---- What the client did ----

    def settle(self):
        """All that follows from what was said is here: of who said it first, then of the others."""
        for connection in self.connections.values():
            if not connection.socket.ended:
                connection.socket.barrier()
            connection.collect(self.sent_at)

    def open(self, name, url, headers):
        if name in self.connections:
            self.ended.append(self.connections.pop(name))
        place = urllib.parse.urlsplit(url)
        if self.serve.process.poll() is not None:
            return  # noted too: nobody listens
        socket = wire.Socket(self.serve.url)
        host = {} if "realtime-dev." in url else {"Host": place.netloc}
        status, fields, body = socket.start(f"{place.path}?{place.query}", {**host, **headers})
        self.answer = {"status": status, "headers": fields, "body": body}
        if status == 101:
            self.connections[name] = Connection(name, socket, 2 if "vsn=2" in url else 1)
        else:
            socket.close()

    def ask(self, data):
        body = data.get("body", "")
        cut = re.search(r"^(.*?)\.\.\.<(\d+) bytes>$", body, re.S) if isinstance(body, str) else None
        if cut:
            body = cut[1] + "y" * (int(cut[2]) - len(cut[1]) - 5) + '"}}]}'
        headers = {name: self.translator.text(value) for name, value in data.get("headers", {}).items()}
        if "realtime-dev." in headers.get("Host", ""):
            del headers["Host"]
        if cut:  # the headers were not noted, the key was theirs
            headers = {"apikey": self.serve.anon_key, "Content-Type": "application/json"}
        body = bytes.fromhex(body["hex"]) if isinstance(body, dict) else self.translator.text(body).encode()
        status, text = wire.request(self.serve.url, data["method"], self.translator.text(data["path"]), headers, body or None)
        self.answer = {"status": status, "headers": {}, "body": text}

    def say(self, connection, opcode, data):
        if opcode == "close":
            connection.socket.send(wire.CLOSE, data["code"].to_bytes(2, "big"))
        elif opcode == "ping":
            connection.socket.send(wire.PING, bytes.fromhex(data))
        elif opcode == "binary":
            connection.socket.send(wire.BINARY, wire.build_push(bytes.fromhex(data), self.translator.text))
        else:
            connection.socket.send(wire.TEXT, self.words(connection, data))

    def words(self, connection, text):
        old = connection.version == 1
        connection.refs += 1
        cut = re.search(r"^(.*)\.\.\.<(\d+) bytes in all>$", text, re.S)
        if cut:
            ref = re.search(r'^\["(\d+)","(\d+)"', text)
            end = '"}}]' if ref else f'"}}}},"ref":"{self.next_ref(connection)}","join_ref":"10"}}'
            text = cut[1] + "y" * (int(cut[2]) - len(cut[1].encode()) - len(end)) + end
        if text == "<broadcast with byte ff inside>":
            inside = b'{"type":"broadcast","event":"x","payload":{"x":"\xff"}}'
            return (b'{"topic":"realtime:err","event":"broadcast","payload":' + inside + b',"ref":"77","join_ref":"10"}' if old else
                    b'["10","77","realtime:err","broadcast",' + inside + b"]")
        text = self.translator.text(text)
        if "postgres_changes" in text:
            text = json.dumps(transcript.theirs_renamed(json.loads(text)), ensure_ascii=False)
        return text.encode()

    def next_ref(self, connection):
        """That of the next answer, where a call was too long to be noted as a whole."""
        for line in self.lines[self.at + 1:]:
            if line["dir"] == "recv" and line.get("conn") == connection.name and transcript.reference(line):
                return transcript.reference(line)
        return "77"

    # ---- What the server answered ----

    def hear_http(self, line):
        data = line["data"]
        if self.answer is None:
            return
        fields = {name for name in ("sec-websocket-protocol", "sec-websocket-extensions") if name in self.answer["headers"]}
        theirs = {"status": data["status"], "negotiated": sorted(fields & set(data["headers"])), "body": loads(data.get("body", ""))}
        ours = {"status": self.answer["status"], "negotiated": sorted(fields), "body": loads(self.answer["body"])}
        self.compare(line["number"], theirs, ours)
        self.answer = None

    def expected(self, connection, line):
        if line["opcode"] == "close":
            return {"kind": "close", "code": line["data"]["code"]}
        if line["opcode"] == "pong":
            return {"kind": "pong", "payload": line["data"]}
        if line["opcode"] == "binary":
            return wire.parse_frame(wire.BINARY, bytes.fromhex(line["data"]), connection.version)
        return wire.parse_frame(wire.TEXT, line["data"], connection.version)

    def find(self, connection, theirs):
        """The oldest of ours that is of the same kind, of the same topic, to the same call."""
        def mark(frame):
            kind = frame["kind"] if frame["kind"] in ("close", "pong") else "message"
            return kind, frame.get("topic"), frame.get("event"), frame.get("ref")
        for entry in connection.pool:
            if mark(self.back(entry[2])) == mark(theirs):
                return entry
        return None

    def hear(self, line):
        connection = self.connections.get(line.get("conn", "A"))
        if connection is None:
            return
        theirs = self.expected(connection, line)
        if theirs is None or is_of_sql(theirs):
            return
        if theirs["kind"] == "close" and theirs["code"] in (1005, 1006):
            return self.hear_end(connection)
        patience = 0.3 if f"{self.file}:{line['number']} missing" in self.listed.known else PATIENCE
        end = time.monotonic() + patience
        connection.collect(self.sent_at)
        found = self.find(connection, theirs)
        while found is None and not connection.socket.ended and time.monotonic() < end:
            connection.socket.read(0.2)
            connection.collect(self.sent_at)
            found = self.find(connection, theirs)
        if found is None:
            return self.differs(line["number"], "missing", theirs, None)
        connection.pool.remove(found)
        if theirs.get("event") not in FAN_OUT and theirs["kind"] == "text":
            if found[0] < connection.last.get(theirs["topic"], -1):
                self.differs(line["number"], "order", theirs, found[2])
            connection.last[theirs["topic"]] = found[0]
        self.compare(line["number"], theirs, found[2])
        return None

    def hear_end(self, connection):
        """No close frame was seen by the client: it went without one, and without waiting for what was still to come."""
        if "without leave" in self.note:
            connection.socket.close()
            return
        if not connection.socket.see_end(PATIENCE):
            self.differs(self.line, "missing", "the end of the connection", None)
        connection.collect(self.sent_at)
        connection.pool.clear()

    # ---- Bare bytes ----

    def say_raw(self, data):
        """A handshake as text, or bytes as hex, the long ones cut."""
        if not data.startswith("GET "):
            cut = re.search(r"^(.*)\.\.\.<(\d+) bytes>$", data)
            data = bytes.fromhex(cut[1]) + b" " * (int(cut[2]) - len(cut[1]) // 2) if cut else bytes.fromhex(data)
            with contextlib.suppress(OSError):  # it may have gone already
                self.raw.send_raw(data)
            return
        if self.raw is not None:
            self.raw.close()
        self.raw = wire.Socket(self.serve.url)
        self.raw.send_raw(data.replace("<anon>", self.serve.anon_key).replace("realtime-dev.localhost:4400", self.raw.host).encode("latin-1"))
        status, fields, body = self.raw.answer()
        self.answer = {"status": status, "headers": fields, "body": body}

    def hear_raw(self, line):
        data = line["data"]
        if data.startswith("HTTP/"):
            if self.answer is None:
                self.say_raw(HANDSHAKE)
            head, _, body = data.partition("\r\n\r\n")
            self.hear_http({**line, "data": {"status": int(head.split()[1]), "headers": {}, "body": body}})
            return
        theirs, ours = wire.Frames(), self.raw
        theirs.buffer = bytes.fromhex(data)
        theirs.take_frames()
        end = time.monotonic() + PATIENCE
        while len(ours.frames) < len(theirs.frames) and not ours.ended and time.monotonic() < end:
            ours.read(0.2)
            ours.take_frames()
        self.compare(line["number"], *({"frames": [readable(*frame) for frame in side.frames]} for side in (theirs, ours)))
        ours.frames.clear()

    def hear_raw_end(self):
        """Ours waits a while for the client to end it first."""
        if not self.raw.see_end(PATIENCE):
            self.differs(self.line, "end", "the end of the connection", None)

    # ---- All of it ----

    def step(self, line):
        opcode, data = line["opcode"], line["data"]
        if line["dir"] == "note":
            self.note = str(data)
            if self.note == "SIGTERM to the server":
                self.serve.stop()
            elif self.note == "server sent FIN":
                self.hear_raw_end()
        elif opcode in ("raw", "hex"):
            if line["dir"] == "send":
                self.say_raw(data)
            else:
                self.hear_raw(line)
        elif line["dir"] == "recv":
            if opcode == "http":
                self.hear_http(line)
            elif opcode in ("text", "binary", "close", "pong"):
                self.hear(line)
        elif opcode == "http":
            self.settle()
            if data.get("url", "").startswith("ws"):
                self.open(line.get("conn", "A"), self.translator.text(data["url"]),
                          {name: self.translator.text(value) for name, value in data.get("headers", {}).items()})
            else:
                self.ask(data)
        elif line.get("conn", "A") in self.connections:
            if self.is_calm(line):
                self.settle()
            self.say(self.connections[line.get("conn", "A")], opcode, data)
        if line["dir"] == "send":
            self.sent_at = line["number"]

    def is_calm(self, line):
        """The client waited before it said this."""
        before = next((other for other in reversed(self.lines[:self.at]) if other["dir"] != "note"), line)
        return before["dir"] != "send" or line["t_ms"] - before["t_ms"] > 20

    def play(self, data):
        self.serve = desktop.Serve(data, "--limits", "supabase")
        secret = json.loads((data / "server" / "keys.json").read_text())["secret"]
        self.translator = transcript.Ours(self.serve, secret, transcript.recorded_at(self.lines))
        for self.at, line in enumerate(self.lines):
            self.line = line["number"]
            self.translator.now = self.translator.recorded + line["t_ms"] / 1000
            self.step(line)
        self.settle()
        for connection in [*self.ended, *self.connections.values()]:
            for _, line, frame in connection.pool:
                self.differs(line, "extra", None, self.back(frame))
            connection.socket.close()
        if self.raw is not None:
            self.raw.close()
        if self.serve.process.poll() is None:
            self.serve.stop()


def loads(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def is_of_sql(frame):
    """Nobody runs the SQL of the transcripts here, so nothing comes of it."""
    payload = frame.get("payload")
    return frame.get("event") == "postgres_changes" or bool(frame.get("metadata")) or isinstance(payload, dict) and "meta" in payload


def readable(opcode, data):
    return {"opcode": opcode, "data": loads(data.decode()) if opcode == wire.TEXT else data.hex()}
