#!/usr/bin/env python3
"""tela --benchmark: what it prints and leaves behind."""
import concurrent.futures
import json
import os
import pathlib
import subprocess

import desktop

N = 200


def benchmark(file, *words):
    return subprocess.run([desktop.BUILD / "tela", "--benchmark", file, *map(str, words)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=3 * desktop.DEADLINE)


def scene(data):
    path = data / "scene.excalidraw"
    desktop.cli("generate", "--elements", N, "--seed", 1, "-o", path)
    return path


def measure(file, script):
    done = benchmark(file, "--script", script, "--seconds", 0.4, "--json")
    assert done.returncode == 0, done
    found = json.loads(done.stdout)
    assert found["script"] == script and found["elements"] >= N and found["first_paint_ms"] > 0, found
    missing = {"frames", "missed", "tiles_painted", "cache_bytes", "rss_bytes"} - set(found) # as the debug panel has them
    assert not missing, missing
    for name in ("interval_ms", "cost_ms", "cost_cpu_ms"):
        shares = found[name]
        assert 0 <= shares["p50"] <= shares["p95"] <= shares["p99"] <= shares["max"], found
    assert found["pss_bytes"] > 0 and found["renderer"], found
    return found


def measure_all(data, *scripts):
    """Several at once, since no number is looked at more closely than whether it is one."""
    file = scene(data)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda script: measure(file, script), scripts))


def moves(data):
    """every script that moves the camera says what its frames cost"""
    for found in measure_all(data, "baseline-pan", "baseline-zoom", "pan-fit", "pan-100", "zoom-fit", "zoom-100"):
        assert found["frames"] > 0 and found["cost_ms"]["p50"] > 0, found


def hands(data):
    """so does every script that edits, and those of others' edits and of undo say how many"""
    *edits, flood, undo = measure_all(data, "drag-1", "drag-1-fit", "drag-500", "drag-500-fit", "draw", "flood", "undo")
    assert all(found["frames"] > 0 for found in edits), edits
    assert edits[-1]["elements"] == N + 1, edits[-1]
    assert flood["patches"] > 0, flood
    assert undo["undo_ms"]["p50"] > 0 and undo["tiles_an_undo"] > 0, undo


def idle(data):
    """a board at rest has no frames"""
    assert measure(scene(data), "idle")["frames"] == 0


def renderer(data):
    """without a graphics processor cairo draws, unless somebody wants it otherwise"""
    file = scene(data)
    assert measure(file, "idle")["renderer"] == "GskCairoRenderer" # as the tests want it
    del os.environ["GSK_RENDERER"]
    os.environ.pop("GDK_DEBUG", None) # or no other would be there to be chosen
    os.environ.pop("GDK_DISABLE", None)
    devices = [path for name in ("dri/renderD*", "nvidia*", "dxg", "mali*", "kgsl*") for path in pathlib.Path("/dev").glob(name)]
    if not devices:
        assert measure(file, "idle")["renderer"] == "GskCairoRenderer"
    os.environ["GSK_RENDERER"] = "gl"
    assert measure(file, "idle")["renderer"] in ("GskGLRenderer", "GskNglRenderer")


def words(data):
    """without JSON it prints words; what it does not know, it refuses in one line; it leaves nothing behind"""
    os.environ["TMPDIR"] = str(data)
    done = benchmark(scene(data), "--script", "pan-fit", "--seconds", 0.2)
    assert done.returncode == 0 and "cost: p50" in done.stdout, done
    for file, script in ((scene(data), "no-such-script"), (data / "none.excalidraw", "pan-fit")):
        done = benchmark(file, "--script", script)
        assert done.returncode == 1 and not done.stdout and len(done.stderr.splitlines()) == 1, done
        assert done.stderr.startswith("tela: "), done
    assert not list(data.glob("tela-benchmark-*"))


os.environ.pop("TELA_KEY", None)
desktop.run([moves, hands, idle, renderer, words])
