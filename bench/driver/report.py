"""Medians, ratios and tables from the measured cells; the dated result in Markdown and JSON."""

import datetime
import json
import statistics

from . import places
from .contenders import CEILING, FASTIFY, PURLIN, USUAL, USUAL_KEY
from .workloads import TITLES


def medians(cells):
    """`cells[workload][contender]` is a list of rounds; gives the median of each figure."""
    return {
        workload: {
            name: {figure: statistics.median(round_[figure] for round_ in rounds) for figure in rounds[0]}
            for name, rounds in by_contender.items()
            if rounds
        }
        for workload, by_contender in cells.items()
    }


def markdown(contenders, figures, machine, terms):
    titles = {contender.name: contender.title for contender in contenders}
    lines = [f"# Benchmark of {terms['date']}", ""]
    lines += [
        f"Medians of {terms['rounds']} rounds of {terms['seconds']} s, contenders interleaved, `wrk -t1 -c64` on the same "
        "machine; every answer was compared first. CPU is microseconds per request, of the server and of the database's own "
        "processes. *Of the ceiling* is the ceiling's CPU per request divided by the contender's; *× Express* and "
        f"*× Fastify* are ratios of requests per second (Express: 1 process, secret as a string).",
        "",
    ]
    lines += ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in machine.items()), ""]
    for workload, by_contender in figures.items():
        lines += [f"## {TITLES[workload]}", ""] + _workload_table(by_contender, titles) + [""]
    lines += ["## Memory and start-up", ""] + _memory_table(figures, titles) + [""]
    if targets := _targets(figures):
        lines += ["## Targets", "", "| work | asked | measured | |", "|---|---|---|---|", *targets, ""]
    return "\n".join(lines)


def save(text, cells, figures, machine, terms):
    places.RESULTS.mkdir(exist_ok=True)
    path = places.RESULTS / f"{terms['date']}.md"
    path.write_text(text)
    record = {"terms": terms, "machine": machine, "medians": figures, "rounds": cells}
    path.with_suffix(".json").write_text(json.dumps(record, indent=1, default=float) + "\n")
    return path


def today():
    return datetime.date.today().isoformat()


def total_cpu(figures):
    return figures["cpu_us"] + figures["database_cpu_us"]


def _workload_table(by_contender, titles):
    lines = [
        "| | requests/s | p50 ms | p99 ms | CPU server | CPU database | of the ceiling | × Express | × Fastify |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, own in by_contender.items():
        database = f"{own['database_cpu_us']:.1f}" if own["database_cpu_us"] else "–"
        lines.append(
            f"| {titles[name]} | {own['requests_per_s']:,.0f} | {own['p50_ms']:.2f} | {own['p99_ms']:.2f} "
            f"| {own['cpu_us']:.1f} | {database} | {_show(_of_ceiling(by_contender, name))} "
            f"| {_show(_speed(by_contender, name, USUAL))} | {_show(_speed(by_contender, name, FASTIFY))} |"
        )
    return lines


def _memory_table(figures, titles):
    lines = ["| | start-up ms | idle MB | loaded MB, largest |", "|---|---:|---:|---:|"]
    for name, title in titles.items():
        own = [by_contender[name] for by_contender in figures.values() if name in by_contender]
        if own:
            start_up = statistics.median(one["start_up_ms"] for one in own)
            idle = statistics.median(one["idle_mb"] for one in own)
            lines.append(f"| {title} | {start_up:.0f} | {idle:.0f} | {max(one['loaded_mb'] for one in own):.0f} |")
    return lines


def _of_ceiling(by_contender, name):
    if CEILING not in by_contender:
        return None
    return total_cpu(by_contender[CEILING]) / total_cpu(by_contender[name])


def _speed(by_contender, name, other):
    if other not in by_contender:
        return None
    return by_contender[name]["requests_per_s"] / by_contender[other]["requests_per_s"]


def _show(ratio):
    return "–" if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}"


# Work, comparison, least ratio asked of Purlin.
ASKED = (
    ("get", CEILING, 0.75), ("list", CEILING, 0.75), ("cursor", CEILING, 0.75), ("author", CEILING, 1.0),
    ("create", CEILING, 0.7),
    ("get", USUAL, 30), ("cursor", USUAL, 30), ("get", USUAL_KEY, 15), ("cursor", USUAL_KEY, 15),
    ("author", USUAL, 10), ("create", USUAL, 10), ("create", USUAL_KEY, 6),
    ("get", FASTIFY, 2), ("cursor", FASTIFY, 2), ("author", FASTIFY, 3), ("create", FASTIFY, 7),
)


def _targets(figures):
    lines = []

    def add(work, asked, measured, is_met):
        lines.append(f"| {work} | {asked} | {measured} | {'met' if is_met else '**missed**'} |")

    for workload, other, least in ASKED:
        by_contender = figures.get(workload, {})
        if PURLIN not in by_contender:
            continue
        ratio = _of_ceiling(by_contender, PURLIN) if other == CEILING else _speed(by_contender, PURLIN, other)
        if ratio is not None:
            measure = "CPU" if other == CEILING else "requests/s"
            add(f"{workload}, {measure} against {other}", f"at least {least}", _show(ratio), ratio >= least)
    list_, capped = (figures.get(name, {}).get(PURLIN) for name in ("list", "list-capped"))
    if list_ and capped:
        ratio = total_cpu(capped) / total_cpu(list_)
        add("capped total, CPU against none", "at most 1.3", _show(ratio), ratio <= 1.3)
    own = [by_contender[PURLIN] for by_contender in figures.values() if PURLIN in by_contender]
    if own:
        idle = statistics.median(one["idle_mb"] for one in own)
        start_up = statistics.median(one["start_up_ms"] for one in own)
        add("idle memory", "under 30 MB", f"{idle:.0f} MB", idle < 30)
        add("start-up", "under 100 ms", f"{start_up:.0f} ms", start_up < 100)
    return lines
