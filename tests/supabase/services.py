# Copyright The Tela authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands between a client and the database of a Supabase project: Auth, PostgREST, Storage, Realtime, as far as Tela asks
them, at one URL. All that is decided is decided by the database, with the rights of whoever asks."""
import base64
import contextlib
import hashlib
import http.server
import json
import struct
import threading
import time
import urllib.parse
import uuid

import postgres

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
POLL_SECONDS = 0.03


def token_of(user):
    """Signed by nobody: there is nobody here to deceive."""
    parts = [{"alg": "HS256", "typ": "JWT"},
             {"sub": user, "role": "authenticated", "aud": "authenticated", "is_anonymous": True,
              "jti": str(uuid.uuid4()), "iat": int(time.time()), "exp": int(time.time()) + 3600}]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".c2ln"


def user_of(token):
    with contextlib.suppress(ValueError, IndexError):
        part = token.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))).get("sub", "anon")
    return "anon"


class Connection:
    """A WebSocket of Realtime."""

    def __init__(self, services, handler):
        self.services = services
        self.read = handler.rfile
        self.write = handler.wfile
        self.lock = threading.Lock()
        self.channels = {}  # topic → (join_ref, user)

    def send(self, opcode, data):
        size = len(data)
        head = bytes([0x80 | opcode, size]) if size < 126 else bytes([0x80 | opcode, 126]) + struct.pack(">H", size) \
            if size < 65536 else bytes([0x80 | opcode, 127]) + struct.pack(">Q", size)
        with self.lock, contextlib.suppress(OSError, ValueError):
            self.write.write(head + data)
            self.write.flush()

    def say(self, *frame):
        self.send(TEXT, json.dumps(frame).encode())

    def broadcast(self, topic, event, payload):
        names = f"realtime:{topic}".encode(), event.encode(), json.dumps({"id": str(uuid.uuid4())}).encode()
        self.send(BINARY, bytes([4, *map(len, names), 1]) + b"".join(names) + json.dumps(payload, default=float).encode())

    def frames(self):
        while len(head := self.read.read(2)) == 2:
            size = head[1] & 127
            if size >= 126:
                size = int.from_bytes(self.read.read(2 if size == 126 else 8), "big")
            mask = self.read.read(4)
            data = self.read.read(size)
            yield head[0] & 15, bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))

    def serve(self):
        for opcode, data in self.frames():
            if opcode == CLOSE:
                self.send(CLOSE, data)
                return
            if opcode == PING:
                self.send(PONG, data)
            elif opcode == TEXT:
                self.take(*json.loads(data)[:5])
            elif opcode == BINARY and data[0] == 3:
                at, parts = 7, []
                for size in data[1:6]:
                    parts.append(data[at:at + size].decode())
                    at += size
                self.take(parts[0], parts[1], parts[2], "broadcast",
                          {"type": "broadcast", "event": parts[3], "payload": json.loads(data[at:])})

    def take(self, join_ref, ref, topic, event, payload):
        name = topic.removeprefix("realtime:")

        def reply(status, response=None):
            self.say(join_ref, ref, topic, "phx_reply", {"status": status, "response": response or {}})
        if topic == "phoenix" or event == "phx_leave":
            self.channels.pop(name, None)
            reply("ok")
        elif event == "phx_join":
            self.join(join_ref, ref, topic, name, payload)
        elif event == "access_token":
            pass
        elif name not in self.channels:
            reply("error", {"reason": "unmatched topic"})
        elif event == "broadcast":
            if self.services.may(self.channels[name][1], name, "broadcast")[1]:
                self.services.tell(name, payload["event"], payload.get("payload", {}), self)
                reply("ok")
        elif event == "presence":
            reply("ok" if self.services.may(self.channels[name][1], name, "presence")[1] else "error")

    def join(self, join_ref, ref, topic, name, payload):
        config, user = payload["config"], user_of(payload.get("access_token", ""))
        sees = self.services.may(user, name, "presence")[0]
        if not config.get("private") or not (sees or self.services.may(user, name, "broadcast")[0]):
            self.say(join_ref, ref, topic, "phx_reply", {"status": "error", "response": {
                "reason": f"Unauthorized: You do not have permissions to read from this Channel topic: {name}"}})
            return
        self.say(join_ref, ref, topic, "phx_reply", {"status": "ok", "response": {"postgres_changes": []}})
        if sees and config.get("presence", {}).get("enabled"):
            self.say(join_ref, None, topic, "presence_state", {})
        self.channels[name] = (join_ref, user)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=None, kind="application/json"):
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body, default=float).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        # Who asked may have gone.
        with contextlib.suppress(OSError):
            self.end_headers()
            self.wfile.write(data)

    def handle_any(self):
        services, place = self.server.services, urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        user = user_of(token)
        services.requests.append(f"{self.command} {place.path}")
        if token in services.revoked:
            self.answer(401, {"code": "PGRST303", "message": "JWT expired"})
        elif place.path.startswith("/realtime/v1/websocket"):
            self.upgrade(services)
        elif place.path.startswith("/auth/v1/"):
            self.answer(*services.sign_in(place, json.loads(body or b"{}")))
        elif place.path.startswith("/storage/v1/object/assets/"):
            self.answer(*services.asset(user, self.command, place.path.rpartition("/")[2], body,
                                        self.headers.get("x-upsert") == "true"))
        elif place.path.startswith("/rest/v1/"):
            with services.lock:
                found = services.database.rest(user, self.command, self.path, json.loads(body) if body else None,
                                               "return=representation" in self.headers.get("Prefer", ""))
            self.answer(*found)
        else:
            self.answer(404, {})

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any

    def upgrade(self, services):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        self.close_connection = True
        connection = Connection(services, self)
        services.connections.append(connection)
        try:
            connection.serve()
        except OSError:
            pass
        finally:
            services.connections.remove(connection)


class Services:
    def __init__(self, database):
        self.database = database
        self.lock = threading.Lock()  # one question to the database at a time
        self.revoked = set()  # tokens that have ended before their time
        self.users, self.tokens, self.refresh, self.assets, self.requests, self.connections = [], {}, {}, {}, [], []
        self.seq = database.admin("select coalesce(max(seq), 0) from realtime.messages")
        self.ended = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.services = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.threads = [threading.Thread(target=self.server.serve_forever), threading.Thread(target=self.stream)]
        for thread in self.threads:
            thread.start()

    def close(self):
        self.ended.set()
        self.server.shutdown()
        for thread in self.threads:
            thread.join()
        self.server.server_close()

    def sign_in(self, place, body):
        if place.path.endswith("/signup"):
            user = str(uuid.uuid4())
            with self.lock:
                self.database.sign_up(user)
            self.users.append(user)
        elif place.path.endswith("/token") and body.get("refresh_token") in self.refresh:
            user = self.refresh.pop(body["refresh_token"])
        else:
            return 400, {"code": "refresh_token_not_found", "message": "Invalid Refresh Token: Refresh Token Not Found"}
        refresh = uuid.uuid4().hex[:12]
        self.refresh[refresh] = user
        self.tokens[user] = token_of(user)
        return 200, {"access_token": self.tokens[user], "token_type": "bearer", "expires_in": 3600,
                     "expires_at": int(time.time()) + 3600, "refresh_token": refresh,
                     "user": {"id": user, "aud": "authenticated", "role": "authenticated", "is_anonymous": True}}

    def revoke(self, user):
        """The token that they have now is taken no more; that for renewing it is, once."""
        self.revoked.add(self.tokens[user])

    def asset(self, user, method, name, body, upsert):
        owner = postgres.quote(user)
        statement = f"select id from storage.objects where bucket_id = 'assets' and name = {postgres.quote(name)}"
        if method == "POST":
            statement = f"insert into storage.objects (bucket_id, name, owner_id) values ('assets', {postgres.quote(name)}, {owner})" + (
                f" on conflict (bucket_id, name) do update set owner_id = {owner}" if upsert else "") + " returning id"
        try:
            with self.lock:
                found = self.database.as_user(user, statement)
        except postgres.Failure as failure:
            return 400, {"statusCode": "403", "error": "Unauthorized", "code": "AccessDenied", "message": str(failure)}
        if not found:
            return 400, {"statusCode": "404", "error": "not_found", "code": "NoSuchKey", "message": "Object not found"}
        if method == "POST":
            self.assets[name] = body
            return 200, {"Id": found[0], "Key": f"assets/{name}"}
        return 200, self.assets[name], "application/octet-stream"

    def ask(self, user, method, path, body):
        """A request of our own, beside those of the programs."""
        with self.lock:
            return self.database.rest(user, method, path, body)

    # ---- Realtime ----

    def may(self, user, topic, extension):
        with self.lock:
            return self.database.may(user, topic, extension)

    def tell(self, topic, event, payload, but=None):
        for connection in list(self.connections):
            if topic in connection.channels and connection is not but:
                connection.broadcast(topic, event, payload)

    def stream(self):
        """What the database has told since, to those who are there."""
        while not self.ended.wait(POLL_SECONDS):
            with self.lock:
                rows = self.database.admin("select coalesce(json_agg(json_build_array(seq, topic, event, payload) order by seq), '[]')"
                                           f" from realtime.messages where seq > {self.seq}")
            for seq, topic, event, payload in rows:
                self.seq = seq
                self.tell(topic, event, payload)
