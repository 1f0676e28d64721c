"""`python -m benchmarks.suite [numbers …] [--json PATH] [--page]`: every classical method on every problem.

Seconds are those after meshing and compilation, measured once; on a quiet machine they repeat to about 20 %.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from sobolev._core import precision_context

from .._measure import report
from ._cases import cases
from ._page import renewed, write_guide, write_page
from ._scores import checked, scores, the_truth
from ._table import outcome, show, summary


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suite", description=__doc__)
    parser.add_argument("numbers", nargs="*", type=int, help="cases to run; none: all")
    parser.add_argument("--json", type=Path, help="write the result here")
    parser.add_argument("--page", action="store_true", help="renew docs/suite.md and docs/choosing.md with these")
    chosen = parser.parse_args()
    console, kept = Console(), []
    for case in cases():
        if chosen.numbers and case.number not in chosen.numbers:
            continue
        with console.status(f"{case.number} {case.name}: reference"), precision_context("double"):
            truth, reference, own_error = the_truth(case)
        with console.status(f"{case.number} {case.name}: contenders"), precision_context("double"):
            found = list(scores(case, truth))
        checks = [] if reference is None else checked(case, reference.evaluate)
        kept.append(outcome(case, found, own_error, checks))
        show(console, case, found, kept[-1])
    summary(console, kept)
    if chosen.json is not None:
        report({"cases": kept, "met": sum(k["met"] == "yes" for k in kept)}, chosen.json)
    if chosen.page:
        every = renewed(kept)
        write_page(every)
        write_guide(every)


if __name__ == "__main__":
    main()
