"""Fresh, identical SQLite databases: files copied from a template, which is kept between runs."""

import os
import shutil
import sqlite3

from . import data, places

SCHEMA = places.BENCH / "driver" / "schema.sql"


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


def template(rows):
    """The template of the contenders that use the driver's own table definitions."""

    def make():
        path = places.DATA / f"sqlite-{data.key(SCHEMA)}.db"
        if not path.exists():
            places.DATA.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".partial")
            partial.unlink(missing_ok=True)
            data.write_sqlite(rows(), partial)
            partial.rename(path)
        return path

    return make
