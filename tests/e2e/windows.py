#!/usr/bin/env python3
"""Windows and processes of one person on one board."""
import time

import desktop

AREA = (0.3, 0.35, 0.7, 0.55)


def two_windows_one_connection(data):
    """two windows on one board: a stroke in one is seen in the other, over one WebSocket"""
    tela = desktop.Tela("--data", data, "--board", "Plan")
    try:
        first = tela.window("Plan")
        first.key("ctrl+shift+n")
        windows = first, second = tela.windows(2)
        desktop.side_by_side(windows)
        before = second.steady_ink(*AREA)
        first.key("p")
        first.press(desktop.STROKE)
        # The button is still down: what is seen is the live stroke.
        desktop.until(lambda: second.ink(*AREA) > before + 100, "the live stroke in the second window")
        first.release()
        url = desktop.endpoint(data)["url"]
        desktop.until(lambda: desktop.metrics(url)["tela_websockets"] == 1, "one WebSocket")
        desktop.until(lambda: [e["type"] for e in desktop.elements(data, "Plan")] == ["freedraw"], "the stroke on disk")
        assert desktop.metrics(url)["tela_websockets"] == 1, desktop.metrics(url)
    finally:
        errors = tela.quit()
    assert errors == "", errors


def two_processes(data):
    """two processes: the second shows the first's stroke, hosts when the first is killed, and nothing is lost"""
    first = desktop.Tela("--data", data, "--new-instance", "--board", "Plan")
    left = first.window("Plan")
    desktop.until(lambda: desktop.endpoint(data), "the first process to host")
    second = desktop.Tela("--data", data, "--new-instance", "--board", "Plan")
    right = second.window("Plan")
    desktop.side_by_side([left, right])
    try:
        url = desktop.endpoint(data)["url"]
        desktop.until(lambda: desktop.metrics(url)["tela_websockets"] == 2, "two WebSockets")
        before = right.steady_ink(*AREA)
        left.key("p")
        left.press(desktop.STROKE)
        start = time.monotonic()
        desktop.until(lambda: right.ink(*AREA) > before + 100, "the live stroke in the second process")
        print(f"# the stroke was seen after {1000 * (time.monotonic() - start):.0f} ms, pictures taken included")
        left.release()
        desktop.until(lambda: len(desktop.elements(data, "Plan")) == 1, "the stroke on disk")

        left.drag([(x, y + 0.15) for x, y in desktop.STROKE])
        first.kill()
        start = time.monotonic()

        def hosted():
            try:
                return desktop.metrics(desktop.endpoint(data)["url"])["tela_websockets"] >= 1
            except OSError:
                return False
        desktop.until(hosted, "the second process to host")
        print(f"# hosted after {1000 * (time.monotonic() - start):.0f} ms")
        desktop.until(lambda: len(desktop.elements(data, "Plan")) == 2, "both strokes after the first process was killed")
        right.key("p")
        right.drag([(x, y + 0.25) for x, y in desktop.STROKE])
        desktop.until(lambda: len(desktop.elements(data, "Plan")) == 3, "a stroke drawn under the new host")
    finally:
        second.quit()


desktop.run([two_windows_one_connection, two_processes])
