#!/usr/bin/env python3
"""A server of its own: killed and started again while two people draw."""
import json

import reader
from dialogs import Dialog

import desktop


def client(serve, path, board):
    """A new anonymous user, admitted, with a window on the board."""
    words = ("--data", path, "--url", serve.url, "--key", serve.anon_key)
    user = json.loads(desktop.cli("doctor", "--json", *words))["user"]
    serve.admit(board, user)
    return desktop.Tela(*words, "--board", board), words


def killed_and_started(path):
    """server killed and started while both draw: both say so, both end equal to tela-cli dump"""
    serve = desktop.Serve(path / "served")
    board = desktop.cli("new", "Plan", "--data", path / "served").strip()
    (left, left_words), (right, right_words) = (client(serve, path / name, board) for name in ("left", "right"))
    windows = left.window("Plan"), right.window("Plan")
    desktop.side_by_side(windows)
    try:
        desktop.until(lambda: desktop.metrics(serve.url)["tela_websockets"] == 2, "two WebSockets")
        for window in windows:
            window.key("p")
        windows[0].drag(desktop.STROKE)
        desktop.until(lambda: len(desktop.elements(path / "served", board)) == 1, "the first stroke")

        online = [window.box(0.0, 0.0, 1.0, 0.08) for window in windows]
        pictures = [desktop.Picture().box(box) for box in online]
        serve.kill()
        desktop.until(lambda: all(desktop.Picture().box(box) != was for box, was in zip(online, pictures)),
                      "both header bars saying that there is no connection")
        windows[0].drag([(x, y + 0.1) for x, y in desktop.STROKE])
        windows[1].drag([(x, y + 0.2) for x, y in desktop.STROKE])
        desktop.Picture().save(desktop.BUILD / "offline.png")
        serve.start()
        desktop.until(lambda: len(desktop.elements(path / "served", board)) == 3, "all three strokes on the server")
    finally:
        left.quit()
        right.quit()
    wanted = desktop.dump(path / "served", board)
    for words in (left_words, right_words):
        mine = desktop.cli("dump", board, *words)
        assert mine == wanted, "a replica differs from the server"
    serve.stop()


def with_an_account(path):
    """who has an account is asked for the password, again if it was wrong, and at the next start no more"""
    serve = desktop.Serve(path / "served")
    user = serve.sign_up("ana@example.org", "correct horse")
    words = ("--data", path / "ana", "--url", serve.url, "--key", serve.anon_key, "--email", "ana@example.org")
    tela = desktop.Tela(*words)
    window = tela.window()
    for password in ("wrong horse", "correct horse"):
        question = Dialog(tela, window, "Sign In")
        question.type(password)
        question.key("Return")
        question.wait_until_gone()
    desktop.until(lambda: desktop.metrics(serve.url)["tela_websockets"] == 1, "the connection")
    errors = tela.quit()
    assert errors == "", errors
    tela = desktop.Tela(*words, "--board", "Plan")
    tela.window("Plan")
    desktop.until(lambda: [board["owner"] for board in serve.rows("projects?select=owner&name=eq.Plan")] == [user], "the board of that user")
    errors = tela.quit()
    assert errors == "", errors
    serve.stop()


tests = [killed_and_started]
if reader.find_bus() is not None:
    tests.append(with_an_account)
desktop.run(tests)
