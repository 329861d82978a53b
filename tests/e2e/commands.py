#!/usr/bin/env python3
"""tela-cli: what its commands print and how they end."""
import json
import pathlib
import subprocess

import desktop


def boards(data):
    """boards are made, listed, edited, dumped and removed"""
    board = desktop.cli("new", "Plan", "--data", data).strip()
    listed = json.loads(desktop.cli("projects", "--json", "--data", data))
    assert [(p["id"], p["name"], p["role"]) for p in listed] == [(board, "Plan", "owner")], listed
    done = desktop.cli("edit", "Plan", "--data", data, stdin='{"set":{"type":"ellipse","x":1.5,"y":-2}}\n\n'
                       '{"id":"a","set":{"type":"rectangle","x":0,"y":0}}\n{"id":"a","delete":true}\n')
    lines = [json.loads(line) for line in done.splitlines()]
    assert [line["state"] for line in lines] == ["durable"] * 3 + ["confirmed"] * 3, lines
    shown = desktop.elements(data, board)
    assert [(e["type"], e["x"], e["y"]) for e in shown] == [("ellipse", 1.5, -2)], shown
    assert '"a"' in desktop.dump(data, board, "--all")
    assert desktop.dump(data, board) == desktop.dump(data, "Plan", "--now")
    desktop.cli("remove", "Plan", "--data", data)
    assert json.loads(desktop.cli("projects", "--json", "--data", data)) == []


def wrong_words(data):
    """wrong usage exits 2, a failure 1, each with one line that says what and why"""
    for words in ([], ["no-such-command"], ["new"], ["new", "a", "b"], ["dump"], ["export", "x"], ["serve", "--limits", "some"]):
        done = desktop.cli(*words, check=False)
        assert done.returncode == 2 and done.stderr, (words, done)
    for words in (["dump", "nothing"], ["remove", "nothing"], ["import", data / "none.excalidraw"], ["broadcast", "t", "e", "{"]):
        done = desktop.cli(*words, "--data", data, check=False)
        assert done.returncode == 1 and done.stderr.startswith("tela-cli: "), (words, done)
    desktop.cli("new", "Plan", "--data", data)
    for line in ("[]", "{", '{"id":"a"}', '{"id":"a","set":{"x":1e8}}', '{"id":"a","set":{"text":1}} x'):
        done = desktop.cli("edit", "Plan", "--data", data, stdin=line + "\n", check=False)
        assert done.returncode == 1 and "line 1" in done.stderr, (line, done)
    assert desktop.elements(data, "Plan") == []


def messages(data):
    """a broadcast is heard by who listens to its topic"""
    serve = desktop.Serve(data)
    words = ["--url", serve.url, "--key", serve.anon_key]
    listener = desktop.spawn("tela-cli", "listen", "news", "--count", "2", *words, "--data", data / "l",
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert listener.stderr.readline().startswith("listening")
    desktop.cli("broadcast", "news", "first", '{"n":1}', "--ack", *words, "--data", data / "b")
    desktop.cli("broadcast", "news", "second", '{"text":"é\\u0000"}', *words, "--data", data / "b")
    out, _ = listener.communicate(timeout=desktop.DEADLINE)
    heard = [json.loads(line) for line in out.splitlines()]
    assert [(m["topic"], m["event"]) for m in heard] == [("news", "first"), ("news", "second")], heard
    assert heard[0]["payload"]["n"] == 1
    done = desktop.cli("listen", "live:00000000-0000-4000-8000-000000000000", "--private", *words, "--data", data / "l", check=False)
    assert done.returncode == 1 and "ermission" in done.stderr, done
    serve.stop()


def accounts(data):
    """who has an account signs in with it, once; a wrong password says so and is tried once"""
    serve = desktop.Serve(data)
    words = ["--url", serve.url, "--key", serve.anon_key, "--email", "ana@example.org"]
    (data / "password").write_text("correct horse\n")
    with_password = [*words, "--password-file", data / "password"]
    user = serve.sign_up("ana@example.org", "correct horse")
    board = desktop.cli("new", "Ana's", "--data", data / "one", *with_password).strip()
    for place in ("one", "two"):
        said = json.loads(desktop.cli("doctor", "--json", "--data", data / place, *with_password))
        assert said["user"] == user, said
        # The session is kept: no password any more.
        listed = json.loads(desktop.cli("projects", "--json", "--data", data / place, *words))
        assert [p["id"] for p in listed] == [board], listed
    done = desktop.cli("projects", "--data", data / "three", *words, check=False)
    assert done.returncode == 1 and "password" in done.stderr, done
    (data / "password").write_text("wrong horse\n")
    done = desktop.cli("projects", "--data", data / "three", *with_password, check=False)
    assert done.returncode == 1 and "nvalid login" in done.stderr, done
    done = desktop.cli("projects", "--email", "ana@example.org", check=False)
    assert done.returncode == 2 and "--url" in done.stderr, done
    serve.stop()


def jobs(data):
    """an image is ordered, made by a program, put in place and listed; what fails says why; nothing is made up"""
    home = data / "config"
    settings = home / "glib-2.0" / "settings"
    settings.mkdir(parents=True)
    picture = pathlib.Path(__file__).parents[1] / "data" / "picture.png"
    environment = {"GSETTINGS_BACKEND": "keyfile", "XDG_CONFIG_HOME": str(home), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    script = data / "make.sh"
    script.write_text('test "$2" = fox && exec cat "$1"\necho too hard >&2\nexit 1\n')
    board = desktop.cli("new", "Plan", "--data", data).strip()

    def run(*words, check=True):
        return desktop.cli("jobs", *words, "--json", "--data", data, check=check, env=environment)

    done = run("submit", "fox", "--board", "Plan", check=False)
    assert done.returncode == 1 and "set up" in done.stderr, done
    assert desktop.elements(data, board) == [] and run() == ""
    (settings / "keyfile").write_text(f"[io/github/telacanvas/Tela]\ngenerator-command='sh {script} {picture} {{prompt}}'\n")
    last = json.loads(run("submit", "fox", "--board", "Plan", "--seed", "7", "--at", "10,20").splitlines()[-1])
    assert (last["status"], last["seed"], last["model"]) == ("done", 7, "command"), last
    shown = desktop.elements(data, board)
    assert [(e["type"], e["fileId"], e["customData"]["tela"]["prompt"]) for e in shown] == [("image", last["asset"], "fox")]
    done = run("submit", "owl", "--board", "Plan", check=False)
    assert done.returncode == 1 and json.loads(done.stdout.splitlines()[-1])["error"] == "too hard", done
    assert [json.loads(line)["status"] for line in run().splitlines()] == ["failed", "done"]
    assert run("cancel", last["id"], check=False).returncode == 1


def people(data):
    """six people point and draw at once within Supabase's limits: no channel is closed, all have the same board"""
    serve = desktop.Serve(data / "served", "--limits", "supabase")
    told = json.loads(desktop.cli("load", "--people", 6, "--for", 4, "--json", "--data", data / "served"))
    assert (told["closed"], told["edits"], told["converged"]) == (0, 4, True) and told["sent"] > 0, told
    done = desktop.cli("load", "--people", 1, "--data", data / "served", check=False)
    assert done.returncode == 2, done
    serve.stop()


def doctor(data):
    """doctor says what is there, and what to do when nothing answers"""
    told = json.loads(desktop.cli("doctor", "--json", "--data", data))
    assert told["connection"] == "answers" and told["user"] and told["data"] == str(data), told
    done = desktop.cli("doctor", "--json", "--url", "http://127.0.0.1:9", "--key", "x", "--data", data / "other", check=False)
    assert done.returncode == 1 and "serve" in json.loads(done.stdout)["next"], done


def versions(data):
    """a state of a board is named, listed, restored, undone like any edit, and forgotten"""
    board = desktop.cli("new", "Plan", "--data", data).strip()

    def run(*words, check=True):
        return desktop.cli("versions", "Plan", *words, "--data", data, check=check)

    desktop.cli("edit", "Plan", "--data", data, stdin='{"id":"a","set":{"type":"ellipse","x":1}}\n')
    then = desktop.dump(data, board)
    named = run("name", "First").strip()
    desktop.cli("edit", "Plan", "--data", data, stdin='{"id":"a","delete":true}\n{"id":"b","set":{"type":"line"}}\n')
    listed = json.loads(run("--json"))
    assert [v["name"] for v in listed if v.get("id") == named] == ["First"], listed
    assert sum(v["operations"] for v in listed if "id" not in v) == 3, listed
    assert "“First”" in run(), run()
    assert run("restore", "First") == "2 elements changed.\n"
    assert desktop.dump(data, board) == then
    assert run("restore", "First") == "0 elements changed.\n"
    done = run("restore", "@99", check=False)
    assert done.returncode == 1 and done.stderr.startswith("tela-cli: versions: "), done
    run("remove", named)
    assert [v for v in json.loads(run("--json")) if "id" in v] == []
    assert run("restore", named, check=False).returncode == 1
    assert run("rename", "x", check=False).returncode == 2


REPORTING = (".tldr", ".xopp", ".xml")  # what cannot be carried over in full is said, on stderr: stdout is for results


def said(done, path):
    """What a command wrote about a file that it read, beside its result."""
    lines = done.stderr.splitlines()
    assert all(line.startswith(f"tela-cli: {path}: ") and line.endswith(".") for line in lines), done
    assert not lines or path.suffix in REPORTING, done
    return lines


def quiet(data):
    """documents of all kinds go in and out without a word, but for the report of what could not be carried over"""
    tests = desktop.pathlib.Path(__file__).resolve().parent.parent
    folders = [tests / "data", tests / "fuzz" / "corpus-format", *(tests.parent.parent / "shared" / "corpus").glob("*/")]
    paths = sorted(path for folder in folders for path in folder.iterdir() if path.suffix and "invalid" not in path.name)
    reported = set()
    for path in paths:
        for ending in (".excalidraw", ".png"):
            done = desktop.cli("export", path, "-o", data / f"out{ending}", check=False)
            assert done.returncode == 0 and not done.stdout, done
            reported |= set(said(done, path))
    assert reported, "a report of notes.xopp at least"
    done = desktop.cli("import", *paths, "--json", "--data", data, check=False)
    boards_made = [json.loads(line)["id"] for line in done.stdout.splitlines()]
    assert done.returncode == 0 and len(boards_made) == len(paths), done
    assert set(done.stderr.splitlines()) == reported, done.stderr
    for board in boards_made:
        done = desktop.cli("dump", board, "--now", "--data", data, check=False)
        assert done.returncode == 0 and not done.stderr and json.loads(done.stdout)["elements"] is not None, done


def named_once(data):
    """a document that is none is refused in one line, which names it once"""
    path = data / "bad.excalidraw"
    path.write_text('{"type":"excalidraw"}')
    for words in (["import", path], ["export", path, "-o", data / "out.png"]):
        done = desktop.cli(*words, "--data", data, check=False)
        assert done.returncode == 1 and not done.stdout, done
        assert done.stderr == f"tela-cli: {words[0]}: {path}: elements: missing\n", done.stderr
    assert not (data / "out.png").exists()


def scene(data):
    """a generated scene is the same for a seed, as a file and as a board"""
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        desktop.cli("generate", "--elements", 200, "--seed", seed, "-o", data / f"{name}.excalidraw")
    a, b, c = ((data / f"{name}.excalidraw").read_bytes() for name in "abc")
    assert a == b != c and len(json.loads(a)["elements"]) == 200
    board = json.loads(desktop.cli("generate", "--elements", 200, "--seed", 3, "--json", "--data", data))["id"]
    assert len(desktop.elements(data, board)) == 200
    desktop.cli("export", board, "-o", data / "scene.png", "--data", data)
    assert (data / "scene.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


desktop.run([boards, wrong_words, messages, accounts, jobs, people, versions, doctor, scene, quiet, named_once])
