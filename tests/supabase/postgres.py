# Copyright The Tela authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A PostgreSQL of one's own, for as long as a test runs, with what a Supabase project has; and what PostgREST, Realtime and
Storage ask of it, done by psql."""
import contextlib
import decimal
import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import tempfile
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
MIGRATIONS = HERE.parents[1] / "data" / "supabase" / "migrations"
MARK = "--- answered ---"
# As PostgREST has it.
STATUS = {"42501": 403, "23505": 409, "23503": 409, "54000": 413, "42883": 404, "42P01": 404}


def find_programs():
    """The directory of initdb and its like, of the newest version that is there; None: there is none."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    other = shutil.which("initdb")
    return found[-1].parent if found else pathlib.Path(other).resolve().parent if other else None


class Psql:
    """One session."""

    def __init__(self, cluster, user):
        self.process = subprocess.Popen(
            ["psql", "-X", "-q", "-A", "-t", "-h", cluster.directory, "-U", user, "-d", "postgres"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
            env=dict(os.environ, PGCLIENTENCODING="UTF8", PGTZ="UTC", PGOPTIONS="-c client_min_messages=warning"))

    def run(self, sql):
        """The lines that came; one statement, or several that end a transaction."""
        self.process.stdin.write(f"{sql}\n;\n\\echo {MARK}\n")
        self.process.stdin.flush()
        lines = []
        while (line := self.process.stdout.readline()) != MARK + "\n":
            if not line:
                raise AssertionError("psql ended: " + "".join(lines))
            lines.append(line.rstrip("\n"))
        return lines

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def loads(text):
    """JSON of which no digit is lost."""
    return json.loads(text, parse_float=decimal.Decimal)


def quote(text):
    return "null" if text is None else "'" + str(text).replace("'", "''") + "'"


class Failure(Exception):
    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


class Postgres:
    """The cluster, in a directory that goes with it."""

    def __init__(self):
        self.programs = find_programs()
        self.directory = tempfile.mkdtemp(prefix="tela-supabase-")
        self.sessions = {}
        # The server refuses to run as root.
        self.prefix = []
        if os.geteuid() == 0:
            user = next(name for name in ("postgres", "nobody") if name in [entry.pw_name for entry in pwd.getpwall()])
            shutil.chown(self.directory, user)
            self.prefix = ["runuser", "-u", user, "--"]
        self.data = os.path.join(self.directory, "data")
        self.program("initdb", "-D", self.data, "-U", "supabase_admin", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                     "--no-sync", "--no-instructions")
        settings = f"-c listen_addresses= -c unix_socket_directories={self.directory} -c fsync=off -c timezone=UTC"
        self.program("pg_ctl", "-D", self.data, "-l", os.path.join(self.directory, "log"), "-w", "-o", settings, "start")

    def program(self, name, *words):
        run = subprocess.run([*self.prefix, self.programs / name, *words], cwd="/", stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if run.returncode != 0:
            raise AssertionError(f"{name}: {run.stdout}")

    def close(self):
        for session in self.sessions.values():
            session.close()
        with contextlib.suppress(AssertionError):
            self.program("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.directory)

    def session(self, name):
        """The one of that name, which begins with the role that it is of."""
        if name not in self.sessions:
            self.sessions[name] = Psql(self, name.split()[0])
        return self.sessions[name]

    # ---- What an administrator does ----

    def load(self, path, user):
        """Runs a file as the SQL editor does: all of it or nothing."""
        run = subprocess.run(
            ["psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-h", self.directory, "-U", user, "-d", "postgres", "-f", path],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ, PGOPTIONS="-c client_min_messages=warning"))
        if run.returncode != 0 or run.stdout:
            raise AssertionError(f"{path}: {run.stdout}")

    def migrate(self):
        for path in sorted(MIGRATIONS.glob("*.sql")):
            self.load(path, "postgres")

    def admin(self, sql):
        """What that prints, as JSON if it is one line."""
        lines = self.session("supabase_admin").run(sql)
        if any(line.startswith("ERROR") for line in lines):
            raise AssertionError(sql + "\n" + "\n".join(lines))
        return loads(lines[0]) if len(lines) == 1 and lines[0] else None

    # ---- What the services do for a user ----

    def as_user(self, user, sql, before="", commit=True, session="postgres"):
        """Runs a statement with the claims of a user: an id, "anon" or "service". Returns its lines; or raises Failure."""
        role = {"anon": "anon", "service": "service_role"}.get(user, "authenticated")
        claims = {"role": role} if role != "authenticated" else {"role": role, "sub": user, "is_anonymous": True}
        lines = self.session(session).run(f"""begin;
{before}
set local "request.jwt.claims" = {quote(json.dumps(claims))};
set local role {role};
{sql};
\\echo state :SQLSTATE :LAST_ERROR_MESSAGE
{'commit' if commit else 'rollback'}""")
        at = next(i for i, line in enumerate(lines) if line.startswith("state "))
        state = lines[at].split(" ", 2)
        if state[1] != "00000":
            raise Failure(state[1], state[2])
        return lines[:at]

    def rest(self, user, method, path, body=None, representation=False):
        """Status and JSON of a request to /rest/v1, by the statement that PostgREST makes of it. representation: the rows
        that were written are wanted."""
        place = urllib.parse.urlsplit(path)
        query = urllib.parse.parse_qsl(place.query, keep_blank_values=True)
        try:
            statement = self.statement(method, place.path.removeprefix("/rest/v1/"), query, body)
            if representation:
                statement = f"with t as ({statement} returning *) select coalesce(json_agg(t), '[]') from t"
            lines = self.as_user(user, statement)
        except Failure as failure:
            status = int(failure.code[2:]) if failure.code.startswith("PT") else STATUS.get(failure.code, 400)
            return (401 if status == 403 and user == "anon" else status), {"code": failure.code, "message": str(failure)}
        if method == "GET" or place.path.startswith("/rest/v1/rpc/"):
            return 200, loads("\n".join(lines))
        if representation:
            return {"POST": 201, "PATCH": 200, "DELETE": 200}[method], loads("\n".join(lines))
        return {"POST": 201, "PATCH": 204, "DELETE": 204}[method], None

    def statement(self, method, name, query, body):
        if name.startswith("rpc/"):
            words = ", ".join(f'"{key}" => {self.argument(value)}' for key, value in body.items())
            return f"select to_json(public.{name.removeprefix('rpc/')}({words}))"
        where = " and ".join(self.condition(name, *pair) for pair in query if pair[0] not in ("select", "order", "limit")) or "true"
        if method == "GET":
            columns = dict(query).get("select", "*")
            rest = "".join(f" {key.replace('order', 'order by')} {value.replace('.', ' ')}" for key, value in query
                           if key in ("order", "limit"))
            return f"select coalesce(json_agg(t), '[]') from (select {columns} from public.{name} where {where}{rest}) as t"
        if method == "DELETE":
            return f"delete from public.{name} where {where}"
        columns = ", ".join(f'"{key}"' for key in body)
        row = f"json_populate_record(null::public.{name}, {quote(json.dumps(body))})"
        if method == "POST":
            return f"insert into public.{name} ({columns}) select {columns} from {row}"
        values = ", ".join(f'"{key}" = body."{key}"' for key in body)
        return f"update public.{name} set {values} from {row} as body where {where}"

    @staticmethod
    def argument(value):
        if isinstance(value, (list, dict)):
            return quote(json.dumps(value)) + "::jsonb"
        return "null" if value is None else str(value).lower() if isinstance(value, (bool, int)) else quote(value)

    def condition(self, table, column, value):
        """Of a parameter of the query; or=(a.op.b,and(…,…)) as well, whose values may be quoted."""
        if column in ("or", "and"):
            return "(" + f" {column} ".join(self.condition(table, *part) for part in self.members(value)) + ")"
        operator, _, operand = value.partition(".")
        if operator == "in":
            return f"{table}.{column} in ({', '.join(map(quote, operand.strip('()').split(',')))})"
        if operand.startswith('"'):
            operand = re.sub(r"\\(.)", r"\1", operand[1:-1])
        return f"{table}.{column} {dict(eq='=', gt='>')[operator]} {quote(operand)}"

    @staticmethod
    def members(text):
        """(a.eq.1,and(b.eq.2,c.gt.3)) as [("a", "eq.1"), ("and", "(b.eq.2,c.gt.3)")]."""
        parts, depth, quoted, escaped = [""], 0, False, False
        for c in text[1:-1]:
            if c == "," and depth == 0 and not quoted:
                parts.append("")
                continue
            quoted ^= c == '"' and not escaped
            escaped = c == "\\" and not escaped
            depth += 0 if quoted else (c == "(") - (c == ")")
            parts[-1] += c
        return [(part[:part.index("(")], part[part.index("("):]) if re.match(r"(or|and)\(", part) else tuple(part.split(".", 1))
                for part in parts]

    def push(self, user, board, ops, session="postgres"):
        """tela_push with operations that are text already."""
        try:
            lines = self.as_user(user, f"select public.tela_push({quote(board)}, {quote('[' + ','.join(ops) + ']')}::jsonb)", session=session)
        except Failure as failure:
            return STATUS.get(failure.code, 400), {"code": failure.code, "message": str(failure)}
        return 200, loads(lines[0])

    def sign_up(self, user):
        self.admin(f"insert into auth.users (id, is_anonymous) values ({quote(user)}, true)")

    def may(self, user, topic, extension):
        """Read and write, as Realtime finds out: it writes a row as an administrator and looks whether the user sees it, and
        whether they may write one; and takes all back."""
        row = f"(topic, extension) values ({quote(topic)}, {quote(extension)})"
        setting = f"set local realtime.topic = {quote(topic)};"
        sees = self.as_user(user, f"select count(*) from realtime.messages where extension = {quote(extension)}",
                            before=f"delete from realtime.messages; insert into realtime.messages {row};\n{setting}", commit=False)
        try:
            self.as_user(user, f"insert into realtime.messages {row}", before=setting, commit=False)
            writes = True
        except Failure:
            writes = False
        return sees == ["1"], writes

    def messages(self, topic, since=0):
        """(event, payload without its id) of what the database has told there, in order."""
        return [(event, payload) for event, payload in self.admin(
            f"select coalesce(json_agg(json_build_array(event, payload - 'id') order by seq), '[]') from realtime.messages"
            f" where topic = {quote(topic)} and seq > {since}")]
