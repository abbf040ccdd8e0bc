"""Fresh, identical databases: a SQLite file copied from a template, a PostgreSQL database created
from a template database. Templates are kept between runs."""

import functools
import hashlib
import os
import shutil
import sqlite3
import subprocess

from . import data, places
from .problem import Problem

POSTGRES_SCHEMA = places.BENCH / "node" / "express" / "db" / "schema.sql"
SQLITE_SCHEMA = places.BENCH / "driver" / "schema.sql"


class Sqlite:
    """One contender's file. `template` makes the template on first use and gives its path."""

    def __init__(self, name, template):
        self.path = places.WORK / name / "bench.db"
        self._template = template

    @property
    def url(self):
        return f"file:{self.path}"

    def reset(self):
        template = self._template()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(template, self.path)
        # Written back before anything is measured, not while.
        with open(self.path, "rb+") as copy:
            os.fsync(copy.fileno())

    def posts(self):
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute('SELECT count(*) FROM "Post"').fetchone()[0]
        finally:
            connection.close()

    def backend_pids(self):
        return []

    def remove(self):
        shutil.rmtree(self.path.parent, ignore_errors=True)


class Postgres:
    """The database of the contenders on PostgreSQL, which use it one after another."""

    name = "purlin_bench"

    def __init__(self, rows):
        self._rows = rows
        self._template = f"purlin_bench_template_{_key(POSTGRES_SCHEMA)}"

    @property
    def url(self):
        return f"{places.POSTGRES_URL}/{self.name}"

    def reset(self):
        if psql(f"SELECT 1 FROM pg_database WHERE datname = '{self._template}'") != "1":
            self._fill_template()
        psql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        psql(f"CREATE DATABASE {self.name} TEMPLATE {self._template}")
        psql("CHECKPOINT")

    def _fill_template(self):
        partial = f"{self._template}_partial"
        psql(f"DROP DATABASE IF EXISTS {partial} WITH (FORCE)")
        psql(f"CREATE DATABASE {partial} ENCODING 'UTF8' TEMPLATE template0")
        psql(POSTGRES_SCHEMA.read_text(), partial)
        rows = self._rows()
        _copy_in(partial, "users", rows.users)
        _copy_in(partial, "posts", rows.posts)
        psql("VACUUM (ANALYZE)", partial)
        psql(f"ALTER DATABASE {partial} RENAME TO {self._template}")

    def posts(self):
        return int(psql("SELECT count(*) FROM posts", self.name))

    def backend_pids(self):
        """The processes of the local server, or none where they are not visible from here."""
        try:
            postmaster = _postmaster()
        except (OSError, ValueError):
            return []
        return [postmaster, *(int(pid) for pid in os.listdir("/proc") if pid.isdigit() and _is_child(pid, postmaster))]

    def remove(self):
        psql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


def sqlite_template(rows):
    """The template of the contenders that use the driver's own table definitions."""

    def make():
        path = places.DATA / f"sqlite-{_key(SQLITE_SCHEMA)}.db"
        if not path.exists():
            places.DATA.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".partial")
            partial.unlink(missing_ok=True)
            data.write_sqlite(rows(), partial)
            partial.rename(path)
        return path

    return make


def psql(sql, database="postgres"):
    command = ["psql", f"{places.POSTGRES_URL}/{database}", "-qAtX", "-v", "ON_ERROR_STOP=1", "-f", "-"]
    return _run(command, sql.encode())


def _copy_in(database, table, rows):
    lines = "".join("\t".join(_copy_value(value) for value in row) + "\n" for row in rows)
    command = ["psql", f"{places.POSTGRES_URL}/{database}", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", f"COPY {table} FROM STDIN"]
    _run(command, lines.encode())


def _run(command, given):
    try:
        done = subprocess.run(command, input=given, capture_output=True)
    except FileNotFoundError:
        raise Problem("psql is missing: install postgresql-client, or leave the express contenders out with --contenders") from None
    if done.returncode != 0:
        raise Problem(
            f"PostgreSQL refused: {done.stderr.decode().strip()}\n"
            "Start a local server, or name one in PURLIN_BENCH_POSTGRES (postgres://user@host:port)."
        )
    return done.stdout.decode().strip()


def _copy_value(value):
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _key(schema):
    return hashlib.sha256(f"{data.VERSION} {data.SEED} {schema.read_text()}".encode()).hexdigest()[:12]


@functools.cache
def _postmaster():
    return _parent(int(psql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")))


def _is_child(pid, parent):
    try:
        return _parent(pid) == parent
    except (OSError, ValueError):
        return False


def _parent(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[1])
