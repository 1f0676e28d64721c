"""Shapes: what every region with a boundary of its own can do."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
import sympy as sp

from .._core import ArgumentError
from ._arguments import checked_order
from ._box import Box
from ._frame import Frame
from ._geometry import AbstractGeometry
from ._interval import Interval
from ._placing import moving, scaling, turning
from ._region import AbstractRegion

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ._boundary import Boundary
    from ._mesh import Mesh

ON = 1e-12  # relative to the size of a shape: what lies this near to its boundary belongs to it


class AbstractShape(AbstractRegion):
    """A bounded region of the plane or of space, with its boundary. Shapes are values: equal when made equally.

    `a | b`, `a & b`, `a - b` are union, intersection and difference; `moved`, `rotated`, `scaled` place it;
    `shape * Time(t, 0, 1)` is a domain. Points are arrays `(..., ndim)`; results are NumPy arrays in double precision
    (`level` also takes and gives JAX arrays, and can be differentiated).
    """

    # --- what each kind of shape says ---------------------------------------------------------------

    @property
    @abc.abstractmethod
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of a box around it, shape (2, ndim)."""

    @abc.abstractmethod
    def level(self, points: Any) -> Any:
        """A function that is negative inside, zero on the boundary, positive outside, and changes by at most the
        distance walked: the signed distance of a single shape; of booleans a bound, |level| ≤ distance."""

    @property
    @abc.abstractmethod
    def geometry(self) -> AbstractGeometry:
        """Its boundary worked out: what distances, normals, samples and quadratures come from."""

    @abc.abstractmethod
    def placed(self, frame: Frame) -> AbstractShape:
        """The shape seen through a similarity."""

    @abc.abstractmethod
    def normal_expression(self, part: str) -> tuple[sp.Expr, ...]:
        """The outward normal on a named part as an expression of the coordinates, constant on straight parts."""

    # --- measure and position -----------------------------------------------------------------------

    @property
    def size(self) -> float:
        """Length of the diagonal of the box around it."""
        return float(np.linalg.norm(self.bounds[1] - self.bounds[0]))

    @property
    def box(self) -> Box:
        """The box around it; random inputs are drawn there."""
        return Box(tuple(Interval(c, *ends) for c, ends in zip(self.coordinates, self.bounds.T, strict=True)))

    def side(self, name: str) -> Interval:
        """The extent in the coordinate called `name`."""
        return self.box.side(name)

    @property
    def measure(self) -> float:
        return self.geometry.measure

    def inside(self, points: Any) -> np.ndarray:
        """Whether points belong to the shape; its boundary does, up to rounding."""
        return np.asarray(self.level(self.points(points))) <= ON * self.size

    def signed_distance(self, points: Any) -> np.ndarray:
        """Distance to the boundary, negative inside.

        Exact in the plane and for single shapes; for booleans in three dimensions the bound that `level` is.
        """
        points = self.points(points)
        return self.geometry.signed_distance(points.reshape(-1, self.ndim)).reshape(points.shape[:-1])

    def project(self, points: Any) -> np.ndarray:
        """The nearest points of the boundary. (For booleans in three dimensions: of the surface nearest of those whose
        nearest point is still boundary; exact for points near to it.)"""
        points = self.points(points)
        return self.geometry.nearest(points.reshape(-1, self.ndim)).points.reshape(points.shape)

    def normals(self, points: Any, *, tolerance: float = 1e-6) -> np.ndarray:
        """Outward unit normals at points of the boundary (within `tolerance` times the size of the shape).

        At a corner the normal of one of the parts that meet there.
        """
        points = self.points(points)
        flat = points.reshape(-1, self.ndim)
        found = self.geometry.nearest(flat)
        off = np.linalg.norm(found.points - flat, axis=-1)
        if flat.size and off.max() > tolerance * self.size:
            raise ArgumentError(
                "A normal is asked for where there is no boundary.",
                given=f"{self._text(flat[off.argmax()])}, {off.max():.3g} away from it",
                expected="points of the boundary",
                fix="shape.project(points) gives the nearest ones",
            )
        return found.normals.reshape(points.shape)

    # --- boundary -----------------------------------------------------------------------------------

    @property
    def parts(self) -> tuple[str, ...]:
        return self.geometry.names

    @property
    def boundary(self) -> Boundary:
        """The whole boundary; `shape.boundary["disk"]` and `shape.boundary.where(x > 0)` are parts of it."""
        from ._boundary import Boundary

        return Boundary(self, self.parts)

    def select(self, on: Any) -> Boundary:
        """The part of the boundary that a condition's `on` means: a name, a part, several, or None for all of it."""
        from ._boundary import select

        return select(self, on)

    # --- points of it -------------------------------------------------------------------------------

    def sample(self, n: int, *, kind: str = "uniform", density: Any = None, key: jax.Array) -> np.ndarray:
        """n random points, shape (n, ndim).

        `kind`: "uniform" (independent), "sobol" or "halton" (quasi-random, scrambled); `density`: a nonnegative
        expression of the coordinates or a function of them by keyword, up to a factor: points are accepted in
        proportion to it (by rejection; its maximum is searched for on 4096 points and enlarged if exceeded).
        """
        from ._sampling import Law, sample

        law = Law(kind, density, self.coordinates)
        return sample(self.geometry.interior, self.geometry.interior_draws, law, n, key)[0]

    def quadrature(self, order: int = 4) -> tuple[np.ndarray, np.ndarray]:
        """Points (n, ndim) inside and positive weights (n,).

        Polynomials up to degree `order` are integrated exactly where all sides are straight and on balls; curved
        plane shapes converge exponentially with `order`; booleans of solids are cut out of cells, to about 1e-3.
        """
        return self.geometry.quadrature(checked_order(order))

    # --- making others ------------------------------------------------------------------------------

    def __or__(self, other: AbstractShape) -> AbstractShape:
        return self._combined("union", other)

    def __and__(self, other: AbstractShape) -> AbstractShape:
        return self._combined("intersection", other)

    def __sub__(self, other: AbstractShape) -> AbstractShape:
        return self._combined("difference", other)

    def _combined(self, kind: str, other: AbstractShape) -> AbstractShape:
        from ._boolean import Combined

        return Combined(kind, self, other)

    def moved(self, *shift: float) -> AbstractShape:
        """Moved by a vector: `shape.moved(1, 0)`."""
        return self.placed(moving(self.ndim, shift))

    def rotated(self, angle: Any, *, about: Any = None, axis: Any = None) -> AbstractShape:
        """Turned by `angle` (radians, anticlockwise) about a point (None: the origin); in three dimensions about the
        line through it along `axis`."""
        return self.placed(turning(self.ndim, angle, about, axis))

    def scaled(self, factor: Any, *, about: Any = None) -> AbstractShape:
        """Enlarged by `factor` > 0 from a point (None: the origin), alike in all directions."""
        return self.placed(scaling(self.ndim, factor, about))

    def mesh(
        self,
        size: float | None = None,
        *,
        count: int | None = None,
        tolerance: float | None = None,
        split: Sequence[Boundary] = (),
        planes: Sequence[tuple[sp.Symbol, float]] = (),
    ) -> Mesh:
        """A mesh of triangles or tetrahedra, the same on every run. Of a mesh itself; another size needs its shape.

        `size`: length of edges; `count`: about as many cells (within a tenth); `tolerance`: largest distance of the
        mesh's boundary facets from the curved boundary (edges are then shorter along curves). Size and tolerance go
        together; with neither, edges are a twentieth of the shape's diagonal. Boundary parts keep their names. In the
        plane there are vertices where parts meet, and where conditions of `split` begin and end. No cell crosses a
        plane of `planes`, pairs of a coordinate and its place: there coefficients may jump. Needs
        `pip install 'sobolev[fem]'`.
        """
        from ._generate import generate

        return generate(self, size, count, tolerance, split, planes)

    def plot(self, mesh: Mesh | None = None) -> Figure:
        """A picture of the shape, its boundary parts by colour, and a mesh of it if one is given."""
        from ._plot import plot

        return plot(self, mesh)

    # --- for all kinds ------------------------------------------------------------------------------

    def points(self, points: Any) -> np.ndarray:
        """`points` as an array (..., ndim) of finite numbers in double precision."""
        try:
            array = np.asarray(points, float)
        except (TypeError, ValueError) as error:
            raise ArgumentError(
                "These are not points.", given=repr(points)[:80], expected="an array of numbers"
            ) from error
        if array.ndim == 0 or array.shape[-1] != self.ndim:
            raise ArgumentError(
                f"Points of {self} need {self.ndim} coordinates each.",
                given=f"shape {array.shape}",
                expected=f"(..., {self.ndim})",
            )
        if not np.all(np.isfinite(array)):
            raise ArgumentError(
                "A point is not finite.", given=f"{np.sum(~np.isfinite(array))} numbers of {array.size}"
            )
        return array

    def _text(self, point: np.ndarray) -> str:
        return ", ".join(f"{name} = {value:.6g}" for name, value in zip(self.names, point, strict=True))
