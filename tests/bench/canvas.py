#!/usr/bin/env python3
"""./dev bench canvas: what the frames of a real window cost, as a multiple of what moving one picture costs in it.

Each script runs between two of its baseline, several times, and the median of the quotients counts: on a busy machine only
they say something. --peers DIR: where the rivals' benchmark lies, to be run in the same run. What came out is JSON; a table of
it is on stderr."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(os.environ.get("TELA_BUILD_DIR", "build")).resolve()
# name, elements, script, baseline, goal as a multiple of it, the rivals' test
FRAMES = [
    ("pan-fit 10,000", 10000, "pan-fit", "baseline-pan", 1.15, "panFit"),
    ("zoom-fit 10,000", 10000, "zoom-fit", "baseline-zoom", 1.3, "zoomFit"),
    ("pan-100 50,000", 50000, "pan-100", "baseline-pan", 1.2, "pan100"),
    ("drag-1 50,000", 50000, "drag-1", "baseline-pan", 1.2, "drag1_100"),
    ("drag-500 10,000 at 100 %", 10000, "drag-500", "baseline-pan", 1.5, "drag500_100"),
    ("drag-500 10,000 at fit", 10000, "drag-500-fit", "baseline-pan", 1.5, "drag500_fit"),
    ("pan-fit 100,000", 100000, "pan-fit", "baseline-pan", 1.3, None),
    ("flood of 10,000 patches/s, pan-fit 10,000", 10000, "flood", "baseline-pan", 1.3, None),
    ("draw 2,000 points, 10,000", 10000, "draw", "baseline-pan", 1.5, None),
]
MEMORY = {10000: 60, 50000: 190}  # MB above the window with an empty board
OPENING = {10000: 400, 50000: 1500}  # ms to the first full picture


def measure(scene, script, renderer, seconds):
    words = [BUILD / "tela", "--benchmark", scene, "--script", script, "--json"]
    if seconds:
        words += ["--seconds", str(seconds)]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=400, check=True,
                          env={**os.environ, "GSK_RENDERER": renderer})
    return json.loads(done.stdout)


class Scenes:
    """Files of so many elements, made when they are wanted."""

    def __init__(self, place):
        self.place = pathlib.Path(place)
        self.empty = self.place / "empty.excalidraw"
        self.empty.write_text('{"type":"excalidraw","version":2,"source":"bench","elements":[]}')

    def of(self, n):
        path = self.place / f"{n}.excalidraw"
        if not path.exists():
            subprocess.run([BUILD / "tela-cli", "generate", "--elements", str(n), "--seed", "1", "-o", path],
                           stdout=subprocess.DEVNULL, check=True)
        return path


def quotient(scene, script, baseline, renderer, options):
    """The p95 of the frames' cost over the one of the baseline just before and after, in time and in processor time."""
    times, cpus, tails = [], [], []
    before = measure(scene, baseline, renderer, options.seconds)
    for _ in range(options.reps):
        one = measure(scene, script, renderer, options.seconds)
        after = measure(scene, baseline, renderer, options.seconds)
        times.append(2 * one["cost_ms"]["p95"] / (before["cost_ms"]["p95"] + after["cost_ms"]["p95"]))
        cpus.append(2 * one["cost_cpu_ms"]["p95"] / (before["cost_cpu_ms"]["p95"] + after["cost_cpu_ms"]["p95"]))
        tails.append(one["cost_ms"]["p95"])
        before = after
    return statistics.median(times), statistics.median(cpus), statistics.median(tails)


class Bench:
    def __init__(self, peers):
        self.results, self.peers, self.rows = [], peers, []

    def add(self, name, value, unit, goal=None, n=None, peer=None):
        """peer: what to take of a rival's record; None where it has not got that far."""
        entry = {"name": name, "value": round(value, 3), "unit": unit, "better": "less"}
        if goal is not None:
            entry["goal"] = goal
        for app, rival in self.rivals(n, peer).items():
            self.results.append({**entry, "peer": app, "peer_value": rival})
        if self.results[-1:] == [] or self.results[-1]["name"] != name:
            self.results.append(entry)
        print(f"{name}: {value:.3f} {unit}" + (f" (to reach: {goal})" if goal is not None else ""), file=sys.stderr)

    def rivals(self, n, peer):
        """What they have got for so many elements, by their name."""
        found = {}
        for record in self.peers if peer else []:
            try:
                rival = peer(record) if record["n"] == n else None
            except (KeyError, TypeError):
                rival = None
            if rival is not None:
                found[record["app"]] = rival
        return found

    def row(self, what, value, unit, ratio=None, goal=None, n=None, peer=None):
        """A line of the table; goal: of the ratio to the baseline where there is one, else of the value."""
        rivals = self.rivals(n, peer)
        cells = [what, f"{value:.1f} {unit}", f"{ratio:.2f} ×" if ratio is not None else "", "" if goal is None else f"{goal:g}",
                 *(f"{rivals[app]:.0f} {unit}" if app in rivals else "" for app in ("excalidraw", "tldraw"))]
        self.rows.append("| " + " | ".join(cells) + " |")

    def print_table(self):
        print("\n| what | Tela | over the baseline | to reach | Excalidraw | tldraw |\n|---|---|---|---|---|---|", file=sys.stderr)
        print("\n".join(self.rows), file=sys.stderr)


def bench_renderer(bench, scenes, renderer, options):
    for name, n, script, baseline, goal, peer in FRAMES:
        if n not in options.sizes:
            continue
        time, cpu, tail = quotient(scenes.of(n), script, baseline, renderer, options)
        label = f"{name}, {renderer}"
        bench.add(f"{label}: p95 of the cost over the baseline's", time, "×", goal)
        bench.add(f"{label}: the same in processor time", cpu, "×", goal)
        rival = peer and (lambda r, k=peer: r["tests"][k]["p95"])
        bench.add(f"{label}: p95 of the cost", tail, "ms", None, n, rival)
        bench.row(label, tail, "ms", time, goal, n, rival)
    nothing = measure(scenes.empty, "idle", renderer, 1)["pss_bytes"]
    for n, goal in MEMORY.items():
        if n not in options.sizes:
            continue
        rests = [measure(scenes.of(n), "idle", renderer, 1) for _ in range(options.reps)]
        opening = statistics.median(r["first_paint_ms"] for r in rests)
        memory = (statistics.median(r["pss_bytes"] for r in rests) - nothing) / 1e6
        for what, value, unit, reach, rival in (
                (f"open {n:,}, {renderer}", opening, "ms", OPENING[n], lambda r: r["load"]["full"]),
                (f"memory of {n:,}, {renderer}", memory, "MB", goal, lambda r: r["mem1"]["pssMB"] - r["mem0"]["pssMB"])):
            bench.add(what, value, unit, reach, n, rival)
            bench.row(what, value, unit, None, reach, n, rival)
    idle = measure(scenes.of(10000), "idle", renderer, 3)
    bench.add(f"idle, {renderer}", idle["frames"], "frames", 0)
    bench.add(f"idle, {renderer}: processor", idle["cpu_percent"], "%", 0)
    bench.row(f"idle, {renderer}", idle["frames"], "frames", None, 0)
    undo = measure(scenes.of(25000), "undo", renderer, 3)
    bench.add(f"undo of a move on 25,000, {renderer}", undo["undo_ms"]["p50"], "ms", 4)
    bench.row(f"undo of a move on 25,000, {renderer}", undo["undo_ms"]["p50"], "ms", None, 4)
    bench.add(f"undo of a move on 25,000, {renderer}: tiles", undo["tiles_an_undo"], "tiles", 2)


def run_peers(place, sizes):
    """The rivals' records: one for each of them and each number of elements."""
    out = pathlib.Path(tempfile.mkdtemp(prefix="tela-bench-")) / "peers.jsonl"
    ns = ",".join(str(n) for n in MEMORY if n in sizes)
    subprocess.run([pathlib.Path(place).resolve() / "node", "run.mjs", "--n", ns, "--out", str(out)], cwd=place, stdout=sys.stderr,
                   check=True)
    records = [json.loads(line) for line in out.read_text().splitlines()]
    out.unlink()
    out.parent.rmdir()
    return records


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--renderers", default="gl,cairo")
    words.add_argument("--reps", type=int, default=3)
    words.add_argument("--seconds", type=float, help="of each script; else as long as it usually takes")
    words.add_argument("--peers", metavar="DIR")
    words.add_argument("--sizes", default="10000,50000,100000", help="of the scenes, in elements")
    options = words.parse_args()
    options.sizes = [int(n) for n in options.sizes.split(",")]
    bench = Bench(run_peers(options.peers, options.sizes) if options.peers else [])
    with tempfile.TemporaryDirectory(prefix="tela-bench-") as place:
        scenes = Scenes(place)
        for renderer in options.renderers.split(","):
            bench_renderer(bench, scenes, renderer, options)
    bench.print_table()
    print(json.dumps({"bench": "canvas", "results": bench.results}, ensure_ascii=False))


main()
