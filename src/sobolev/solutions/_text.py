"""A solution in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._core._precise import is_traced
from ..spaces import FiniteElement

if TYPE_CHECKING:
    from ._solution import Solution


def describe(solution: Solution) -> str:
    """A few lines a newcomer understands: what, by which method and why, how exact, how long."""
    field, statistics = solution.field, solution.statistics
    unknowns = ", ".join(f"{name}({', '.join(field.names)})" for name in solution.names)
    where = "" if field.box is None else f" on {field.box}"
    times = "" if field.times is None else f", {field.time_name} in [{field.times[0]:g}, {field.times[-1]:g}]"
    rows = [f"Solution of '{solution.summary.name}': {unknowns}{where}{times}"]
    rows.append(f"  method      {statistics.method}" + (f", because {statistics.reason}" if statistics.reason else ""))
    if is_traced((field.coefficients, solution.code)):
        return "\n".join([*rows, "  (traced by JAX: values are not known yet)"])
    sizes = " × ".join(map(str, statistics.resolution))
    saved = "" if field.times is None else f"{len(field.times)} saved times"
    rows.append("  resolution  " + ", ".join(part for part in (sizes and f"{sizes} points", saved) if part))
    why = " (a fixed resolution was asked for)" if len(statistics.levels) < 2 else ""
    rows.append(f"  error       {solution.error_bar or f'not estimated{why}'}")
    if not solution.result:
        rows.append(f"  result      {solution.result.name}: {solution.result.value}")
    steps = ", ".join(f"{int(np.sum(np.asarray(n)))} {name}" for name, n in solution.steps.items())
    seconds = f"{statistics.run_seconds:.2g} s computing, {statistics.compile_seconds:.2g} s compiling"
    rows.append(f"  cost        {seconds}" + (f"; {steps}" if steps else ""))
    first = f'solution["{solution.names[0]}"]' if len(solution.names) > 1 else "solution"
    further = "plot_mesh()" if isinstance(field.space, FiniteElement) else "to_xarray()"
    places = ", ".join(f"{c}=..." for c in field.names)
    rows.append(f"  use         {first}({places}), solution.plot(), solution.{further}")
    return "\n".join(rows)
