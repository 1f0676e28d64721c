"""One unknown of a solution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import equinox as eqx

if TYPE_CHECKING:
    from ._solution import Solution


class Component(eqx.Module):
    """One unknown of a solution, as a function of the coordinates."""

    solution: Solution
    name: str = eqx.field(static=True)

    def __call__(self, **points: Any) -> Any:
        return self.solution.derivative(self.name, **points)

    def derivative(self, along: dict[str, int], **points: Any) -> Any:
        """A partial derivative: `solution["u"].derivative({"x": 1}, x=xs, t=0.5)`."""
        return self.solution.derivative(self.name, along, **points)

    def __repr__(self) -> str:
        return f"{self.name} of {self.solution!r}"
