#!/usr/bin/env python3
# Copyright The Tela authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running the backend as a service, sharing it, joining it, copying it: with the programs as they are."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import unittest
import urllib.request

CLI = os.path.join(os.environ["TELA_BUILD_DIR"], "tela-cli")
# Leaks are looked for in rooms, not in whole programs.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
MARK = "a sentence that stands on a board alone"


def cli(data, *words, stdin=None, ok=True, url=None):
    """What the command prints."""
    command = [CLI, words[0], "--data", data] + (["--url", url] if url else []) + list(words[1:])
    run = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60)
    if ok and run.returncode != 0:
        raise AssertionError(f"{command}: {run.returncode}\n{run.stderr}")
    return run.stdout if ok else run


class Service:
    """A tela-cli serve, and the one who supervises it."""

    def __init__(self, data, log):
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = os.path.join(data, "notify")
        self.notify.bind(path)
        self.notify.settimeout(60)
        self.log = open(log, "a")
        self.process = subprocess.Popen(
            [CLI, "serve", "--data", data, "--log", "json"], stdout=subprocess.PIPE, stderr=self.log, text=True,
            env=dict(os.environ, NOTIFY_SOCKET=path, G_MESSAGES_DEBUG="all"))
        line = self.process.stdout.readline()
        if not line:
            with open(log) as file:
                raise AssertionError(file.read())
        self.ready = json.loads(line)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self):
        status = self.process.wait(20)
        self.process.stdout.close()
        self.notify.close()
        self.log.close()
        return status


class Test(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="tela-service-")
        self.addCleanup(shutil.rmtree, self.dir)
        self.data = self.path("host")
        os.mkdir(self.data)
        self.log = self.path("log")

    def path(self, name):
        return os.path.join(self.dir, name)

    def start(self):
        service = Service(self.data, self.log)
        self.addCleanup(lambda: service.process.poll() is None and service.process.kill())
        return service

    def board(self):
        project = json.loads(cli(self.data, "new", "--json", "Plans"))["id"]
        cli(self.data, "edit", project, stdin=json.dumps({"id": "t", "set": {"type": "text", "text": MARK}}) + "\n")
        return project

    def test_notify(self):
        service = self.start()
        self.assertEqual(service.notify.recv(100), b"READY=1")
        service.process.send_signal(signal.SIGTERM)
        self.assertEqual(service.notify.recv(100), b"STOPPING=1")
        self.assertEqual(service.wait(), 0)

    def test_share_and_join(self):
        service = self.start()
        project = self.board()
        state = json.loads(cli(self.data, "share", "--json", "on", "--address", "127.0.0.1"))
        self.assertTrue(state["on"])
        self.assertEqual(len(state["addresses"]), 1)
        link = json.loads(cli(self.data, "share", "--json", "invite", "Plans", "--role", "editor", "--hours", "1"))["link"]
        self.assertTrue(link.startswith("tela://join?"))

        guest = self.path("guest")
        welcome = json.loads(cli(guest, "join", "--json", link))
        self.assertEqual(welcome["project"], project)
        self.assertTrue(welcome["url"].startswith("https://127.0.0.1:"))
        self.assertIn(MARK, cli(guest, "dump", project, url=welcome["url"]))
        cli(guest, "edit", project, url=welcome["url"], stdin=json.dumps({"id": "t", "set": {"x": 5}}) + "\n")
        self.assertEqual(cli(guest, "dump", project, url=welcome["url"]), cli(self.data, "dump", project))

        people = json.loads(cli(self.data, "share", "--json", "people", "Plans"))
        self.assertEqual([member["role"] for member in people["members"]], ["owner", "editor"])
        cli(self.data, "share", "revoke", people["invites"][0]["id"])
        self.assertEqual(cli(self.path("other"), "join", link, ok=False).returncode, 1)
        cli(self.data, "share", "remove", "Plans", people["members"][1]["user_id"])
        people = json.loads(cli(self.data, "share", "--json", "people", "Plans"))
        self.assertEqual(len(people["members"]), 1)
        self.assertEqual(people["invites"], [])
        self.assertFalse(json.loads(cli(self.data, "share", "--json", "off"))["on"])
        self.assertEqual(service.stop(), 0)
        self.check_log(link)

    def check_log(self, link):
        """Each line is JSON, and no secret is in any."""
        with open(os.path.join(self.data, "server", "keys.json")) as file:
            secrets = [json.load(file)["secret"]]
        for part in link.split("?")[1].split("&"):
            if part.startswith("c="):
                secrets.append(part[2:])
        secrets += [MARK, "eyJhbGciOi", "Bearer ", "refresh_token"]
        with open(self.log) as file:
            text = file.read()
        for line in text.splitlines():
            entry = json.loads(line)
            self.assertEqual(sorted(entry), ["domain", "level", "message", "time"])
        for secret in secrets:
            self.assertNotIn(secret, text)

    def test_wrong_links(self):
        for link in ["tela://join?", "https://example.org", ""]:
            self.assertEqual(cli(self.path("guest"), "join", link, ok=False).returncode, 1)
        self.assertEqual(cli(self.data, "share", ok=False).returncode, 2)
        self.assertEqual(cli(self.data, "share", "nonsense", ok=False).returncode, 2)

    def test_backup(self):
        service = self.start()
        project = self.board()
        archive = self.path("copy.tar")
        with open(archive + ".part", "w", encoding="utf-8"):  # left by one that was ended, for all to read
            os.chmod(archive + ".part", 0o644)
        cli(self.data, "backup", archive)
        self.assertEqual(os.stat(archive).st_mode & 0o777, 0o600)
        self.assertEqual([name for name in os.listdir(os.path.join(self.data, "server")) if "snapshot" in name], [])
        dump = cli(self.data, "dump", "--all", project)
        cli(self.data, "edit", project, stdin=json.dumps({"id": "t", "delete": True}) + "\n")  # after the copy
        self.assertEqual(service.stop(), 0)

        restored = self.path("restored")
        os.mkdir(restored)
        with tarfile.open(archive) as tar:
            names = tar.getnames()
            tar.extractall(restored)
        self.assertIn("server/backend.db", names)
        self.assertIn("server/keys.json", names)
        self.assertEqual(cli(restored, "dump", "--all", project), dump)

    def test_metrics(self):
        service = self.start()
        with urllib.request.urlopen(service.ready["url"] + "/metrics") as answer:
            text = answer.read().decode()
        names = [line.split()[0] for line in text.splitlines() if not line.startswith("#")]
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertIn(f"# HELP {name} ", text)
            self.assertIn(f"# TYPE {name} ", text)
        self.assertEqual(service.stop(), 0)

    def test_load(self):
        report = json.loads(cli(self.data, "load", "--json", "--clients", "20", "--rate", "5", "--for", "2"))
        self.assertEqual(report["lost"], 0)
        self.assertEqual(report["gaps"], 0)
        self.assertTrue(report["converged"])


class Tap(unittest.TextTestResult):
    """One line a test, as the harness reads them."""

    n = 0

    def say(self, word, test):
        Tap.n += 1
        print(f"{word} {Tap.n} /cli/service/{test._testMethodName[5:]}", flush=True)

    def addSuccess(self, test):
        self.say("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say("not ok", test)

    addError = addFailure


if __name__ == "__main__":
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(Test)
    print(f"1..{tests.countTestCases()}")
    result = unittest.TextTestRunner(stream=sys.stderr, resultclass=Tap).run(tests)
    sys.exit(0 if result.wasSuccessful() else 1)
