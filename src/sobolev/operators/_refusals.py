"""What operators refuse, said the same way by all of them."""

from __future__ import annotations

from .._core import ArgumentError, UnsupportedError
from ..fields import FieldSpec, Grid, GridField


def check_field(name: str, inputs: FieldSpec, field: GridField) -> None:
    """The channels and axes an operator was made for, on any number of points."""
    if field.names != inputs.names:
        raise ArgumentError(
            f"{name}: the field has other channels.",
            given=", ".join(field.names),
            expected=", ".join(inputs.names),
            fix="give the channels by these names, in this order",
        )
    if field.grid.names != inputs.grid.names:
        raise ArgumentError(
            f"{name}: the field lives on other axes.",
            given=", ".join(field.grid.names),
            expected=", ".join(inputs.grid.names),
        )


def check_same_grid(name: str, inputs: FieldSpec, outputs: FieldSpec) -> None:
    """Operators that answer on the grid they are asked on."""
    if inputs.grid != outputs.grid:
        raise UnsupportedError(
            f"{name} gives its output on the grid of its input.",
            given=f"inputs on {inputs.grid.shape}, outputs on {outputs.grid.shape}",
            expected="one grid",
            fix="bring both to one grid; DeepONet takes two",
        )


def check_uniform(name: str, grid: Grid) -> None:
    """Operators that need equally spaced points."""
    bent = [axis.name for axis in grid.axes if axis.kind == "chebyshev"]
    if bent:
        raise UnsupportedError(
            f"{name} needs equally spaced points.",
            given=f"Chebyshev points along {', '.join(bent)}",
            expected="periodic, nodes or cells",
            fix="sample the solution on an equally spaced grid, or use DeepONet or KernelRidge",
        )


def check_positive(name: str, **numbers: object) -> None:
    """Integers ≥ 1."""
    for what, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ArgumentError(f"{name}: {what} is not positive.", given=repr(value), expected="an integer >= 1")
