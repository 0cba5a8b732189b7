"""How long everything that leaves the planner takes: each format on its own, and all of it at once.

Runs ``planning export`` in processes of its own on bundled Dortmund with a plan of fourteen rooms, so that
time and memory are those of the command. Prints figures, decides nothing. Run with
``python tests/benchmarks/bench_export.py``, or with the names of some formats.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from planning.model import EXPORT_FORMATS

GOAL_S, GOAL_MB = 90.0, 1024.0
DATE = ("--date", "2026-11-26")
PLANNING = (sys.executable, "-m", "planning.cli")


def run(*arguments: str) -> tuple[float, float, list[tuple[float, str]]]:
    """Return seconds, greatest resident size in MB and the moments at which steps began."""
    began, steps = time.perf_counter(), list[tuple[float, str]]()
    command = [*PLANNING, *arguments, *DATE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for row in process.stdout:
            if row.startswith("{"):
                step = json.loads(row)["step"]
                if not steps or steps[-1][1] != step:
                    steps.append((time.perf_counter() - began, step))
        errors = process.stderr.read() if process.stderr else ""
    if process.returncode:
        raise SystemExit(errors)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return time.perf_counter() - began, peak, steps


def size_mb(folder: Path) -> float:
    """Return the size of all files of a folder."""
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6


def main(wanted: list[str]) -> None:
    """Print one line a format, then one for everything with its steps."""
    formats = wanted or [*EXPORT_FORMATS]
    with tempfile.TemporaryDirectory() as name:
        plan = Path(name) / "plan"
        run("plan", "-p", "14", "--out", str(plan))
        for form in formats:
            out = Path(name) / form
            given = ("--plan", str(plan / "plan.json"), "--formats", form, "--out", str(out))
            seconds, _, steps = run("export", *given, "--follow")
            own = seconds - next(begun for begun, step in steps if step != "measure")
            print(
                f"{form:<10}{seconds:>8.1f} s, of which writing {own:>6.1f} s {size_mb(out):>8.1f} MB",
                flush=True,
            )
        if wanted:
            return
        out = Path(name) / "all"
        given = ("--plan", str(plan / "plan.json"), "--out", str(out), "--follow")
        seconds, peak, steps = run("export", *given, "--indicators", "need:cell,unemployment_pct:borough")
        print(f"{'all':<10}{seconds:>8.1f} s (goal {GOAL_S:g}), {size_mb(out):.1f} MB")
        print(f"{'memory':<10}{peak:>8.0f} MB (goal {GOAL_MB:g})")
        ends = [begun for begun, _ in steps[1:]] + [seconds]
        for (begun, step), end in zip(steps, ends, strict=True):
            print(f"  {step:<12}{end - begun:>6.1f} s")
        began = time.perf_counter()
        subprocess.run([*PLANNING, "reproduce", str(out)], check=True)
        print(f"{'again':<10}{time.perf_counter() - began:>8.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
