"""Writes what was measured as one page, for people: the same text is printed and kept in RESULTS.md."""

import datetime
import importlib.metadata
import os
import platform
import subprocess

from comparison import ALWAYS, AWAY, DELAY_MICROSECONDS, LONGEST_DRAIN, Comparison

#: What the drain is to reach, in times of each peer's.
AIMS = {"Celery (prefork)": 100, "Celery (threads)": 100, "Dramatiq": 25, "taskiq": 25, "Sidekiq": 10}
RATE_AIM = 130_000
NOT_MEASURED = {"BullMQ": (6, "npm"), "Asynq": (12, "Go's module proxy")}
PLACES = ("", ALWAYS, AWAY)
PLACE_NAMES = ("everysec", "always", "1 ms away")


def number(value, unit="") -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if value >= 1000:
        text = f"{value:,.0f}"
    elif value >= 100:
        text = f"{value:.0f}"
    elif value >= 10:
        text = f"{value:.1f}"
    else:
        text = f"{value:.2f}"
    return text + unit


def table(header: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = [header, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in lines)


def text(comparison: Comparison, rounds: int) -> str:
    own = comparison.systems[0].name
    names = [system.name for system in comparison.systems]

    def median(name, measure):
        return comparison.median(name, measure)

    def times(name, measure):
        mine, theirs = median(own, measure), median(name, measure)
        if name == own or not isinstance(mine, float) or not isinstance(theirs, float):
            return ""
        return f"{mine / theirs:,.0f}" if mine / theirs >= 10 else f"{mine / theirs:.1f}"

    def spread(name, measure):
        values = [value for value in comparison.values[name].get(measure, []) if isinstance(value, float)]
        return f"{number(min(values))} to {number(max(values))}" if len(values) > 1 else ""

    def limit_row(label, measure, cells):
        return [label, *(number(median(own, f"limit {measure}{place}")) for place in cells)]

    drains = []
    for name in names:
        row = [name, number(median(name, "drain")), spread(name, "drain"), times(name, "drain")]
        row += [number(median(name, f"drain {program} us"), " µs") for program in ("worker", "Redis")]
        for place in PLACES[1:]:
            row += [number(median(name, "drain" + place)), times(name, "drain" + place)]
        drains.append(row)
    limits = [number(median(own, "limit drain" + place)) for place in PLACES]
    ratios = [times_of(median(own, "drain" + place), median(own, "limit drain" + place)) for place in PLACES]
    drains.append(
        ["redis-benchmark", limits[0], spread(own, "limit drain"), ratios[0], "–", "–", limits[1], ratios[1], limits[2]]
        + [ratios[2]]
    )

    enqueues = []
    for name in names:
        enqueues.append([name, *(number(median(name, kind + place)) for kind in ("single", "bulk") for place in PLACES)])
    enqueues.append(limit_row("redis-benchmark", "single", PLACES) + limit_row("", "bulk", PLACES)[1:])

    waits = []
    for name in names:
        cells = [name]
        for measure in ("pick-up", "pick-up" + AWAY, "pick-up at 80 %"):
            failed = median(name, measure)
            cells.append(
                failed if failed else " / ".join(number(median(name, f"{measure} p{part}")) for part in (50, 99))
            )
        backlog = median(name, "pick-up at 80 % backlog")
        cells.append(number(backlog, " s") if backlog is not None else "–")
        waits.append(cells)

    lives = []
    for system in comparison.systems:
        sleepers = f"{system.sleepers:,}" if system.sleepers else "a process each"
        memory = median(system.name, "sleepers") or number(median(system.name, "sleepers KiB each"), " KiB")
        lives.append(
            [
                system.name, sleepers, memory, number(median(system.name, "sleepers MiB"), " MiB"),
                number(median(system.name, "recovery"), " s"), system.recovery, system.loses,
            ]
        )

    parts = [
        "# Results",
        "Written by `make bench ARGS=peers`; README.md of this directory says how each is measured.",
        "\n".join(f"- {fact}" for fact in facts(comparison, rounds)),
        "## The aims",
        table(["aim", "here", ""], aims(comparison, own, median)),
        "## Draining no-op jobs, a second",
        "From the first acknowledgement in Redis to the last, each message decoded with its typed argument. `×`: times "
        f"that {own} is faster in the same run; for redis-benchmark (RPOPLPUSH, then RPOP, 100 in flight on each of 4 "
        "connections) the share of it that is reached.",
        table(
            ["", PLACE_NAMES[0], "rounds", "×", "CPU of workers a job", "of Redis", PLACE_NAMES[1], "×", PLACE_NAMES[2], "×"],
            drains,
        ),
        "## Enqueueing, jobs a second",
        "Single: one caller, each call awaited. Bulk: what the peer offers for many, else up to 50 calls at once; `–`: "
        "neither. redis-benchmark: LPUSH of this repository's message, one at a time and 400 in flight.",
        table(["", *(f"{kind}, {place}" for kind in ("single", "bulk") for place in PLACE_NAMES)], enqueues),
        "## Pick-up, p50 / p99 in ms",
        "From before the enqueueing in one process to the job's first line in another. Load: an open loop of 80 % of "
        "the peer's own drain, on the same two cores; the backlog after it tells whether that could be kept up with.",
        table(["", "idle", "idle, 1 ms away", "80 % load", "backlog"], waits),
        "## Many sleeping jobs in one process, and recovery",
        "Memory a job: what the process holds more while all of them sleep than an idle one with 101 slots, by their "
        "number. Recovery: a worker is killed with SIGKILL while another one is idle; the time until every job it held "
        "runs there.",
        table(["", "sleeping", "memory a job", "in all", "recovery", "its setting", "what can be lost"], lives),
        "## Settings of each",
        "\n".join(f"- {system.name}: {system.setting}." for system in comparison.systems),
    ]
    return "\n\n".join(parts) + "\n"


def times_of(value, limit) -> str:
    return f"{value / limit:.2f}" if isinstance(value, float) and isinstance(limit, float) else ""


def aims(comparison: Comparison, own: str, median) -> list[list[str]]:
    rate = median(own, "drain")
    rows = [[f"{RATE_AIM:,} no-op jobs a second", number(rate), verdict(rate, RATE_AIM)]]
    for name, aim in AIMS.items():
        theirs = median(name, "drain")
        if isinstance(rate, float) and isinstance(theirs, float):
            rows.append([f"{aim} times {name}", f"{rate / theirs:.1f}", verdict(rate / theirs, aim)])
    limit = median(own, "limit drain")
    if isinstance(rate, float) and isinstance(limit, float):
        share = rate / limit
        rows.append(["a third of what Redis does for the same moves", f"{share:.3f}", verdict(share, 1 / 3)])
    for name, (aim, source) in NOT_MEASURED.items():
        rows.append([f"{aim} times {name}", f"not measured: it comes from {source}, which is not to be had here", ""])
    return rows


def verdict(value, aim) -> str:
    return "" if not isinstance(value, float) else "met" if value >= aim else "missed"


def facts(comparison: Comparison, rounds: int) -> list[str]:
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "unknown")
    with open("/proc/meminfo", encoding="utf-8") as file:
        memory = int(file.readline().split()[1]) / 1024 / 1024
    packages = ("celery", "rq", "dramatiq", "arq", "taskiq", "taskiq-redis", "saq", "huey", "redis", "hiredis", "uvloop")
    versions = ", ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)
    return [
        f"{datetime.date.today():%Y-%m-%d}; {os.cpu_count()} cores ({model}), shared by Redis, worker and load; "
        f"{memory:.0f} GiB; {platform.system()} {platform.release()}.",
        f"{first_line('swift', '--version')}, release build; Python {platform.python_version()} with {versions}; "
        f"{first_line('ruby', '--version').partition(' (')[0]} with {first_line('sidekiq', '--version')}.",
        f"{first_line('redis-server', '--version').partition(' sha=')[0]}; `appendonly yes`, `appendfsync everysec` or `always`, no RDB "
        "snapshots, `noeviction`.",
        f"1 ms away: every byte takes {DELAY_MICROSECONDS // 2} µs each way through `delay-proxy`, which takes its CPU "
        f"time from the same cores. A PING takes {comparison.facts.get('round trip', '?')}.",
        f"Drain, enqueueing and redis-benchmark with everysec: median of {rounds} rounds in turn, else one round. A drain "
        f"of {comparison.systems[0].jobs:,} jobs, of peers of as many as take about five seconds; cut at {LONGEST_DRAIN} s.",
    ]


def first_line(*command: str) -> str:
    try:
        output = subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError:
        return f"{command[0]}: none"
    return (output.stdout + output.stderr).strip().splitlines()[0]
