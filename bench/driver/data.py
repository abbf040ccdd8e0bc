"""The benchmark's data: 1,000 users and 100,000 posts, the same on every machine and run.

Everything derives from one seed. Creation times are all different, so that no answer depends
on how a contender breaks ties.
"""

import datetime
import hashlib
import random
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

# Raise this when the rows change: cached databases are keyed by it.
VERSION = 1
USERS = 1_000
POSTS = 100_000
SEED = 20_240_101

USER_COLUMNS = ("id", "email", "name", "role", "createdAt")
POST_COLUMNS = ("id", "title", "content", "status", "views", "authorId", "createdAt", "updatedAt")

WORDS = (
    "river stone window garden letter market summer engine copper silver morning harbour ticket "
    "planet forest candle bridge winter pocket mirror signal shadow thunder village orange paper "
    "compass lantern meadow anchor feather kettle marble needle orchard pebble quarry ribbon saddle"
).split()
# Text that a JSON writer must escape or pass through as it is.
SPICES = ("\"quoted\"", "line\nbreak", "tab\there", "back\\slash", "café", "naïve", "日本語", "🚀", "</script>")


@dataclass(frozen=True)
class Data:
    users: list
    posts: list

    @property
    def admin(self):
        return self.users[0]


def generate():
    rng = random.Random(SEED)
    users = []
    start = datetime.datetime(2023, 1, 1, tzinfo=datetime.timezone.utc)
    for number in range(USERS):
        created = start + datetime.timedelta(minutes=487 * number, milliseconds=rng.randrange(1000))
        role = "ADMIN" if number == 0 else "USER"
        name = f"{rng.choice(WORDS).title()} {rng.choice(WORDS).title()}"
        users.append((_uuid7(rng, created), f"user{number:04}@example.com", name, role, _iso(created)))

    posts = []
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    for number in range(POSTS):
        created = start + datetime.timedelta(seconds=600 * number, milliseconds=rng.randrange(600_000))
        updated = created + datetime.timedelta(milliseconds=rng.randrange(86_400_000))
        status = "PUBLISHED" if rng.random() < 0.9 else "DRAFT"
        author = users[rng.randrange(USERS)][0]
        title = " ".join(rng.choices(WORDS, k=rng.randint(3, 8))).capitalize()
        words = rng.choices(WORDS, k=rng.randint(30, 60))
        if number % 10 == 0:
            words[rng.randrange(len(words))] = rng.choice(SPICES)
        posts.append((
            _uuid7(rng, created), title, " ".join(words), status, rng.randrange(10_000), author,
            _iso(created), _iso(updated),
        ))
    return Data(users, posts)


def write_sqlite(data, path: Path):
    """Creates the template that every contender on SQLite gets a copy of."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript((Path(__file__).parent / "schema.sql").read_text())
    insert_rows(connection, data)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def insert_rows(connection, data):
    """Inserts all rows, columns by name, so that a table may have more columns than these."""
    for table, columns, rows in (("User", USER_COLUMNS, data.users), ("Post", POST_COLUMNS, data.posts)):
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join("?" * len(columns))
        with connection:
            connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)


def snake_case(name):
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def key(schema):
    """Names cached databases by what is in them; `schema` is the file of the table definitions."""
    return hashlib.sha256(f"{VERSION} {SEED} {schema.read_text()}".encode()).hexdigest()[:12]


def _iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def _uuid7(rng, moment):
    millis = int(moment.timestamp() * 1000)
    value = (millis << 80) | (0x7 << 76) | (rng.getrandbits(12) << 64) | (0b10 << 62) | rng.getrandbits(62)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
