"""Pictures of regions, meshes, estimated errors and fields on them, for the reports."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import plots
from .._core import UnsupportedError
from ..domains import Box
from ..equations import Problem
from ..solutions import Solution
from ..spaces import FiniteElement

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DPI = 110


@dataclass(frozen=True)
class Picture:
    """A picture as PNG, and what it shows."""

    caption: str
    png: bytes


def geometry_picture(problem: Problem) -> list[Picture]:
    """The region with its boundary parts by name; nothing for intervals and plain boxes, which need no picture."""
    if isinstance(problem.space, Box) or problem.space is None:
        return []
    return [_drawn(problem.domain.plot(), f"the domain and the named parts of its boundary: {problem.domain}")]


def mesh_pictures(solution: Solution) -> list[Picture]:
    """The mesh, with the estimated error of each cell where it was adapted; nothing without a mesh."""
    if not isinstance(solution.space, FiniteElement):
        return []
    mesh = solution.space.mesh
    found = [_drawn(mesh.plot(), f"the mesh: {len(mesh.cells)} cells, {len(mesh.vertices)} vertices")]
    if solution.cell_errors is not None and mesh.ndim == 2:
        found.append(_drawn(solution.plot_mesh(), "estimated error of the gradient by cell, relative to the whole"))
    return found


def solution_picture(solution: Solution) -> list[Picture]:
    """What `solution.plot()` shows, where a solution has a picture."""
    try:
        return [_drawn(solution.plot(), f"{', '.join(solution.names)} by {type(solution.method).__name__}")]
    except UnsupportedError:  # three space dimensions
        return []


def error_picture(solution: Solution, reference: Solution) -> list[Picture]:
    """solution − reference at the vertices of the solution's mesh, at the last time; in the plane only."""
    space = solution.space
    if not isinstance(space, FiniteElement) or space.mesh.ndim != 2:
        return []
    mesh = space.mesh
    points: dict[str, Any] = dict(zip(mesh.names, mesh.vertices.T, strict=True))
    if solution.field.time_name is not None and solution.times is not None:
        points[solution.field.time_name] = float(solution.times[-1])
    u, v = (np.real(s.field.jet(points, (0, 0))) for s in (solution, reference))
    figure = plots.triangle_images(
        {solution.summary.label(name): u[..., i] - v[..., i] for i, name in enumerate(solution.names)},
        mesh.vertices,
        mesh.cells,
        columns=len(solution.names),
        xlabel=solution.summary.label(mesh.names[0]),
        ylabel=solution.summary.label(mesh.names[1]),
    )
    return [_drawn(figure, "the difference to the reference")]


def _drawn(figure: Figure, caption: str) -> Picture:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return Picture(caption, buffer.getvalue())
