"""`sobolev mesh`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from ._extras import save_figure
from ._runs import Run
from ._statements import find_statement


@dataclass(frozen=True)
class MeshOptions:
    """What was asked for."""

    statement: str
    settings: tuple[str, ...]
    size: float | None
    count: int | None
    tolerance: float | None
    format: str


def run_mesh(options: MeshOptions, out: Path, json: Path | None) -> None:
    """Meshes the domain of a statement; leaves the mesh's file and a picture of domain, parts and mesh."""
    import numpy as np
    from rich.console import Console

    from .._core import ArgumentError
    from ..domains import AbstractShape, Mesh

    problem = find_statement(options.statement, options.settings)
    shape = problem.space
    if not isinstance(shape, AbstractShape):
        raise ArgumentError(
            f"'{problem.name}' lives on no shape: boxes have grids of their own.",
            given=str(problem.domain),
            expected="a statement on a Rectangle, Disk, Polygon, Cuboid, Ball, or what is made of them",
            fix="name the rectangle to make it a shape: sv.Rectangle((x, 0, 1), (y, 0, 1), name='plate')",
        )
    mesh = shape.mesh(options.size, count=options.count, tolerance=options.tolerance)
    run = Run.start("mesh", problem.name, out, dataclasses.asdict(options))
    file = run.folder / f"mesh.{options.format}"
    mesh.write(file)
    whole = mesh if isinstance(shape, Mesh) else shape
    picture = save_figure(whole.plot(None if isinstance(shape, Mesh) else mesh), run.folder / "mesh.png")
    counts = {name: int(np.sum(mesh.facet_parts == i)) for i, name in enumerate(mesh.part_names)}
    result = run.finish(
        json,
        name=problem.name,
        mesh=str(file),
        picture=str(picture),
        vertices=len(mesh.vertices),
        cells=len(mesh.cells),
        quality=float(np.min(mesh.quality)),
        parts=counts,
    )
    console = Console(highlight=False, soft_wrap=True)
    kind = "triangles" if mesh.ndim == 2 else "tetrahedra"
    console.print(f"{len(mesh.cells)} {kind}, {len(mesh.vertices)} vertices, worst quality {result['quality']:.2f}")
    console.print(f"parts: {', '.join(f'{name} ({n})' for name, n in counts.items())}", markup=False)
    console.print(f"{file}\n{picture}", markup=False)
