"""Actors, operations, time: one run of Schemathesis after the other, and what they found."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from .app import REPOSITORY, App
from .shorten import shortened

HERE = Path(__file__).resolve().parent.parent
VERSION = "4.32.5"
CACHE = Path(os.environ.get("PURLIN_CACHE") or Path.home() / ".cache" / "purlin").resolve() / "fuzz"
# By app: who asks. The first administers.
ACTORS = {
    "blog": {"admin": "ada", "author": "ben", "visitor": None},
    "starter": {"admin": "grace", "visitor": None},
}
# The rows that deletes by a filter may have.
SPARE = CACHE / "spare.json"
SPARE_ROWS = 3
SHORTEST_S = 3
# What a run takes before its first request.
START_S = 3
METHODS = {"get", "post", "patch", "put", "delete"}


@dataclass
class Run:
    name: str
    actor: str
    phases: str
    only: list
    # Of the time.
    share: int
    # Requests of each operation and phase, where not the time alone decides.
    most: int = 0


def main():
    options = _options()
    CACHE.mkdir(parents=True, exist_ok=True)
    tool, binary = _tool(), _binary()
    app = App(options.app, CACHE, binary)
    tokens = {actor: app.token(user) for actor, user in ACTORS[options.app].items() if user}
    with app:
        document = app.document()
        path = CACHE / "openapi.json"
        path.write_text(json.dumps(shortened(document)))
        config = _config(app, document, tokens["admin"])
    runs = list(_runs(document, options.actors, options.only))
    left, found = 60 * options.minutes, {}
    for number, run in enumerate(runs):
        share = run.share / sum(later.share for later in runs[number:])
        limit = max(SHORTEST_S, int(share * left) - START_S)
        began = time.monotonic()
        # Each on the same rows: what one has deleted, the next would look for in vain.
        with app:
            report = _run(tool, app, path, config, run, tokens.get(run.actor), limit, options.seed)
            if not app.is_running():
                raise SystemExit(f"the server ended; see {app.log}")
        left = max(0, left - (time.monotonic() - began))
        about = f"{report['cases']} requests, {len(report['failures'])} failures, seed {report['seed']}"
        print(f"{run.name}: {about}", flush=True)
        for operation, text in report["failures"]:
            found.setdefault((operation, text.partition("\n- ")[2].partition("\n")[0]), (run.name, text))
    for (operation, _), (run, text) in found.items():
        print(f"\n== {operation} ({run})\n{text}")
    return 1 if found else 0


def _options():
    parser = argparse.ArgumentParser(prog="bench/fuzz/run")
    parser.add_argument("--minutes", type=float, default=12, help="how long to ask, in all (default: 12)")
    parser.add_argument("--app", default="blog", choices=list(ACTORS), help="the example to ask (default: blog)")
    parser.add_argument("--actors", help="some of admin, author, visitor (default: all)")
    parser.add_argument("--only", default="", help="a regular expression; only operations such as `POST /api/tags`")
    parser.add_argument("--seed", type=int, help="the seed that a failed run has named")
    options = parser.parse_args()
    options.actors = options.actors.split(",") if options.actors else list(ACTORS[options.app])
    return options


def _runs(document, actors, only):
    """Of the administrator, who reaches most, each write has a time of its own; of the others a few requests
    each. Reads take little time, and chains are what was made by one request and is used by the next."""
    operations = [
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
        if method in METHODS and re.search(only, f"{method.upper()} {path}")
    ]
    reads = [name for name in operations if name.startswith("GET ")]
    writes = [name for name in operations if name not in reads]
    for actor in actors:
        if reads:
            yield Run(f"{actor}: reads", actor, "coverage,fuzzing", reads, 10)
        if actor == "admin":
            yield from (Run(f"{actor}: {name}", actor, "fuzzing,coverage", [name], 3) for name in writes)
        elif writes:
            yield Run(f"{actor}: writes", actor, "fuzzing", writes, 20, most=10)
        if not only:
            yield Run(f"{actor}: chains", actor, "stateful", [], 12)


def _run(tool, app, document, config, run, token, limit, seed):
    report = CACHE / "report.json"
    report.unlink(missing_ok=True)
    command = [tool, "--config-file", config, "run", document, "--url", app.url]
    command += ["--phases", run.phases, "--max-time", str(limit), "--no-color"]
    command += ["--report", "json", "--report-json-path", report]
    if run.most:
        command += ["--max-examples", str(run.most)]
    if seed is not None:
        command += ["--seed", str(seed)]
    for name in run.only:
        command += ["--include-name", name]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"), "PURLIN_FUZZ_SPARE": str(SPARE)}
    done = subprocess.run(command, env=environment, cwd=CACHE, capture_output=True, text=True)
    if done.returncode not in (0, 1) or not report.is_file():
        raise SystemExit(f"{run.name}: Schemathesis failed:\n{done.stdout}{done.stderr}")
    told = json.loads(report.read_text())
    return {
        "cases": told["test_cases"]["generated"],
        "seed": told["seed"],
        "failures": [*_sections(done.stdout, "FAILURES"), *_sections(done.stdout, "ERRORS")],
    }


def _sections(text, title):
    """What stands under such a title, by operation."""
    found = re.search(rf"^=+ {title} =+$(.*?)^=+ [A-Z]+ =+$", text, re.MULTILINE | re.DOTALL)
    if not found:
        return []
    parts = re.split(r"^_+ (\S.*?) _+$", found.group(1), flags=re.MULTILINE)
    return list(zip(parts[1::2], (part.strip() for part in parts[2::2])))


def _config(app, document, token):
    """The written configuration, and the ids of rows that there are, by path: a made-up id finds nothing."""
    text = (HERE / "schemathesis.toml").read_text()
    spare = {}
    for path, methods in document["paths"].items():
        single = f"{path}/{{id}}"
        if "delete" in methods and not path.endswith("}"):
            spare[path] = {"model": methods["get"]["tags"][0], "ids": []}
        if single not in document["paths"]:
            continue
        ids = [row["id"] for row in app.rows(path, token) if "id" in row and row["id"] not in ACTORS[app.name].values()]
        if path in spare and len(ids) > SPARE_ROWS:
            ids, spare[path]["ids"] = ids[:-SPARE_ROWS], ids[-SPARE_ROWS:]
        if ids:
            name = path.rpartition("/")[2]
            text += f"\n[dictionaries.{name}]\nvalues = {json.dumps(ids)}\n"
            text += f"\n[[operations]]\ninclude-path-regex = '^{re.escape(single)}'\n"
            text += f'parameters = {{ id = {{ dictionary = "{name}", probability = 0.8 }} }}\n'
    SPARE.write_text(json.dumps(spare))
    config = CACHE / "schemathesis.toml"
    config.write_text(text)
    return config


def _tool():
    """Schemathesis in an environment of its own."""
    environment = CACHE / f"schemathesis-{VERSION}"
    tool = environment / "bin" / "st"
    if not tool.is_file():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        pip = [environment / "bin" / "pip", "install", "--quiet", f"schemathesis=={VERSION}"]
        subprocess.run(pip, check=True)
    return tool


def _binary():
    """With the checks of a debug build, which a number that overflows would trip over."""
    if given := os.environ.get("PURLIN_BIN"):
        return Path(given).resolve()
    subprocess.run(["cargo", "build", "--quiet", "-p", "purlin"], cwd=REPOSITORY, check=True)
    target = os.environ.get("CARGO_TARGET_DIR") or REPOSITORY / "target"
    # A copy, which stays what it is while others build.
    return Path(shutil.copy(Path(target).resolve() / "debug" / "purlin", CACHE))
