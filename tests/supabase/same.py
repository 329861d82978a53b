#!/usr/bin/env python3
# Copyright The Tela authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The schema for Supabase does what Tela's own backend does: both are asked the same, and answers, rows and broadcasts are
compared. Where they may differ stands in differences.md."""
import datetime
import json
import os
import random
import threading
import time
import uuid

import embedded
import postgres
from embedded import desktop
from operations import Operations, stamp

TIMES = ("created_at", "updated_at", "deleted_at", "last_used_at", "started_at", "finished_at", "expires_at")
TABLES = {"projects": "id", "project_members": "project_id.asc,user_id", "elements": "rev.asc,id", "profiles": "id",
          "invites": "created_at", "fal_jobs": "created_at"}
NOW = 10 * 60000  # ms; what was written so long ago at most was written just now, however busy the machine
server = None  # the cluster that all tests share


def milliseconds(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


class Around:
    """A moment that each server reckons from its own now: two of them are the same if they are as good as that."""

    def __init__(self, ms):
        self.ms = ms

    def __eq__(self, other):
        return isinstance(other, Around) and abs(self.ms - other.ms) < NOW

    def __repr__(self):
        return f"around {self.ms}"


def is_number(value):
    return not isinstance(value, (bool, str, list, dict)) and value is not None


def comparable(value, key="", exact=False):
    """Without what differs by nature: epochs, hosts, and the moment at which something was written; with doubles where a
    value is one of coordinates."""
    if isinstance(value, dict):
        # A board without a picture is one, whether or not there is a place for it.
        return {name: comparable(item, name, exact) for name, item in value.items() if (name, item) != ("thumbnail", None)}
    if isinstance(value, list):
        pairs = all(isinstance(item, list) and len(item) == 2 and all(map(is_number, item)) for item in value)
        if (all(map(is_number, value)) or pairs) and not any(is_beyond(n) for n in flat(value)):
            return [[float(n) for n in item] if pairs else float(item) for item in value]
        return [comparable(item, "", exact) for item in value]
    if key in TIMES and isinstance(value, str):
        ms = milliseconds(value)
        if key == "expires_at":
            return Around(ms)
        return ms if exact or abs(ms - time.time() * 1000) > NOW else "now"
    return "…" if key in ("epoch", "host_id") else value


def is_beyond(n):
    return abs(n) > 1e308 or (abs(n) > 1e7 and n != float(n))


def flat(value):
    return [n for item in value for n in (item if isinstance(item, list) else [item])]


def difference(theirs, ours, where=""):
    """The first one, in a line."""
    if isinstance(theirs, dict) and isinstance(ours, dict) and theirs.keys() == ours.keys():
        return next((found for key in theirs if (found := difference(theirs[key], ours[key], f"{where}/{key}"))), None)
    if isinstance(theirs, (list, tuple)) and isinstance(ours, (list, tuple)) and len(theirs) == len(ours):
        return next((found for i, pair in enumerate(zip(theirs, ours)) if (found := difference(*pair, f"{where}/{i}"))), None)
    return None if theirs == ours else f"{where}: SQL has {str(theirs)[:300]}, the backend {str(ours)[:300]}"


def same(theirs, ours, what):
    assert theirs == ours, f"{difference(theirs, ours)} ({what[:1000]})"


class Both:
    """The two servers with the same people."""

    def __init__(self, path):
        self.sql = server
        self.own = embedded.Embedded(path)
        self.people = []
        self.listeners = []

    def person(self):
        user = self.own.sign_up()
        self.sql.sign_up(user)
        self.people.append(user)
        return user

    def rest(self, user, method, path, body=None):
        """The same request to both; what is answered, if that is the same."""
        answers = [comparable(list(side.rest(user, method, path, body))) for side in (self.sql, self.own)]
        texts = [[status, answer.get("code") if isinstance(answer, dict) and status >= 400 else answer] for status, answer in answers]
        same(*texts, f"{method} {path} {body}")
        return texts[1]

    def board(self, owner, **members):
        board = str(uuid.uuid4())
        assert self.rest(owner, "POST", "/rest/v1/projects", {"id": board, "name": "Board"})[0] == 201
        for user, role in members.items():
            self.member(owner, board, user.removeprefix("u"), role)
        return board

    def member(self, owner, board, user, role):
        row = {"project_id": board, "user_id": user, "role": role}
        assert self.rest(owner, "POST", "/rest/v1/project_members", row)[0] == 201

    def listen(self, user, *topics):
        """What both tell there from now on: a function that compares it."""
        listener = embedded.Listener(self.own, user)
        since = self.sql.admin("select coalesce(max(seq), 0) from realtime.messages")
        for topic in topics:
            assert listener.join(topic)[1] == "ok", topic

        def heard():
            result = []
            for topic in topics:
                pair = [joined(side) for side in (self.sql.messages(topic, since), listener.messages(topic))]
                same(*pair, topic)
                result.append(pair[0])
            return result
        return heard

    def same_rows(self, board):
        """All tables, as an administrator sees them; returned as ours has them."""
        found = {}
        for table, order in TABLES.items():
            where = f"id=eq.{board}" if table == "projects" else f"project_id=eq.{board}" if table != "profiles" else None
            if where is None:
                continue
            pair = [comparable(side.rest("service", "GET", f"/rest/v1/{table}?select=*&{where}&order={order}.asc")[1],
                               exact=table == "elements") for side in (self.sql, self.own)]
            for rows in pair if table in ("invites", "fal_jobs") else []:
                for row in rows:
                    row.pop("id")
                # Two of them may have been made in the same millisecond.
                rows.sort(key=lambda row: json.dumps({**row, "expires_at": None}, sort_keys=True, default=str))
            same(*pair, table)
            found[table] = pair[1]
        return found


def joined(messages):
    """The parts of each change put together: how many there are depends on white space."""
    result = []
    for event, payload in messages:
        assert len(json.dumps(payload, default=str)) < 200000 or len(payload["ops"]) == 1
        payload = comparable(payload)
        if event != "CANVAS_CHANGE":
            result.append((event, payload))
            continue
        part, of = payload.pop("part"), payload.pop("of")
        if part == 1:
            result.append((event, payload))
        else:
            assert result[-1][1]["rev"] == payload["rev"]
            result[-1][1]["ops"] += payload["ops"]
        assert part <= of
    return result


def same_push(both, user, board, ops, replies=None):
    pair = [list(side.push(user, board, ops)) for side in (both.sql, both.own)]
    for status, answer in pair:
        if status == 200:
            assert abs(answer.pop("now") - time.time() * 1000) < NOW
        else:
            answer.pop("message")
            for name in ("details", "hint"):
                answer.pop(name, None)
    same(*map(comparable, pair), "\n".join(ops)[:3000])
    return pair[1]


# ---- tela_push ----


def push_random(path, seed):
    both = Both(path)
    owner, editor = both.person(), both.person()
    board = both.board(owner, **{"u" + editor: "editor"})
    heard = both.listen(owner, f"project:{board}")
    for ops in Operations(random.Random(seed)).calls(60):
        same_push(both, random.Random(len(ops)).choice([owner, editor]), board, ops)
    rows = both.same_rows(board)
    revisions = [payload["rev"] for _, payload in heard()[0]]
    assert revisions == list(range(1, rows["projects"][0]["rev"] + 1)), revisions
    assert len(rows["elements"]) > 5
    for revision in random.Random(seed).sample(revisions, 8) + revisions[-1:]:
        same(*[old_board(side, owner, board, revision) for side in (both.sql, both.own)], f"the board at {revision}")
    return both, board, owner, revisions[-1]


def old_board(side, user, board, revision):
    status, answer = side.rest(user, "POST", "/rest/v1/rpc/tela_version", {"project": board, "rev": revision})
    assert status == 200 and answer["rev"] == revision, answer
    return comparable(sorted(answer["elements"], key=lambda element: element["id"]))


def test_random(path):
    """seeded random operations end alike: replies, rows, revisions, broadcasts"""
    seeds = range(40) if os.environ.get("TELA_TEST_LONG") else (1, 2)
    for seed in seeds:
        with desktop.scratch() as directory:
            push_random(directory, seed)


def test_history(path):
    """making room in the history changes no state that is still kept; named ones come back; the board goes on"""
    both, board, owner, last = push_random(path, 7)
    names = {"project": board, "name": "  Näme\t"}
    ids = [side.rest(owner, "POST", "/rest/v1/rpc/tela_version_name", names)[1]["id"] for side in (both.sql, both.own)]
    before = old_board(both.sql, owner, board, last)
    for limits in ("'0 s', '90 days'", "'0 s', '0 s'", "'0 s', '90 days', 0"):
        server.admin(f"select tela.compact_history({limits})")
        assert old_board(both.sql, owner, board, last) == before, limits
        assert server.rest(owner, "POST", "/rest/v1/rpc/tela_version", {"project": board, "rev": last - 1})[0] == 404
        same_push(both, owner, board, [f'{{"id":"after","at":"{stamp(0, 1)}","set":{{"x":{last}}}}}'])
        last += 1
        before = old_board(both.sql, owner, board, last)
        same(before, old_board(both.own, owner, board, last), "after making room")
    # Somebody has emptied the table: what comes then has a base again.
    server.admin("delete from tela.history")
    server.admin("delete from tela.history_bases")
    same_push(both, owner, board, [f'{{"id":"after","at":"{stamp(0, 2)}","set":{{"y":1}}}}'])
    same(old_board(both.sql, owner, board, last + 1), old_board(both.own, owner, board, last + 1), "from the table")
    lists = [side.rest(owner, "POST", "/rest/v1/rpc/tela_versions", {"project": board})[1]["versions"] for side in (both.sql, both.own)]
    for found in lists:
        assert abs(found[0].pop("at") - time.time() * 1000) < NOW and found[0].pop("id") in ids
    same(*lists, "the named ones")
    for member in ("tela_version", "tela_version_remove", "tela_version"):
        same(*[comparable([status, sorted(answer.get("elements", []), key=lambda element: element["id"])]) for status, answer in (
            side.rest(owner, "POST", f"/rest/v1/rpc/{member}", {"project": board, "id": id})
            for side, id in zip((both.sql, both.own), ids))], member)


def test_values(path):
    """each odd value is taken or refused alike, and wins or loses alike"""
    both = Both(path)
    owner = both.person()
    board = both.board(owner)
    heard = both.listen(owner, f"project:{board}")
    odd = Operations(random.Random(0)).odd_operations()
    at = stamp(0, 9)
    refused = same_push(both, owner, board, odd)[1]["refused"]
    assert {entry["code"] for entry in refused} == {"future", "invalid", "too_large"}, refused
    assert len(refused) < len(odd)
    # Each against each at one stamp: the order of values is one.
    values = Operations.VALUES
    each = ",".join(f'"q{i}":{value}' for i, value in enumerate(values))
    for i, value in enumerate(values):
        all_of_it = ",".join(f'"q{k}":{value}' for k in range(len(values)))
        same_push(both, owner, board, [f'{{"id":"v{i}","at":"{at}","set":{{{members}}}}}' for members in (all_of_it, each, all_of_it)])
    both.same_rows(board)
    heard()


def test_limits(path):
    """calls that are too large are refused as a whole, large ones are told in parts"""
    both = Both(path)
    owner = both.person()
    board = both.board(owner)
    heard = both.listen(owner, f"project:{board}")
    at = stamp(0, 0)
    assert same_push(both, owner, board, [f'{{"id":"{i}","at":"{at}","set":{{"x":1}}}}' for i in range(501)])[0] == 413
    assert same_push(both, owner, board, [f'{{"id":"a","at":"{at}","set":{{"text":"{"x" * 1100000}"}}}}'])[0] == 413
    assert same_push(both, owner, board, [f'{{"id":"{i}","at":"{at}","set":{{"text":"{"x" * 9000}"}}}}' for i in range(100)])[0] == 200
    points = ",".join(f"[{i},{i}]" for i in range(20000))
    assert same_push(both, owner, board, [f'{{"id":"p","at":"{at}","set":{{"points":[{points}]}}}}'])[1]["refused"] == []
    many = ",".join(f'"p{i}":1' for i in range(3000))
    assert same_push(both, owner, board, [f'{{"id":"m","at":"{at}","set":{{{many}}}}}'])[1]["refused"] == []
    more = ",".join(f'"q{i}":1' for i in range(1100))
    assert same_push(both, owner, board, [f'{{"id":"m","at":"{at}","set":{{{more}}}}}'])[1]["refused"][0]["code"] == "too_large"
    both.same_rows(board)
    heard()


def test_lock(_):
    """who pushes at the same time gets dense revisions, told in their order"""
    users = [str(uuid.uuid4()) for _ in range(3)]
    board = str(uuid.uuid4())
    for user in users:
        server.sign_up(user)
    server.rest(users[0], "POST", "/rest/v1/projects", {"id": board})
    for user in users[1:]:
        server.rest(users[0], "POST", "/rest/v1/project_members", {"project_id": board, "user_id": user, "role": "editor"})
    revisions = []

    def work(user, session):
        for i in range(20):
            ops = [f'{{"id":"{user[:8]}","at":"{stamp(0, i)}","set":{{"type":"line","x":{i}}}}}']
            revisions.append(server.push(user, board, ops, session)[1]["rev"])
    threads = [threading.Thread(target=work, args=(user, f"postgres {user}")) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(revisions) == list(range(1, 61)), revisions
    assert [payload["rev"] for _, payload in server.messages(f"project:{board}") if "rev" in payload] == list(range(1, 61))


def test_prune(path):
    """tombstones of three months go, and leave their mark"""
    both = Both(path)
    owner = both.person()
    board = both.board(owner)
    old, new = stamp(-91 * 86400000, 0), stamp(-89 * 86400000, 0)
    for ops in (["a", old, '"type":"line","isDeleted":true'], ["b", old, '"x":1'], ["c", old, '"type":"line"'],
                ["d", new, '"type":"line","isDeleted":true'], ["board", old, '"name":"N"']):
        same_push(both, owner, board, [f'{{"id":"{ops[0]}","at":"{ops[1]}","set":{{{ops[2]}}}}}'])
    server.admin("select tela.tend()")
    rows = server.rest(owner, "GET", f"/rest/v1/elements?project_id=eq.{board}&order=rev.asc")[1]
    assert [row["id"] for row in rows] == ["c", "d", "board"], rows
    assert server.rest(owner, "POST", "/rest/v1/rpc/tela_head", {"project": board})[1]["pruned_rev"] == 2
    server.admin(f"update public.projects set deleted_at = now() - interval '31 days' where id = '{board}'")
    server.admin("select tela.tend()")
    assert server.rest(owner, "GET", f"/rest/v1/projects?id=eq.{board}")[1] == []


# ---- Rights ----


def requests(board, owner, people, job):
    """What everybody tries, in this order."""
    stranger = people["stranger"]
    by_id, in_board = f"id=eq.{board}", f"project_id=eq.{board}"
    for table, order in TABLES.items():
        if table != "profiles":
            yield "GET", f"/rest/v1/{table}?select=*&{by_id if table == 'projects' else in_board}&order={order}.asc", None
    yield "GET", f"/rest/v1/profiles?select=id&id=eq.{owner}", None
    yield "GET", f"/rest/v1/profiles?select=id&id=eq.{stranger}", None
    yield "PATCH", f"/rest/v1/profiles?id=eq.{owner}", {"name": "Mine"}
    yield "POST", "/rest/v1/profiles", {"id": stranger, "name": "x"}
    yield "PATCH", f"/rest/v1/projects?{by_id}", {"name": "Other"}
    yield "PATCH", f"/rest/v1/projects?{by_id}", {"rev": 7}
    yield "PATCH", f"/rest/v1/projects?{by_id}", {"owner": stranger}
    yield "POST", "/rest/v1/projects", {"name": "x", "owner": owner}
    yield "POST", "/rest/v1/projects", {"id": board, "name": "x"}
    yield "POST", "/rest/v1/project_members", {"project_id": board, "user_id": stranger, "role": "owner"}
    yield "POST", "/rest/v1/project_members", {"project_id": board, "user_id": str(uuid.UUID(int=7)), "role": "viewer"}
    yield "PATCH", f"/rest/v1/project_members?{in_board}&user_id=eq.{owner}", {"role": "viewer"}
    yield "PATCH", f"/rest/v1/project_members?{in_board}&user_id=eq.{people['viewer']}", {"role": "owner"}
    yield "PATCH", f"/rest/v1/project_members?{in_board}&user_id=eq.{people['other']}", {"role": "editor"}
    yield "DELETE", f"/rest/v1/project_members?{in_board}&user_id=eq.{people['other']}", None
    yield "DELETE", f"/rest/v1/project_members?{in_board}&user_id=eq.{owner}", None
    yield "POST", "/rest/v1/elements", {"project_id": board, "id": "x", "rev": 9}
    yield "PATCH", f"/rest/v1/elements?{in_board}", {"rev": 9}
    yield "DELETE", f"/rest/v1/elements?{in_board}", None
    yield "POST", "/rest/v1/invites", {"project_id": board, "role": "editor", "created_by": owner}
    yield "PATCH", f"/rest/v1/invites?{in_board}", {"max_uses": 5}
    yield "PATCH", f"/rest/v1/invites?{in_board}", {"role": "editor"}
    yield "POST", "/rest/v1/fal_jobs", {"user_id": owner, "project_id": board, "prompt": "p"}
    yield "POST", "/rest/v1/fal_jobs", {"project_id": board, "prompt": "p"}
    yield "POST", "/rest/v1/fal_jobs", {"project_id": board, "prompt": "p", "sequence": 7}
    yield "PATCH", f"/rest/v1/fal_jobs?id=eq.{job}", {"status": "running", "progress": 0.5}
    yield "PATCH", f"/rest/v1/fal_jobs?id=eq.{job}", {"status": "nonsense"}
    yield "DELETE", f"/rest/v1/fal_jobs?id=eq.{job}", None
    for name in ("head", "people", "versions"):
        yield "POST", f"/rest/v1/rpc/tela_{name}", {"project": board}
    yield "POST", "/rest/v1/rpc/tela_push", {"project": board, "ops": [{"id": "e", "at": stamp(0, 7), "set": {"x": 7}}]}
    yield "POST", "/rest/v1/rpc/tela_push", {"project": str(uuid.UUID(int=7)), "ops": []}
    yield "POST", "/rest/v1/rpc/tela_invite", {"project": board, "role": "viewer", "expires_in": 60, "max_uses": 0}
    yield "POST", "/rest/v1/rpc/tela_invite", {"project": board, "role": "owner", "expires_in": 60, "max_uses": 0}
    yield "POST", "/rest/v1/rpc/tela_join", {"code": "00"}
    for body in ({}, {"rev": 1}, {"rev": 99}, {"rev": 0}, {"id": str(uuid.UUID(int=7))}):
        yield "POST", "/rest/v1/rpc/tela_version", {"project": board, **body}
    for name in ("One", " ", "x" * 201):
        yield "POST", "/rest/v1/rpc/tela_version_name", {"project": board, "name": name}
    yield "POST", "/rest/v1/rpc/tela_version_remove", {"project": board, "id": str(uuid.UUID(int=7))}
    yield "PATCH", f"/rest/v1/projects?{by_id}", {"deleted_at": "2026-01-01T00:00:00Z"}
    yield "GET", f"/rest/v1/projects?select=*&{by_id}", None
    yield "PATCH", f"/rest/v1/projects?{by_id}", {"deleted_at": None}
    yield "DELETE", f"/rest/v1/projects?{by_id}", None


def outcome(user, place, answer):
    """Status, code or what is seen; to whom only has a key nothing is shown and nothing is done, however that is said."""
    status, body = answer[0], comparable(answer[1])
    if status in (403, 409) and place == "POST /rest/v1/profiles":
        return "refused"  # whether it is there or not one's own is asked in another order
    if user == "anon":
        return "allowed" if status in (200, 201) and body != [] else "denied"
    if status >= 400:
        return status, {"P0002": "PT404", "PGRST202": "22023"}.get(body["code"], body["code"])
    if isinstance(body, dict):
        return status, {name: value for name, value in body.items() if name in ("rev", "refused", "members", "role", "project", "elements")}
    for row in body or []:
        if isinstance(row, dict) and "role" in row and "uses" in row or "sequence" in (row if isinstance(row, dict) else {}):
            row.pop("id")
    return status, body


def try_all(path, name):
    both = Both(path)
    people = {other: both.person() for other in ("owner", "editor", "viewer", "other", "stranger")}
    board = both.board(people["owner"], **{"u" + people[role]: role for role in ("editor", "viewer")},
                       **{"u" + people["other"]: "viewer"})
    same_push(both, people["owner"], board, [f'{{"id":"e","at":"{stamp(0, 1)}","set":{{"type":"line"}}}}'])
    for side in (both.sql, both.own):
        assert side.rest(people["owner"], "POST", "/rest/v1/rpc/tela_invite", {"project": board, "role": "editor"})[0] == 200
    job = str(uuid.uuid4())
    both.rest(people["owner"], "POST", "/rest/v1/fal_jobs", {"id": job, "project_id": board, "prompt": "p"})
    user = people.get(name, name)
    for method, place, body in requests(board, people["owner"], people, job):
        pair = [outcome(user, f"{method} {place}", side.rest(user, method, place, body)) for side in (both.sql, both.own)]
        same(*pair, f"{name}: {method} {place} {body}")
        both.same_rows(board)
    names = [f"{kind}:{board}" for kind in ("project", "live", "room")] + [f"{kind}:{people['owner']}" for kind in ("user", "fal_jobs")]
    return both, user, names


def rights_test(name):
    def test(path):
        both, user, _ = try_all(path, name)
        # Topics, on a board that is still there.
        owner = both.person()
        board = both.board(owner, **({"u" + user: name} if name in ("editor", "viewer") else {}))
        if name == "owner":
            user = owner
        topics = [f"{kind}:{board}" for kind in ("project", "live", "room", "other")]
        topics += [f"{kind}:{owner}" for kind in ("user", "fal_jobs")]
        topics += ["project:oops", f"project:{board.upper()}", f"live:{uuid.uuid4()}"]
        for topic in topics:
            listener = embedded.Listener(both.own, user)
            ours = listener.may(topic)
            listener.close()
            theirs = {extension: both.sql.may(user, topic, extension) for extension in ours}
            same(theirs, ours, f"{name} on {topic}")
    test.__doc__ = f"what the {name} may see and do is the same: rows, functions, topics"
    return test


def test_closed(_):
    """whoever only has a key reaches nothing, and every table has its policies"""
    found = server.admin("select coalesce(json_agg(p.oid::regprocedure::text), '[]') from pg_proc p"
                         " where pronamespace in ('public'::regnamespace, 'tela'::regnamespace)"
                         " and has_function_privilege('anon', p.oid, 'execute')")
    assert found == [], found
    found = server.admin("select coalesce(json_agg(c.oid::regclass::text), '[]') from pg_class c"
                         " where relnamespace in ('public'::regnamespace, 'tela'::regnamespace) and relkind = 'r'"
                         " and (not relrowsecurity or has_table_privilege('anon', c.oid, 'select, insert, update, delete, truncate')"
                         " or has_table_privilege('authenticated', c.oid, 'truncate, trigger, references'))")
    assert found == [], found
    found = server.admin("select coalesce(json_agg(p.oid::regprocedure::text), '[]') from pg_proc p"
                         " where pronamespace = 'tela'::regnamespace and prosecdef and prorettype <> 'trigger'::regtype"
                         " and has_function_privilege('authenticated', p.oid, 'execute')")
    assert sorted(found) == ["tela.acquaintances()", "tela.boards(text[])", "tela.host_id()", "tela.role_in(uuid)",
                             "tela.topic_role(text[])"], found


def test_storage(_):
    """pictures may be read and added by whoever is signed in, and neither replaced nor removed"""
    user, other, name = str(uuid.uuid4()), str(uuid.uuid4()), "0123456789abcdef" * 4

    def insert(who, bucket, what):
        try:
            server.as_user(who, f"insert into storage.objects (bucket_id, name, owner_id) values ('{bucket}', '{what}', '{who}')")
        except postgres.Failure as failure:
            return failure.code
        return "done"
    assert insert(user, "assets", name) == "done"
    assert insert(other, "assets", name) == "23505"
    # As Storage writes what may replace: new ones come in, and nobody's bytes are replaced.
    upsert = "insert into storage.objects (bucket_id, name) values ('assets', '{}') on conflict (bucket_id, name) do update set metadata = '{{}}'"
    server.as_user(other, upsert.format("f" * 64))
    for again in (name, "f" * 64):
        try:
            server.as_user(other, upsert.format(again))
            raise AssertionError("replaced")
        except postgres.Failure as failure:
            assert failure.code == "42501", failure
    assert insert(user, "assets", "x.png") == "42501"
    assert insert(user, "elsewhere", name) == "42501"
    assert insert("anon", "assets", name) == "42501"
    assert server.as_user(other, "select count(*) from storage.objects") == ["2"]
    assert server.as_user("anon", "select count(*) from storage.objects") == ["0"]
    for statement in ("update storage.objects set metadata = '{}'", "delete from storage.objects"):
        assert server.as_user(user, f"with x as ({statement} returning 1) select count(*) from x") == ["0"]


def test_thumbnails(_):
    """the picture of a board is its members' to see, and theirs who may draw to replace"""
    owner, editor, viewer, stranger, board = (str(uuid.uuid4()) for _ in range(5))
    for user in (owner, editor, viewer, stranger):
        server.sign_up(user)
    server.rest(owner, "POST", "/rest/v1/projects", {"id": board})
    for user, role in ((editor, "editor"), (viewer, "viewer")):
        server.rest(owner, "POST", "/rest/v1/project_members", {"project_id": board, "user_id": user, "role": role})
    upsert = (f"insert into storage.objects (bucket_id, name) values ('thumbnails', '{board}/board.png')"
              " on conflict (bucket_id, name) do update set metadata = '{}'")
    for user, may in ((viewer, False), (owner, True), (editor, True), (viewer, False), (stranger, False), ("anon", False)):
        try:
            server.as_user(user, upsert)
            assert may, user
        except postgres.Failure as failure:
            assert not may and failure.code == "42501", failure
    count = "select count(*) from storage.objects where bucket_id = 'thumbnails'"
    assert [server.as_user(user, count) for user in (owner, viewer, stranger, "anon")] == [["1"], ["1"], ["0"], ["0"]]
    remove = "with x as (delete from storage.objects where bucket_id = 'thumbnails' returning 1) select count(*) from x"
    assert [server.as_user(user, remove) for user in (viewer, stranger, editor)] == [["0"], ["0"], ["1"]]
    path = f"/rest/v1/projects?id=eq.{board}"
    assert server.rest(editor, "PATCH", path, {"thumbnail": "a" * 64})[0] == 204
    assert server.rest(editor, "PATCH", path, {"thumbnail": "a"})[0] == 400
    assert [event for event, _ in server.messages(f"user:{viewer}")] == ["INSERT", "UPDATE"]


# ---- Feed and sharing ----


def test_feed(path):
    """who gains, loses, renames and throws away boards, and whose jobs go on, is told alike"""
    both = Both(path)
    owner, guest = both.person(), both.person()
    lists = [both.listen(user, f"user:{user}", f"fal_jobs:{user}") for user in (owner, guest)]
    board = both.board(owner)
    feed = both.listen(owner, f"project:{board}")
    by_id, member = f"/rest/v1/projects?id=eq.{board}", f"/rest/v1/project_members?project_id=eq.{board}&user_id=eq.{guest}"
    both.member(owner, board, guest, "viewer")
    for body in ({"name": "New"}, {"deleted_at": "2026-01-01T00:00:00Z"}, {"name": "Gone"}, {"deleted_at": None}, {"name": "New"}):
        both.rest(owner, "PATCH", by_id, body)
    both.rest(owner, "PATCH", member, {"role": "editor"})
    job = str(uuid.uuid4())
    both.rest(guest, "POST", "/rest/v1/fal_jobs", {"id": job, "project_id": board, "prompt": "p", "seed": 7, "input": {"a": [1]}})
    both.rest(guest, "PATCH", f"/rest/v1/fal_jobs?id=eq.{job}", {"status": "running", "started_at": "2026-01-01T00:00:00Z"})
    both.rest(guest, "PATCH", f"/rest/v1/fal_jobs?id=eq.{job}&status=eq.queued", {"status": "failed"})
    both.rest(guest, "DELETE", member)
    both.member(owner, board, guest, "viewer")
    both.rest(owner, "DELETE", by_id)
    both.rest(guest, "GET", f"/rest/v1/fal_jobs?id=eq.{job}")
    both.rest(guest, "DELETE", f"/rest/v1/fal_jobs?id=eq.{job}")
    assert len(feed()[0]) == 9
    boards, jobs = lists[1]()
    assert [event for event, _ in boards] == ["INSERT", "UPDATE", "DELETE", "INSERT", "UPDATE", "UPDATE", "DELETE", "INSERT", "DELETE"]
    assert [(payload["record"] or payload["old_record"])["sequence"] for _, payload in jobs] == [1, 2, 2]
    lists[0]()


def test_sharing(path):
    """a link lets in whoever has it, as long as it is good, and takes no right from anybody"""
    both = Both(path)
    owner, editor, viewer, late = (both.person() for _ in range(4))
    board = both.board(owner, **{"u" + editor: "editor", "u" + viewer: "viewer"})
    codes = {}
    for side in (both.sql, both.own):
        codes[side] = {}
        for name, body in {"editor": {"role": "editor", "expires_in": 3600, "max_uses": 0},
                           "twice": {"role": "viewer", "expires_in": 0, "max_uses": 2}}.items():
            status, answer = side.rest(owner, "POST", "/rest/v1/rpc/tela_invite", {"project": board, **body})
            assert status == 200 and len(answer["code"]) == 40 and answer["project"] == board, answer
            assert abs(answer["expires_at"] - (time.time() + 3600)) < NOW / 1000 if body["expires_in"] else answer["expires_at"] == 0
            codes[side][name] = answer["code"]
            codes[side][name + " id"] = answer["id"]

    def join(user, name):
        pair = []
        for side in (both.sql, both.own):
            status, answer = side.rest(user, "POST", "/rest/v1/rpc/tela_join", {"code": codes[side][name]})
            pair.append((status, answer.get("code"), answer.get("role"), answer.get("name"), answer.get("project")))
        same(*pair, f"{user} joins {name}")
        return pair[0][0]
    assert join(editor, "twice") == 200  # stays an editor
    assert join(viewer, "editor") == 200  # becomes one
    assert join(late, "twice") == 200
    assert join(late, "twice") == 403
    rows = both.same_rows(board)
    assert {row["user_id"]: row["role"] for row in rows["project_members"]} == {
        owner: "owner", editor: "editor", viewer: "editor", late: "viewer"}
    for side in (both.sql, both.own):
        path_of = f"/rest/v1/invites?id=eq.{codes[side]['editor id']}"
        assert side.rest(late, "PATCH", path_of, {"revoked": True})[0] == 204
        assert side.rest(owner, "PATCH", path_of, {"revoked": True})[0] == 204
    assert join(late, "editor") == 403
    answers = [side.rest(owner, "POST", "/rest/v1/rpc/tela_people", {"project": board})[1] for side in (both.sql, both.own)]
    same(*[comparable(answer) for answer in answers], "people")


def test_twice(_):
    """applying the migrations again changes nothing"""
    def picture():
        return server.admin("select to_json(md5(string_agg(x, ',' order by x))) from (select pg_get_functiondef(oid) from pg_proc"
                            " where pronamespace in ('public'::regnamespace, 'tela'::regnamespace) union all"
                            " select relname || relacl::text from pg_class where relnamespace in ('public'::regnamespace, 'tela'::regnamespace)"
                            " union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal"
                            " union all select polname || polrelid::regclass::text || coalesce(pg_get_expr(polqual, polrelid), '')"
                            " || coalesce(pg_get_expr(polwithcheck, polrelid), '') from pg_policy) as t (x)")
    before = picture()
    server.migrate()
    assert picture() == before


def main():
    global server
    if postgres.find_programs() is None:
        print("1..0 # SKIP There is no PostgreSQL here (Debian's package postgresql)")
        return
    server = postgres.Postgres()
    try:
        server.load(postgres.HERE / "platform.sql", "supabase_admin")
        server.migrate()
        tests = [test_twice, test_random, test_history, test_values, test_limits, test_lock, test_prune, test_closed, test_storage, test_thumbnails, test_feed,
                 test_sharing, *map(rights_test, ("owner", "editor", "viewer", "stranger", "anon"))]
        desktop.run(tests)
    finally:
        server.close()


main()
