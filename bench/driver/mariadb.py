"""Fresh, identical MariaDB databases, each a copy of a template database, table by table. A template that the driver
fills by its own table definitions is kept between runs."""

import functools
import os
import subprocess
import urllib.parse

from . import data, places, processes
from .problem import Problem

SCHEMA = places.BENCH / "driver" / "mariadb.sql"
PROGRAMS = ("mariadbd", "mysqld")
# Rows of one statement while a template is filled.
CHUNK = 500


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
        create(self.name)
        tables = _tables(template)
        # Not `LIKE`, which leaves foreign keys out. The rows are known to be right.
        made = [_definition(template, table) for table in tables]
        filled = [f"INSERT INTO `{table}` SELECT * FROM `{template}`.`{table}`" for table in tables]
        query(";\n".join([_UNCHECKED, *made, *filled]), self.name)
        _settle(self.name, tables)

    def posts(self):
        return int(query(f"SELECT count(*) FROM `{self._table}`", self.name))

    def backend_pids(self):
        """The process of the local server, or none where it is not visible from here."""
        pid = _server()
        return [] if pid is None else [pid]

    def remove(self):
        query(f"DROP DATABASE IF EXISTS `{self.name}`")


def template(rows):
    """The template of the contenders that use the driver's own table definitions."""
    name = f"purlin_bench_template_{data.key(SCHEMA)}"

    def make():
        if not _has_all(name):
            create(name)
            query(SCHEMA.read_text(), name)
            fill(name, "users", "posts", data.snake_case, rows())
        return name

    return make


def url_of(database):
    """Without TLS, for all: drivers differ in whether they ask for it by themselves."""
    return f"{places.MARIADB_URL}/{database}?ssl-mode=disabled"


def create(database):
    """Anew, and empty."""
    query(f"DROP DATABASE IF EXISTS `{database}`; CREATE DATABASE `{database}` CHARACTER SET utf8mb4")


def fill(database, users, posts, naming, rows):
    """Inserts the rows by column name, all or none, and gathers statistics."""
    statements = [_UNCHECKED, "START TRANSACTION"]
    for table, columns, lines in ((users, data.USER_COLUMNS, rows.users), (posts, data.POST_COLUMNS, rows.posts)):
        names = ", ".join(f"`{naming(column)}`" for column in columns)
        for start in range(0, len(lines), CHUNK):
            values = ",\n".join(_values(columns, line) for line in lines[start : start + CHUNK])
            statements.append(f"INSERT INTO `{table}` ({names}) VALUES {values}")
    query(";\n".join([*statements, "COMMIT"]), database)
    _settle(database, (users, posts))


def query(sql, database=""):
    """The values of the answer's last column line by line, as they are."""
    address = urllib.parse.urlsplit(places.MARIADB_URL)
    command = [
        "mariadb", "--no-defaults", "--batch", "--raw", "--skip-column-names", "--default-character-set=utf8mb4", "--protocol=tcp",
        f"--host={address.hostname}", f"--port={address.port or 3306}", f"--user={address.username or 'root'}", database,
    ]
    environment = {**os.environ, "MYSQL_PWD": urllib.parse.unquote(address.password or "")}
    try:
        done = subprocess.run(command, input=sql.encode(), capture_output=True, env=environment)
    except FileNotFoundError:
        raise Problem("mariadb is missing: install mariadb-client, or leave the contenders on MariaDB out with --contenders") from None
    if done.returncode != 0:
        raise Problem(
            f"MariaDB refused: {done.stderr.decode(errors='replace').strip()}\n"
            "Start a local server, or name one in PURLIN_BENCH_MARIADB (mysql://user@host:port)."
        )
    return done.stdout.decode().strip()


def settings():
    names = ("innodb_flush_log_at_trx_commit", "innodb_doublewrite", "innodb_buffer_pool_size", "log_bin")
    return ", ".join(f"{name}={query(f'SELECT @@{name}')}" for name in names)


_UNCHECKED = "SET foreign_key_checks = 0, unique_checks = 0"


def _tables(database):
    return query(
        f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{database}' ORDER BY table_name"
    ).splitlines()


def _definition(database, table):
    return query(f"SHOW CREATE TABLE `{table}`", database).removeprefix(f"{table}\t")


def _settle(database, tables):
    """Statistics are gathered, and pages written back, before anything is measured and not while."""
    names = ", ".join(f"`{table}`" for table in tables)
    query(f"ANALYZE TABLE {names}; FLUSH TABLES {names} FOR EXPORT; UNLOCK TABLES", database)


def _has_all(template):
    return "posts" in _tables(template) and int(query("SELECT count(*) FROM posts", template)) == data.POSTS


def _values(columns, line):
    return "(" + ", ".join(_literal(column, value) for column, value in zip(columns, line)) + ")"


def _literal(column, value):
    if isinstance(value, int):
        return str(value)
    if column.endswith("At"):
        # A time is written without its zone.
        value = value.replace("T", " ").removesuffix("Z")
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


@functools.cache
def _server():
    """The server's process, as its own file names it."""
    try:
        with open(os.path.join(*query("SELECT @@datadir, @@pid_file").split("\t"))) as file:
            pid = int(file.read())
        with open(f"/proc/{pid}/comm") as name:
            return pid if name.read().strip() in PROGRAMS else None
    except (OSError, ValueError):
        return None
