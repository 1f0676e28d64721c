"""How a solution was made, and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ErrorBar:
    """The estimated error of a solution: relative L2 and relative maximum, the worst over its fields.

    Each is the largest at any saved time, relative to the field's largest norm at any saved time. `source` says where
    they come from: "two resolutions" (their distance; more where convergence is slow, and the order is then named),
    "two tolerances", "exact solution", or the residual of an adapted mesh.
    `interpolation` estimates what Hermite interpolation adds between saved times; `residual` is the relative residual
    of the statement, where it was evaluated; `gradient` the relative error of ∇u in L2, where a mesh was adapted to it
    (`solution.cell_errors` has the share of each cell).
    """

    relative_l2: float
    relative_max: float
    source: str
    interpolation: float = 0.0
    residual: float | None = None
    gradient: float | None = None

    def __str__(self) -> str:
        text = f"{self.relative_l2:.1e} relative L2, {self.relative_max:.1e} relative maximum ({self.source})"
        if self.interpolation > self.relative_l2:
            text += f", {self.interpolation:.1e} between saved times"
        return text if self.residual is None else f"{text}; residual {self.residual:.1e}"


@dataclass(frozen=True)
class Level:
    """One solve of a refinement: points per side, tolerance in time, seconds, distance to the level before."""

    resolution: tuple[int, ...]
    tolerance: float
    compile_seconds: float
    run_seconds: float
    change: float | None = None


@dataclass(frozen=True)
class Statistics:
    """How a solution was made. `method` is the recipe, `reason` says why it was chosen.

    `compile_seconds` and `run_seconds` are sums over all levels of refinement.
    """

    method: Any
    reason: str
    tolerance: float
    levels: tuple[Level, ...] = ()

    @property
    def resolution(self) -> tuple[int, ...]:
        """Points per side of the solution itself (the last level); empty for ordinary differential equations."""
        return self.levels[-1].resolution if self.levels else ()

    @property
    def compile_seconds(self) -> float:
        return sum(level.compile_seconds for level in self.levels)

    @property
    def run_seconds(self) -> float:
        return sum(level.run_seconds for level in self.levels)
