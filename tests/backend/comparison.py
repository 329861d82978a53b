"""What may differ between two frames, and what is known to."""
import re

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Listed:
    """differences.md: "- `FILE:LINE PATH`", a star for any file and line; "- `FILE`" for one that does not apply."""

    def __init__(self, path):
        entries = re.findall(r"^- `([^`]+)`", path.read_text(), re.M)
        self.skipped = [entry for entry in entries if " " not in entry]
        self.known = {entry: 0 for entry in entries if " " in entry}

    def take(self, file, line, path):
        for entry in (f"{file}:{line} {path}", f"* {path}"):
            if entry in self.known:
                self.known[entry] += 1
                return True
        return False

    def vanished(self, file):
        return [entry for entry, count in self.known.items() if count == 0 and entry.startswith(f"{file}:")]


class Names:
    """Numbers for what has no meaning of its own, in the order in which it comes up."""

    def __init__(self):
        self.seen = {}

    def name(self, kind, value):
        return self.seen.setdefault((kind, value), f"{kind} {len(self.seen)}")

    def plain(self, value, member=None):
        if isinstance(value, dict):
            return {UUID.sub(lambda found: self.name("id", found[0]), name): self.plain(value[name], name) for name in sorted(value)}
        if isinstance(value, list):
            return [self.plain(item, member) for item in value]
        if member in ("phx_ref", "phx_ref_prev"):
            return self.name("ref", value)
        if member in ("id", "ids") and isinstance(value, int) and value > 1 << 10:
            return self.name("subscription", value)
        if member == "commit_timestamp":
            return "time"
        if not isinstance(value, str):
            return value
        value = re.sub(r"expired \d+ seconds", "expired N seconds", value)
        return UUID.sub(lambda found: self.name("id", found[0]), value)


def differ(theirs, ours, path=""):
    """(path, theirs, ours) of each field that is not the same."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in sorted({*theirs, *ours}):
            inner = f"{path}.{name}" if path else name
            if name not in ours or name not in theirs:
                yield inner, theirs.get(name, "nothing"), ours.get(name, "nothing")
            else:
                yield from differ(theirs[name], ours[name], inner)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for at, (one, other) in enumerate(zip(theirs, ours)):
            yield from differ(one, other, f"{path}[{at}]")
    elif theirs != ours or isinstance(theirs, bool) != isinstance(ours, bool):
        yield path, theirs, ours
