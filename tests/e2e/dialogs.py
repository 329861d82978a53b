"""What a program asks: in a window of its own up to libadwaita 1.4, in a part of the window below from 1.5 on."""
import reader

import desktop


class Dialog:
    """The one of that title over a window, once it takes keys."""

    def __init__(self, tela, below, title):
        self.tela, self.title = tela, title
        found = desktop.until(lambda: next(self.find(), None), f"the dialog {title}")
        self.node, self.is_window = found
        self.window = tela.titled(title) if self.is_window else below
        if not self.is_window:
            desktop.until(lambda: any(node.has(reader.FOCUSED) for node in self.node.walk()), f"the focus in the dialog {title}")

    def find(self):
        program = reader.find_program(reader.find_bus(), self.tela.process.pid)
        for window in program.children() if program else []:
            for node in (window, *(child for part in window.children() for child in part.children())):
                if node.get("Name") == self.title and (node is window or "dialog" in node.role()):
                    yield node, node is window

    def key(self, *keys):
        self.window.key(*keys)

    def type(self, text):
        self.window.type(text)

    def wait_until_gone(self):
        if self.is_window:
            self.tela.forget(self.window)
        else:
            desktop.until(lambda: all(node.place != self.node.place for node, _ in self.find()), f"the end of the dialog {self.title}")
