"""One cell of the table: a fresh server, warmed up, under wrk."""

import re
import subprocess
import time
from pathlib import Path

from . import places
from .client import Client
from .problem import Problem
from .server import Server

CONNECTIONS = 64
SETTLE_S = 0.3
SCRIPT = Path(__file__).parent / "requests.lua"


def measure(contender, workload, workloads, seconds):
    """Measures one contender once; gives a dict of figures."""
    if workload == "create":
        # Each run of creates begins on the same rows.
        contender.database.reset()
    posts_before = contender.database.posts() if workload == "create" else None
    with Server(contender) as server:
        time.sleep(SETTLE_S)
        idle_mb = server.memory_mb()
        with Client(server.port) as client:
            requests = workloads.requests(workload, client)
        replay = places.WORK / "requests.tsv"
        replay.write_text("".join("\t".join(request) + "\n" for request in requests))
        warm = _wrk(contender, server, replay, min(2, seconds))
        cpu, database_cpu = server.cpu_us(), server.database_cpu_us()
        load = _wrk(contender, server, replay, seconds)
        cpu, database_cpu = server.cpu_us() - cpu, server.database_cpu_us() - database_cpu
        loaded_mb = server.memory_mb()
        start_up_ms = server.start_up_ms
    if posts_before is not None:
        _check_kept(contender, posts_before, warm["requests"] + load["requests"])
        contender.database.reset()
    return {
        "requests_per_s": load["requests"] / (load["duration_us"] / 1e6),
        "p50_ms": load["p50_us"] / 1000,
        "p99_ms": load["p99_us"] / 1000,
        "cpu_us": cpu / load["requests"],
        "database_cpu_us": database_cpu / load["requests"],
        "start_up_ms": start_up_ms,
        "idle_mb": idle_mb,
        "loaded_mb": loaded_mb,
    }


def _wrk(contender, server, replay, seconds):
    command = [
        "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT),
        f"http://127.0.0.1:{server.port}", "--", str(replay),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    measured = re.search(r"^measured (.*)$", done.stdout, re.MULTILINE)
    if done.returncode != 0 or not measured:
        raise Problem(f"wrk failed on {contender.name}: {done.stdout}{done.stderr}")
    figures = {name: int(value) for name, value in (pair.split("=") for pair in measured[1].split())}
    if figures["status_errors"] or figures["socket_errors"] or not figures["requests"]:
        raise Problem(f"{contender.name} failed under load: {measured[1]} (see {server.log})")
    return figures


def _check_kept(contender, before, acknowledged):
    """Every acknowledged create is in the database."""
    kept = contender.database.posts() - before
    if kept < acknowledged:
        raise Problem(f"{contender.name} acknowledged {acknowledged} creates but kept {kept}")
