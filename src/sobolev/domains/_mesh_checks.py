"""What is wrong with a mesh; its boundary and the orientation of its cells."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._core import ArgumentError

_FLAT = 1e-12  # signed volume relative to the cube of the cell's longest edge


def signed_volumes(vertices: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """det(x₁ − x₀, …)/ndim!, positive where the vertices turn anticlockwise (or by the right hand)."""
    edges = vertices[cells[:, 1:]] - vertices[cells[:, :1]]
    return np.linalg.det(edges) / math.factorial(vertices.shape[1])


def qualities(vertices: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """ndim r/R of each cell."""
    ndim = vertices.shape[1]
    x = vertices[cells]
    volume = np.abs(signed_volumes(vertices, cells))
    surface = sum(facet_measures(x[:, [j for j in range(ndim + 1) if j != i]]) for i in range(ndim + 1))
    inner = ndim * volume / surface
    edges = x[:, 1:] - x[:, :1]
    centre = np.linalg.solve(2 * edges, (edges**2).sum(-1)[..., None])[..., 0]  # of the circumscribed ball, from x₀
    return ndim * inner / np.linalg.norm(centre, axis=1)


def facet_measures(x: np.ndarray) -> np.ndarray:
    """Lengths or areas of facets given by points (k, ndim, ndim)."""
    e = x[:, 1:] - x[:, :1]
    return (
        np.linalg.norm(e[:, 0], axis=1)
        if x.shape[-1] == 2
        else 0.5 * np.linalg.norm(np.cross(e[:, 0], e[:, 1]), axis=1)
    )


def cell_facets(cells: np.ndarray) -> np.ndarray:
    """All facets of all cells (m, ndim + 1, ndim), facet i opposite vertex i, outward by the right-hand rule."""
    order = [[1, 2], [2, 0], [0, 1]] if cells.shape[1] == 3 else [[1, 2, 3], [0, 3, 2], [0, 1, 3], [0, 2, 1]]
    return cells[:, np.array(order)]


def boundary_facets(cells: np.ndarray) -> np.ndarray:
    """Facets of one cell only, outward; refuses facets of more than two."""
    facets = cell_facets(cells).reshape(-1, cells.shape[1] - 1)
    key, index, count = np.unique(np.sort(facets, 1), axis=0, return_index=True, return_counts=True)
    if (count > 2).any():
        raise ArgumentError(
            "Cells of the mesh overlap: three of them share a facet.",
            given=f"vertices {key[count.argmax()].tolist()}",
            expected="every facet between two cells, or on the boundary",
            fix="remove cells that are there twice",
        )
    return facets[np.sort(index[count == 1])]


def checked_mesh(
    ndim: int, vertices: Any, cells: Any, facets: Any, facet_parts: Any, part_names: Any
) -> dict[str, Any]:
    """The arrays of a mesh, read-only, once everything about them is right."""
    x, c, f, p = (
        _array(a, kind, columns, what)
        for a, kind, columns, what in (
            (vertices, float, ndim, "vertices"),
            (cells, int, ndim + 1, "cells"),
            (facets, int, ndim, "facets"),
            (facet_parts, int, 0, "facet_parts"),
        )
    )
    if not len(c):
        raise ArgumentError("The mesh has no cells.", expected="triangles in the plane, tetrahedra in space")
    for a, what in ((c, "A cell"), (f, "A facet")):
        if len(a) and (a.min() < 0 or a.max() >= len(x)):
            raise ArgumentError(
                f"{what} of the mesh names a vertex that does not exist.", given=f"{a.max()} of {len(x)}"
            )
    check_orientation(x, c)
    names = tuple(part_names)
    if len(p) != len(f) or (len(p) and (p.min() < 0 or p.max() >= len(names))) or len(set(names)) != len(names):
        raise ArgumentError(
            "The boundary parts of the mesh do not fit its facets.",
            given=f"{len(p)} indices, {len(f)} facets, parts {names}",
            expected="one index into distinct part names for each facet",
        )
    found = boundary_facets(c)
    if len(f) != len(found) or not np.array_equal(_sorted_rows(f), _sorted_rows(found)):
        raise ArgumentError(
            "The facets are not the boundary of the mesh.",
            given=f"{len(f)} facets; the cells have {len(found)} on the boundary",
            expected="every facet of one cell only, once",
            fix="Mesh.of(axes, vertices, cells, parts) finds the boundary itself",
        )
    _check_folds(x, c)
    arrays = {"vertices": x, "cells": c, "facets": f, "facet_parts": p}
    for array in arrays.values():
        array.setflags(write=False)
    return {**arrays, "part_names": names}


def check_orientation(x: np.ndarray, cells: np.ndarray) -> None:
    """No flat and no inverted cells."""
    volumes = signed_volumes(x, cells)
    longest = np.ptp(x[cells], axis=1).max(1)
    flat = np.abs(volumes) <= _FLAT * longest ** x.shape[1]
    if flat.any():
        i = int(flat.argmax())
        raise ArgumentError(
            f"A cell of the mesh is flat: it has no {'area' if x.shape[1] == 2 else 'volume'}.",
            given=f"cell {i} with vertices {cells[i].tolist()}; {int(flat.sum())} of {len(cells)} cells",
            expected="cells whose vertices do not lie on one line or plane",
            fix="mesh the geometry anew; slivers come from features far smaller than the mesh size",
        )
    if (volumes < 0).any():
        i = int((volumes < 0).argmax())
        raise ArgumentError(
            "Cells of the mesh are inverted.",
            given=f"cell {i} with vertices {cells[i].tolist()}; {int((volumes < 0).sum())} of {len(cells)} cells",
            expected="vertices in anticlockwise (right-handed) order everywhere",
            fix="Mesh.read(path, axes, reorient=True), or mesh the geometry anew if cells are folded over",
        )


def _check_folds(x: np.ndarray, cells: np.ndarray) -> None:
    """Neighbours lie on different sides of the facet between them: its two copies have opposite orientation."""
    facets = cell_facets(cells).reshape(-1, cells.shape[1] - 1)
    order = np.argsort(facets, axis=1, kind="stable")
    parity = _parity(order)
    _, index, inverse = np.unique(np.sort(facets, 1), axis=0, return_index=True, return_inverse=True)
    total = np.bincount(inverse.ravel(), weights=parity, minlength=len(index))
    count = np.bincount(inverse.ravel(), minlength=len(index))
    folded = (count == 2) & (total != 0)
    if folded.any():
        raise ArgumentError(
            "Cells of the mesh are folded over one another.",
            given=f"both neighbours of facet {np.sort(facets[index[folded.argmax()]]).tolist()} lie on the same side",
            expected="cells that do not overlap",
            fix="mesh the geometry anew; moved vertices have crossed an edge",
        )


def _parity(order: np.ndarray) -> np.ndarray:
    if order.shape[1] == 2:
        return np.where(order[:, 0] < order[:, 1], 1, -1)
    a, b, c = order.T
    return np.sign((b - a) * (c - a) * (c - b))


def from_arrays(vertices: Any, cells: Any, parts: dict[str, Any]) -> tuple[Any, ...]:
    """Vertices, cells, boundary facets, their parts, and the names; unused vertices are left out."""
    x = np.array(vertices, float)
    c = np.array(cells, int)
    if x.ndim != 2 or c.ndim != 2 or c.shape[1] != x.shape[1] + 1:
        raise ArgumentError(
            "A mesh needs triangles in the plane or tetrahedra in space.",
            given=f"vertices {x.shape}, cells {c.shape}",
            expected="vertices (n, ndim), cells (m, ndim + 1)",
        )
    if c.size and (c.min() < 0 or c.max() >= len(x)):
        raise ArgumentError("A cell of the mesh names a vertex that does not exist.", given=f"{c.max()} of {len(x)}")
    used, c = np.unique(c, return_inverse=True)
    c = c.reshape(-1, x.shape[1] + 1)
    back = np.full(len(x), -1)
    back[used] = np.arange(len(used))
    facets = boundary_facets(c)
    rows = {tuple(row): i for i, row in enumerate(np.sort(facets, 1).tolist())}
    index = np.full(len(facets), -1)
    names: list[str] = []
    for name, given in parts.items():
        given = np.asarray(given, int).reshape(-1, x.shape[1])
        mine = [rows[key] for key in map(tuple, np.sort(back[given], 1).tolist()) if key in rows]
        taken = index[mine] >= 0
        if taken.any():
            raise ArgumentError(
                "Two boundary parts of the mesh overlap.",
                given=f"{names[int(index[mine][taken][0])]!r} and {name!r} share {int(taken.sum())} facets",
                expected="each facet in one part",
            )
        if mine:
            index[mine] = len(names)
            names.append(name)
    if (index < 0).any():
        rest = "boundary" if "boundary" not in names else "rest"
        index[index < 0] = len(names)
        names.append(rest)
    return x[used], c, facets, index, tuple(names)


def _sorted_rows(facets: np.ndarray) -> np.ndarray:
    rows = np.sort(facets, 1)
    return rows[np.lexsort(rows.T)]


def _array(given: Any, kind: type, columns: int, what: str) -> np.ndarray:
    try:
        array = np.array(given, np.float64 if kind is float else np.int64)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"The {what} of the mesh are no array of numbers.", given=repr(given)[:60]) from error
    if array.ndim != (2 if columns else 1) or (columns and array.shape[1] != columns):
        raise ArgumentError(
            f"The {what} of the mesh have the wrong shape.",
            given=str(array.shape),
            expected=f"(any, {columns})" if columns else "(facets,)",
        )
    if not np.all(np.isfinite(array)):
        raise ArgumentError(
            f"The {what} of the mesh are not finite.", given=f"{np.sum(~np.isfinite(array))} of {array.size}"
        )
    return array
