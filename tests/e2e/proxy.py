"""A TCP proxy that can cut and restore the network between a client and a server on this machine."""
import socket
import threading
import time


class Proxy:
    def __init__(self, port):
        self.target, self.pairs, self.up = port, [], True
        self.tries = []  # when somebody came while it was cut
        self.came = 0  # when somebody last came while it was not
        self.flows = threading.Event()
        self.flows.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if not self.up:
                self.tries.append(time.monotonic())
                near.close()
                continue
            self.came = time.monotonic()
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            self.pairs.append((near, far))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source, sink):
        try:
            while data := source.recv(65536):
                self.flows.wait()
                sink.sendall(data)
        except OSError:
            pass
        self.flows.wait()  # nor does the end of one come through
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def stall(self):
        """From now on nothing comes through, and nobody is told."""
        self.flows.clear()

    def cut(self):
        self.up = False
        self.flows.set()
        for pair in self.pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        self.pairs.clear()

    def restore(self):
        self.up = True
        self.flows.set()

    def close(self):
        self.cut()
        self.listener.close()
