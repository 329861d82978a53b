#!/usr/bin/env python3
"""The program among the others of a desktop: started by D-Bus or without any, once or twice, and back after a kill."""
import os
import pathlib
import sqlite3
import subprocess

import desktop

ID = "io.github.telacanvas.Tela"
SOURCE = pathlib.Path(__file__).resolve().parents[2]


def remembered(data):
    """What is on disk of the windows."""
    for path in data.glob("replica-*/*.db"):
        try:
            rows = sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("SELECT text FROM notes WHERE name = 'windows'")
            return "".join(row[0] for row in rows)
        except sqlite3.OperationalError:
            pass
    return ""


def private_desktop(data):
    """An environment with directories of its own, as a fresh user has."""
    return dict(os.environ, XDG_DATA_HOME=str(data), XDG_CONFIG_HOME=str(data / "config"), XDG_CACHE_HOME=str(data / "cache"))


def windows_of(pid, n):
    def look():
        found = list(desktop.titles_of(pid))
        return found if len(found) >= n else None
    return desktop.until(look, f"{n} windows")


def restored_after_kill(data):
    """after a kill the same windows are back: boards, place, zoom and tool"""
    first = desktop.Tela("--data", data, "--board", "Plan")
    left = first.window("Plan")
    left.key("ctrl+shift+n")
    _, right = first.windows(2)
    desktop.side_by_side([left, right])
    left.key("ctrl+plus", "ctrl+plus", "r")
    right.key("p")
    desktop.until(lambda: all(word in remembered(data) for word in ('"rectangle"', '"pen"', '"zoom":1.5625')), "the windows on disk")
    before = remembered(data)
    first.kill()

    second = desktop.Tela("--data", data)
    try:
        windows = second.windows(2)
        desktop.until(lambda: [window.title() for window in windows] == ["Plan", "Plan"], "both boards")
        desktop.side_by_side(windows)
        # One more step of zoom starts from where it was.
        for window in windows:
            window.key("ctrl+plus")
        desktop.until(lambda: '"zoom":1.953125' in remembered(data) and '"zoom":1.25' in remembered(data), "the zoom of before, one step on")
        assert '"rectangle"' in remembered(data) and '"pen"' in remembered(data), (before, remembered(data))
    finally:
        errors = second.quit()
    assert errors == "", errors


def one_instance(data):
    """a second start shows a window of the first process and ends; a file of the second opens in the first"""
    env = private_desktop(data)
    first = desktop.spawn("tela", env=env, stderr=subprocess.PIPE)
    windows_of(first.pid, 1)
    assert desktop.spawn("tela", "--new-window", env=env).wait(desktop.DEADLINE) == 0
    windows_of(first.pid, 2)
    drawing = SOURCE / "data" / "samples" / "welcome.tela"
    assert desktop.spawn("tela", drawing, env=env).wait(desktop.DEADLINE) == 0
    desktop.until(lambda: any("welcome" in title for title in desktop.titles_of(first.pid).values()), "the file in a window of the first process")
    first.terminate()
    assert first.wait(desktop.DEADLINE) == 0
    assert first.stderr.read() == b""


def started_by_bus(data):
    """D-Bus starts it without a window; launching, New Board and New Window each open one"""
    share = data / "share"
    (share / "dbus-1" / "services").mkdir(parents=True)
    (share / "applications").mkdir()
    service = (desktop.BUILD / "data" / f"{ID}.service").read_text()
    lines = [f"Exec={desktop.BUILD}/tela --gapplication-service" if line.startswith("Exec=") else line for line in service.splitlines()]
    (share / "dbus-1" / "services" / f"{ID}.service").write_text("\n".join(lines) + "\n")
    entry = (desktop.BUILD / "data" / f"{ID}.desktop").read_text().replace("Exec=tela", f"Exec={desktop.BUILD}/tela")
    (share / "applications" / f"{ID}.desktop").write_text(entry)
    env = dict(private_desktop(data), XDG_DATA_DIRS=f"{share}:{os.environ.get('XDG_DATA_DIRS', '/usr/local/share:/usr/share')}")
    script = f"""set -e
gapplication list-actions {ID} | sort | tr '\\n' ' '
gdbus call --session -d org.freedesktop.DBus -o /org/freedesktop/DBus -m org.freedesktop.DBus.StartServiceByName {ID} 0 >/dev/null
pid=$(gdbus call --session -d org.freedesktop.DBus -o /org/freedesktop/DBus -m org.freedesktop.DBus.GetConnectionUnixProcessID {ID} | grep -o '[0-9]*,' | tr -d ,)
count () {{ n=0; while [ "$(xdotool search --onlyvisible --pid "$pid" 2>/dev/null | wc -l)" != "$1" ]; do n=$((n + 1)); [ $n -lt 3000 ]; sleep 0.02; done; echo "$1"; }}
count 0
gapplication launch {ID}; count 1
gapplication action {ID} new-board; count 2
gapplication action {ID} new-window; count 3
gapplication action {ID} quit
"""
    done = subprocess.run(["dbus-run-session", "--", "bash", "-c", script], env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=3 * desktop.DEADLINE)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert done.stdout.split() == ["new-board", "new-window", "0", "1", "2", "3"], done.stdout


def without_a_bus(data):
    """without a session bus it runs all the same, and says nothing about it"""
    env = dict(private_desktop(data), DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent")
    tela = desktop.spawn("tela", "--board", "Plan", env=env, stderr=subprocess.PIPE)
    xid = windows_of(tela.pid, 1)[0]
    desktop.until(lambda: desktop.xdotool("getwindowname", xid).strip() == "Plan", "the board")
    tela.terminate()
    assert tela.wait(desktop.DEADLINE) == 0
    assert tela.stderr.read() == b""


desktop.run([restored_after_kill, one_instance, started_by_bus, without_a_bus])
