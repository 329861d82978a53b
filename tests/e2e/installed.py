#!/usr/bin/env python3
"""Installed below a prefix of its own: what a desktop finds there, and what it starts from there."""
import os
import pathlib
import shutil
import subprocess
import sys

import desktop

ID = "io.github.telacanvas.Tela"
SOURCE = pathlib.Path(__file__).resolve().parents[2]
HOME = desktop.BUILD / "installed"
PREFIX = HOME / "prefix"
SHARE = PREFIX / "share"
FILES = ["bin/tela", "bin/tela-cli", f"share/applications/{ID}.desktop", f"share/metainfo/{ID}.metainfo.xml",
         f"share/dbus-1/services/{ID}.service", f"share/icons/hicolor/scalable/apps/{ID}.svg",
         f"share/icons/hicolor/symbolic/apps/{ID}-symbolic.svg", f"share/mime/packages/{ID}.xml", "share/mime/mime.cache",
         "share/glib-2.0/schemas/gschemas.compiled", "share/locale/pt_BR/LC_MESSAGES/tela.mo", "share/man/man1/tela.1",
         "share/man/man1/tela-cli.1"]


def environment(data):
    """What a session has for which that prefix is one among others."""
    others = os.environ.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share")
    return dict(os.environ, XDG_DATA_DIRS=f"{SHARE}:{others}", PATH=f"{PREFIX}/bin:{os.environ['PATH']}", XDG_DATA_HOME=str(data),
                XDG_CONFIG_HOME=str(data / "config"), XDG_CACHE_HOME=str(data / "cache"))


def output(data, *words, **more):
    return subprocess.run(words, env={**environment(data), **more}, stdout=subprocess.PIPE, check=True, text=True,
                          timeout=desktop.DEADLINE).stdout


def is_whole(data):
    """every file is there, and names the prefix where it names a place"""
    shutil.rmtree(PREFIX, ignore_errors=True)
    if not (HOME / "build" / "build.ninja").exists():
        subprocess.run(["meson", "setup", HOME / "build", SOURCE, f"--prefix={PREFIX}", "-Dtests=false"], check=True,
                       stdout=subprocess.DEVNULL)
    subprocess.run(["meson", "install", "-C", HOME / "build"], check=True, stdout=subprocess.DEVNULL)
    missing = [name for name in FILES if not (PREFIX / name).exists()]
    assert not missing, missing
    service = (SHARE / "dbus-1" / "services" / f"{ID}.service").read_text()
    assert f"Exec={PREFIX}/bin/tela --gapplication-service" in service, service
    assert output(data, "gsettings", "get", ID, "style") == "'system'\n"


def speaks(data):
    """its words come from the prefix"""
    if desktop.speak_with_comma():
        told = output(data, PREFIX / "bin" / "tela", "--help", LANGUAGE="pt_BR")
        assert "Abrir" in told, told


def starts(data):
    """its desktop file starts it by D-Bus, with a drawing"""
    script = f"""set -e
gio launch {SHARE}/applications/{ID}.desktop {SOURCE}/data/samples/welcome.tela
wait_for () {{ n=0; until "$@" >/dev/null 2>&1; do n=$((n + 1)); [ $n -lt 3000 ]; sleep 0.02; done; }}
wait_for xdotool search --onlyvisible --name '^welcome'
pid=$(gdbus call --session -d org.freedesktop.DBus -o /org/freedesktop/DBus -m org.freedesktop.DBus.GetConnectionUnixProcessID {ID})
pid=${{pid#*uint32 }}
readlink "/proc/${{pid%,*}}/exe"
gapplication action {ID} quit
"""
    told = output(data, "dbus-run-session", "--", "bash", "-c", script)
    assert told == f"{PREFIX}/bin/tela\n", told


if not os.environ.get("TELA_TEST_LONG"):
    print("1..0 # SKIP it builds everything anew: ./dev test --long")
    sys.exit()
desktop.run([is_whole, speaks, starts])
