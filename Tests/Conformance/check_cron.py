#!/usr/bin/env python3
"""Checks when our cron expressions happen against croniter, in zones whose clocks are set.

Random expressions over ten years, from a seed (CRON_SEED; CRON_SCALE=10 for ten times as many), told by cron-probe from
$AI_ASSISTANT_BINARIES. Ends with status 0 only if every moment is the same, but for what docs/jobqueue/periodic.md says:
what croniter has happen in both of the hours that come twice happens in the first alone, unless the expression means
every hour; and where it is half an hour that comes twice, croniter forgets some of the second.
"""

import datetime
import os
import pathlib
import random
import subprocess
import sys
import time
import zoneinfo

from croniter import CroniterBadDateError, croniter

from programs import BINARIES

ZONES = ["Europe/Berlin", "Europe/London", "America/New_York", "America/Santiago", "America/St_Johns",
         "Australia/Lord_Howe", "Asia/Shanghai", "Asia/Kolkata", "Africa/Casablanca", "Pacific/Chatham", "UTC"]
# Clocks there are set by half an hour.
HALF_HOURS = "Australia/Lord_Howe"
FIRST = int(datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc).timestamp())
LAST = int(datetime.datetime(2035, 1, 1, tzinfo=datetime.timezone.utc).timestamp())
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
REFUSED = ["", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 0 *", "* * * 13 *",
           "* * * * 8", "*/0 * * * *", "a * * * *", "-1 * * * *", "1-  * * * *", "1,,2 * * * *", "@never", "1.5 * * * *",
           "* * * foo *", "* * * * mon-", "+1 * * * *", "１ * * * *"]
NEVER = ["0 0 31 2 *", "0 0 30 feb *", "0 0 31 4,6,9,11 *"]


def changes_of(zone):
    """The moments at which the zone's clocks are set, to the quarter of an hour."""
    found, before = [], None
    for moment in range(FIRST, LAST, 900):
        offset = datetime.datetime.fromtimestamp(moment, zone).utcoffset()
        if before is not None and offset != before:
            found.append(moment)
        before = offset
    return found


class Expressions:
    """Makes expressions; in dense ones something happens in most hours."""

    def __init__(self, generator):
        self.generator = generator

    def number(self, low, high, words=None):
        number = self.generator.randint(low, high)
        return words[number - low].upper() if words and self.generator.random() < 0.3 else str(number)

    def item(self, low, high, words=None):
        kind = self.generator.random()
        if kind < 0.5:
            return self.number(low, high, words)
        first, last = sorted(self.generator.sample(range(low, high + 1), 2))
        if kind < 0.7:
            return f"{first}-{last}"
        if kind < 0.8 and words:
            return f"{last}-{first}" if last - first > 1 else f"{first}-{last}"
        if kind < 0.9:
            return f"{first}-{last}/{self.generator.randint(2, 7)}"
        return f"{first}/{self.generator.randint(2, 9)}" if self.generator.random() < 0.5 else \
            f"*/{self.generator.randint(2, max(2, (high - low) // 2))}"

    def field(self, low, high, star, words=None):
        if self.generator.random() < star:
            return "*"
        return ",".join(self.item(low, high, words) for _ in range(self.generator.choice([1, 1, 1, 2, 3])))

    def any(self):
        while True:
            day = self.field(1, 31, 0.5)
            if self.generator.random() < 0.08:
                day = "L"
            weekday = self.field(0, 6, 0.5, DAYS)
            expanded = croniter(f"0 0 {day} * *").expanded[2], croniter(f"0 0 * * {weekday}").expanded[4]
            # Every day in other words than *: whether that counts as *, croniter decides by how the other one is written.
            if all(text == "*" or days != ["*"] for text, days in zip((day, weekday), expanded)):
                return " ".join([self.field(0, 59, 0.1), self.field(0, 23, 0.3), day,
                                 self.field(1, 12, 0.6, MONTHS), weekday])

    def dense(self):
        """Something that happens on most days, often in the hours in which clocks are set."""
        hour = self.generator.choice(["*", "0-4", "1", "2", "3", "0", "1-3", "*/2", "*/3", "0,2,23", "2,4", "1,2"])
        minute = self.generator.choice(["0", "30", "15", "*/15", "*/20", "59", "0,30", "45", "*/7", "10-20/5"])
        day = self.generator.choice(["* * *", "* * *", "* * sun,mon", "*/2 * *", "* * 0-6/2"])
        return f"{minute} {hour} {day}"


def is_second(moment, zone):
    """Whether clocks show this for the second time."""
    return datetime.datetime.fromtimestamp(moment, zone).fold == 1


def expected(zone, start, count, expression):
    """croniter's moments as we mean them; None for an expression that means no day."""
    times = croniter(expression, datetime.datetime.fromtimestamp(start, zone))
    is_hourly = times.expanded[1] == ["*"]
    found = []
    try:
        while len(found) < count:
            moment = int(times.get_next(float))
            if is_hourly or not is_second(moment, zone):
                found.append(moment)
    except CroniterBadDateError:
        return None
    return found


def is_right(answer, wanted, zone):
    """Whether our answer is what croniter says."""
    if wanted is None or answer.startswith("!"):
        return wanted is None and answer.startswith("!")
    ours = [int(word) for word in answer.split()]
    if zone.key == HALF_HOURS:
        ours, wanted = ([each for each in times if not is_second(each, zone)] for times in (ours, wanted))
        wanted = wanted[:len(ours)]
    return ours == wanted


def ask(lines):
    probe = pathlib.Path(os.environ.get("AI_ASSISTANT_BINARIES", BINARIES)).resolve() / "cron-probe"
    done = subprocess.run([probe], input="".join(f"{line}\n" for line in lines), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"cron-probe ended with {done.returncode}: {done.stderr}"
    answers = done.stdout.split("\n")[:-1]
    assert len(answers) == len(lines), f"{len(answers)} answers to {len(lines)} questions"
    return answers


def main():
    seed = int(os.environ.get("CRON_SEED", "20261126"))
    scale = float(os.environ.get("CRON_SCALE", "1"))
    began = time.monotonic()
    generator = random.Random(seed)
    expressions = Expressions(generator)
    cases = []
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        for _ in range(int(60 * scale)):
            cases.append((name, zone, generator.randrange(FIRST, LAST), 8, expressions.any()))
        changes = changes_of(zone)
        for change in generator.choices(changes, k=int(50 * scale)) if changes else []:
            start = change - generator.randrange(0, 40 * 3600)
            cases.append((name, zone, start, 24, expressions.dense()))
    answers = ask([f"{name}\t{start}\t{count}\t{text}" for name, _, start, count, text in cases])
    moments, wrong = 0, []
    for (name, zone, start, count, text), answer in zip(cases, answers):
        wanted = expected(zone, start, count, text)
        moments += len(wanted or [])
        if not is_right(answer, wanted, zone):
            wrong.append((name, start, text, answer, wanted, zone))
    for name, start, text, answer, wanted, zone in wrong[:8]:
        print(f"{name} from {datetime.datetime.fromtimestamp(start, zone)}: {text}", file=sys.stderr)
        if wanted is None or answer.startswith("!"):
            print(f"  {answer}, and croniter: {wanted}", file=sys.stderr)
            continue
        ours = [int(word) for word in answer.split()]
        at = next((i for i, (a, b) in enumerate(zip(ours, wanted)) if a != b), min(len(ours), len(wanted)))
        for who, times in ("ours", ours), ("croniter", wanted):
            shown = ", ".join(str(datetime.datetime.fromtimestamp(each, zone)) for each in times[max(0, at - 1):at + 3])
            print(f"  {who}: … {shown}", file=sys.stderr)
    assert not wrong, f"{len(wrong)} of {len(cases)} expressions differ (CRON_SEED={seed})"
    print(f"{moments} moments of {len(cases)} expressions in {len(ZONES)} zones are croniter's (seed {seed})")

    for text, answer in zip(REFUSED + NEVER, ask([f"UTC\t0\t1\t{text}" for text in REFUSED + NEVER])):
        assert answer.startswith("!"), f"{text!r} was taken: {answer}"
    print(f"{len(REFUSED + NEVER)} expressions that are none are refused")
    print(f"took {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
