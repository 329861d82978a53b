"""What a screen reader is told: the tree of a program as it stands on the bus of AT-SPI."""
import os
import re
import subprocess

# Whoever starts the tests keeps the programs from looking for a bus; here it is wanted.
for name in ("GTK_A11Y", "NO_AT_BRIDGE"):
    os.environ.pop(name, None)

ROOT = "/org/a11y/atspi/accessible/root"
CHECKED, FOCUSED, SELECTED = 4, 12, 23  # numbers of states
STRING = r"'((?:[^'\\]|\\.)*)'"


def call(bus, name, path, method, *words):
    """The reply as gdbus prints it; empty if the object has gone meanwhile."""
    done = subprocess.run(["gdbus", "call", "--session", "--dest", name, "--object-path", path, "--method", method, *words],
                          env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True)
    return done.stdout


def find_bus():
    reply = subprocess.run(["gdbus", "call", "--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus", "--method",
                            "org.a11y.Bus.GetAddress"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    found = re.search(STRING, reply)
    return found and found[1]


class Node:
    """An object of the tree."""

    def __init__(self, bus, name, path):
        self.bus, self.place = bus, (name, path)

    def ask(self, method, *words):
        return call(self.bus, *self.place, method, *words)

    def get(self, prop):
        found = re.search(STRING, self.ask("org.freedesktop.DBus.Properties.Get", "org.a11y.atspi.Accessible", prop))
        return found[1] if found else ""

    def role(self):
        found = re.search(STRING, self.ask("org.a11y.atspi.Accessible.GetRoleName"))
        return found[1] if found else ""

    def has(self, state):
        words = [int(word) for word in re.findall(r"\b\d+\b", self.ask("org.a11y.atspi.Accessible.GetState").replace("uint32", ""))]
        return len(words) > state // 32 and bool(words[state // 32] >> state % 32 & 1)

    def middle(self):
        """Where it is within its window."""
        x, y, width, height = map(int, re.findall(r"-?\d+", self.ask("org.a11y.atspi.Component.GetExtents", "1")))
        return x + width // 2, y + height // 2

    def can_act(self):
        return "<1>" in self.ask("org.freedesktop.DBus.Properties.Get", "org.a11y.atspi.Action", "NActions")

    def act(self):
        self.ask("org.a11y.atspi.Action.DoAction", "0")

    def children(self):
        reply = self.ask("org.a11y.atspi.Accessible.GetChildren")
        return [Node(self.bus, *place) for place in re.findall(rf"\({STRING}, (?:objectpath )?{STRING}\)", reply)]

    def walk(self):
        yield self
        for child in self.children():
            yield from child.walk()

    def is_named(self, name):
        """By its label or its tip, which is not said again where it is the name. GTK 4.8 says mnemonics, and then the label."""
        said = self.get("Name").replace("_", "")
        return name in (said, self.get("Description")) or said == f"{name} {name}"

    def button(self, name):
        """The nearest one below: a board has many."""
        nodes = [self]
        while nodes:
            found = next((node for node in nodes if "button" in node.role() and node.is_named(name)), None)
            if found:
                return found
            nodes = [child for node in nodes for child in node.children()]
        return None

    def find(self, name, description=""):
        return next((node for node in self.walk() if node.get("Name") == name and node.get("Description") == description), None)


def find_program(bus, pid):
    """The program that this process is; None: it is not there yet."""
    for program in find_programs(bus):
        reply = call(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.GetConnectionUnixProcessID",
                     program.place[0])
        if str(pid) in re.findall(r"\b\d+\b", reply.replace("uint32", "")):
            return program
    return None


def find_programs(bus):
    return [program for program in Node(bus, "org.a11y.atspi.Registry", ROOT).children() if program.children()]
