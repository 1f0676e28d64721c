"""What all benchmarks share: arguments, alternating runs in processes of their own, medians, JSON.

A worker is a command that prints one JSON object as its last line. Workers of both sides run in turn, so that
whatever else the machine does hits both alike; only ratios of medians are quoted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def arguments(description: str, peer: bool = False, runs: int = 3) -> argparse.Namespace:
    """--json, --runs, and --peer-python where there is a peer."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, help="write the result here")
    parser.add_argument("--runs", type=int, default=runs, help="processes per side")
    if peer:
        parser.add_argument("--peer-python", type=Path, help="interpreter of the peer's environment")
    return parser.parse_args()


def worker(script: str, *options: str, python: Path | str = sys.executable) -> list[str]:
    """The command that runs a file of this folder with an interpreter."""
    return [str(python), str(HERE / script), *options]


def alternate(
    commands: Mapping[str, Sequence[str]], runs: int, environment: Mapping[str, str] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Runs every command `runs` times, in turn, each in a fresh process; returns what they print, by name."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            done = subprocess.run(
                list(command), capture_output=True, text=True, env={**os.environ, **(environment or {})}, check=False
            )
            if done.returncode:
                raise SystemExit(f"{name} failed ({' '.join(command)}):\n{done.stderr[-4000:]}")
            found[name].append(json.loads(done.stdout.strip().splitlines()[-1]))
    return found


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return float(statistics.median(values))


def report(result: Mapping[str, Any], path: Path | None) -> None:
    """Prints the result, and writes it as JSON."""
    text = json.dumps(result, indent=2)
    print(text)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
