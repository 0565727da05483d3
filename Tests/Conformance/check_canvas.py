#!/usr/bin/env python3
"""Checks that random canvases end on our workers as they end on Celery's: values, exceptions, states, effects.

The very same messages go to a fleet of Celery's workers and to ours, each on a Redis of its own, and to both on one queue.
In the environment: CANVASES (how many, 150), CANVAS_SEED (the first seed, 0; a difference is told with its seed) and
CANVAS_HARM (1: as many again while our workers are killed every second).
"""

import os

from canvas_comparison import Outcomes, Recording, differences, published
from fleets import OLDER_PYTHON, MixedFleet, PythonFleet, SwiftFleet
from programs import Programs, expect_equal, run

COUNT = int(os.environ.get("CANVASES", "150"))
SEED = int(os.environ.get("CANVAS_SEED", "0"))
PATIENCE = 60 + COUNT // 5
#: So many differing canvases are shown in full.
SHOWN = 10


class CanvasChecks:
    def __init__(self, programs):
        self.programs = programs
        self.recording = Recording(programs, list(range(SEED, SEED + COUNT)))
        self.expected = None

    def outcomes(self, fleet, recording):
        recording.replay(fleet)
        fleet.until_idle(PATIENCE)
        return Outcomes(fleet, recording.canvases)

    def expect_same(self, recording, expected, actual, **rules):
        differing = [lines for canvas in recording.canvases
                     if (lines := differences(canvas, expected, actual, **rules))]
        text = "\n".join("\n".join(lines) for lines in differing[:SHOWN])
        assert not differing, f"{len(differing)} of {len(recording.canvases)} canvases differ:\n{text}"

    def expect_published_once(self, fleet, actual):
        """As many messages as tasks ran: each callback, chain element and chord body was published once."""
        expect_equal(published(fleet, self.recording), len(actual.runs), "messages, one for each task that ran")

    def celery_ends_them_all(self):
        """Celery's workers bring every canvas to an end"""
        self.expected = self.outcomes(PythonFleet(self.programs, "celery"), self.recording)
        unfinished = [canvas.seed for canvas in self.recording.canvases
                      if "not ready" in repr(self.expected.of_caller(canvas))]
        assert not unfinished, f"the generator made what Celery never ends: {unfinished}"

    def ours_do_the_same(self):
        """ours end all of them in the same way, some dying of it, and publish each message once"""
        fleet = SwiftFleet(self.programs, "ours")
        actual = self.outcomes(fleet, self.recording)
        self.expect_same(self.recording, self.expected, actual)
        self.expect_published_once(fleet, actual)

    def mixed_do_the_same(self):
        """Celery's and ours on one queue do, too"""
        actual = self.outcomes(MixedFleet(self.programs, "both"), self.recording)
        self.expect_same(self.recording, self.expected, actual, is_mixed=True)

    def older(self):
        """an older Celery's canvases end as on its workers, on ours and on both"""
        # It leaves callers of failed chords waiting, and hangs on groups at the end of chains in a header.
        recording = Recording(self.programs, list(range(SEED, SEED + COUNT // 3)), OLDER_PYTHON,
                              has_failures=False, has_nested_groups=False, has_replacements=False)
        expected = self.outcomes(PythonFleet(self.programs, "older", OLDER_PYTHON), recording)
        for fleet in (SwiftFleet(self.programs, "ours-for-older"),
                      MixedFleet(self.programs, "both-with-older", OLDER_PYTHON)):
            # It does not say of which group a chord's body is.
            actual = self.outcomes(fleet, recording)
            self.expect_same(recording, expected, actual, ignoring={"has_group"}, is_mixed=isinstance(fleet, MixedFleet))

    def harm(self):
        """ours do it while one of them is killed every second, and publish each message once"""
        fleet = SwiftFleet(self.programs, "harmed", count=3, killing_every=1, seed=SEED)
        actual = self.outcomes(fleet, self.recording)
        self.expect_same(self.recording, self.expected, actual)
        self.expect_published_once(fleet, actual)
        print(f"  {fleet.kills} killed, {fleet.deaths} died in all, {sum(actual.runs.values()) - sum(self.expected.runs.values())} runs more than on Celery's")

    def all(self):
        checks = [self.celery_ends_them_all, self.ours_do_the_same, self.mixed_do_the_same, self.older]
        return checks + [self.harm] if os.environ.get("CANVAS_HARM") else checks


if __name__ == "__main__":
    with Programs() as programs:
        checks = CanvasChecks(programs)
        run(checks.all())
        print(f"{len(checks.recording.canvases)} canvases, seeds from {SEED}, "
              f"{sum(checks.expected.runs.values())} runs of tasks on Celery's workers")
