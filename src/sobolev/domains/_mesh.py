"""Meshes of triangles and tetrahedra: plain arrays with named boundary parts, and regions in their own right."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from .._core import ArgumentError
from ._arguments import axes
from ._frame import Frame
from ._mesh_checks import checked_mesh
from ._shape import AbstractShape

if TYPE_CHECKING:
    from ._mesh_geometry import MeshGeometry


@dataclass(frozen=True, eq=False)
class Mesh(AbstractShape):
    """Triangles in the plane or tetrahedra in space, with the boundary's edges or faces by named part.

    - `axes`: the coordinates; `vertices`: points (n, ndim); `cells`: indices (m, ndim + 1), positively oriented;
    - `facets`: indices of the boundary's edges or faces (k, ndim), outward normals by the right-hand rule;
      `facet_parts` (k,): index into `part_names`;
    - `origin`: the shape it approximates, or None for a mesh from elsewhere.

    From `shape.mesh(size)`, or from a file: `Mesh.read("part.msh", (x, y))`. It is a region like any shape, and can
    be the
    domain of a problem; booleans take shapes only. Equal when the arrays are. Mistakes in it (inverted, flat or
    overlapping cells, facets that are not boundary) are refused by name.
    """

    axes: Any
    vertices: np.ndarray
    cells: np.ndarray
    facets: np.ndarray
    facet_parts: np.ndarray
    part_names: tuple[str, ...]
    origin: AbstractShape | None = None

    def __post_init__(self):
        count = len(self.axes) if isinstance(self.axes, list | tuple) else 0
        object.__setattr__(self, "axes", axes(self.axes, 3 if count == 3 else 2, "Mesh"))
        checked = checked_mesh(
            len(self.axes), self.vertices, self.cells, self.facets, self.facet_parts, self.part_names
        )
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @staticmethod
    def read(path: str | Path, axes: Any, *, reorient: bool = False) -> Mesh:
        """A mesh from any file that meshio reads (needs `pip install 'sobolev[fem]'`).

        Named groups of edges or faces become boundary parts; boundary that belongs to none is the part "boundary".
        `reorient=True` turns inverted cells around.
        """
        from ._mesh_files import read

        return read(path, axes, reorient)

    def write(self, path: str | Path) -> None:
        """Writes it to a file in the format of the ending: .msh, .vtu, .xdmf, … The parts are kept as groups."""
        from ._mesh_files import write

        write(self, path)

    @staticmethod
    def of(axes: Any, vertices: Any, cells: Any, parts: dict[str, Any] | None = None) -> Mesh:
        """A mesh of arrays; `parts` maps names to boundary facets (k, ndim), the rest is the part "boundary"."""
        from ._mesh_checks import from_arrays

        return Mesh(axes, *from_arrays(vertices, cells, parts or {}))

    @property
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        return self.axes

    @cached_property
    def bounds(self) -> np.ndarray:
        return np.array([self.vertices.min(0), self.vertices.max(0)])

    @cached_property
    def geometry(self) -> MeshGeometry:
        from ._mesh_geometry import MeshGeometry

        return MeshGeometry(self)

    def level(self, points: Any) -> np.ndarray:
        """The signed distance to the mesh's boundary (NumPy only)."""
        points = self.points(points)
        return self.geometry.signed_distance(points.reshape(-1, self.ndim)).reshape(points.shape[:-1])

    def inside(self, points: Any) -> np.ndarray:
        points = self.points(points)
        return (self.locate(points.reshape(-1, self.ndim))[0] >= 0).reshape(points.shape[:-1])

    def locate(self, points: Any) -> tuple[np.ndarray, np.ndarray]:
        """The cell each of the points (n, ndim) lies in (−1: none) and its barycentric coordinates there (n, ndim +
        1)."""
        return self.geometry.locate(self.points(points))

    @cached_property
    def volumes(self) -> np.ndarray:
        """Area or volume of each cell."""
        from ._mesh_checks import signed_volumes

        return signed_volumes(self.vertices, self.cells)

    @cached_property
    def quality(self) -> np.ndarray:
        """Of each cell: radius of the inscribed over that of the circumscribed ball, times ndim: 1 is equilateral."""
        from ._mesh_checks import qualities

        return qualities(self.vertices, self.cells)

    def facets_on(self, on: Any) -> np.ndarray:
        """Indices of the facets on a part: by name, and where its condition holds at their centres."""
        part = self.select(on if on is None or self.origin is None else self.origin.select(on))
        chosen = np.isin(self.facet_parts, [self.part_names.index(name) for name in part.parts])
        if part.level is not None:
            chosen &= part.level(self.vertices[self.facets].mean(1)) <= 0
        return np.flatnonzero(chosen)

    def placed(self, frame: Frame) -> Mesh:
        origin = None if self.origin is None else self.origin.placed(frame)
        moved = frame.points(self.vertices)
        return Mesh(self.axes, moved, self.cells, self.facets, self.facet_parts, self.part_names, origin)

    def normal_expression(self, part: str) -> tuple[sp.Expr, ...]:
        raise ArgumentError(
            f"The normal on {part!r} has no expression.", given=str(self), expected="a part of a plane or solid shape"
        )

    @cached_property
    def _digest(self) -> bytes:
        digest = hashlib.sha256(repr((self.names, self.part_names)).encode())
        for array in (self.vertices, self.cells, self.facets, self.facet_parts):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.digest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mesh) and self.axes == other.axes and self._digest == other._digest

    def __hash__(self) -> int:
        return hash((self.axes, self._digest))

    def __str__(self) -> str:
        kind = "triangles" if self.ndim == 2 else "tetrahedra"
        return f"mesh of {len(self.cells)} {kind} ({self._digest.hex()[:8]})"  # the text tells statements apart

    def __repr__(self) -> str:
        counts = f"{len(self.vertices)} vertices, {len(self.cells)} cells"
        return f"Mesh({', '.join(self.names)}: {counts}, parts {', '.join(self.part_names)})"
