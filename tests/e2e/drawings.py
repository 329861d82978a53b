#!/usr/bin/env python3
"""Drawings as they are shown."""
import base64
import json
import struct
import zlib

import desktop


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


desktop.run([crop])
