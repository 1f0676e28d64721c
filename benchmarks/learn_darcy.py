"""`sobolev learn darcy` as a newcomer runs it: seconds from the prompt to the report, and peak memory.

    python -m benchmarks.learn_darcy --json PATH [--warm]

Runs the command in a process of its own with an empty compilation cache (`--warm`: with the user's), and adds up the
memory of its whole process tree. Bars: 90 s, 4 GB, every rule R1–R12 and every trivial row in the table.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

MOST_SECONDS, MOST_GIGABYTES = 90.0, 4.0
ROWS = ("FNO", "classical", "kernel ridge", "coarse grid", "zero", "training mean", "twice the resolution")


def measure(warm: bool) -> dict:
    """One run: what it printed and reported, its seconds, and the peak memory of its process tree."""
    with tempfile.TemporaryDirectory() as place:
        environment = dict(os.environ, COLUMNS="120")
        if not warm:
            environment["JAX_COMPILATION_CACHE_DIR"] = str(Path(place) / "cache")
        result, said = Path(place) / "result.json", Path(place) / "said.txt"
        command = [sys.executable, "-m", "sobolev.cli", "learn", "darcy", "--out", place, "--json", str(result)]
        begin, peak, processor = time.perf_counter(), 0, 0.0
        with said.open("w") as out:
            process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
            tree = psutil.Process(process.pid)
            while process.poll() is None:
                memory, used = _usage(tree)
                peak, processor = max(peak, memory), max(processor, used)
                time.sleep(0.1)
        seconds = time.perf_counter() - begin
        text = said.read_text()
        if process.returncode:
            raise SystemExit(f"sobolev learn darcy ended with {process.returncode}:\n{text}")
        outcome = json.loads(result.read_text())
        report = Path(outcome["report"])
        missing = [w for w in (*ROWS, *(f"R{i} " for i in range(1, 13))) if w not in text]
        return {
            "seconds": seconds,
            "processor_seconds": processor,
            "load": os.getloadavg()[0],
            "peak_gigabytes": peak / 1e9,
            "report_megabytes": report.stat().st_size / 1e6,
            "error": outcome["errors"]["relative_l2"],
            "range": outcome["range"],
            "break_even": outcome["break_even"],
            "parts": outcome["seconds"],
            "missing": missing,
            "ratio": MOST_SECONDS / seconds,
            "passed": seconds <= MOST_SECONDS and peak / 1e9 <= MOST_GIGABYTES and not missing,
            "table": text,
        }


def _usage(tree: psutil.Process) -> tuple[int, float]:
    """Resident bytes and processor seconds of a process and its descendants; one that just ended counts as nothing."""
    memory, used = 0, 0.0
    try:
        family = [tree, *tree.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0, 0.0
    for process in family:
        try:
            memory += process.memory_info().rss
            used += sum(process.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return memory, used


def main() -> None:
    """Measures once and prints or writes the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="where the figures are written")
    parser.add_argument("--peer-python", help="not needed here: there is no peer")
    parser.add_argument("--warm", action="store_true", help="keep the user's compilation cache")
    options = parser.parse_args()
    found = measure(options.warm)
    print(found.pop("table"))
    print(json.dumps(found, indent=2))
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
