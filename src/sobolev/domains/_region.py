"""What the space of a domain can be."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING

import sympy as sp

if TYPE_CHECKING:
    from ._domain import Domain


class AbstractFactor:
    """What domains are products of: intervals, time, and regions of space."""

    def __mul__(self, other: AbstractFactor | Domain) -> Domain:
        from ._domain import Domain

        return Domain.of(self) * other


class AbstractRegion(AbstractFactor):
    """A bounded piece of space with named boundary parts: a box, a shape, or a mesh."""

    @property
    @abc.abstractmethod
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        """Space coordinates in order."""

    @property
    @abc.abstractmethod
    def parts(self) -> tuple[str, ...]:
        """Names of all boundary parts."""

    @property
    @abc.abstractmethod
    def measure(self) -> float:
        """Length, area or volume."""

    @property
    def ndim(self) -> int:
        """Number of space dimensions."""
        return len(self.coordinates)

    @property
    def names(self) -> tuple[str, ...]:
        """The coordinates' names."""
        return tuple(c.name for c in self.coordinates)

    @property
    def is_periodic(self) -> bool:
        """Whether it has no boundary because all its sides are identified in pairs."""
        return False

    def as_space(self) -> AbstractRegion:
        """How a domain keeps it: a plain rectangle or cuboid as the box it is, everything else as itself."""
        return self
