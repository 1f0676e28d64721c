"""On which grid an operator answers."""

from __future__ import annotations

from ..fields import FieldSpec, Grid


def output_grid(inputs: FieldSpec, outputs: FieldSpec, asked: Grid) -> Grid:
    """The grid of the output for an input on `asked`.

    The declared output grid for an input on the declared input grid; for other inputs their own grid where inputs
    and outputs share one, and the declared output grid where they do not.
    """
    return asked if inputs.grid == outputs.grid else outputs.grid
