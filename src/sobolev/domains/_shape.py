"""Shapes: what every region with a boundary of its own can do."""

from __future__ import annotations

import abc
import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from .._core import ArgumentError
from ._frame import Frame
from ._geometry import AbstractGeometry
from ._interval import Box, Domain, Interval, Time, _coordinate, _number
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
    def mesh(
        self,
        size: float | None = None,
        *,
        count: int | None = None,
        tolerance: float | None = None,
        split: Sequence[Boundary] = (),
        planes: Sequence[tuple[sp.Symbol, float]] = (),
    ) -> Mesh:
        """A mesh of triangles or tetrahedra."""

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

    def normal_expression(self, part: str) -> tuple[sp.Expr, ...]:
        """The outward normal on a named part as an expression of the coordinates, constant on straight parts."""
        raise ArgumentError(
            f"The normal on {part!r} has no expression.", given=str(self), expected="a part of a plane or solid shape"
        )

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
        d = numbers(shift[0] if len(shift) == 1 and isinstance(shift[0], list | tuple) else shift, "moved", self.ndim)
        return self.placed(Frame.of(1.0, np.eye(self.ndim), d))

    def rotated(self, angle: Any, *, about: Any = None, axis: Any = None) -> AbstractShape:
        """Turned by `angle` (radians, anticlockwise) about a point (None: the origin); in three dimensions about the
        line through it along `axis`."""
        angle = _number(angle, "rotated: the angle")
        centre = np.zeros(self.ndim) if about is None else np.array(numbers(about, "rotated: about", self.ndim))
        if self.ndim == 2:
            c, s = math.cos(angle), math.sin(angle)
            turn = np.array([[c, -s], [s, c]])
        else:
            turn = _turn(angle, axis)
        return self.placed(Frame.of(1.0, turn, centre - turn @ centre))

    def scaled(self, factor: Any, *, about: Any = None) -> AbstractShape:
        """Enlarged by `factor` > 0 from a point (None: the origin), alike in all directions."""
        if isinstance(factor, list | tuple):
            raise ArgumentError(
                "scaled takes one factor for all directions.",
                given=str(factor),
                expected="one positive number",
                fix="a Disk scaled unequally is an Ellipse; state rectangles and polygons with their new corners",
            )
        factor = _number(factor, "scaled: the factor")
        if factor <= 0:
            raise ArgumentError("A shape is scaled away.", given=f"factor {factor:g}", expected="a factor > 0")
        centre = np.zeros(self.ndim) if about is None else np.array(numbers(about, "scaled: about", self.ndim))
        return self.placed(Frame.of(factor, np.eye(self.ndim), (1 - factor) * centre))

    def __mul__(self, other: Time | Domain) -> Domain:
        return Domain.of(self) * other

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


class AbstractPrimitive(AbstractShape):
    """A single shape, in its own place. Its parts are named by `suffixes`, "" for a boundary of one part."""

    @property
    def kind(self) -> str:
        """Its name where the user gives none: "disk"."""
        return type(self).__name__.lower()

    @property
    @abc.abstractmethod
    def suffixes(self) -> tuple[str, ...]:
        """Names of its boundary parts."""

    @abc.abstractmethod
    def own_normal(self, suffix: int) -> tuple[sp.Expr, ...]:
        """The outward normal on a part, as an expression of the coordinates."""

    @cached_property
    def geometry(self) -> AbstractGeometry:
        from ._boolean import geometry_of

        return geometry_of(self)

    def placed(self, frame: Frame) -> AbstractShape:
        from ._boolean import Placed

        return Placed(self, frame)

    def mesh(
        self,
        size: float | None = None,
        *,
        count: int | None = None,
        tolerance: float | None = None,
        split: Sequence[Boundary] = (),
        planes: Sequence[tuple[sp.Symbol, float]] = (),
    ) -> Mesh:
        from ._generate import generate

        return generate(self, size, count, tolerance, split, planes)

    def normal_expression(self, part: str) -> tuple[sp.Expr, ...]:
        from ._boolean import normal_expression

        return normal_expression(self, part)


def numbers(values: Any, what: str, count: int) -> tuple[float, ...]:
    """`count` finite numbers."""
    if not isinstance(values, list | tuple | np.ndarray | sp.Tuple) or len(values) != count:
        raise ArgumentError(
            f"{what} needs {count} numbers.", given=repr(values), expected=f"{count} finite real numbers"
        )
    return tuple(_number(v, what) for v in values)


def axes(coordinates: Any, count: int, what: str) -> tuple[sp.Symbol, ...]:
    """`count` distinct coordinates."""
    if not isinstance(coordinates, list | tuple | sp.Tuple) or len(coordinates) != count:
        raise ArgumentError(
            f"{what} needs {count} coordinates as its first argument.",
            given=repr(coordinates),
            expected="a tuple of symbols from sv.coordinates(...)",
            fix='x, y = sv.coordinates("x y")' if count == 2 else 'x, y, z = sv.coordinates("x y z")',
        )
    found = tuple(_coordinate(c, what) for c in coordinates)
    if len(set(found)) != count:
        raise ArgumentError(f"{what} names a coordinate twice.", given=str(found), expected="distinct coordinates")
    return found


def length(value: Any, what: str) -> float:
    """A positive number."""
    number = _number(value, what)
    if number <= 0:
        raise ArgumentError(f"{what} is not positive.", given=f"{number:g}", expected="a number > 0")
    return number


def label(name: Any) -> str | None:
    """A name for the boundary parts of a shape, or None."""
    if name is not None and (not isinstance(name, str) or not name or name != name.strip()):
        raise ArgumentError("A shape's name is no name.", given=repr(name), expected="text, or None")
    return name


def checked_order(order: Any) -> int:
    """An order of quadrature."""
    if isinstance(order, bool) or not isinstance(order, int | np.integer) or not 0 <= order <= 40:
        raise ArgumentError("The order of a quadrature is out of range.", given=repr(order), expected="0 … 40")
    return int(order)


def array_module(points: Any) -> Any:
    """jax.numpy for JAX arrays, NumPy for everything else."""
    return jnp if isinstance(points, jax.Array) else np


def _turn(angle: float, axis: Any) -> np.ndarray:
    """Rodrigues' formula."""
    if axis is None:
        raise ArgumentError(
            "A rotation in three dimensions needs an axis.",
            expected="a direction",
            fix="rotated(angle, axis=(0, 0, 1))",
        )
    k = np.array(numbers(axis, "rotated: the axis", 3))
    if not np.any(k):
        raise ArgumentError("The axis of a rotation has no direction.", given=str(axis), expected="a vector ≠ 0")
    k = k / np.linalg.norm(k)
    cross = np.array([[0, -k[2], k[1]], [k[2], 0, -k[0]], [-k[1], k[0], 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross


class AbstractRound(AbstractShape):
    """A shape about a centre, with axes of its own and a boundary of one part."""

    axes: Any
    centre: Any

    @property
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        return self.axes

    @property
    def suffixes(self) -> tuple[str, ...]:
        return ("",)
