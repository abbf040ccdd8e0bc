"""Processes of this machine: who started whom, and how long each ran."""

import os

TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")


def with_children(pid):
    """The process, then those that it started itself."""
    return [pid, *(other for other in _all() if (fields := stat(other)) and int(fields[1]) == pid)]


def with_descendants(pid):
    children = {}
    for other in _all():
        if fields := stat(other):
            children.setdefault(int(fields[1]), []).append(other)
    found, waiting = [], [pid]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting.extend(children.get(pid, ()))
    return found


def parent(pid):
    fields = stat(pid)
    if fields is None:
        raise ValueError(f"there is no process {pid} here")
    return int(fields[1])


def cpu_us(pids, with_ended=False):
    """User and system time of the processes. The first one's ended children count if asked for."""
    total = 0
    for position, pid in enumerate(pids):
        if fields := stat(pid):
            wanted = 4 if with_ended and position == 0 else 2
            total += sum(int(field) for field in fields[11 : 11 + wanted])
    return total * TICK_US


def memory_mb(pids):
    """Resident memory."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status") as status:
            total += next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return total / 1024


def stat(pid):
    """The fields of /proc/PID/stat from the state on, or nothing once the process is gone."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()
    except OSError:
        return None


def _all():
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
