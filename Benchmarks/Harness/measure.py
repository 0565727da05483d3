"""Measures the design's budgets and prints one table. Called by `run`, which builds the programs."""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import events
import systems
from comparison import Comparison
from processes import Program, Redis, answers_ok, can_connect, free_port, wait_until

HERE = pathlib.Path(__file__).parent
THRESHOLDS = json.loads((HERE.parent / "thresholds.json").read_text())


class Table:
    """Rows of what was measured, what bounds it, and what the design allows."""

    def __init__(self):
        self.rows = [("measured", "value", "limit here", "of limit", "budget", "")]
        self.exceeded = []

    def add(self, name, value, unit, limit=None, ratio=None, budget=None, is_met=None):
        verdict = "" if is_met is None else "met" if is_met else "MISSED"
        number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
        self.rows.append((name, f"{number} {unit}", limit or "", f"{ratio:.2f}" if ratio else "", budget or "", verdict))
        print(f"  {name}: {number} {unit}", flush=True)

    def count(self, name, value):
        """A number that repeats on every machine, against its threshold in git."""
        threshold = THRESHOLDS[name]
        self.add(name, value, "", budget=f"at most {threshold}", is_met=value <= threshold)
        if value > threshold:
            self.exceeded.append(name)

    def show(self):
        widths = [max(len(row[column]) for row in self.rows) for column in range(6)]
        for number, row in enumerate(self.rows):
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
            if number == 0:
                print("  ".join("-" * width for width in widths))


class Benchmarks:
    def __init__(self, programs: pathlib.Path, table: Table):
        self.programs = programs
        self.table = table

    def environment(self, redis: Redis, **more):
        """The settings of gateway and worker, whatever this shell's environment holds."""
        own = {
            "REDIS_URL": redis.url,
            "LISTEN_HOST": "127.0.0.1",
            "WORKER_HOST": "127.0.0.1",
            "FEISHU_APP_ID": events.APP_ID,
            "FEISHU_APP_SECRET": "benchmark",
            "FEISHU_ENCRYPT_KEY": events.ENCRYPT_KEY,
            "FEISHU_VERIFICATION_TOKEN": events.VERIFICATION_TOKEN,
            "FEISHU_BASE_URL": "http://127.0.0.1:9",
            "LOG_LEVEL": "warning",
        }
        return {**own, **more}

    def start_gateway(self, redis: Redis, port: int) -> Program:
        return Program([self.programs / "gateway"], self.environment(redis, LISTEN_PORT=str(port)))

    # Acknowledging events

    def gateway(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "events")
            events.write(path, 100_000)
            port, bare_port = free_port(), free_port()
            with Redis() as redis, self.start_gateway(redis, port) as gateway:
                with Program([self.programs / "bare-server", str(bare_port)]) as bare:
                    wait_until(lambda: answers_ok(port, "/readyz") and can_connect(bare_port))
                    load(port, path, 100, 1)
                    for connections in (200, 1000):
                        own, limit, redis_micros = self.alternate(
                            redis, (gateway, port), (bare, bare_port), path, connections
                        )
                        self.report_saturated(connections, own, limit, redis_micros)
                    self.table.count("gateway: Redis calls per event", own["calls"] / own["stored"])
                    for connections in (200, 1000):
                        redis.send("FLUSHALL")
                        self.report_paced(connections, load(port, path, connections, 8, think=connections / 2))

    def alternate(self, redis, gateway, bare, path, connections):
        """The sums of short rounds in turn, so that what else the machine does meets both alike."""
        own, limit = {}, {}
        for _ in range(4):
            add(limit, self.saturate(*bare, path, connections, 1))
            redis.send("FLUSHALL")
            redis.send("CONFIG", "RESETSTAT")
            before = redis.cpu_seconds
            add(own, self.saturate(*gateway, path, connections, 1))
            stored = redis.send("LLEN", "interactive")
            add(own, {"redis": redis.cpu_seconds - before, "calls": redis.script_calls(), "stored": stored})
        for sums in (own, limit):
            sums["rate"] = sums["requests"] / sums["seconds"]
            sums["micros"] = sums["cpu"] / sums["requests"] * 1e6
        return own, limit, own["redis"] / own["requests"] * 1e6

    def saturate(self, server: Program, port: int, path: str, connections: int, seconds: int):
        before = server.cpu_seconds
        result = load(port, path, connections, seconds)
        result["cpu"] = server.cpu_seconds - before
        return result

    def report_saturated(self, connections, own, limit, redis_micros):
        name = f"gateway, {connections} connections, saturated"
        self.table.add(
            f"{name}: events", own["rate"], "/s", limit=f"{limit['rate']:,.0f} /s", ratio=own["rate"] / limit["rate"]
        )
        ratio = limit["micros"] / own["micros"]
        self.table.add(
            f"{name}: CPU an event",
            own["micros"],
            "us",
            limit=f"{limit['micros']:.3g} us",
            ratio=ratio,
            budget="at least 0.5",
            is_met=ratio >= 0.5,
        )
        self.table.add(f"{name}: CPU of Redis an event", redis_micros, "us")
        self.table.add(f"{name}: errors", own["errors"], "", budget="0", is_met=own["errors"] == 0)

    def report_paced(self, connections, own):
        name = f"gateway, {connections} connections, {own['rate']:,.0f} events/s"
        self.table.add(f"{name}: p50", own["p50"], "ms")
        self.table.add(f"{name}: p99", own["p99"], "ms", budget="under 10 ms", is_met=own["p99"] < 10)
        self.table.add(f"{name}: errors", own["errors"], "", budget="0", is_met=own["errors"] == 0)

    # Running jobs

    def jobs(self):
        own = systems.ours(self.programs)
        comparison = Comparison(self.programs, [own], is_quiet=True)
        with Redis() as redis:
            comparison.record(redis, own)
            comparison.limits(redis, "", redis.port)
            comparison.enqueue(redis, own, "bulk", "bulk", redis.port)
            comparison.drain(redis, own, "drain", redis.port)
            self.table.count("jobs: Redis calls per job", redis.script_calls() / own.jobs)

        def measured(measure):
            return comparison.median(own.name, measure)

        rate, limit = measured("drain"), measured("limit drain")
        self.table.add("jobs: enqueued in batches", measured("bulk"), "/s")
        self.table.add(
            f"jobs: {own.jobs:,} no-op jobs, to the last acknowledgement", rate, "/s", limit=f"{limit:,.0f} /s",
            budget="130,000 /s", is_met=rate >= 130_000,
        )
        self.table.add(
            "jobs: of what Redis does", rate / limit, "", ratio=rate / limit, budget="at least 0.33",
            is_met=rate / limit >= 1 / 3,
        )
        self.table.add("jobs: CPU of the worker a job", measured("drain worker us"), "us")
        self.table.add("jobs: CPU of Redis a job", measured("drain Redis us"), "us")

    def pickup(self):
        own = systems.ours(self.programs)
        comparison = Comparison(self.programs, [own], is_quiet=True)
        with Redis() as redis:
            comparison.pick_up(redis, own, "pick-up", redis.port)
        p99 = comparison.median(own.name, "pick-up p99")
        self.table.add("pickup on an idle system: p50", comparison.median(own.name, "pick-up p50"), "ms")
        self.table.add("pickup on an idle system: p99", p99, "ms", budget="under 5 ms", is_met=p99 < 5)

    def holding(self):
        own = systems.ours(self.programs)
        comparison = Comparison(self.programs, [own], is_quiet=True)
        with Redis() as redis:
            comparison.sleep_at_once(redis, own)
            comparison.recover(redis, own)
        memory, seconds = comparison.median(own.name, "sleepers MiB"), comparison.median(own.name, "recovery")
        name = f"holding {own.sleepers:,} sleeping jobs"
        self.table.add(f"{name}: memory of the worker", memory, "MiB", budget="under 1,024 MiB", is_met=memory < 1024)
        self.table.add(f"{name}: memory a job", comparison.median(own.name, "sleepers KiB each"), "KiB")
        self.table.add(
            "holding jobs when killed: until all run elsewhere", seconds, "s", budget="under 12 s", is_met=seconds < 12
        )

    # Against others

    def peers(self):
        """Not run unless named: it takes a quarter of an hour and the peers' own packages."""
        import page

        comparison = Comparison(self.programs, [systems.ours(self.programs), *systems.peers()])
        rounds = 3
        comparison.run(rounds)
        text = page.text(comparison, rounds)
        (HERE.parent / "RESULTS.md").write_text(text, encoding="utf-8")
        print()
        print(text)

    def observed(self):
        """Not run unless named: it needs Celery."""
        own = systems.observed(systems.ours(self.programs), 200_000)
        celery = systems.observed(systems.peers()[0], 6_000)
        comparison = Comparison(self.programs, [own, celery], is_quiet=True)
        with Redis() as redis:
            for system in (own, celery):
                comparison.record(redis, system)
            published = {}
            for _ in range(3):
                for system in (own, celery):
                    comparison.drain(redis, system, "drain", redis.port)
                    published[system.name] = redis.calls("publish") / system.jobs
                    stored = redis.send("DBSIZE")
                    if stored < system.jobs:
                        raise RuntimeError(f"{system.name} stored {stored} results of {system.jobs}")
        rates = {system.name: comparison.median(system.name, "drain") for system in (own, celery)}
        for system in (own, celery):
            name = f"observed no-op jobs, {system.name}"
            self.table.add(
                name, rates[system.name], "/s", limit=f"{rates[celery.name]:,.0f} /s",
                ratio=rates[system.name] / rates[celery.name],
            )
            self.table.add(f"{name}: CPU of the worker a job", comparison.median(system.name, "drain worker us"), "us")
            self.table.add(f"{name}: CPU of Redis a job", comparison.median(system.name, "drain Redis us"), "us")
            self.table.add(f"{name}: PUBLISH a job", published[system.name], "")

    # Being idle

    def idle(self):
        with Redis() as redis:
            starts = {"gateway": [], "worker": []}
            for _ in range(10):
                port = free_port()
                with self.start_gateway(redis, port) as gateway:
                    wait_until(lambda: answers_ok(port, "/readyz"))
                    starts["gateway"].append((time.monotonic() - gateway.started) * 1000)
                redis.send("FLUSHALL")
                with self.start_worker(redis) as worker:
                    wait_until(lambda: redis.send("ZCARD", "{interactive}:workers") == 1)
                    starts["worker"].append((time.monotonic() - worker.started) * 1000)
            for name, times in starts.items():
                worst = max(times)
                self.table.add(f"{name}: start to ready, median of 10", statistics.median(times), "ms")
                self.table.add(
                    f"{name}: start to ready, slowest", worst, "ms", budget="under 300 ms", is_met=worst < 300
                )
            port = free_port()
            with self.start_gateway(redis, port) as gateway, self.start_worker(redis) as worker:
                wait_until(lambda: answers_ok(port, "/readyz"))
                time.sleep(3)
                for name, program, budget in (("gateway", gateway, 30), ("worker", worker, 40)):
                    resident, anonymous = program.memory_mib
                    self.table.add(
                        f"{name}: memory at idle", resident, "MiB", budget=f"under {budget} MiB",
                        is_met=resident < budget,
                    )
                    self.table.add(f"{name}: of which its own (not files)", anonymous, "MiB")

    # Minutes beside a model's time

    def minutes(self):
        output = subprocess.run(
            [self.programs / "minutes-bench"], check=True, capture_output=True, text=True
        ).stdout
        for line in output.splitlines():
            meeting, stage, milliseconds, mebibytes = line.split("\t")
            # The design's budget is for a usual meeting; six hours must work, and are told.
            is_bounded = stage == "sum" and meeting.startswith("44,000")
            for value, unit, limit in ((float(milliseconds), "ms", 100), (float(mebibytes), "MiB", 20)):
                self.table.add(
                    f"minutes, {meeting}: {stage}", value, unit,
                    budget=f"under {limit} {unit}" if is_bounded else None,
                    is_met=value < limit if is_bounded else None,
                )

    def start_worker(self, redis: Redis) -> Program:
        return Program([self.programs / "worker"], self.environment(redis, WORKER_PORT=str(free_port())))


def add(sums: dict, result: dict):
    for name, value in result.items():
        sums[name] = sums.get(name, 0) + value


def load(port: int, path: str, connections: int, seconds: int, think: float = 0):
    """Posts events with wrk on one thread; see events.lua."""
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", HERE / "events.lua", f"http://127.0.0.1:{port}/"],
        env={**os.environ, "EVENTS": path, "THINK": str(think), "LC_ALL": "C"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    line = next(line for line in output.splitlines() if line.startswith("RESULT"))
    requests, micros, p50, p99, errors = map(int, line.split()[1:])
    return {
        "requests": requests,
        "seconds": micros / 1e6,
        "rate": requests / micros * 1e6,
        "p50": p50 / 1000,
        "p99": p99 / 1000,
        "errors": errors,
    }


def first_line(*command: str) -> str:
    output = subprocess.run(command, check=False, capture_output=True, text=True)
    return (output.stdout + output.stderr).strip().splitlines()[0]


def print_setting():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "unknown")
    print(f"{os.cpu_count()} cores, {model}; {platform.system()} {platform.release()}; load {os.getloadavg()[0]:.1f}")
    print(first_line("swift", "--version"))
    print(first_line("redis-server", "--version"))
    print(first_line("wrk", "-v"))


def main() -> int:
    usual = ("gateway", "jobs", "pickup", "holding", "idle", "minutes")
    names = (*usual, "peers", "observed")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="where the release build is")
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join(names)}; all but peers and observed by default")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(names)
    if unknown:
        parser.error(f"no benchmark is named {', '.join(sorted(unknown))}")
    print_setting()
    table = Table()
    benchmarks = Benchmarks(arguments.programs, table)
    for name in arguments.names or usual:
        getattr(benchmarks, name)()
    if len(table.rows) > 1:
        print()
        table.show()
    for name in table.exceeded:
        print(f"{name} is over its threshold", file=sys.stderr)
    return 1 if table.exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
