"""The command: options, the order of things, what is printed."""

import argparse
import functools
import shutil
import sys

from . import answers, data, load, machine, places, report
from .contenders import ENGINES, SQLITE, all_contenders, on
from .problem import Problem
from .workloads import NAMES, Workloads


def main():
    try:
        return _run(_options())
    except Problem as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _options():
    parser = argparse.ArgumentParser(prog="bench", description="Measures Purlin beside its peers and a hand-written server.")
    parser.add_argument("--only", metavar="A,B", help=f"workloads: {', '.join(NAMES)}")
    parser.add_argument("--engine", choices=(*ENGINES, "all"), default=SQLITE, help="what Purlin and its peers run on (sqlite)")
    parser.add_argument("--contenders", metavar="A,B", help="names, of any engine; an unknown one lists them all")
    parser.add_argument("--without", metavar="A,B", help="contenders to leave out")
    parser.add_argument("--seconds", type=int, default=5, help="length of each measurement (5)")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each cell (3)")
    parser.add_argument("--quick", action="store_true", help="one round of one second, result not kept")
    parser.add_argument("--check", action="store_true", help="compare the answers only")
    parser.add_argument("--no-save", action="store_true", help="print only, keep no result")
    options = parser.parse_args()
    if options.seconds < 1 or options.rounds < 1:
        parser.error("--seconds and --rounds are at least 1")
    if options.quick:
        options.seconds, options.rounds, options.no_save = 1, 1, True
    return options


def _run(options):
    if not shutil.which("wrk"):
        raise Problem("wrk is missing: install it (Debian: apt-get install wrk)")
    rows = functools.cache(data.generate)
    contenders = all_contenders(rows)
    by_name = {contender.name: contender for contender in contenders}
    if options.contenders:
        contenders = _chosen("--contenders", options.contenders, by_name)
    elif options.engine != "all":
        contenders = on(options.engine, contenders)
    if options.without:
        without = _chosen("--without", options.without, by_name)
        contenders = [contender for contender in contenders if contender not in without]
    workloads = _chosen("--only", options.only, {name: name for name in NAMES})

    for contender in contenders:
        _say(f"preparing {contender.name}")
        contender.build()
    try:
        _compare(contenders, rows())
        if not options.check:
            _measure(options, contenders, workloads, Workloads(rows()))
    finally:
        for contender in contenders:
            contender.database.remove()
    return 0


def _compare(contenders, rows):
    reference = None
    problems = []
    for contender in contenders:
        _say(f"comparing answers: {contender.name}")
        found, wrong = answers.collect(contender, rows)
        problems += [f"{contender.name}: {line}" for line in wrong]
        if reference is None:
            reference = contender, found
        else:
            problems += [f"{reference[0].name} and {contender.name}: {line}" for line in answers.differences(reference[1], found)]
    if problems:
        raise Problem("the contenders do not give the same answers\n" + "\n".join(problems))
    _say(f"{len(contenders)} contenders give the same {len(reference[1])} answers")


def _measure(options, contenders, names, workloads):
    described = machine.describe(contenders)
    cells = {name: {contender.name: [] for contender in contenders} for name in names}
    # The databases are fresh from the comparison; only creates change them, and reset them.
    for name in names:
        for number in range(options.rounds):
            # Each round starts with another contender, so that none always comes first.
            for contender in contenders[number % len(contenders) :] + contenders[: number % len(contenders)]:
                cell = load.measure(contender, name, workloads, options.seconds)
                cells[name][contender.name].append(cell)
                _say(
                    f"{name} {number + 1}/{options.rounds} {contender.name}: {cell['requests_per_s']:,.0f}/s, "
                    f"CPU {cell['cpu_us']:.1f} + {cell['database_cpu_us']:.1f} µs"
                )
    figures = report.medians(cells)
    terms = {"date": report.today(), "engine": options.engine, "seconds": options.seconds, "rounds": options.rounds}
    text = report.markdown(contenders, figures, described, terms)
    print(text)
    if not options.no_save:
        path = report.save(text, cells, figures, described, terms)
        _say(f"kept in {path.relative_to(places.REPOSITORY)}")


def _chosen(option, text, available):
    if text is None:
        return list(available.values())
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in available]
    if unknown or not names:
        raise Problem(f"{option}: {', '.join(unknown) or 'nothing'} is not among {', '.join(available)}")
    return [available[name] for name in names]


def _say(text):
    print(text, file=sys.stderr, flush=True)
