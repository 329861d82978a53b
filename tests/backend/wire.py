"""A client of WebSockets that does what it is told, right or wrong; one thread, no hurry."""
import contextlib
import http.client
import json
import select
import socket
import struct
import time
import urllib.parse

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Frames:
    """Cuts what came, in buffer, into frames of (opcode, bytes)."""

    def __init__(self):
        self.buffer = b""
        self.frames = []

    def take_frames(self):
        while len(self.buffer) >= 2:
            length, at = self.buffer[1] & 127, 2
            if length >= 126:
                size = 2 if length == 126 else 8
                if len(self.buffer) < 2 + size:
                    return
                length, at = int.from_bytes(self.buffer[2:2 + size], "big"), 2 + size
            if len(self.buffer) < at + length:
                return
            self.frames.append((self.buffer[0] & 15, self.buffer[at:at + length]))
            self.buffer = self.buffer[at + length:]


class Socket(Frames):
    """A TCP connection that speaks WebSocket after start()."""

    def __init__(self, url):
        super().__init__()
        place = urllib.parse.urlsplit(url)
        self.host = place.netloc
        self.socket = socket.create_connection((place.hostname, place.port), timeout=60)
        self.ended = False
        self.pings = 0

    def send_raw(self, data):
        self.socket.sendall(data)

    def start(self, path, headers):
        """The handshake; status, headers and body of the answer."""
        lines = {"Host": self.host, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                 "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", **headers}
        self.send_raw(f"GET {path} HTTP/1.1\r\n{''.join(f'{k}: {v}' + chr(13) + chr(10) for k, v in lines.items())}\r\n".encode())
        return self.answer()

    def answer(self):
        while b"\r\n\r\n" not in self.buffer and self.read(60):
            pass
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        length = int(headers.get("content-length", 0))
        status = int(first.split()[1])
        while status != 101 and len(self.buffer) < length and self.read(60):
            pass
        return status, headers, self.buffer[:length].decode()

    def read(self, seconds):
        """Takes what is there within that time; False: nothing, or the end."""
        if self.ended or not select.select([self.socket], [], [], seconds)[0]:
            return False
        try:
            data = self.socket.recv(1 << 20)
        except OSError:
            data = b""
        self.ended = not data
        self.buffer += data
        return bool(data)

    def send(self, opcode, data):
        head = bytes([0x80 | opcode])
        if len(data) < 126:
            head += bytes([0x80 | len(data)])
        elif len(data) < 65536:
            head += struct.pack(">BH", 0x80 | 126, len(data))
        else:
            head += struct.pack(">BQ", 0x80 | 127, len(data))
        try:
            self.send_raw(head + bytes(4) + data)
        except OSError:
            self.ended = True

    def barrier(self):
        """Everything that the server had to say to this socket so far is in frames."""
        self.pings += 1
        mark = f"barrier {self.pings}".encode()
        self.send(PING, mark)
        end = time.monotonic() + 20
        while not self.ended and (PONG, mark) not in self.frames and time.monotonic() < end:
            self.read(1)
            self.take_frames()
        if (PONG, mark) in self.frames:
            self.frames.remove((PONG, mark))

    def see_end(self, seconds):
        """Says no more, and waits for the server to end it."""
        end = time.monotonic() + seconds
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
        while not self.ended and time.monotonic() < end:
            self.read(0.2)
        return self.ended

    def close(self):
        self.socket.close()
        self.ended = True


def parse_frame(opcode, data, version):
    """A frame as a dictionary whatever its form; None: it cannot be read."""
    if opcode == TEXT:
        try:
            value = json.loads(data)
        except ValueError:
            return None
        if version == 1:
            return {"kind": "text", **value} if isinstance(value, dict) else None
        return {"kind": "text", **dict(zip(("join_ref", "ref", "topic", "event", "payload"), value))}
    if opcode != BINARY:
        return None
    if len(data) < 5 or data[0] != 4:
        return {"kind": data[0] if data else -1, "topic": "", "event": "", "payload": data.hex()}
    sizes, at, parts = data[1:4], 5, []
    for size in sizes:
        parts.append(data[at:at + size].decode())
        at += size
    payload = data[at:].hex()
    if data[4]:
        try:
            payload = json.loads(data[at:])
        except ValueError:
            pass
    return {"kind": 4, "topic": parts[0], "event": parts[1], "metadata": json.loads(parts[2]) if parts[2] else None,
            "encoding": data[4], "payload": payload}


def build_push(data, translate):
    """A push of kind 3 with its topic translated; anything else as it is."""
    if len(data) < 7 or data[0] not in (0, 3):
        return data
    skip = 7 if data[0] == 3 else 5
    sizes = list(data[1:6]) if data[0] == 3 else list(data[1:5]) + [0]
    at = skip + sizes[0] + sizes[1]
    topic = translate(data[at:at + sizes[2]].decode()).encode()
    head = bytearray(data[:skip])
    head[3] = len(topic)
    return bytes(head) + data[skip:at] + topic + data[at + sizes[2]:]


def request(url, method, path, headers, body):
    place = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text
