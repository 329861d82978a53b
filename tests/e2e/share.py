#!/usr/bin/env python3
"""Two people, each with a computer of their own so far as data goes: one shares a board, the other comes by a link."""
import json
import os
import ssl
import subprocess
import time
import urllib.error
import urllib.request

import desktop

AREA = (0.2, 0.3, 0.8, 0.85)
TOP = (0.1, 0.0, 0.9, 0.16)


def windows_of(pid):
    return [desktop.Window(xid, None) for xid in desktop.titles_of(pid)]


def answer(pid, key, done, what):
    """Presses a mnemonic until it has done what it is for: the question, a window or a part of one, may not be there yet."""
    def pressed():
        for window in windows_of(pid):
            try:
                window.key(key)
            except subprocess.CalledProcessError:
                pass  # gone meanwhile
        time.sleep(0.3)
        return done()
    desktop.until(pressed, what)


def draw(window, dy):
    window.key("p")
    window.drag([(x, y + dy) for x, y in desktop.STROKE])


def draw_until(window, dy, done, what):
    """Where it is not known from when on the window may draw."""
    def drawn():
        draw(window, dy)
        time.sleep(0.3)
        return done()
    desktop.until(drawn, what)


def leave(window):
    """Takes the pointer from the board, since the others see it there."""
    desktop.xdotool("mousemove", *window.at(0.5, 0.02), "sleep", 2)


class Host:
    def __init__(self, data, address="127.0.0.1"):
        self.data = data
        self.tela = desktop.Tela("--data", data, "--board", "Plan")
        self.window = self.tela.window("Plan")
        self.window.place(10, 20, 680, 820)
        desktop.until(lambda: desktop.endpoint(data), "the host to serve")
        desktop.cli("share", "on", *(["--address", address] if address else []), "--data", data)

    def link(self, role):
        return desktop.cli("share", "invite", "Plan", "--role", role, "--hours", 1, "--data", self.data).strip()

    def guests(self):
        return [m for m in json.loads(desktop.cli("share", "people", "Plan", "--json", "--data", self.data))["members"]
                if m["role"] != "owner"]

    def n_elements(self):
        return len(desktop.elements(self.data, "Plan"))


class Guest:
    """Opens a link as the desktop does, and answers the question; another process then shows the board."""

    def __init__(self, data, link, through=()):
        self.data = data
        self.asker = desktop.Tela("--data", data, link, through=through)
        self.asker.window()
        answer(self.asker.process.pid, "alt+j", self.find, "the process of the guest")
        self.window = desktop.until(lambda: next(iter(windows_of(self.pid)), None), "the window of the guest")
        self.window.wait_for_board("Plan")
        self.asker.kill()
        self.window.place(700, 20, 680, 820)
        self.window.steady_ink(*AREA)
        joined = json.loads(next((data / "joined").glob("*.json")).read_text())
        self.url, self.board, self.key = joined["url"], joined["boards"][0]["id"], joined["anon_key"]
        self.token = joined["session"]["access_token"]

    def find(self):
        """The child of the one that asked."""
        found = subprocess.run(["pgrep", "-P", str(self.asker.process.pid), "-f", "--", "--url"], stdout=subprocess.PIPE,
                               text=True).stdout.split()
        self.pid = int(found[0]) if found else None
        return self.pid

    def cli(self, *words, **options):
        return desktop.cli(*words, "--data", self.data, "--url", self.url, **options)

    def post(self, path, body):
        """As a program that believes to have every right; returns the status."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {
            "apikey": self.key, "authorization": f"Bearer {self.token}", "content-type": "application/json"})
        try:
            return urllib.request.urlopen(request, timeout=desktop.DEADLINE, context=context).status
        except urllib.error.HTTPError as problem:
            return problem.code

    def end(self):
        os.kill(self.pid, 15)
        desktop.until(lambda: not os.path.exists(f"/proc/{self.pid}"), "the guest's process to end")


def editing(path):
    """a guest by a link: strokes go both ways, until the guest leaves"""
    host = Host(path / "host")
    draw(host.window, 0)
    guest = Guest(path / "guest", host.link("editor"))
    desktop.until(lambda: guest.window.ink(*AREA) > 100, "the host's stroke at the guest")
    before = host.window.steady_ink(*AREA)
    guest.window.key("p")
    guest.window.press([(x, y + 0.15) for x, y in desktop.STROKE])
    desktop.until(lambda: host.window.ink(*AREA) > before + 100, "the live stroke of the guest")
    guest.window.release()
    desktop.until(lambda: host.n_elements() == 2, "the stroke of the guest")
    before = guest.window.steady_ink(*AREA)
    draw(host.window, 0.25)
    desktop.until(lambda: guest.window.ink(*AREA) > before + 100, "the host's stroke at the guest")
    assert [(m["role"], m["connected"], m["name"] != "") for m in host.guests()] == [("editor", True, True)], host.guests()

    bar = desktop.Picture().box(guest.window.box(*TOP))
    guest.cli("share", "remove", guest.board, host.guests()[0]["user_id"])
    assert host.guests() == [], host.guests()
    desktop.until(lambda: desktop.Picture().box(guest.window.box(*TOP)) != bar, "the word that they left")
    guest.end()
    errors = host.tela.quit()
    assert errors == "", errors


def viewing(path):
    """a viewer changes nothing, by hand or by force, until the owner lets them; who is removed is told, and stops"""
    host = Host(path / "host")
    draw(host.window, 0)
    guest = Guest(path / "guest", host.link("viewer"))
    leave(host.window)
    before, picture = desktop.dump(host.data, "Plan", "--all"), (host.window.steady_ink(*AREA), guest.window.steady_ink(*AREA))
    element = {"id": "forced", "type": "rectangle", "x": 0, "y": 0, "width": 90, "height": 90, "index": "a5"}
    first = json.loads(before)["elements"][0]

    for key in "p", "r", "e", "t", "Delete", "ctrl+v":
        guest.window.key(key)
        guest.window.drag([(x, y + 0.15) for x, y in desktop.STROKE])
    done = guest.cli("edit", "Plan", stdin=json.dumps(element) + "\n", check=False)
    assert done.returncode != 0, done.stdout
    for path_, body in (("/rest/v1/rpc/tela_push", {"project": guest.board, "op_id": "11111111-2222-4333-8444-555555555555",
                                                   "elements": [element, {**first, "isDeleted": True}]}),
                        ("/rest/v1/project_members", {"project_id": guest.board, "user_id": host.guests()[0]["user_id"], "role": "editor"}),
                        ("/rest/v1/rpc/tela_invite", {"project": guest.board, "role": "editor"})):
        status = guest.post(path_, body)
        assert 400 <= status < 500, (path_, status)
    assert desktop.dump(host.data, "Plan", "--all") == before
    assert guest.cli("dump", "Plan", "--all") == before
    guest.window.key("Escape")
    leave(guest.window)
    desktop.until(lambda: (host.window.steady_ink(*AREA), guest.window.steady_ink(*AREA)) == picture, "both boards as they were")

    user = host.guests()[0]["user_id"]
    desktop.cli("share", "role", "Plan", user, "editor", "--data", host.data)
    draw_until(guest.window, 0.15, lambda: host.n_elements() > 1, "a stroke of who is an editor now")

    n, bar = host.n_elements(), desktop.Picture().box(guest.window.box(*TOP))
    desktop.cli("share", "remove", "Plan", user, "--data", host.data)
    desktop.until(lambda: desktop.Picture().box(guest.window.box(*TOP)) != bar, "the word that they were removed")
    draw(guest.window, 0.3)
    assert guest.cli("dump", "Plan", check=False).returncode != 0
    assert host.n_elements() == n
    guest.end()
    errors = host.tela.quit()
    assert errors == "", errors


def closing(path):
    """while a guest is in, neither the last window nor the end of the program takes the board away unasked"""
    host = Host(path / "host")
    guest = Guest(path / "guest", host.link("editor"))
    pid = host.tela.process.pid

    for keys in "ctrl+q", "ctrl+w":
        host.window.key(keys)
        answer(pid, "alt+c", lambda: len(windows_of(pid)) == 1, "one window")
    host.window.key("ctrl+q")
    answer(pid, "alt+k", lambda: not windows_of(pid), "no window")
    draw_until(guest.window, 0, lambda: host.n_elements() > 0, "a stroke while the host has no window")
    assert host.tela.process.poll() is None

    guest.end()
    host.tela.quit()

    host = Host(path / "host")
    guest = Guest(path / "guest", host.link("editor"))
    host.window.key("ctrl+w")
    answer(host.tela.process.pid, "alt+s", lambda: host.tela.process.poll() is not None, "the end of the host")
    assert host.tela.process.returncode == 0
    assert json.loads(desktop.cli("share", "status", "--json", "--data", host.data))["on"] is False
    guest.end()


if __name__ == "__main__":
    desktop.run([editing, viewing, closing])
