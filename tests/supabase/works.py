#!/usr/bin/env python3
# Copyright The Tela authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tela at work on the schema for Supabase: the programs as they are, each of their requests answered by the database."""
import json
import subprocess

import postgres
import services
from embedded import desktop

# A board with a picture in it.
PIXEL = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
place = None  # the services that all tests share


def cli(data, *words, stdin=None, fails=False):
    run = subprocess.run([desktop.BUILD / "tela-cli", *words, "--data", data, "--url", place.url, "--key", "anon"], input=stdin,
                         capture_output=True, text=True, timeout=desktop.DEADLINE)
    assert (run.returncode != 0) == fails, f"{words}: {run.returncode} {run.stdout} {run.stderr}"
    return run.stderr if fails else run.stdout


def person(path, name):
    """Somebody with a computer of their own: its directory, and who they are."""
    data = path / name
    data.mkdir()
    cli(data, "projects")
    return data, place.users[-1]


def edit(data, board, *operations, **options):
    lines = "".join(json.dumps(operation) + "\n" for operation in operations)
    return cli(data, "edit", board, stdin=lines, **options)


def dump(data, board):
    return json.loads(cli(data, "dump", board))


def let_in(owner, guest, board, role):
    """By an invitation, as the dialog makes one and as whoever has it follows it."""
    status, made = place.ask(owner, "POST", "/rest/v1/rpc/tela_invite", {"project": board, "role": role, "expires_in": 3600, "max_uses": 0})
    assert status == 200, made
    status, joined = place.ask(guest, "POST", "/rest/v1/rpc/tela_join", {"code": made["code"]})
    assert status == 200 and joined["role"] == role, joined


def test_boards(path):
    """boards of two people: made, drawn on by both, seen by nobody else, renamed, thrown away"""
    (ann, ann_id), (ben, ben_id), (eve, _) = (person(path, name) for name in ("ann", "ben", "eve"))
    board = cli(ann, "new", "Team").strip()
    edit(ann, board, {"set": {"type": "rectangle", "x": 1, "y": 2, "width": 10, "height": 20}})
    let_in(ann_id, ben_id, board, "editor")
    assert "Team" in cli(ben, "projects")
    assert dump(ben, board) == dump(ann, board) != {"elements": []}
    edit(ben, board, {"id": "theirs", "set": {"type": "text", "x": 5, "y": 5, "text": "olá (\"\\,)"}})
    edit(ben, board, {"id": "odd, (\"id\")", "set": {"type": "ellipse", "x": 1e6, "customData": {"b": [1, None], "a": "é"}}})
    assert dump(ben, board) == dump(ann, board) and len(dump(ann, board)["elements"]) == 3
    assert "Team" not in cli(eve, "projects")
    edit(eve, board, {"set": {"type": "line"}}, fails=True)
    cli(ann, "remove", board)
    assert "Team" not in cli(ann, "projects")


def test_viewer(path):
    """a viewer sees all and changes nothing"""
    (ann, ann_id), (ben, ben_id) = (person(path, name) for name in ("ann", "ben"))
    board = cli(ann, "new", "Shown").strip()
    edit(ann, board, {"id": "a", "set": {"type": "rectangle", "x": 1}})
    let_in(ann_id, ben_id, board, "viewer")
    before = dump(ann, board), place.ask(ann_id, "POST", "/rest/v1/rpc/tela_head", {"project": board})[1]["rev"]
    said = edit(ben, board, {"id": "a", "set": {"x": 2}}, fails=True)
    assert "cannot be edited" in said, said
    assert (dump(ann, board), place.ask(ann_id, "POST", "/rest/v1/rpc/tela_head", {"project": board})[1]["rev"]) == before
    assert dump(ben, board) == before[0]


def test_one(path):
    """all processes of a user are one user, whoever of them signed in or renewed the session"""
    data = path / "ann"
    data.mkdir()
    before = len(place.users)
    many = [desktop.spawn("tela-cli", "projects", "--data", data, "--url", place.url, "--key", "anon", stdout=subprocess.DEVNULL)
            for _ in range(4)]
    assert [process.wait(desktop.DEADLINE) for process in many] == [0] * 4
    assert len(place.users) == before + 1
    place.revoke(place.users[-1])
    many = [desktop.spawn("tela-cli", "new", name, "--data", data, "--url", place.url, "--key", "anon", stdout=subprocess.DEVNULL)
            for name in ("One", "Two", "Three")]
    assert [process.wait(desktop.DEADLINE) for process in many] == [0] * 3
    assert len(place.users) == before + 1
    assert {"One", "Two", "Three"} <= {line.split()[-1] for line in cli(data, "projects").splitlines() if line}


def test_large(path):
    """a board of more than a page comes and goes whole"""
    (ann, ann_id), (ben, ben_id) = (person(path, name) for name in ("ann", "ben"))
    scene = path / "large.excalidraw"
    subprocess.run([desktop.BUILD / "tela-cli", "generate", "--elements", "2500", "--seed", "3", "-o", scene], check=True)
    board = cli(ann, "import", scene).split()[0]
    let_in(ann_id, ben_id, board, "viewer")
    assert len(dump(ben, board)["elements"]) >= 2500
    assert dump(ben, board) == dump(ann, board)


def test_picture(path):
    """a picture goes up before what shows it, once, and down again byte by byte"""
    (ann, ann_id), (ben, ben_id) = (person(path, name) for name in ("ann", "ben"))
    scene = path / "picture.excalidraw"
    scene.write_text(json.dumps({"type": "excalidraw", "version": 2, "elements": [
        {"id": "p", "type": "image", "x": 0, "y": 0, "width": 9, "height": 9, "fileId": "f", "status": "saved", "index": "a0"}],
        "files": {"f": {"id": "f", "mimeType": "image/png", "dataURL": f"data:image/png;base64,{PIXEL}", "created": 1}}}))
    first = cli(ann, "import", scene).split()[0]
    let_in(ann_id, ben_id, first, "editor")
    out = path / "out.excalidraw"
    cli(ben, "export", first, "-o", out)
    assert [entry["dataURL"].partition(",")[2] for entry in json.loads(out.read_text())["files"].values()] == [PIXEL]
    second = cli(ben, "import", scene).split()[0]  # it is there already, and somebody else's
    cli(ben, "export", second, "-o", out)
    assert json.loads(out.read_text())["files"]
    assert len(place.assets) == 1


def listen(data, topic):
    """A program that does: a function that returns the first message that it hears."""
    process = desktop.spawn("tela-cli", "listen", topic, "--private", "--count", "1", "--url", place.url, "--key", "anon",
                            "--data", data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = process.stderr.readline()
    assert "listening" in said, said

    def hear():
        line = process.stdout.readline()
        process.wait(desktop.DEADLINE)
        return json.loads(line)
    return hear


def test_live(path):
    """what one draws the other hears; whoever is no member hears nothing"""
    (ann, ann_id), (ben, ben_id), (eve, _) = (person(path, name) for name in ("ann", "ben", "eve"))
    board = cli(ann, "new", "Live").strip()
    hear = listen(ben, f"user:{ben_id}")
    let_in(ann_id, ben_id, board, "editor")
    heard = hear()
    assert heard["event"] == "INSERT" and heard["payload"]["record"]["id"] == board, heard
    hear = listen(ben, f"project:{board}")
    edit(ann, board, {"id": "a", "set": {"type": "rectangle", "x": 1}})
    heard = hear()
    assert heard["event"] == "CANVAS_CHANGE" and heard["payload"]["ops"][0]["id"] == "a", heard
    said = cli(eve, "listen", f"project:{board}", "--private", "--count", "1", fails=True)
    assert "Unauthorized" in said or "permission" in said, said


def main():
    global place
    if postgres.find_programs() is None:
        print("1..0 # SKIP There is no PostgreSQL here (Debian's package postgresql)")
        return
    database = postgres.Postgres()
    try:
        database.load(postgres.HERE / "platform.sql", "supabase_admin")
        database.migrate()
        place = services.Services(database)
        try:
            desktop.run([test_boards, test_viewer, test_one, test_large, test_picture, test_live])
        finally:
            place.close()
    finally:
        database.close()


if __name__ == "__main__":
    main()
