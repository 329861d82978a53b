#!/usr/bin/env python3
"""Files, store and server are the same where the decimal separator is a comma."""
import json
import os
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "tests/e2e"))
import desktop  # noqa: E402

EDITED = {"id": "a", "set": {"x": -0.375, "strokeWidth": 2.5}}
ELEMENTS = [
    {"id": "a", "type": "rectangle", "x": 0.125, "y": -1.5, "width": 100.75, "height": 50.25, "angle": 0.785398163,
     "strokeWidth": 1.5, "roughness": 0.5, "opacity": 62.5, "seed": 7, "backgroundColor": "#ffec99", "fillStyle": "hachure"},
    {"id": "b", "type": "freedraw", "x": 10.5, "y": 20.25, "width": 30.5, "height": 40.125, "simulatePressure": False,
     "points": [[0, 0], [1.5, 2.25], [30.5, 40.125]], "pressures": [0.125, 0.5, 0.875], "strokeColor": "#1e1e1e"},
    {"id": "c", "type": "text", "x": 12.3456789, "y": 1e-7, "width": 120.5, "height": 25.5, "text": "1.5",
     "fontSize": 20.5, "fontFamily": 5, "lineHeight": 1.25, "strokeColor": "#1e1e1e"}]


def speak(name):
    os.environ["LC_ALL"] = name


def make_board(folder):
    source = folder / "numbers.excalidraw"
    source.write_text(json.dumps({"type": "excalidraw", "version": 2, "elements": ELEMENTS}))
    desktop.cli("import", source, "--data", folder / "data")
    desktop.cli("edit", "numbers", "--data", folder / "data", stdin=json.dumps(EDITED) + "\n")


def export(folder, kind):
    out = folder / f"out.{kind}"
    desktop.cli("export", "numbers", "-o", out, "--data", folder / "data")
    return out.read_bytes()


def test_store(folder):
    """an edited board is stored and dumped with the numbers it had"""
    speak(desktop.COMMA)
    make_board(folder)
    found = {element["id"]: element for element in desktop.elements(folder / "data", "numbers")}
    for wanted in ELEMENTS:
        wanted = dict(wanted, **EDITED["set"]) if wanted["id"] == EDITED["id"] else wanted
        for key, value in wanted.items():
            assert found[wanted["id"]][key] == value, (wanted["id"], key, found[wanted["id"]][key], value)


def test_files(folder):
    """what is exported is the same to the byte"""
    speak("C.UTF-8")
    make_board(folder)
    def is_same(kind):
        speak("C.UTF-8")
        point = export(folder, kind)
        speak(desktop.COMMA)
        return export(folder, kind) == point

    for kind in ("excalidraw", "tela", "svg", "png", "excalidraw.png"):
        assert is_same(kind), kind
    # Whatever the locale, two PDF documents differ by the second in which they were made.
    assert any(is_same("pdf") for attempt in range(20)), "pdf"


def test_words(folder):
    """tela-cli speaks English everywhere"""
    def refusal():
        return desktop.cli("import", folder / "none.excalidraw", "--data", folder / "data", check=False).stderr
    speak("C.UTF-8")
    english = refusal()
    speak(desktop.COMMA)
    assert "No such file" in english and refusal() == english, (english, refusal())


if __name__ == "__main__":
    if not desktop.speak_with_comma():
        print("1..0 # SKIP no locale with a comma here: the package locales is missing")
        sys.exit()
    desktop.run([test_store, test_files, test_words])
