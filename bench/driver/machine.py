"""What the figures were measured on: hardware and versions, nothing that names the machine."""

import json
import os
import platform
import subprocess

from . import mariadb, places, postgres
from .contenders import CEILING, MARIADB, POSTGRES, PURLIN

# Taken when the program starts: what else the machine was doing.
LOAD_BEFORE = f"{os.getloadavg()[0]:.1f}"


def describe(contenders):
    with open("/proc/cpuinfo") as cpuinfo:
        model = next((line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")), "unknown")
    with open("/proc/meminfo") as meminfo:
        memory_kb = next(int(line.split()[1]) for line in meminfo if line.startswith("MemTotal:"))
    machine = {
        "CPU": f"{len(os.sched_getaffinity(0))} cores, {model}",
        "memory": f"{memory_kb / 1024 / 1024:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "load before": LOAD_BEFORE,
        "revision": _said(["git", "-C", str(places.REPOSITORY), "describe", "--always", "--dirty"]),
        "rustc": _said(["rustc", "--version"]),
        "wrk": _said(["wrk", "--version"]).splitlines()[0].partition(" [")[0],
    }
    kinds = {contender.kind for contender in contenders}
    engines = {contender.engine for contender in contenders}
    if kinds - {PURLIN, CEILING}:
        machine["Node"] = _said(["node", "--version"])
        machine["packages"] = _packages()
    if POSTGRES in engines:
        machine["PostgreSQL"] = postgres.psql("SHOW server_version")
        machine["PostgreSQL settings"] = postgres.settings()
    if MARIADB in engines:
        machine["MariaDB"] = mariadb.query("SELECT version()")
        machine["MariaDB settings"] = mariadb.settings()
    if PURLIN in kinds:
        machine["Purlin"] = _said([str(places.purlin_binary()), "--version"])
    return machine


def _packages():
    lock = json.loads((places.BENCH / "node" / "package-lock.json").read_text())["packages"]
    return ", ".join(f"{name} {lock[f'node_modules/{name}']['version']}" for name in sorted(lock[""]["dependencies"]))


def _said(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return "not found"
    return (done.stdout or done.stderr).strip() or "unknown"
