#!/usr/bin/env python3
"""What ./dev run does where there is no display: two windows on one board, a stroke in the first, seen in the second."""
import sys

import desktop


def main(sample):
    picture = desktop.BUILD / "run.png"
    with desktop.scratch() as data:
        desktop.cli("import", sample, "--data", data)
        tela = desktop.Tela("--data", data, "--board", "welcome")
        try:
            first = tela.window("welcome")
            first.key("ctrl+shift+n")
            first, second = windows = tela.windows(2)
            desktop.side_by_side(windows)
            area = (0.3, 0.35, 0.7, 0.55)
            before = second.steady_ink(*area)
            first.key("p")
            first.drag(desktop.STROKE)
            desktop.until(lambda: second.ink(*area) > before + 100, "the stroke in the second window")
            there = desktop.endpoint(data)
            counted = desktop.until(
                lambda: (c := desktop.metrics(there["url"])) and c["tela_websockets"] >= 1 and c, "a WebSocket")
            desktop.Picture().save(picture)
            shown = desktop.elements(data, "welcome")
            saved = any(element["type"] == "freedraw" for element in shown)
        finally:
            errors = tela.quit()
    print(f"windows                {len(windows)}, one board, one process")
    print(f"connection state       {'connected' if counted['tela_websockets'] else 'not connected'}")
    print(f"WebSocket connections  {counted['tela_websockets']:g} (counted by the backend)")
    print(f"messages               {counted['tela_messages_in_total']:g} in, {counted['tela_messages_out_total']:g} out")
    print(f"stroke                 seen in the second window, {'on disk' if saved else 'NOT on disk'}")
    print(f"picture                {picture}")
    if errors.strip():
        print(f"on the console         {errors.strip()}")
    missing = [what for what, there in (("one WebSocket", counted["tela_websockets"] == 1), ("the stroke on disk", saved)) if not there]
    if missing:
        print("missing: " + ", ".join(missing), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except AssertionError as problem:
        print(f"missing: {problem}", file=sys.stderr)
        sys.exit(1)
