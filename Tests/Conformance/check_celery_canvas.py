#!/usr/bin/env python3
"""Checks canvases of the newest Celery and of an older one on our workers, and with Celery's workers on the same queue.

The statements are in `canvas_statements.py`: items 35 to 46 of the conformance checklist.
"""

import os
import subprocess
import sys

from fleets import HERE, OLDER_PYTHON, QUEUE, MixedFleet, SwiftFleet
from programs import Programs, run

#: So many make all statements at once of a mixed fleet, so that each part of a canvas falls to each kind of worker.
CALLERS = 4


class CanvasChecks:
    def __init__(self, programs):
        self.programs = programs

    def state(self, fleet, python, *options, callers=1):
        """All statements, by that Celery, of that fleet."""
        began = [subprocess.Popen(
            [str(python), str(HERE / "canvas_statements.py"), *options], stdout=None if callers == 1 else subprocess.DEVNULL,
            env={"CANVAS_URL": fleet.url, "CANVAS_QUEUE": QUEUE, "PATH": os.environ["PATH"]}) for _ in range(callers)]
        ended = [caller.wait(timeout=120) for caller in began]
        assert not any(ended), "not all statements hold"
        fleet.until_idle(15)

    def mixed(self, name, python):
        fleet = MixedFleet(self.programs, name, python)
        self.state(fleet, python, callers=CALLERS)
        runs = {kind.decode(): int(count) for kind, count in fleet.redis.hgetall("canvas:by").items()}
        assert min(runs.get("python", 0), runs.get("swift", 0)) > 50, f"not a mixed fleet: {runs}"
        print(f"  runs of tasks: {runs}")

    def on_ours(self):
        """35 to 46 hold on our workers, and more"""
        fleet = SwiftFleet(self.programs, "ours")
        self.state(fleet, sys.executable, "--beyond-celery")
        self.state(fleet, OLDER_PYTHON)

    def on_both(self):
        """45: all of it holds with Celery's workers on the same queue"""
        self.mixed("both", sys.executable)

    def on_both_older(self):
        """45: and with an older Celery's"""
        self.mixed("both-older", OLDER_PYTHON)


if __name__ == "__main__":
    with Programs() as programs:
        checks = CanvasChecks(programs)
        run([checks.on_ours, checks.on_both, checks.on_both_older])
