"""Where things are: sources beside this package, build outputs and databases in a cache folder."""

import os
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
REPOSITORY = BENCH.parent
RESULTS = BENCH / "results"

CACHE = Path(os.environ.get("PURLIN_CACHE") or Path.home() / ".cache" / "purlin" / "bench").resolve()
NODE = CACHE / "node"
DATA = CACHE / "data"
WORK = CACHE / "work"

POSTGRES_URL = os.environ.get("PURLIN_BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
MARIADB_URL = os.environ.get("PURLIN_BENCH_MARIADB", "mysql://root@127.0.0.1:3306").rstrip("/")


# A binary to measure as it is; without it, this repository's is built and measured.
PURLIN_BIN = os.environ.get("PURLIN_BIN")


def purlin_binary():
    if PURLIN_BIN:
        return Path(PURLIN_BIN).resolve()
    target = os.environ.get("CARGO_TARGET_DIR") or REPOSITORY / "target"
    return Path(target).resolve() / "release" / "purlin"


def ceiling_target():
    """Build outputs of the hand-written server, apart from the product's own."""
    return Path(os.environ.get("PURLIN_CEILING_TARGET") or CACHE / "ceiling-target").resolve()


def surroundings():
    """The environment without the benchmark's own variables: Purlin refuses settings that it does not know."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PURLIN_")}
