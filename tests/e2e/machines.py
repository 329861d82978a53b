#!/usr/bin/env python3
"""Two computers with a cable between them, as far as the kernel can pretend: a network namespace and a bus for each."""
import os
import shutil
import subprocess
import sys
import time

import desktop
import share

HERE, THERE = "10.77.0.1", "10.77.0.2"


def ip(*words):
    subprocess.run(["ip", *words], check=True, stdout=subprocess.DEVNULL)


def lay_cable():
    """This process is the one computer; returns what starts a program on the other, which lasts as long as this one."""
    other = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    desktop.started.append(other)
    own = os.readlink("/proc/self/ns/net")
    desktop.until(lambda: os.readlink(f"/proc/{other.pid}/ns/net") != own, "the other computer")
    through = ["nsenter", f"--net=/proc/{other.pid}/ns/net"]
    ip("link", "add", "here", "type", "veth", "peer", "name", "there", "netns", str(other.pid))
    for name, address, before in (("here", HERE, []), ("there", THERE, through)):
        for words in (["addr", "add", f"{address}/24", "dev", name], ["link", "set", name, "up"], ["link", "set", "lo", "up"]):
            subprocess.run([*before, "ip", *words], check=True)
    bus = subprocess.run([*through, "dbus-daemon", "--session", "--fork", "--print-address=1", "--print-pid=1"],
                         check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return ["env", f"DBUS_SESSION_BUS_ADDRESS={bus[0]}", *through], int(bus[1])


def far_guest(path):
    """a guest on another computer comes by a link, strokes go both ways, and what was drawn without the cable is not lost"""
    through, bus = lay_cable()
    try:
        host = share.Host(path / "host", address=None)
        link = host.link("editor")
        assert f"a={HERE}:" in link and "127.0.0.1" not in link, link
        guest = share.Guest(path / "guest", link, through)
        assert guest.url.startswith(f"https://{HERE}:"), guest.url
        share.draw(guest.window, 0)
        desktop.until(lambda: host.n_elements() == 1, "the stroke of the guest")
        before = guest.window.steady_ink(*share.AREA)
        share.draw(host.window, 0.15)
        desktop.until(lambda: guest.window.ink(*share.AREA) > before + 100, "the host's stroke at the guest")

        ip("link", "set", "here", "down")
        share.draw(guest.window, 0.25)
        share.draw(host.window, 0.3)
        desktop.until(lambda: host.n_elements() == 3, "the host to go on alone")
        ip("link", "set", "here", "up")
        start = time.monotonic()
        desktop.until(lambda: host.n_elements() == 4, "the guest's stroke, once the cable was there again")
        print(f"# back after {time.monotonic() - start:.1f} s")
        guest.end()
        errors = host.tela.quit()
        assert all("Sharing: This computer is on no network" in line for line in errors.splitlines() if line), errors
    finally:
        os.kill(bus, 15)


def run_apart():
    """In namespaces of its own, in which this user may make networks; they end with it."""
    words = ["unshare", "--map-root-user", "--net"]
    missing = [tool for tool in ("unshare", "nsenter", "ip", "dbus-daemon") if not shutil.which(tool)]
    if missing or subprocess.run([*words, "ip", "link", "add", "here", "type", "veth", "peer", "name", "there"],
                                 stderr=subprocess.DEVNULL).returncode != 0:
        print(f"1..0 # SKIP no networks can be made here {missing or ''}")
        sys.exit(0)
    os.execvpe(words[0], [*words, "dbus-run-session", "--", sys.executable, "-u", os.path.abspath(__file__)],
               {**os.environ, "TELA_APART": "1"})


if __name__ == "__main__":
    if "TELA_APART" not in os.environ:
        run_apart()
    desktop.run([far_guest])
