"""What every space can do: supply jets."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import numpy as np
import scipy.sparse as sparse
from jaxtyping import Array, Inexact

from ..domains import Box
from ..fields import Grid


class AbstractSpace(eqx.Module):
    """A finite description of functions on a box.

    A space holds static facts only; the member it describes is given by its `coefficients`, an array or a
    PyTree whose meaning is the space's own. The one thing every space can do is to supply jets at points.
    """

    @property
    @abc.abstractmethod
    def box(self) -> Box:
        """The box the functions live on."""

    @abc.abstractmethod
    def jet(self, coefficients: Any, orders: tuple[int, ...], points: Mapping[str, Any]) -> Array:
        """∂^orders of the function at `points` (coordinates by name, broadcasting): `(*broadcast, channels)`.

        `orders` has one entry per side of the box; zeros give the value.
        """


class AbstractGridSpace(AbstractSpace):
    """A space whose members are determined by their values on a tensor grid."""

    @property
    @abc.abstractmethod
    def grid(self) -> Grid:
        """The nodes."""

    @abc.abstractmethod
    def to_grid(self, coefficients: Inexact[Array, "*modes channels"]) -> Inexact[Array, "*nodes channels"]:
        """Values at the nodes."""

    @abc.abstractmethod
    def from_grid(self, values: Inexact[Array, "*nodes channels"]) -> Inexact[Array, "*modes channels"]:
        """Coefficients of the member with these nodal values."""

    @abc.abstractmethod
    def derivative(
        self, values: Inexact[Array, "*nodes channels"], orders: tuple[int, ...]
    ) -> Inexact[Array, "*nodes channels"]:
        """Nodal values of ∂^orders of the member with these nodal values."""


class AbstractNodalSpace(AbstractGridSpace):
    """A space whose coefficients are the values at the nodes, and whose derivatives are matrices along each axis."""

    domain: eqx.AbstractVar[Box]

    @property
    def box(self) -> Box:
        return self.domain

    def to_grid(self, coefficients: Inexact[Array, "*nodes channels"]) -> Inexact[Array, "*nodes channels"]:
        return coefficients

    def from_grid(self, values: Inexact[Array, "*nodes channels"]) -> Inexact[Array, "*nodes channels"]:
        return values

    @abc.abstractmethod
    def axis_matrix(self, d: int, m: int) -> sparse.csr_array:
        """∂ᵐ along axis d as a matrix of its nodes."""

    @abc.abstractmethod
    def end_derivative(self, d: int) -> np.ndarray:
        """Rows of ∂/∂x_d at the lower and upper end of axis d, as weights of its nodes."""
