"""Medians, ratios and tables from the measured cells; the dated result in Markdown and JSON."""

import datetime
import json
import statistics

from . import places
from .contenders import CEILING, ENGINES, FASTIFY, MARIADB, POSTGRES, PURLIN, SQLITE, TITLES as ENGINE_TITLES, USUAL, USUAL_KEY, named
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
    engines = _engines(contenders, terms)
    lines = [f"# Benchmark of {terms['date']}", ""]
    lines += [
        f"Medians of {terms['rounds']} rounds of {terms['seconds']} s, contenders interleaved, `wrk -t1 -c64` on the same "
        "machine; every answer was compared first. CPU is microseconds per request, of the server and of the database's own "
        "processes. *Of the ceiling* is the CPU per request of the ceiling on the same engine divided by the contender's; "
        "*× Express* and *× Fastify* are ratios of requests per second (Express: 1 process, secret as a string; Fastify: on "
        "the same engine).",
        "",
    ]
    lines += ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in machine.items()), ""]
    for workload, by_contender in figures.items():
        lines += [f"## {TITLES[workload]}", ""] + _workload_table(by_contender, titles, engines) + [""]
    lines += ["## Memory and start-up", ""] + _memory_table(figures, titles) + [""]
    if targets := [line for engine in ENGINES for line in _targets(figures, engine)]:
        lines += ["## Targets", "", "| work | asked | measured | |", "|---|---|---|---|", *targets, ""]
    return "\n".join(lines)


def save(text, cells, figures, machine, terms):
    places.RESULTS.mkdir(exist_ok=True)
    suffix = "" if terms["engine"] == SQLITE else f"-{terms['engine']}"
    path = places.RESULTS / f"{terms['date']}{suffix}.md"
    path.write_text(text)
    record = {"terms": terms, "machine": machine, "medians": figures, "rounds": cells}
    path.with_suffix(".json").write_text(json.dumps(record, indent=1, default=float) + "\n")
    return path


def today():
    return datetime.date.today().isoformat()


def total_cpu(figures):
    return figures["cpu_us"] + figures["database_cpu_us"]


def _engines(contenders, terms):
    """Whose ceiling and Fastify each contender is held against: the usual stack is a measure on every engine."""
    usual = SQLITE if terms["engine"] == SQLITE else POSTGRES if terms["engine"] == "all" else terms["engine"]
    return {
        contender.name: usual if contender.kind.startswith("express") else contender.engine for contender in contenders
    }


def _workload_table(by_contender, titles, engines):
    lines = [
        "| | requests/s | p50 ms | p99 ms | CPU server | CPU database | of the ceiling | × Express | × Fastify |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, own in by_contender.items():
        database = f"{own['database_cpu_us']:.1f}" if own["database_cpu_us"] else "–"
        ceiling, fastify = (named(kind, engines[name]) for kind in (CEILING, FASTIFY))
        lines.append(
            f"| {titles[name]} | {own['requests_per_s']:,.0f} | {own['p50_ms']:.2f} | {own['p99_ms']:.2f} "
            f"| {own['cpu_us']:.1f} | {database} | {_show(_thrift(by_contender, name, ceiling))} "
            f"| {_show(_speed(by_contender, name, USUAL))} | {_show(_speed(by_contender, name, fastify))} |"
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


def _thrift(by_contender, name, other):
    """The other's CPU per request against this one's own."""
    if other not in by_contender:
        return None
    return total_cpu(by_contender[other]) / total_cpu(by_contender[name])


def _speed(by_contender, name, other):
    if other not in by_contender:
        return None
    return by_contender[name]["requests_per_s"] / by_contender[other]["requests_per_s"]


def _show(ratio):
    return "–" if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}"


# By engine: work, comparison, least ratio asked of Purlin.
ASKED = {
    SQLITE: (
        ("get", CEILING, 0.75), ("list", CEILING, 0.75), ("cursor", CEILING, 0.75), ("author", CEILING, 1.0),
        ("create", CEILING, 0.7),
        ("get", USUAL, 30), ("cursor", USUAL, 30), ("get", USUAL_KEY, 15), ("cursor", USUAL_KEY, 15),
        ("author", USUAL, 10), ("create", USUAL, 10), ("create", USUAL_KEY, 6),
        ("get", FASTIFY, 2), ("cursor", FASTIFY, 2), ("author", FASTIFY, 3), ("create", FASTIFY, 7),
    ),
    POSTGRES: (
        ("get", CEILING, 0.75), ("list", CEILING, 0.75), ("cursor", CEILING, 0.75), ("author", CEILING, 0.75),
        ("create", CEILING, 0.75),
        ("get", USUAL, 15), ("cursor", USUAL, 15), ("get", USUAL_KEY, 8), ("cursor", USUAL_KEY, 8),
        ("get", FASTIFY, 2.5), ("cursor", FASTIFY, 2.5), ("create", FASTIFY, 2),
    ),
    # So far to know by.
    MARIADB: (
        ("get", CEILING, 0.75), ("list", CEILING, 0.75), ("cursor", CEILING, 0.75), ("author", CEILING, 0.75),
    ),
}


def _targets(figures, engine):
    lines = []
    purlin = named(PURLIN, engine)
    title = "" if engine == SQLITE else f"{ENGINE_TITLES[engine]}: "

    def add(work, asked, measured, is_met):
        lines.append(f"| {title}{work} | {asked} | {measured} | {'met' if is_met else '**missed**'} |")

    for workload, kind, least in ASKED[engine]:
        by_contender = figures.get(workload, {})
        if purlin not in by_contender:
            continue
        other = kind if kind in (USUAL, USUAL_KEY) else named(kind, engine)
        ratio = (_thrift if kind == CEILING else _speed)(by_contender, purlin, other)
        if ratio is not None:
            measure = "CPU" if kind == CEILING else "requests/s"
            add(f"{workload}, {measure} against {other}", f"at least {least}", _show(ratio), ratio >= least)
    list_, capped = (figures.get(name, {}).get(purlin) for name in ("list", "list-capped"))
    if engine == SQLITE and list_ and capped:
        ratio = total_cpu(capped) / total_cpu(list_)
        add("capped total, CPU against none", "at most 1.3", _show(ratio), ratio <= 1.3)
    own = [by_contender[purlin] for by_contender in figures.values() if purlin in by_contender]
    if engine == SQLITE and own:
        idle = statistics.median(one["idle_mb"] for one in own)
        start_up = statistics.median(one["start_up_ms"] for one in own)
        add("idle memory", "under 30 MB", f"{idle:.0f} MB", idle < 30)
        add("start-up", "under 100 ms", f"{start_up:.0f} ms", start_up < 100)
    return lines
