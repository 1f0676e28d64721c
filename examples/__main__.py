"""Runs examples, and writes `docs/reproductions.md` and its pictures from their results.

python -m examples [NAME ...] [--quick] [--page]
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from pathlib import Path

from ._page import page
from ._reproduction import VERDICTS, Example

DOCS = Path(__file__).resolve().parents[1] / "docs"
RESULTS = DOCS / "reproductions" / "results.json"
NAMES = (
    "etdrk4",
    "fno",
    "tensorised_fno",
    "deeponet",
    "kernel_ridge",
    "physics_informed_operator",
    "unrolled_training",
)


def example(name: str) -> Example:
    """One example by name."""
    return Example(name, importlib.import_module(f"examples.{name}"))


def rounded(value):
    """The same data with numbers to six digits: what a page and a picture need."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m examples", description="Runs examples; writes the page.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which (default: all): {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="a reduced form, checked and printed, nothing written")
    parser.add_argument("--page", action="store_true", help="write the page and its pictures from the stored results")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no such example: {', '.join(sorted(unknown))}")
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in () if options.page else options.names or NAMES:
        one, begin = example(name), time.process_time()
        found = rounded(one.module.measure(options.quick))
        seconds = time.process_time() - begin
        print(f"\n{one.title}  ({seconds:.0f} CPU seconds)")
        for row in one.rows(found):
            print(f"  {row.what}: {row.measured}   [claimed: {row.claimed}; {VERDICTS[row.holds].strip('*')}]")
        one.module.check(found)
        if not options.quick:
            results[name] = {"found": found, "cpu_seconds": round(seconds)}
            RESULTS.parent.mkdir(parents=True, exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    if not options.quick:
        for name in NAMES:
            if name in results:
                example(name).picture(results[name]["found"], RESULTS.parent / f"{name}.svg")
        (DOCS / "reproductions.md").write_text(page([example(name) for name in NAMES], results))


if __name__ == "__main__":
    main()
