#!/usr/bin/env python3
"""Checks tasks, queues, results, events, remote control and connections against the newest Celery and an older one.

The statements are in `core_statements.py`: items 1 to 34 and 47 to 62 of the conformance checklist. Both make them at the
same time, each with a Redis and workers of its own.
"""

import subprocess
import sys

from fleets import HERE, OLDER_PYTHON


def main():
    statements = [subprocess.Popen([str(python), str(HERE / "core_statements.py")], stdout=subprocess.PIPE, text=True)
                  for python in (sys.executable, OLDER_PYTHON)]
    try:
        for each in statements:
            # One after the other, so that each is read as a whole.
            print(each.communicate(timeout=240)[0], end="", flush=True)
        if any(each.returncode for each in statements):
            sys.exit("not all statements hold")
    finally:
        for each in statements:
            each.terminate()


if __name__ == "__main__":
    main()
