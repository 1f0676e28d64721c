"""Meshes in files, through meshio."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._core import ArgumentError, DataError, atomic_path, require
from ._arguments import axes as checked_axes
from ._mesh_checks import from_arrays, signed_volumes

if TYPE_CHECKING:
    from ._mesh import Mesh

_CELLS = {2: "triangle", 3: "tetra"}
_FACETS = {2: "line", 3: "triangle"}
_LOWER = {"vertex", "line", "triangle"}


def read(path: str | Path, axes: Any, reorient: bool) -> Mesh:
    """A mesh file as a `Mesh`; see `Mesh.read`."""
    from ._mesh import Mesh

    ndim = 3 if isinstance(axes, list | tuple) and len(axes) == 3 else 2
    axes = checked_axes(axes, ndim, "Mesh.read")
    meshio = require("meshio", "fem")
    path = Path(path)
    if not path.is_file():
        raise DataError("There is no such mesh file.", given=str(path), expected="a file that meshio reads")
    try:
        with _quiet():
            found = meshio.read(path)
    except (SystemExit, Exception) as error:  # meshio's readers fail in any way, also by leaving the program
        raise DataError(
            "The mesh file cannot be read.",
            given=f"{path.name}: {error or type(error).__name__}",
            expected=f"a whole file in one of meshio's formats: {', '.join(sorted(meshio.extension_to_filetypes))}",
            fix="write it again, as .msh or .vtu",
        ) from error
    points = _flattened(np.asarray(found.points, float), ndim, path)
    cells = _cells(found, ndim, path)
    volumes = signed_volumes(points, cells)
    wrong = volumes < 0
    if reorient or wrong.all():  # some programs turn all cells the other way: no mistake
        cells[wrong, :2] = cells[wrong, 1::-1]
    return Mesh(axes, *from_arrays(points, cells, _parts(found, ndim)))


def write(mesh: Mesh, path: str | Path) -> None:
    """Writes a mesh; see `Mesh.write`."""
    meshio = require("meshio", "fem")
    path = Path(path)
    if path.suffix not in meshio.extension_to_filetypes:
        raise ArgumentError(
            "The ending names no format of meshes.",
            given=path.name,
            expected=", ".join(sorted(meshio.extension_to_filetypes)[:40]),
        )
    points = np.zeros((len(mesh.vertices), 3))
    points[:, : mesh.ndim] = mesh.vertices
    tags = [np.full(len(mesh.cells), len(mesh.part_names) + 1), mesh.facet_parts + 1]
    names = {name: np.array([i + 1, mesh.ndim - 1]) for i, name in enumerate(mesh.part_names)}
    names["interior"] = np.array([len(mesh.part_names) + 1, mesh.ndim])
    out = meshio.Mesh(
        points,
        [(_CELLS[mesh.ndim], mesh.cells), (_FACETS[mesh.ndim], mesh.facets)],
        cell_data={"gmsh:physical": tags, "gmsh:geometrical": tags},
        field_data=names,
    )
    with atomic_path(path) as temporary, _quiet():
        options = {"file_format": "gmsh22", "binary": False} if path.suffix == ".msh" else {}
        out.write(temporary, **(options or {"file_format": meshio.extension_to_filetypes[path.suffix][0]}))


def _flattened(points: np.ndarray, ndim: int, path: Path) -> np.ndarray:
    if points.ndim != 2 or points.shape[1] < ndim:
        raise DataError(
            "The mesh file is flat.", given=f"{path.name}: points {points.shape}", expected="three dimensions"
        )
    if points.shape[1] == 3 and ndim == 2:
        if np.ptp(points[:, 2]) > 1e-9 * np.ptp(points, axis=0).max():
            raise DataError(
                "The mesh file is not plane.",
                given=f"{path.name}: the third coordinate runs from {points[:, 2].min():g} to {points[:, 2].max():g}",
                expected="a mesh in the plane for two coordinates",
                fix="name three coordinates for a mesh in space; curved surfaces are not taken",
            )
        points = points[:, :2]
    return points


def _cells(found: Any, ndim: int, path: Path) -> np.ndarray:
    kinds = {block.type for block in found.cells}
    wanted = _CELLS[ndim]
    if wanted not in kinds or kinds - _LOWER - {wanted}:
        names = ", ".join(sorted(kinds)) or "none"
        raise DataError(
            f"The mesh file holds cells that are no {'triangles' if ndim == 2 else 'tetrahedra'}.",
            given=f"{path.name}: {names}",
            expected=f"{wanted} cells of first order",
            fix="mesh again with simplices of first order (in gmsh: no recombination, order 1)",
        )
    return np.concatenate([np.asarray(b.data, int) for b in found.cells if b.type == wanted])


def _parts(found: Any, ndim: int) -> dict[str, np.ndarray]:
    """Named groups of facets: gmsh's physical groups, and the cell sets of other formats."""
    parts: dict[str, list[np.ndarray]] = {}
    kind = _FACETS[ndim]
    names = {int(tag): name for name, (tag, dim) in found.field_data.items() if int(dim) == ndim - 1}
    for i, block in enumerate(found.cells):
        if block.type != kind:
            continue
        for key in ("gmsh:physical", "medit:ref", "CellEntityIds"):
            if key in found.cell_data:
                tags = np.asarray(found.cell_data[key][i]).ravel()
                for tag in np.unique(tags[tags > 0]):
                    parts.setdefault(names.get(int(tag), f"part.{int(tag)}"), []).append(block.data[tags == tag])
                break
        else:
            for name, sets in found.cell_sets.items():
                if sets[i] is not None and len(sets[i]):
                    parts.setdefault(name, []).append(block.data[np.asarray(sets[i], int)])
    return {name: np.concatenate(blocks) for name, blocks in parts.items()}


def _quiet() -> Any:
    """meshio writes warnings to the terminal; what matters of them is checked here."""
    import contextlib
    import io

    stack = contextlib.ExitStack()
    stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
    stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
    return stack
