#!/usr/bin/env python3
"""What a screen reader is told of a board."""
import re
import sys

import reader

import desktop

DRAWING = r"""
{"id":"a","set":{"type":"rectangle","x":0,"y":0,"width":90,"height":60}}
{"id":"b","set":{"type":"text","text":"Groceries","containerId":"a","x":5,"y":20,"width":80,"height":25,"fontSize":20}}
{"id":"c","set":{"type":"ellipse","x":300,"y":0,"width":90,"height":60}}
{"id":"d","set":{"type":"arrow","x":95,"y":30,"width":200,"height":0,"points":[[0,0],[200,0]],"startBinding":{"elementId":"a","focus":0,"gap":5},"endBinding":{"elementId":"c","focus":0,"gap":5}}}
"""
LISTED = ["Rectangle: Groceries", "Arrow from Groceries to Ellipse", "Ellipse"]


def reads_a_board(data):
    """the board, its shapes in the outline, and every button have a role and a name"""
    bus = reader.find_bus()
    desktop.cli("new", "Plan", "--data", data)
    desktop.cli("edit", "Plan", "--data", data, stdin=DRAWING)
    tela = desktop.Tela("--data", data, "--board", "Plan")
    window = tela.window("Plan")
    window.place(10, 20, 900, 700)
    program = desktop.until(lambda: next(iter(reader.find_programs(bus)), None), "the program on the bus")
    board = desktop.until(lambda: program.find("Plan", "4 shapes"), "the board")
    nameless = [node.get("Description") for node in program.walk() if "button" in node.role()
                and re.match("$|Gtk|Adw|Tela", node.get("Name"))]  # GTK 4.8 calls what has no name by the name of its class
    assert not nameless, nameless

    window.key("ctrl+shift+o")
    outline = desktop.until(lambda: next((node for node in program.walk() if (node.role(), node.get("Name")) == ("list", "Outline")), None),
                            "the outline")
    desktop.until(lambda: [row.get("Name") for row in outline.children()] == LISTED, "the rows")
    assert {row.role() for row in outline.children()} == {"list item"}
    rows = outline.children()
    # What GTK makes of the first key differs.
    desktop.until(lambda: rows[0].has(reader.SELECTED) or window.key("Home"), "the first row")
    window.key("Down")
    desktop.until(lambda: [row.has(reader.FOCUSED) for row in rows] == [False, True, False], "the focus")
    desktop.until(lambda: board.get("Description") == f"4 shapes, selected: {LISTED[1]}", "the selection")
    window.key("Return")
    desktop.until(lambda: board.has(reader.FOCUSED), "the focus on the board")
    errors = tela.quit()
    assert errors == "", errors


if reader.find_bus() is None:
    print("1..0 # SKIP no AT-SPI bus here")
    sys.exit()
desktop.run([reads_a_board])
