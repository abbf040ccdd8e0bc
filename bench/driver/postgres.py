"""Fresh, identical PostgreSQL databases, each created from a template database. One that the driver fills by its own
table definitions is kept between runs."""

import functools
import subprocess

from . import data, places, processes
from .problem import Problem

SCHEMA = places.BENCH / "node" / "express" / "db" / "schema.sql"


class Database:
    """One contender's database, or that of several that run one after another. `template` makes the template on first
    use and gives its name; `table` is that of the posts."""

    def __init__(self, name, template, table):
        self.name = f"purlin_bench_{name}"
        self._template, self._table = template, table

    @property
    def url(self):
        return url_of(self.name)

    def reset(self):
        template = self._template()
        psql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        psql(f"CREATE DATABASE {self.name} TEMPLATE {template}")
        psql("CHECKPOINT")

    def posts(self):
        return int(psql(f'SELECT count(*) FROM "{self._table}"', self.name))

    def backend_pids(self):
        """The processes of the local server, or none where they are not visible from here."""
        try:
            return processes.with_children(_postmaster())
        except (OSError, ValueError):
            return []

    def remove(self):
        psql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


def template(rows):
    """The template of the contenders that use the peers' table definitions."""
    name = f"purlin_bench_template_{data.key(SCHEMA)}"

    def make():
        if psql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'") != "1":
            partial = f"{name}_partial"
            create(partial)
            psql(SCHEMA.read_text(), partial)
            fill(partial, "users", "posts", data.snake_case, rows())
            psql(f"ALTER DATABASE {partial} RENAME TO {name}")
        return name

    return make


def url_of(database):
    """Without TLS, for all: drivers differ in whether they ask for it by themselves."""
    return f"{places.POSTGRES_URL}/{database}?sslmode=disable"


def create(database):
    """Anew, and empty."""
    psql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    psql(f"CREATE DATABASE {database} ENCODING 'UTF8' TEMPLATE template0")


def fill(database, users, posts, naming, rows):
    """Copies the rows in by column name, and gathers statistics."""
    for table, columns, lines in ((users, data.USER_COLUMNS, rows.users), (posts, data.POST_COLUMNS, rows.posts)):
        names = ", ".join(f'"{naming(column)}"' for column in columns)
        text = "".join("\t".join(_copy_value(value) for value in row) + "\n" for row in lines)
        _run([*_PSQL, "-c", f'COPY "{table}" ({names}) FROM STDIN', url_of(database)], text.encode())
    psql("VACUUM (ANALYZE)", database)


def psql(sql, database="postgres"):
    return _run([*_PSQL, "-f", "-", url_of(database)], sql.encode())


def settings():
    names = ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers")
    return ", ".join(f"{name}={psql(f'SHOW {name}')}" for name in names)


_PSQL = ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1"]


def _run(command, given):
    try:
        done = subprocess.run(command, input=given, capture_output=True)
    except FileNotFoundError:
        raise Problem("psql is missing: install postgresql-client, or leave the contenders on PostgreSQL out with --contenders") from None
    if done.returncode != 0:
        raise Problem(
            f"PostgreSQL refused: {done.stderr.decode().strip()}\n"
            "Start a local server, or name one in PURLIN_BENCH_POSTGRES (postgres://user@host:port)."
        )
    return done.stdout.decode().strip()


def _copy_value(value):
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


@functools.cache
def _postmaster():
    return processes.parent(int(psql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")))
