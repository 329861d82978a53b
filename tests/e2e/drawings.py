#!/usr/bin/env python3
"""Drawings that hang together, by hand: each thing that is done is one step of undo."""
import base64
import json
import struct
import zlib

import desktop


def settled(data):
    """The elements once two dumps in a row agree."""
    last = None

    def same():
        nonlocal last
        before, last = last, desktop.elements(data, "Plan")
        return last and before == last
    desktop.until(same, "a board at rest")
    return last


def undone(window, data, before):
    window.key("ctrl+z")
    desktop.until(lambda: desktop.elements(data, "Plan") == before, "one step back to be all of it")


def of(elements, *types):
    return [e for e in elements if e["type"] in types]


def middle(element):
    return element["x"] + element["width"] / 2, element["y"] + element["height"] / 2


def distance_to_box(point, box):
    dx = max(box["x"] - point[0], 0, point[0] - box["x"] - box["width"])
    dy = max(box["y"] - point[1], 0, point[1] - box["y"] - box["height"])
    return max(dx, dy)


def ends(arrow):
    return [(arrow["x"] + x, arrow["y"] + y) for x, y in (arrow["points"][0], arrow["points"][-1])]


def assert_attached(elements):
    box, = of(elements, "rectangle")
    text, = of(elements, "text")
    assert len(of(elements, "arrow")) == 2
    for arrow in of(elements, "arrow"):
        bound = [name for name in ("startBinding", "endBinding") if (arrow[name] or {}).get("elementId") == box["id"]]
        assert len(bound) == 1, arrow
        assert distance_to_box(ends(arrow)[bound[0] == "endBinding"], box) < 12, (arrow, box)
    assert all(abs(a - b) < 1.5 for a, b in zip(middle(text), middle(box))), (text, box)


def draw(window, key, *points):
    window.key(key)
    window.drag([points[0], *[tuple(a + (b - a) * i / 6 for a, b in zip(*points)) for i in range(1, 7)]])


def box_with_arrows(data):
    """a box with two arrows and a label is moved, its text grows it, and an arrow is torn off: one undo step each"""
    tela = desktop.Tela("--data", data, "--board", "Plan")
    try:
        window = tela.window("Plan")
        window.place(10, 20, 1200, 800)
        window.steady_ink(0.3, 0.3, 0.7, 0.7)
        draw(window, "o", (0.28, 0.4), (0.34, 0.5))  # not under the style panel, which comes with the tool
        draw(window, "d", (0.62, 0.4), (0.7, 0.5))
        draw(window, "r", (0.42, 0.38), (0.52, 0.52))
        window.key("Return")
        window.type("Box")
        window.key("Escape")
        draw(window, "a", (0.335, 0.45), (0.43, 0.45))
        draw(window, "a", (0.51, 0.45), (0.63, 0.45))
        desktop.until(lambda: len(desktop.elements(data, "Plan")) == 6, "six elements")
        before = settled(data)
        assert_attached(before)

        window.key("Escape")
        window.drag([(0.47, 0.45), (0.475, 0.47), (0.48, 0.55), (0.5, 0.65)])
        desktop.until(lambda: of(desktop.elements(data, "Plan"), "rectangle") != of(before, "rectangle"), "the box to move")
        moved = settled(data)
        assert_attached(moved)
        assert of(moved, "ellipse", "diamond") == of(before, "ellipse", "diamond")
        undone(window, data, before)

        window.click(0.425, 0.4)
        window.key("Return", "ctrl+a")
        window.type("many words that a small box has no room for, so that it must grow by several lines")
        window.key("Escape")
        desktop.until(lambda: "many" in of(desktop.elements(data, "Plan"), "text")[0]["text"], "the text")
        grown = settled(data)
        assert_attached(grown)
        assert "\n" in of(grown, "text")[0]["text"]
        assert of(grown, "rectangle")[0]["height"] > of(before, "rectangle")[0]["height"]
        undone(window, data, before)

        window.key("Escape")
        window.drag([(0.38, 0.45), (0.38, 0.47), (0.38, 0.6), (0.38, 0.8)])
        desktop.until(lambda: desktop.elements(data, "Plan") != before, "the arrow to be torn off")
        torn = next(e for e in settled(data) if e["type"] == "arrow" and e not in before)
        assert not torn["startBinding"] and not torn["endBinding"], torn
        undone(window, data, before)
    finally:
        errors = tela.quit()
    assert errors == "", errors


def png(rows):
    body = b"".join(b"\0" + bytes(channel for pixel in row for channel in pixel) for row in rows)

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b""))


def crop(data):
    """of a cropped image only the crop is shown"""
    picture = png([[(220, 30, 30)] * 40 + [(30, 30, 220)] * 40] * 60)
    image = {"id": "picture", "type": "image", "x": 0, "y": 0, "width": 400, "height": 300, "angle": 0, "fileId": "half",
             "status": "saved", "scale": [1, 1], "isDeleted": False,
             "crop": {"x": 45, "y": 0, "width": 30, "height": 60, "naturalWidth": 80, "naturalHeight": 60}}
    file = {"mimeType": "image/png", "id": "half", "dataURL": "data:image/png;base64," + base64.b64encode(picture).decode()}
    path = data / "Cropped.excalidraw"
    path.write_text(json.dumps({"type": "excalidraw", "version": 2, "elements": [image], "appState": {},
                                "files": {"half": file}}))
    tela = desktop.Tela("--data", data / "own", path)
    try:
        window = tela.windows(1)[0]
        window.place(10, 20, 1200, 800)
        area = (0.1, 0.15, 0.9, 0.9)

        def shown():
            found = desktop.Picture()
            return found.count(window.box(*area), lambda p: p[2] > 180 and p[0] < 80) > 20000 and found
        found = desktop.until(shown, "the blue half")
        assert found.count(window.box(*area), lambda p: p[0] > 180 and p[2] < 80) == 0, "the red half is cut off"
    finally:
        errors = tela.quit()
    assert errors == "", errors


def frame(data):
    """a frame takes in what is inside, has its name typed, and is gone with one undo; menus lead on to menus"""
    tela = desktop.Tela("--data", data, "--board", "Plan")

    def shown(*types):
        return of(desktop.elements(data, "Plan"), *types)

    def choose(*keys):
        """From the menu of all that is there."""
        window.key("Escape", "ctrl+a")
        window.click(0.47, 0.4, 3)
        menu = tela.popup()
        for key in keys:
            desktop.xdotool("key", key, "sleep", 0.3)
            if key != keys[-1]:
                menu.wait_until_drawn()
    try:
        window = tela.window("Plan")
        window.place(10, 20, 1200, 800)
        window.steady_ink(0.3, 0.3, 0.7, 0.7)
        draw(window, "r", (0.42, 0.38), (0.52, 0.42))
        draw(window, "r", (0.5, 0.5), (0.6, 0.55))
        draw(window, "f", (0.35, 0.3), (0.7, 0.6))
        desktop.until(lambda: len(shown("frame")) == 1, "the frame")
        drawn = settled(data)
        assert all(box["frameId"] == of(drawn, "frame")[0]["id"] for box in of(drawn, "rectangle")), drawn
        window.key("F2")
        tela.popup()
        desktop.xdotool("type", "--delay", 20, "Plot")
        desktop.xdotool("key", "Return")
        desktop.until(lambda: shown("frame")[0]["name"] == "Plot", "the name")
        undone(window, data, drawn)
        window.key("ctrl+z")
        desktop.until(lambda: not shown("frame"), "one step back to be the whole frame")
        assert [box["frameId"] for box in shown("rectangle")] == [None, None]

        desktop.again_until(lambda: choose("r", "l"), lambda: len({round(box["x"]) for box in shown("rectangle")}) == 1,
                            "both boxes on one left edge", 15)
        desktop.again_until(lambda: choose("f"), lambda: len(shown("frame")) == 1, "a frame around what is selected", 15)
        assert {box["frameId"] for box in shown("rectangle")} == {shown("frame")[0]["id"]}
    finally:
        errors = tela.quit()
    assert errors == "", errors


desktop.run([box_with_arrows, crop, frame])
