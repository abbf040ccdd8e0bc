"""Who is measured, and how each is built, loaded with data and started."""

import functools
import os
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from . import data, mariadb, places, postgres, sqlite
from .problem import Problem
from .tokens import ENVIRONMENT

SQLITE, POSTGRES, MARIADB = "sqlite", "postgres", "mariadb"
ENGINES = (SQLITE, POSTGRES, MARIADB)
TITLES = {SQLITE: "SQLite", POSTGRES: "PostgreSQL", MARIADB: "MariaDB"}
# How databases are made where the engine is a server.
SERVERS = {POSTGRES: postgres, MARIADB: mariadb}

CEILING = "ceiling"
FASTIFY = "fastify"
USUAL = "express-string"
USUAL_KEY = "express-key"
PURLIN = "purlin"
DRIVERS = {SQLITE: "better-sqlite3", POSTGRES: "postgres.js", MARIADB: "mariadb"}


@dataclass
class Contender:
    name: str
    # The name of the same contender on SQLite.
    kind: str
    engine: str
    title: str
    command: list
    database: object
    build: Callable[[], None]
    environment: dict = field(default_factory=lambda: dict(ENVIRONMENT))
    folder: Path = places.BENCH


def named(kind, engine):
    return kind if engine == SQLITE else f"{kind}-{engine}"


def all_contenders(rows):
    """On each engine Purlin, the ceiling and Fastify; and the usual stack, which is on PostgreSQL."""
    shared = {SQLITE: sqlite.template(rows)} | {engine: server.template(rows) for engine, server in SERVERS.items()}
    contenders = []
    for engine in ENGINES:
        contenders.append(_purlin(engine, rows))
        contenders.append(_ceiling(engine, shared[engine]))
        contenders.append(_fastify(engine, shared[engine]))
    for processes in (1, 2):
        for key_object in (False, True):
            contenders.append(_express(shared[POSTGRES], processes, key_object))
    return contenders


def on(engine, contenders):
    """Those on an engine, beside the usual stack, which is a measure for all."""
    return [contender for contender in contenders if contender.engine == engine or contender.kind.startswith("express")]


def _database(kind, engine, template):
    """A database of the peers' form."""
    if engine == SQLITE:
        return sqlite.Sqlite(named(kind, engine), template)
    return SERVERS[engine].Database("peers", template, "posts")


def _ceiling(engine, template):
    return Contender(
        named(CEILING, engine), CEILING, engine, f"Hand-written Rust, {TITLES[engine]} (the ceiling)",
        [str(places.ceiling_target() / "release" / "purlin-bench-ceiling")],
        _database(CEILING, engine, template), build_ceiling,
    )


def _fastify(engine, template):
    return Contender(
        named(FASTIFY, engine), FASTIFY, engine, f"Fastify 5 + {DRIVERS[engine]}, tuned, {TITLES[engine]}",
        ["node", str(places.NODE / "fastify" / "server.js")],
        _database(FASTIFY, engine, template), install_node,
    )


def _express(template, processes, key_object):
    name = (USUAL_KEY if key_object else USUAL) + ("" if processes == 1 else f"-{processes}p")
    secret = "secret as a key object" if key_object else "secret as a string"
    count = "1 process" if processes == 1 else f"{processes} processes"
    environment = {**ENVIRONMENT, "WEB_CONCURRENCY": str(processes), "JWT_KEY_OBJECT": "1" if key_object else "0"}
    return Contender(
        name, name, POSTGRES, f"Express 5 + Drizzle + pg, {count}, {secret}",
        ["node", str(places.NODE / "express" / "index.js")],
        _database(name, POSTGRES, template), install_node, environment,
    )


def _purlin(engine, rows):
    """Its tables are made by its own migrations, and the rows copied in by column name."""
    name = named(PURLIN, engine)
    folder = places.WORK / name
    app = folder / "app"

    def prepare(url):
        """The empty database at this address gets the tables."""
        if not places.PURLIN_BIN:
            run(["cargo", "build", "--release", "--locked", "--quiet", "--package", "purlin"], places.REPOSITORY, dict(os.environ))
        binary = str(places.purlin_binary())
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(places.BENCH / "app", app)
        environment = {**places.surroundings(), **ENVIRONMENT, "DATABASE_URL": url}
        if not (app / "migrations").exists():
            run([binary, "migrate", "dev", "--name", "init"], app, environment)
        run([binary, "migrate", "deploy"], app, environment)

    def build_sqlite():
        prepare(f"file:{template}")
        connection = sqlite3.connect(template)
        data.insert_rows(connection, rows())
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def build_on_server():
        server.create(template)
        prepare(server.url_of(template))
        server.fill(template, "User", "Post", str, rows())

    if engine == SQLITE:
        template = folder / "template.db"
        build, database = build_sqlite, sqlite.Sqlite(name, lambda: template)
    else:
        server, template = SERVERS[engine], "purlin_bench_purlin_template"
        build, database = build_on_server, server.Database(PURLIN, lambda: template, "Post")
    command = [str(places.purlin_binary()), "serve"]
    return Contender(name, PURLIN, engine, f"Purlin, {TITLES[engine]}", command, database, build, folder=app)


@functools.cache
def build_ceiling():
    environment = {**os.environ, "CARGO_TARGET_DIR": str(places.ceiling_target())}
    run(["cargo", "build", "--release", "--locked", "--quiet"], places.BENCH / "ceiling", environment)


@functools.cache
def install_node():
    """Copies the Node sources beside their packages, which are installed when the lock file changed."""
    source = places.BENCH / "node"
    places.NODE.mkdir(parents=True, exist_ok=True)
    for name in ("express", "fastify"):
        shutil.rmtree(places.NODE / name, ignore_errors=True)
        shutil.copytree(source / name, places.NODE / name)
    lock = (source / "package-lock.json").read_bytes()
    installed = places.NODE / "installed-lock.json"
    if installed.exists() and installed.read_bytes() == lock:
        return
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(source / name, places.NODE / name)
    run(["npm", "ci", "--no-fund", "--no-audit"], places.NODE, dict(os.environ))
    installed.write_bytes(lock)


def run(command, folder, environment):
    try:
        done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True)
    except FileNotFoundError:
        raise Problem(f"{command[0]} is missing: install it and run again") from None
    if done.returncode != 0:
        said = (done.stdout + done.stderr).decode(errors="replace").strip()
        raise Problem(f"`{' '.join(command)}` failed:\n{said[-3_000:]}")
