"""Transcripts of the real server, and what in them has to be said otherwise to ours: keys, users, topics, tables."""
import base64
import email.utils
import hashlib
import hmac
import json
import re
import time
import urllib.request
import uuid

# That of the server of the transcripts, as everybody has it who tries Supabase out; other signatures were wrong there too.
THEIR_SECRET = "super-secret-jwt-token-with-at-least-32-characters-long"
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
ALICE, BOB = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
TABLES = {"todos": "projects", "notes": "project_members", "test_tenant": "elements", "allty": "fal_jobs"}
COLUMNS = {"id": "pruned_rev", "n": "rev", "details": "name"}  # of the same types
# Theirs go by the beginning of the name, ours by the membership of a board.
TOPIC = re.compile(r"\b(room|readonly|bonly):([\w-]+)")


def load(path):
    """The lines that matter, with their number; a reply that was noted before its call stands after it."""
    lines = [{"number": number, **json.loads(text)} for number, text in enumerate(path.read_text().splitlines(), 1) if text]
    for at, line in enumerate(lines):
        ref = reference(line)
        if line["dir"] != "recv" or ref is None or any(said(earlier, line, ref) for earlier in lines[:at]):
            continue
        for later in range(at + 1, min(at + 4, len(lines))):
            if said(lines[later], line, ref):
                lines.insert(at, lines.pop(later))
                break
    return lines


def said(line, reply, ref):
    return line["dir"] == "send" and line.get("conn") == reply.get("conn") and reference(line) == ref


def reference(line):
    if line["opcode"] != "text":
        return None
    try:
        value = json.loads(line["data"])
    except ValueError:
        return None
    if isinstance(value, dict):
        return value.get("ref")
    return value[1] if isinstance(value, list) and len(value) > 1 else None


def part(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpart(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signature(text, secret):
    return part(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


class Ours:
    """Our server's side of the translation; boards are made as their topics come up."""

    def __init__(self, serve, secret, recorded):
        self.serve, self.secret, self.recorded = serve, secret, recorded
        self.now = recorded  # by the clock of the transcript
        self.people = {name: self.sign_up() for name in (ALICE, BOB)}
        self.words = {name: person["user"]["id"] for name, person in self.people.items()}
        self.words.update({f"table: {theirs}": f"table: {ours}" for theirs, ours in TABLES.items()})
        self.topics = {}

    def sign_up(self):
        return self.ask("/auth/v1/signup", self.serve.anon_key, {})

    def ask(self, path, token, body):
        request = urllib.request.Request(self.serve.url + path, json.dumps(body).encode(), {
            "apikey": self.serve.anon_key, "authorization": f"Bearer {token}", "content-type": "application/json"})
        text = urllib.request.urlopen(request, timeout=60).read()
        return json.loads(text) if text else None

    def token(self, theirs):
        """The same claims signed by us; who was wrongly signed stays so, and what had expired has expired as long ago."""
        head, body, seal = theirs.split(".")
        if seal != signature(f"{head}.{body}", THEIR_SECRET):
            return theirs
        claims = json.loads(unpart(body))
        if claims.get("exp", 1 << 40) < self.recorded + 3600:
            claims["exp"] += int(time.time() - self.now)
        claims["sub"] = self.words.get(claims.get("sub"), claims.get("sub"))
        body = part(json.dumps({name: value for name, value in claims.items() if value is not None}).encode())
        return f"{head}.{body}.{signature(f'{head}.{body}', self.secret)}"

    def topic(self, kind, name):
        theirs = f"{kind}:{name}"
        if theirs not in self.topics:
            board = str(uuid.uuid4())
            owner, other = (BOB, ALICE) if kind == "readonly" else (ALICE, BOB)
            token = self.people[owner]["access_token"]
            self.ask("/rest/v1/projects", token, {"id": board, "name": theirs})
            self.ask("/rest/v1/project_members", token, {
                "project_id": board, "user_id": self.words[other], "role": "viewer" if kind == "readonly" else "editor"})
            self.topics[theirs] = f"{'room' if kind == 'room' else 'live'}:{board}"
        return self.topics[theirs]

    def text(self, theirs):
        """Any text of theirs in our words."""
        theirs = TOKEN.sub(lambda found: self.token(found[0]), theirs)
        theirs = TOPIC.sub(lambda found: self.topic(found[1], found[2]), theirs)
        for word, ours in self.words.items():
            theirs = theirs.replace(word, ours)
        return theirs

    def back(self, ours):
        for theirs, word in [*self.topics.items(), *self.words.items()]:
            ours = ours.replace(word, theirs)
        return ours


def walk(value, change):
    """A JSON value with each of its strings changed: change(text, name of its member)."""
    if isinstance(value, dict):
        return {change(name, None): change_member(item, change, name) for name, item in value.items()}
    return change_member(value, change, None)


def change_member(value, change, name):
    if isinstance(value, str):
        return change(value, name)
    if isinstance(value, list):
        return [change_member(item, change, name) for item in value]
    return walk(value, change) if isinstance(value, dict) else value


def rename(tables, columns):
    """Tables and columns where a subscription names them."""
    def change(text, name):
        if name == "table":
            return tables.get(text, text)
        if name == "select":
            return columns.get(text, text)
        column, sign, rest = text.partition("=")
        return f"{columns.get(column, column)}={rest}" if name == "filter" and sign else text
    return change


def theirs_renamed(value):
    return walk(value, rename(TABLES, COLUMNS))


def ours_renamed(value):
    return walk(value, rename({ours: theirs for theirs, ours in TABLES.items()}, {ours: theirs for theirs, ours in COLUMNS.items()}))


def recorded_at(lines):
    """When the transcript began, by the clock of its server."""
    for line in lines:
        date = line["data"].get("headers", {}).get("date") if line["opcode"] == "http" and line["dir"] == "recv" else None
        if date:
            return email.utils.parsedate_to_datetime(date).timestamp() - line["t_ms"] / 1000
    return time.time()
