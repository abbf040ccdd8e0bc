"""Who is measured, and how each is built, loaded with data and started."""

import functools
import os
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from . import data, places
from .databases import Postgres, Sqlite, sqlite_template
from .problem import Problem
from .tokens import ENVIRONMENT

CEILING = "ceiling"
FASTIFY = "fastify"
USUAL = "express-string"
USUAL_KEY = "express-key"
PURLIN = "purlin"


@dataclass
class Contender:
    name: str
    title: str
    command: list
    database: object
    build: Callable[[], None]
    environment: dict = field(default_factory=lambda: dict(ENVIRONMENT))
    folder: Path = places.BENCH


def all_contenders(rows):
    template = sqlite_template(rows)
    postgres = Postgres(rows)
    contenders = [_purlin(rows)]
    contenders.append(Contender(
        CEILING, "Hand-written Rust, SQLite (the ceiling)",
        [str(places.ceiling_target() / "release" / "purlin-bench-ceiling")],
        Sqlite(CEILING, template), build_ceiling,
    ))
    contenders.append(Contender(
        FASTIFY, "Fastify 5 + better-sqlite3, tuned, SQLite",
        ["node", str(places.NODE / "fastify" / "server.js")],
        Sqlite(FASTIFY, template), install_node,
    ))
    for processes in (1, 2):
        for key_object in (False, True):
            contenders.append(_express(postgres, processes, key_object))
    return contenders


def _express(postgres, processes, key_object):
    name = (USUAL_KEY if key_object else USUAL) + ("" if processes == 1 else f"-{processes}p")
    secret = "secret as a key object" if key_object else "secret as a string"
    count = "1 process" if processes == 1 else f"{processes} processes"
    environment = {**ENVIRONMENT, "WEB_CONCURRENCY": str(processes), "JWT_KEY_OBJECT": "1" if key_object else "0"}
    return Contender(
        name, f"Express 5 + Drizzle + pg, {count}, {secret}",
        ["node", str(places.NODE / "express" / "index.js")],
        postgres, install_node, environment,
    )


def _purlin(rows):
    binary = places.purlin_binary()
    folder = places.WORK / PURLIN
    app, template = folder / "app", folder / "template.db"

    def build():
        """Lets Purlin migrate an empty file, then copies the rows in by column name."""
        if not places.PURLIN_BIN:
            run(["cargo", "build", "--release", "--locked", "--quiet", "--package", "purlin"], places.REPOSITORY, dict(os.environ))
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(places.BENCH / "app", app)
        environment = {**places.surroundings(), **ENVIRONMENT, "DATABASE_URL": f"file:{template}"}
        if not (app / "migrations").exists():
            run([str(binary), "migrate", "dev", "--name", "init"], app, environment)
        run([str(binary), "migrate", "deploy"], app, environment)
        connection = sqlite3.connect(template)
        data.insert_rows(connection, rows())
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    database = Sqlite(PURLIN, lambda: template)
    return Contender(PURLIN, "Purlin, SQLite", [str(binary), "serve"], database, build, folder=app)


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
