"""Drives real Tela processes on the X display of the environment, as a person would: windows, pointer, keys, pictures."""
import collections
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib

BUILD = pathlib.Path(os.environ.get("TELA_BUILD_DIR", "build")).resolve()
# What a whole program leaves to its end cannot be told from what GTK and GLib leave (an outgrown table of quarks, the
# formats of a drag): leaks are looked for in the tests of single rooms.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
# What GTK 4.24 offers to tests of single widgets ends a program that announces something.
if os.environ.get("GTK_A11Y") == "test":
    os.environ["GTK_A11Y"] = "none"
DEADLINE = 60.0  # generous: sanitized builds on busy machines


# What GTK 4.24 says now and then where a menu is drawn on X11; nothing is amiss there.
DRAWN_TWICE = re.compile(r"\n\(tela:.*gdk_frame_timings_submitted\(\) called on submitted frame\.\n")

started = []
running = ""  # the program and the test, which a picture of a failure is named after


def spawn(program, *words, through=(), **options):
    """Starts a program of the build, by way of another if need be; the end of the test ends it too, whatever happens in
    between."""
    process = subprocess.Popen([*through, BUILD / program, *map(str, words)], **options)
    started.append(process)
    return process


def end_all():
    while started:
        process = started.pop()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()


def until(condition, what, seconds=DEADLINE):
    """Polls until condition() is true and returns its value; a late one is a failure that says what was missing."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            if "DISPLAY" in os.environ:
                Picture().save(BUILD / f"failed-{running}.png")
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(0.03)


def again_until(act, condition, what, every=3.0):
    """Acts, and acts again as long as that has not had its effect for so many seconds: whoever is to take it may not be there
    yet. Only for what does no harm when it is done twice."""
    last = time.monotonic() - every

    def done():
        nonlocal last
        if condition():
            return True
        if time.monotonic() - last >= every:
            act()
            last = time.monotonic()
        return condition()
    until(done, what)


class Gone(Exception):
    """There is no such window any more."""


class Picture:
    """Pixels of the root window or of another, from xwd's dump (version 7, least significant byte first)."""

    def __init__(self, *window):
        words = ["xwd", "-silent", *(window or ["-root"])]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if b"BadDrawable" in done.stderr: # a window that went while it looked at all of them
            done = subprocess.run(words, stdout=subprocess.PIPE, check=False)
        dump = done.stdout
        if len(dump) < 100:
            raise Gone(f"no picture of {window or 'the screen'}")
        header = struct.unpack(">25I", dump[:100])
        self.width, self.height, self.step, self.stride = header[4], header[5], header[11] // 8, header[12]
        self.data = memoryview(dump)[header[0] + header[19] * 12:]

    def pixel(self, x, y):
        at = y * self.stride + x * self.step
        blue, green, red = self.data[at:at + 3]
        return red, green, blue

    def count(self, box, matches):
        """How many pixels of box (x, y, width, height) match."""
        found = collections.Counter()
        pixels = self.box(box)
        found.update(memoryview(pixels).cast("I") if self.step == 4 else zip(*[iter(pixels)] * self.step))
        return sum(n for value, n in found.items() if matches(self.colour(value)))

    @staticmethod
    def colour(value):
        blue, green, red = value.to_bytes(4, sys.byteorder)[:3] if isinstance(value, int) else value[:3]
        return red, green, blue

    def box(self, box):
        x, y, width, height = box
        return b"".join(bytes(self.data[(y + j) * self.stride + x * self.step:][:width * self.step]) for j in range(height))

    def save(self, path):
        rows = b"".join(
            b"\0" + bytes(channel for x in range(self.width) for channel in self.pixel(x, y)) for y in range(self.height))

        def chunk(kind, body):
            return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

        pathlib.Path(path).write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b""))


def is_ink(pixel):
    """Dark, as ink on paper is."""
    return max(pixel) < 110


def xdotool(*words):
    return subprocess.run(["xdotool", *map(str, words)], check=True, stdout=subprocess.PIPE, text=True).stdout


class Window:
    def __init__(self, xid, process, is_menu=False):
        self.xid, self.process, self.is_menu = xid, process, is_menu
        self.x = self.y = self.width = self.height = 0
        self.last = None  # how it looked when it was last asked whether it is drawn

    def measure(self):
        place = dict(line.split("=") for line in xdotool("getwindowgeometry", "--shell", self.xid).split() if "=" in line)
        self.x, self.y = int(place["X"]), int(place["Y"])
        self.width, self.height = int(place["WIDTH"]), int(place["HEIGHT"])

    def place(self, x, y, width, height):
        xdotool("windowsize", self.xid, width, height, "windowmove", self.xid, x, y)

        def there():
            self.measure()
            return abs(self.x - x) < 60 and abs(self.width - width) < 120
        until(there, f"window {self.xid} at {x},{y}")
        self.wait_until_drawn()

    def wait_until_drawn(self):
        """Until it looks the same twice. What is clicked on before that may be anything."""
        until(self.is_drawn, f"window {self.xid}, drawn")
        self.measure()

    def is_drawn(self):
        """Asked again and again. What is not drawn yet is black, and the most of a window is not; a menu has a wide shadow."""
        try:
            before, self.last = self.last, Picture("-id", self.xid)
        except Gone:
            return False
        width, height = self.last.width, self.last.height
        return (before is not None and (before.width, before.height, before.data) == (width, height, self.last.data) and
                (len(set(self.last.data)) > 8 if self.is_menu else 2 * self.last.count((0, 0, width, height), is_ink) < width * height))

    def wait_for_board(self, name):
        """Its title comes before its picture: until then there is the list, whose ground is not quite white."""
        until(lambda: self.title() == name, f"the board {name}")

        def is_paper():
            place = dict(line.split("=") for line in xdotool("getwindowgeometry", "--shell", self.xid).split() if "=" in line)
            x, y, width, height = (int(place[key]) for key in ("X", "Y", "WIDTH", "HEIGHT"))
            return all(Picture().pixel(x + width // 2, y + round(f * height)) == (255, 255, 255) for f in (0.91, 0.93))
        until(is_paper, f"the paper of {name}")

    def title(self):
        return xdotool("getwindowname", self.xid).strip()

    def focus(self):
        xdotool("windowraise", self.xid, "windowfocus", "--sync", self.xid)

    def key(self, *keys):
        self.focus()
        xdotool("key", "--delay", 30, *keys)

    def type(self, text):
        self.focus()
        xdotool("type", "--delay", 20, text)

    def at(self, fx, fy):
        """Screen position of a fraction of the window."""
        return round(self.x + fx * self.width), round(self.y + fy * self.height)

    def click(self, fx, fy, button=1):
        xdotool("mousemove", *self.at(fx, fy), "click", button)

    def click_on(self, node):
        """Of what a screen reader finds in it."""
        self.measure()
        self.focus()
        x, y = node.middle()
        xdotool("mousemove", self.x + x, self.y + y, "sleep", 0.1, "click", 1)

    def press(self, points):
        """Button down at the first point and along the others; still down."""
        self.focus()
        xdotool("mousemove", *self.at(*points[0]), "sleep", 0.05, "mousedown", 1)
        self.move(points[1:])

    def move(self, points):
        for point in points:
            xdotool("mousemove", *self.at(*point), "sleep", 0.016)

    def release(self):
        xdotool("mouseup", 1)

    def drag(self, points):
        self.press(points)
        self.release()

    def box(self, fx0, fy0, fx1, fy1):
        (x0, y0), (x1, y1) = self.at(fx0, fy0), self.at(fx1, fy1)
        return x0, y0, x1 - x0, y1 - y0

    def ink(self, *fractions):
        return Picture().count(self.box(*fractions), is_ink)

    def steady_ink(self, *fractions):
        """Once two pictures in a row agree and there is paper to be seen: a window that was just placed is drawn anew."""
        box = self.box(*fractions)
        last = None

        def same():
            nonlocal last
            before, last = last, Picture()
            return before is not None and before.box(box) == last.box(box) and 2 * last.count(box, is_ink) < box[2] * box[3]
        until(same, "a steady picture")
        return last.count(box, is_ink)


def titles_of(pid):
    """The windows that a process shows: identifiers and titles. Its menus and tips are windows too, to the server, which have
    the name of the program."""
    found = {}
    for xid in ask("xdotool", "search", "--onlyvisible", "--pid", pid).split():
        title = ask("xdotool", "getwindowname", xid).strip()
        if title and title != "tela":
            found[xid] = title
    return found


def ask(*words):
    """What a program prints; nothing, if what it was asked about has gone meanwhile."""
    return subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout


class Tela:
    """One process of the application."""

    def __init__(self, *words, through=()):
        self.process = spawn("tela", *words, through=through, stderr=subprocess.PIPE)
        self.seen = []

    def windows(self, n):
        """Waits until the process shows n windows, and returns them in the order they came."""
        def look():
            if self.process.poll() is not None:
                raise AssertionError(f"tela ended with {self.process.returncode}: {self.process.stderr.read().decode()}")
            for xid in titles_of(self.process.pid):
                self.see(xid)
            return len(self.seen) >= n
        until(look, f"{n} windows")
        return self.seen[:n]

    def see(self, xid):
        if xid not in [window.xid for window in self.seen]:
            self.seen.append(Window(xid, self))
        return next(window for window in self.seen if window.xid == xid)

    def titled(self, title):
        """The window of that title, once it is there and drawn."""
        def look():
            found = [self.see(xid) for xid, name in titles_of(self.process.pid).items() if name == title]
            return next((window for window in found if window.is_drawn()), None)
        window = until(look, f"the window {title}")
        window.measure()
        return window

    def popup(self, seconds=DEADLINE):
        """The menu or the like that is being opened, once it is drawn. It takes keys from then on."""
        def look():
            shown = ask("xdotool", "search", "--onlyvisible", "--pid", self.process.pid).split()
            return next((xid for xid in shown if xid not in titles_of(self.process.pid)), None)
        window = Window(until(look, "a menu", seconds), self, is_menu=True)
        window.wait_until_drawn()
        return window

    def forget(self, window):
        """It closes: waits until it is gone, and counts it no more."""
        until(lambda: window.xid not in ask("xdotool", "search", "--onlyvisible", "--pid", self.process.pid).split(),
              f"the end of window {window.xid}")
        self.seen.remove(window)

    def window(self, board=None):
        """The first window, once it shows that board."""
        window = self.windows(1)[0]
        if board is not None:
            window.wait_for_board(board)
        return window

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stderr.close()

    def quit(self):
        """Asks it to end, waits, and returns what it wrote to the console."""
        self.process.terminate()
        try:
            _, errors = self.process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("tela did not end when asked to")
        assert self.process.returncode == 0, (self.process.returncode, errors.decode())
        return DRAWN_TWICE.sub("", errors.decode())


def cli(*words, stdin=None, check=True, env=None):
    """Runs tela-cli and returns its standard output."""
    done = subprocess.run([BUILD / "tela-cli", *map(str, words)], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=2 * DEADLINE, env={**os.environ, **(env or {})})
    if check and done.returncode != 0:
        raise AssertionError(f"tela-cli {' '.join(map(str, words))}: {done.returncode}: {done.stderr}")
    return done.stdout if check else done


def limited_cli(file_size, *words, stdin=None):
    """tela-cli where no file may grow over file_size bytes, as on a full disk."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    return subprocess.run([BUILD / "tela-cli", *map(str, words)], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=2 * DEADLINE, preexec_fn=limit, restore_signals=False)


class Serve:
    """tela-cli serve, on a port of its choice at the first start and on the same one after."""

    def __init__(self, data, *words):
        self.data, self.words = data, words
        self.start()

    def start(self):
        self.process = spawn("tela-cli", "serve", "--data", self.data, "--print-keys", *self.words, stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        self.url, self.anon_key, self.service_key = ready["url"], ready["anon_key"], ready["service_role_key"]

    def ask(self, path, row=None):
        request = urllib.request.Request(self.url + path, row and json.dumps(row).encode(), {
            "apikey": self.anon_key, "authorization": f"Bearer {self.service_key}", "content-type": "application/json"})
        return urllib.request.urlopen(request, timeout=DEADLINE)

    def rows(self, query):
        return json.load(self.ask("/rest/v1/" + query))

    def admit(self, board, user):
        """Makes somebody an editor of the board."""
        assert self.ask("/rest/v1/project_members", {"project_id": board, "user_id": user, "role": "editor"}).status == 201

    def sign_up(self, email, password):
        """A user with an account; their id."""
        return json.load(self.ask("/auth/v1/signup", {"email": email, "password": password}))["user"]["id"]

    def set_role(self, board, user, role):
        """Of a member."""
        request = urllib.request.Request(
            f"{self.url}/rest/v1/project_members?project_id=eq.{board}&user_id=eq.{user}", json.dumps({"role": role}).encode(), {
                "apikey": self.anon_key, "authorization": f"Bearer {self.service_key}", "content-type": "application/json"}, method="PATCH")
        assert urllib.request.urlopen(request, timeout=DEADLINE).status in (200, 204)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.process.terminate()
        assert self.process.wait(timeout=DEADLINE) == 0
        self.process.stdout.close()


def use_settings(folder, **values):
    """From now on whoever is started has settings of its own, kept in that folder; texts and numbers."""
    settings = folder / "glib-2.0" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{name.replace('_', '-')}={value!r}\n" for name, value in values.items())
    (settings / "keyfile").write_text(f"[io/github/telacanvas/Tela]\n{lines}")
    os.environ.update(GSETTINGS_BACKEND="keyfile", XDG_CONFIG_HOME=str(folder))


def join(serve, path, board, name, **settings):
    """A new person with a process of their own, admitted, with a window on the board."""
    words = ("--data", path / name, "--url", serve.url, "--key", serve.anon_key)
    serve.admit(board, json.loads(cli("doctor", "--json", *words))["user"])
    use_settings(path / f"{name}-settings", person_name=name, **settings)
    return Tela(*words, "--board", board)


def endpoint(data):
    with contextlib.suppress(OSError, ValueError):
        return json.loads((pathlib.Path(data) / "server" / "endpoint.json").read_text())
    return None


def metrics(url):
    """The backend's counters by name."""
    text = urllib.request.urlopen(f"{url}/metrics", timeout=DEADLINE).read().decode()
    return {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if line and line[0] != "#"}


def dump(data, board, *words):
    return cli("dump", board, "--data", data, *words)


def elements(data, board, *words):
    return json.loads(dump(data, board, *words))["elements"]


COMMA = "pt_BR.UTF-8"


def speak_with_comma():
    """Puts what is started from now on into a locale whose decimal separator is a comma. Makes it, if this system has what
    it is made of, else returns False."""
    folder = BUILD / "locale"
    if not (folder / COMMA).exists():
        folder.mkdir(exist_ok=True)
        # Whole or not at all: another test may look for it at the same time.
        with tempfile.TemporaryDirectory(dir=folder) as place, contextlib.suppress(OSError):
            subprocess.run(["localedef", "-i", "pt_BR", "-f", "UTF-8", f"{place}/{COMMA}"], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False)
            os.rename(f"{place}/{COMMA}", folder / COMMA)
    os.environ.update(LOCPATH=str(folder), LC_ALL=COMMA)
    said = subprocess.run(["locale", "decimal_point"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return said.stdout.strip() == ","


@contextlib.contextmanager
def scratch():
    """A directory for one test, gone afterwards."""
    path = tempfile.mkdtemp(prefix="tela-e2e-")
    try:
        yield pathlib.Path(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


STROKE = [(0.35 + 0.02 * i, 0.45 + 0.004 * (i % 5) * (-1) ** (i // 5)) for i in range(16)]


def side_by_side(windows, width=680, height=820):
    for i, window in enumerate(windows):
        window.place(10 + i * (width + 10), 20, width, height)


def run(tests):
    """Runs test functions as TAP, those only that have a word of the command line in it, if there are any; the name of a test is its first doc line."""
    words = sys.argv[1:]
    tests = [test for test in tests if not words or any(word in test.__doc__ or word == test.__name__ for word in words)]
    global running
    print(f"1..{len(tests)}", flush=True)
    failures = 0
    for number, test in enumerate(tests, 1):
        name = test.__doc__.strip().splitlines()[0]
        running = f"{pathlib.Path(sys.argv[0]).stem}-{test.__name__}"
        try:
            with scratch() as path:
                test(path)
            print(f"ok {number} - {name}", flush=True)
        except Exception as problem:  # noqa: BLE001: whatever it is, the other tests still run
            failures += 1
            import traceback
            traceback.print_exc()
            print(f"not ok {number} - {name}: {problem}".replace("\n", " "), flush=True)
        finally:
            end_all()
    sys.exit(bool(failures))
