#!/usr/bin/env python3
"""Runs the tests of the Python SDK and of the example plugins."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SDK = ROOT / "sdk/python"

failed = []
for folder in [SDK, *sorted(path.parent for path in (ROOT / "examples/plugins").glob("*/test_*.py"))]:
    done = subprocess.run(
        [sys.executable, "-m", "unittest", "-b"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SDK)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    summary = next((line for line in done.stderr.splitlines() if line.startswith("Ran ")), "Ran nothing")
    print(f"{folder.relative_to(ROOT)}: {summary}")
    # An older Python says that no test was there with status 0.
    if done.returncode != 0 or summary.startswith(("Ran 0", "Ran nothing")):
        failed.append(folder)
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)

sys.exit(1 if failed else 0)
