#!/usr/bin/env python3
"""Files through real commands: good ones survive, bad ones get a clear error and change nothing."""
import json
import pathlib
import resource

import desktop

CORPUS = pathlib.Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "excalidraw"


def through_a_board(data):
    """every file of the corpus, through a board and out again, has every field of every element"""
    files = sorted(CORPUS.glob("*.excalidraw"))
    if not files:
        print(f"# {CORPUS.name}: not here, nothing compared")
    for path in files:
        try:
            before = json.loads(path.read_text())
        except ValueError:
            before = {}
        if not isinstance(before.get("elements"), list):
            done = desktop.cli("import", path, "--data", data, check=False)
            assert done.returncode == 1 and path.name in done.stderr, (path.name, done)
            continue
        board = json.loads(desktop.cli("import", path, "--data", data, "--json"))["id"]
        out = data / "out.excalidraw"
        desktop.cli("export", board, "-o", out, "--data", data)
        after = json.loads(out.read_text())
        assert len(after["elements"]) == len(before["elements"]), path.name
        for element in before["elements"]:
            assert element in after["elements"], (path.name, element.get("id"))
        for key, value in before.items():
            assert key == "elements" or after.get(key) == value, (path.name, key)


BAD = {
    "empty": b"",
    "not-json": b"these are not the boards",
    "truncated": b'{"type":"excalidraw","elements":[{"id":"a","type":"recta',
    "deep": b'{"type":"excalidraw","elements":' + b"[" * 100000 + b"]" * 100000 + b"}",
    "array": b"[1,2,3]",
    "bytes": bytes(range(256)),
}


def bad_files(data):
    """truncated, empty, non-JSON, deep and 300 MB files: the file, the place and the reason are named, nothing changes"""
    boards = desktop.cli("projects", "--data", data)
    for name, content in BAD.items():
        path = data / f"{name}.excalidraw"
        path.write_bytes(content)
        done = desktop.cli("import", path, "--data", data, check=False)
        assert done.returncode == 1, (name, done)
        assert path.name in done.stderr and len(done.stderr) > len(str(path)) + 20, (name, done.stderr)
        print(f"# {done.stderr.strip().replace(str(data), '…')}")
    big = data / "big.excalidraw"
    with big.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = desktop.cli("import", big, "--data", data, check=False)
    assert done.returncode == 1 and "256" in done.stderr, done
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < before + 100 * 1024, "it was read before it was refused"
    assert desktop.cli("projects", "--data", data) == boards


def read_only(data):
    """a data directory that cannot be written: a clear error, exit 1"""
    place = data / "file"
    place.write_text("not a directory")
    done = desktop.cli("new", "Plan", "--data", place / "inside", check=False)
    assert done.returncode == 1 and "inside" in done.stderr, done


def full_disk(data):
    """a disk that fills up: a clear error, what was reported durable is there, and editing goes on once there is room"""
    desktop.cli("new", "Plan", "--data", data)
    lines = [json.dumps({"id": f"e{n}", "set": {"type": "text", "x": n, "y": 0, "text": "x" * 900000}}) for n in range(8)]
    limited = desktop.limited_cli(3 * 1024 * 1024, "edit", "Plan", "--data", data, stdin="\n".join(lines) + "\n")
    assert limited.returncode == 1 and "tela-cli: edit: " in limited.stderr, limited
    print(f"# {limited.stderr.strip().splitlines()[0].replace(str(data), '…')}")
    durable = {json.loads(line)["id"] for line in limited.stdout.splitlines() if '"durable"' in line}
    assert 0 < len(durable) < len(lines), durable
    desktop.cli("edit", "Plan", "--data", data, stdin='{"id":"after","set":{"type":"rectangle","x":1,"y":2}}\n')
    kept = {e["id"] for e in desktop.elements(data, "Plan")}
    assert durable | {"after"} <= kept, (durable, kept)


desktop.run([through_a_board, bad_files, read_only, full_disk])
