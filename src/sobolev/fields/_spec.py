"""The static description of a field: channel names and grid, without values."""

from __future__ import annotations

from dataclasses import dataclass

from ._grid import Grid


@dataclass(frozen=True)
class FieldSpec:
    """What an operator takes or gives: named channels on a grid."""

    names: tuple[str, ...]
    grid: Grid

    @property
    def channels(self) -> int:
        return len(self.names)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the values: `(*grid.shape, channels)`."""
        return (*self.grid.shape, self.channels)
