"""Boundary parts: by name, by the shape they came from, by a condition on coordinates."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
import sympy as sp

from .._core import ArgumentError
from ._geometry import BoundaryPoints, Level
from ._where import checked_condition, condition_level

if TYPE_CHECKING:
    from ._shape import AbstractShape

_WHOLE = 12  # order at which lengths and areas are measured


@dataclass(frozen=True)
class Boundary:
    """Some named parts of a shape's boundary, or where a condition on the coordinates holds on them.

    `shape.boundary["disk"]`, `shape.boundary.where(x > 0)`, `shape.boundary["y.min"].where(x < 1)`. Conditions take it:
    `Dirichlet(u, 0, on=shape.boundary.where(x > 0))`.
    """

    shape: AbstractShape
    parts: tuple[str, ...]
    condition: sp.Basic | None = None

    def __getitem__(self, names: str | tuple[str, ...]) -> Boundary:
        """The parts called so; the name of a shape, or of several, stands for all parts it has."""
        wanted = (names,) if isinstance(names, str) else tuple(names)
        known = dict(zip(self.shape.geometry.full_names, self.shape.geometry.names, strict=True))
        found: dict[str, None] = {}
        for name in wanted:
            mine = [part for full, part in known.items() if _matches(name, full, part) and part in self.parts]
            if not mine:
                raise _unknown_part(name, self)
            found.update(dict.fromkeys(mine))
        return replace(self, parts=tuple(found))

    def where(self, condition: Any) -> Boundary:
        """Where an inequality between coordinates holds, too. Refused where it holds nowhere."""
        condition = checked_condition(condition, self.shape.coordinates)
        both = condition if self.condition is None else sp.And(self.condition, condition)
        found = replace(self, condition=both)
        if both == sp.false or found.measure <= 1e-9 * self.measure:
            raise ArgumentError(
                "A boundary part is empty: its condition holds nowhere.",
                given=f"{', '.join(self.parts)} where {both}",
                expected=f"a condition that holds on some of it, within {_extent(self)}",
            )
        return found

    @property
    def level(self) -> Level | None:
        """The condition as a function that is ≤ 0 where it holds; None without one."""
        return None if self.condition is None else condition_level(self.condition, self.shape.coordinates)

    @property
    def measure(self) -> float:
        """Length or area."""
        return float(self.quadrature(_WHOLE).weights.sum())

    def contains(self, points: Any) -> np.ndarray:
        """Which points of the shape's boundary belong to it (points elsewhere: whether the nearest one does)."""
        points = self.shape.points(points)
        flat = points.reshape(-1, self.shape.ndim)
        found = self.shape.geometry.nearest(flat)
        belongs = np.isin(found.parts, list(self._indices))
        if self.level is not None:
            belongs &= self.level(found.points) <= 0
        return belongs.reshape(points.shape[:-1])

    def quadrature(self, order: int = 4) -> BoundaryPoints:
        """Points, outward normals, positive weights, and the index of the part's name in `shape.parts`.

        Polynomials up to degree `order` are integrated exactly on straight and flat parts and whole spheres, to
        rounding on arcs; trimmed surfaces of solids are cut out of cells, to about 1e-4.
        """
        from ._arguments import checked_order

        return self.shape.geometry.boundary_quadrature(checked_order(order), self._indices, self.level)

    def sample(self, n: int, *, kind: str = "uniform", density: Any = None, key: jax.Array) -> BoundaryPoints:
        """n random points with normals; `kind` and `density` as for `shape.sample`. All weights are measure / n."""
        from ._sampling import Law, sample

        geometry, parts, level = self.shape.geometry, self._indices, self.level
        law = Law(kind, density, self.shape.coordinates)
        points, normals, index = sample(
            lambda u: geometry.boundary(u, parts, level), geometry.boundary_draws, law, n, key
        )
        return BoundaryPoints(points, normals, np.full(n, self.measure / n), index)

    @property
    def _indices(self) -> frozenset[int]:
        return frozenset(self.shape.parts.index(part) for part in self.parts)

    def __str__(self) -> str:
        whole = self.parts == self.shape.parts and len(self.parts) > 1
        words = "boundary" if whole and self.condition is not None else ", ".join(self.parts)
        return words if self.condition is None else f"{words} where {self.condition}"


def select(shape: AbstractShape, on: Any) -> Boundary:
    """The part of a shape's boundary meant by a name, a `Boundary` of it or of a shape it is made of, or several."""
    if on is None:
        return shape.boundary
    if isinstance(on, str):
        return shape.boundary[on]
    if isinstance(on, Boundary):
        return _of_another(shape, on) if on.shape != shape else on
    if not isinstance(on, list | tuple) or not on:
        raise ArgumentError(
            "This names no boundary part.", given=repr(on), expected=f"one of {', '.join(shape.parts)}, or a part"
        )
    found = [select(shape, item) for item in on]
    if all(part.condition is None for part in found):
        return shape.boundary[tuple(name for part in found for name in part.parts)]
    if len({part.parts for part in found}) == 1:
        return replace(found[0], condition=sp.Or(*(sp.true if p.condition is None else p.condition for p in found)))
    raise ArgumentError(
        "Several parts with different conditions on coordinates cannot be joined.",
        given=", ".join(map(str, found)),
        expected="parts by name, or conditions on the same parts",
        fix="state one condition for each part",
    )


def _of_another(shape: AbstractShape, part: Boundary) -> Boundary:
    """A part of a shape that `shape` is made of, such as `hole.boundary` of `plate - hole`."""
    from ._boolean import leaves
    from ._mesh import Mesh

    if isinstance(shape, Mesh):  # a mesh keeps the names of the shape it was made from
        found = shape.boundary[part.parts]
        return found if part.condition is None else found.where(part.condition)
    if isinstance(part.shape, Mesh):
        raise _foreign(shape, part)
    own, mine = leaves(shape), leaves(part.shape)
    names: list[str] = []
    for leaf in mine:
        same = [other for other in own if (other.shape, other.frame) == (leaf.shape, leaf.frame)]
        if not same:
            raise _foreign(shape, part)
        translated = dict(zip(leaf.names, same[0].names, strict=True))
        for name in part.parts:
            if name in translated:
                if sum(translated[name] in other.names for other in own) > 1:
                    raise ArgumentError(
                        "Several shapes share the name of this part.",
                        given=f"{translated[name]!r} in {shape}",
                        expected="a name of its own for each shape whose boundary is told apart",
                    )
                names.append(translated[name])
    found = shape.boundary[tuple(n for n in names if n in shape.parts) or tuple(names)]
    return found if part.condition is None else found.where(part.condition)


def _foreign(shape: AbstractShape, part: Boundary) -> ArgumentError:
    return ArgumentError(
        "This boundary part belongs to another shape.",
        given=f"{part} of {part.shape}",
        expected=f"a part of {shape}, or of a shape it is made of",
        fix=f"its parts are {', '.join(shape.parts)}",
    )


def _matches(name: str, full: str, part: str) -> bool:
    return name in (full, part) or full.startswith(f"{name}.")


def _unknown_part(name: Any, boundary: Boundary) -> ArgumentError:
    groups = [full.rsplit(".", cut)[0] for full in boundary.shape.geometry.full_names for cut in (0, 1, 2)]
    close = difflib.get_close_matches(str(name), [*boundary.parts, *groups], n=1)
    return ArgumentError(
        f"There is no boundary part called {name!r}.",
        given=f"parts of {boundary.shape}",
        expected=", ".join(boundary.parts),
        fix=f"did you mean {close[0]!r}?" if close else None,
    )


def _extent(boundary: Boundary) -> str:
    low, high = boundary.shape.bounds
    return ", ".join(f"{n} in [{a:.4g}, {b:.4g}]" for n, a, b in zip(boundary.shape.names, low, high, strict=True))
