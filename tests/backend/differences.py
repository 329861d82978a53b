#!/usr/bin/env python3
"""Says to our server what was said to the real one, and compares the answers field by field.

Refs, times, ids and the order of keys may differ; all else stands in differences.md with its reason, or fails. A listed
difference that is gone fails too. Transcripts of our own are in tests/data/backend, recorded ones in ../shared."""
import concurrent.futures
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import desktop  # noqa: E402
from comparison import Listed  # noqa: E402
from player import Player  # noqa: E402

OWN = HERE.parent / "data" / "backend"
RECORDED = HERE.parents[2] / "shared" / "transcripts"


def play(path, listed):
    """The differences that are not listed, and those listed that are none."""
    player = Player(path, listed)
    with desktop.scratch() as data:
        player.play(data)
    return player.problems + [f"listed, but no difference any more: {entry}" for entry in listed.vanished(player.file)]


def check(path, played):
    def test(_):
        problems = played.result()
        for problem in problems:
            print(f"# {problem}", file=sys.stderr)
        assert not problems, f"{len(problems)} differences"
    test.__doc__ = f"{path.parent.name}/{path.stem}"
    return test


def check_stars(listed):
    def test(_):
        """every difference of all transcripts is still there"""
        gone = [entry for entry, count in listed.known.items() if count == 0 and entry.startswith("* ")]
        assert not gone, gone
    return test


def main():
    listed = Listed(HERE / "differences.md")
    only = sys.argv[1:]
    paths = sorted(OWN.glob("*.jsonl")) + [path for path in sorted(RECORDED.glob("*.jsonl")) if path.stem not in listed.skipped]
    paths = [path for path in paths if not only or path.stem in only]
    # Each has a server of its own, and much of it is waiting, as the server waits after a join that failed.
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        tests = [check(path, pool.submit(play, path, listed)) for path in paths]
    if not RECORDED.exists():
        print("# There are no transcripts of the real server here: only those of our own are played")
    if not only:
        tests.append(check_stars(listed))
    desktop.run(tests)


main()
