"""Shapes of shapes: placed by a similarity, united, intersected, subtracted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from .._core import ArgumentError
from ._distances import array_module
from ._exact_shapes import AbstractExactShape, AbstractPrimitive
from ._frame import Frame
from ._geometry import AbstractGeometry
from ._shape import AbstractShape

_SYMBOLS = {"union": "|", "intersection": "&", "difference": "-"}
_SLIVER = 1e-9  # measure relative to that of a cube of the same diagonal


class Leaf(NamedTuple):
    """A single shape inside a larger one: where it sits, +1 where it adds and −1 where it takes away, and the names of
    its boundary parts (short, and with the shape's own name in front)."""

    shape: AbstractPrimitive
    frame: Frame
    sign: int
    names: tuple[str, ...] = ()
    full_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placed(AbstractExactShape):
    """A shape moved, turned and scaled: what `moved`, `rotated` and `scaled` return."""

    shape: AbstractShape
    frame: Frame

    @property
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        return self.shape.coordinates

    @property
    def bounds(self) -> np.ndarray:
        low, high = self.shape.bounds
        corners = np.stack(np.meshgrid(*zip(low, high, strict=True), indexing="ij"), -1).reshape(-1, self.ndim)
        moved = self.frame.points(corners)
        return np.array([moved.min(0), moved.max(0)])

    def level(self, points: Any) -> Any:
        return self.frame.scale * self.shape.level(self.frame.own(points))

    def __str__(self) -> str:
        turned = not np.allclose(self.frame.matrix, np.eye(self.ndim))
        words = ["turned"] * turned + [f"scaled by {self.frame.scale:g}"] * (self.frame.scale != 1)
        words += [f"moved by ({', '.join(f'{d:g}' for d in self.frame.shift)})"] * any(self.frame.shift)
        return f"{self.shape} {', '.join(words)}" if words else str(self.shape)


@dataclass(frozen=True)
class Combined(AbstractExactShape):
    """Union, intersection or difference of two shapes; levels combine by min, max, and max with the second's sign
    turned."""

    kind: str
    first: AbstractShape
    second: AbstractShape

    def __post_init__(self):
        for shape in (self.first, self.second):
            if not isinstance(shape, AbstractExactShape):
                raise ArgumentError(
                    "Only shapes can be united, intersected and subtracted.",
                    given=f"{self.first} {_SYMBOLS[self.kind]} {shape!r}"[:160],
                    expected="Rectangle, Disk, Ellipse, Polygon, Cuboid, Ball, or what is made of them",
                    fix="intervals: sv.Rectangle((x, 0, 1), (y, 0, 1)); meshes are cut in the program that made them",
                )
        if self.first.coordinates != self.second.coordinates:
            raise ArgumentError(
                "Shapes combine in the same coordinates.",
                given=f"{self.first.names} {_SYMBOLS[self.kind]} {self.second.names}",
                expected="the same symbols in the same order",
            )
        self._check_not_empty()

    def _check_not_empty(self) -> None:
        empty = not self.parts
        if empty or self.measure <= _SLIVER * self.size**self.ndim:
            what = {"difference": "takes everything away", "intersection": "shares nothing", "union": "is nothing"}
            raise ArgumentError(
                f"The {self.kind} is empty." if empty else f"The {self.kind} is a sliver.",
                given=f"({self.first}) {_SYMBOLS[self.kind]} ({self.second})",
                expected=f"a shape with an inside; this {self.kind} {what[self.kind]}"
                if empty
                else "a shape that is not thinner than rounding",
                fix="check centres, corners and radii; is the order of the difference right?"
                if self.kind == "difference"
                else "check centres, corners and radii",
            )

    @property
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        return self.first.coordinates

    @property
    def bounds(self) -> np.ndarray:
        (a, b), (c, d) = self.first.bounds, self.second.bounds
        if self.kind == "difference":
            return np.array([a, b])
        if self.kind == "union":
            return np.array([np.minimum(a, c), np.maximum(b, d)])
        low, high = np.maximum(a, c), np.minimum(b, d)
        return np.array([low, np.maximum(low, high)])

    def level(self, points: Any) -> Any:
        xp = array_module(points)
        a, b = self.first.level(points), self.second.level(points)
        if self.kind == "union":
            return xp.minimum(a, b)
        return xp.maximum(a, b if self.kind == "intersection" else -b)

    def __str__(self) -> str:
        second = f"({self.second})" if isinstance(self.second, Combined) else str(self.second)
        first = f"({self.first})" if isinstance(self.first, Combined) and self.first.kind != self.kind else self.first
        return f"{first} {_SYMBOLS[self.kind]} {second}"


def placed(shape: AbstractShape, frame: Frame) -> Placed:
    """A shape seen through a similarity; two in a row are one."""
    return Placed(shape.shape, frame.after(shape.frame)) if isinstance(shape, Placed) else Placed(shape, frame)


def leaves(shape: AbstractShape) -> tuple[Leaf, ...]:
    """The single shapes a shape is made of, in the order of its statement, with the names of their parts.

    A shape is called by its name; without one by its kind, "disk", numbered "disk.1", "disk.2" where there are several.
    Sides of the only unnamed rectangle (or cuboid) are called "x.min" without its kind in front.
    """
    bare = _leaves(shape, Frame.identity(shape.ndim), 1)
    kinds = Counter(leaf.shape.kind for leaf in bare if leaf.shape.name is None)
    boxes = kinds["rectangle"] + kinds["cuboid"]
    seen: Counter[str] = Counter()
    found = []
    for leaf in bare:
        kind, name = leaf.shape.kind, leaf.shape.name
        if name is None:
            seen[kind] += 1
            name = kind if kinds[kind] == 1 else f"{kind}.{seen[kind]}"
        full = tuple(f"{name}.{suffix}" if suffix else name for suffix in leaf.shape.suffixes)
        short = kind in ("rectangle", "cuboid") and leaf.shape.name is None and boxes == 1
        found.append(leaf._replace(names=leaf.shape.suffixes if short else full, full_names=full))
    return tuple(found)


def _leaves(shape: AbstractShape, frame: Frame, sign: int) -> list[Leaf]:
    match shape:
        case Placed():
            return _leaves(shape.shape, frame.after(shape.frame), sign)
        case Combined():
            second = -sign if shape.kind == "difference" else sign
            return _leaves(shape.first, frame, sign) + _leaves(shape.second, frame, second)
        case AbstractPrimitive():
            return [Leaf(shape, frame, sign)]
    raise ArgumentError("This is not made of shapes.", given=str(shape), expected="shapes and booleans of them")


def geometry_of(shape: AbstractShape) -> AbstractGeometry:
    """The boundary of a shape, worked out."""
    from ._planar import PlanarGeometry
    from ._spatial import SpatialGeometry

    return PlanarGeometry(shape, leaves(shape)) if shape.ndim == 2 else SpatialGeometry(shape, leaves(shape))


def normal_expression(shape: AbstractShape, part: str) -> tuple[sp.Expr, ...]:
    """The outward normal on a part as expressions of the coordinates: n(x) = ± R n₀(Rᵀ(x − d)/s)."""
    found = [(leaf, leaf.names.index(part)) for leaf in leaves(shape) if part in leaf.names]
    if len(found) != 1:
        raise ArgumentError(
            "The normal has no single expression there.",
            given=repr(part),
            expected=", ".join(shape.parts),
            fix="parts that several shapes share need names of their own" if found else None,
        )
    leaf, suffix = found[0]
    own = leaf.shape.own_normal(suffix)
    turn = _exact(leaf.frame.matrix)
    shift = sp.Matrix([_number(d) for d in leaf.frame.shift])
    world = sp.Matrix(leaf.shape.coordinates)
    back = turn.T * (world - shift) / _number(leaf.frame.scale)
    inside = [e.subs(dict(zip(leaf.shape.coordinates, back, strict=True)), simultaneous=True) for e in own]
    return tuple(sp.expand(leaf.sign * e) if e.is_number else leaf.sign * e for e in turn * sp.Matrix(inside))


def _exact(matrix: np.ndarray) -> sp.Matrix:
    return sp.Matrix(matrix.shape[0], matrix.shape[1], lambda i, j: _number(float(matrix[i, j])))


def _number(value: float) -> sp.Expr:
    return sp.Integer(int(value)) if value == int(value) else sp.Float(value)
