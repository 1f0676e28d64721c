"""The page that sets claimed beside measured, made from the committed results and nothing else."""

from __future__ import annotations

from typing import Any

from ._reproduction import VERDICTS, Example

HEAD = """# Reproductions

What papers claim for the methods of this library, tried at sizes that two cores manage in minutes. Each section is one
file of `examples/`: its text, its claim, what it measured, and a picture. This page is generated from the results of
`python -m examples`; `python -m examples NAME` runs one again.

Claimed numbers are the papers' formulas, or were read in published code and its output; they come from other machines
and mostly from larger runs. "Claimed; not verified here" means just that, and rows without a claim are there for
comparison. The CPU seconds are those of the whole run, compilation included, on a shared machine of two cores: a size,
not a benchmark.
"""


def page(examples: list[Example], results: dict[str, Any]) -> str:
    """Markdown of all examples that have results."""
    missing = [f"- {e.title} (`python -m examples {e.name}`)\n" for e in examples if e.name not in results]
    rest = ["## Claimed; not run here yet\n", *missing] if missing else []
    return "\n".join([HEAD, *(_section(e, results[e.name]) for e in examples if e.name in results), *rest])


def _section(example: Example, result: dict[str, Any]) -> str:
    rows = [
        f"| {row.what} | {row.claimed} | {row.measured} | {VERDICTS[row.holds] if row.claimed != '–' else '–'} |"
        for row in example.rows(result["found"])
    ]
    lines = [
        f"## {example.title}",
        "",
        example.text,
        "",
        "| | claimed | measured | |",
        "|---|---|---|---|",
        *rows,
        "",
        f"![{example.title}](reproductions/{example.name}.svg)",
        "",
        f"`python -m examples {example.name}`: {result['cpu_seconds']:.0f} CPU seconds.",
        "",
    ]
    return "\n".join(lines)
