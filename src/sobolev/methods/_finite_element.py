"""Finite elements on shapes, meshes and boxes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import equinox as eqx
import numpy as np

from .. import spaces
from .._core import ArgumentError, UnsupportedError
from ..assembly import Evolution, LinearSystem, finite_elements, space_order, weak_form
from ..domains import AbstractRegion, AbstractShape, Boundary, Box, Mesh
from ..equations import Problem, Robin, Values, with_velocities
from ..solvers import solve_linear, solve_newton
from ._abstract import AbstractMethod, Compiled, Outcome, Verdict
from ._collocation import evolve, in_double, saved_times
from ._finite_element_planes import jump_planes
from ._verdicts import admit

_CELLS = {2: 24, 3: 8}  # along the longest side, where nothing is asked for


class FiniteElement(AbstractMethod):
    """Continuous piecewise polynomials of degree 1 or 2 on triangles or tetrahedra, in two or three dimensions.

    The weak form is derived from the statement (see `sobolev.assembly.weak_form`). `size` is the length of edges (None:
    1/24 or 1/8 of the longest side), where `sv.solve` starts to refine. Boxes get structured meshes, periodic sides
    allowed; shapes are meshed by gmsh; a `Mesh` is taken as it is, and cut uniformly for a resolution. `mesh` is used
    instead, at any resolution, where it is given: its parts must have the names of the region's. A tolerance refines
    steady problems where the residual is large, others uniformly. Needs `pip install 'sobolev[fem]'`.

    Errors in L2 fall as size^(degree + 1) for smooth solutions, in H1 as size^degree, eigenvalues as size^(2 degree).
    Cells of degree 2 at a curved boundary are curved too (isoparametric), and keep the orders, at circles, spheres and
    creases between them; where cells are too coarse for that (a hole with fewer than about six along its circle) edges
    stay straight, with order 1.5 in H1. Cells of degree 1 have straight edges, which are good enough for theirs. A mesh
    that comes from elsewhere is the region itself, edges and all. Where coefficients or sources jump along a single
    coordinate (`Piecewise` of x < c), meshes made here have edges (faces), and keep the order. Corners that point
    inwards lower it to that of the solution; adapted meshes restore it. Transport that dominates diffusion on the scale
    of a cell makes it oscillate. Velocities of statements of second order in time are unknowns of their own, and so are
    rates whose coefficient depends on the solution or on time.

    Newton's method, where it does not converge at once, follows the boundary data from zero to what they are.
    """

    degree: int = eqx.field(static=True, default=2)
    size: float | None = eqx.field(static=True, default=None)
    mesh: Mesh | None = eqx.field(static=True, default=None)

    def __check_init__(self):
        if self.degree not in (1, 2):
            raise ArgumentError(
                "FiniteElement: the degree is not known.", given=repr(self.degree), expected="degree 1 or 2"
            )
        if self.size is not None and not (np.isfinite(self.size) and self.size > 0):
            raise ArgumentError("FiniteElement: the size is no length.", given=repr(self.size), expected="size > 0")

    @property
    def order(self) -> float:
        return float(self.degree + 1)

    def applies(self, problem: Problem) -> Verdict:
        if problem.space is None:
            return Verdict(False, "needs a space; this problem is a system of ordinary differential equations")
        if problem.ndim not in (2, 3):
            return Verdict(False, f"works in two or three space dimensions; this problem has {problem.ndim}")
        if problem.is_complex:
            return Verdict(False, "takes real unknowns; split this problem into real and imaginary parts")
        if problem.time_order > 2:
            return Verdict(False, f"needs first or second order in time; this problem has {problem.time_order}")
        if problem.order < 2:
            return Verdict(False, "needs second derivatives in space; this problem is of first order")
        still = [u for u in problem.unknowns if problem.time_order_of(u) == 0]
        if self.degree == 1 and problem.is_system and any(space_order(problem, u) < 2 for u in still):
            return Verdict(False, "needs degree 2 for systems with a pressure (Taylor & Hood)")
        try:
            weak_form(with_velocities(problem))
        except UnsupportedError as error:
            reason = f"finds no weak form: {error.given} ({error.fix})"
            return Verdict(False, reason)
        return Verdict(True)

    def compile(
        self,
        problem: Problem,
        *,
        tolerance: float,
        resolution: int | Sequence[int] | None = None,
        times: Sequence[float] | None = None,
    ) -> Compiled:
        admit(self, problem, tolerance)
        space = self.space(problem, resolution)
        whole = with_velocities(problem)
        prepared = finite_elements(whole, space)
        kept = np.array([whole.unknown_names.index(name) for name in problem.unknown_names])
        saved = saved_times(problem, times)

        @eqx.filter_jit
        def solve(values: Values) -> Outcome:
            form = prepared.form(values)
            if isinstance(form, Evolution):
                found = evolve(form, saved, tolerance)
                rates = None if found.rates is None else found.rates[..., kept]
                return dataclasses.replace(found, coefficients=found.coefficients[..., kept], rates=rates)
            if isinstance(form, LinearSystem):
                coefficients, code, steps = solve_linear(form)
            else:
                coefficients, code, steps = solve_newton(form, float(np.clip(1e-2 * tolerance, 1e-12, 1e-6)))
            return Outcome(coefficients, None, code, steps)

        return Compiled(problem, space, saved, in_double(solve))

    def space(self, problem: Problem, resolution: int | Sequence[int] | None = None) -> spaces.FiniteElement:
        """The space for `resolution` cells per side of the bounding box (of cells a side on boxes)."""
        region = problem.space
        if self.mesh is not None:
            if self.mesh.coordinates != problem.coordinates:
                raise ArgumentError(
                    "FiniteElement: the mesh has other coordinates than the problem.",
                    given=", ".join(self.mesh.names),
                    expected=", ".join(c.name for c in problem.coordinates),
                )
            return self.on(self.mesh, periodic_sides(region))
        counts = self.counts(problem, resolution)
        if isinstance(region, Box):
            return self.on(spaces.box_mesh(region, counts, jump_planes(problem)), periodic_sides(region))
        assert isinstance(region, AbstractShape)  # there are no other regions
        if isinstance(region, Mesh):
            times = round(float(np.log2(max(1.0, max(counts) / max(cells_along(region))))))
            return self.on(spaces.uniformly_refined(region, times))
        size = float((extents(region) / counts).min())
        return self.on(region.mesh(size, split=_conditional(problem), planes=jump_planes(problem)))

    def on(self, mesh: Mesh, periodic: tuple[str, ...] = ()) -> spaces.FiniteElement:
        """The space on a mesh; cells of degree 2 follow the shape that it was made from."""
        return spaces.FiniteElement(mesh, self.degree, periodic, self.degree == 2 and spaces.bends(mesh))

    def counts(self, problem: Problem, resolution: int | Sequence[int] | None) -> tuple[int, ...]:
        """Cells per side of the bounding box."""
        region = problem.space
        extent = extents(region)
        if resolution is not None:
            if isinstance(resolution, int | np.integer):
                return (int(resolution),) * problem.ndim
            return tuple(int(n) for n in resolution)
        if self.size is None and isinstance(region, Mesh):
            return cells_along(region)
        size = self.size or float(extent.max()) / _CELLS[problem.ndim]
        return tuple(max(1, int(np.ceil(length / size - 1e-9))) for length in extent)


def periodic_sides(region: AbstractRegion) -> tuple[str, ...]:
    """Names of the coordinates whose ends are one."""
    return tuple(side.name for side in region.sides if side.periodic) if isinstance(region, Box) else ()


def extents(region: AbstractRegion) -> np.ndarray:
    """The sides of the bounding box."""
    if isinstance(region, Box):
        return np.asarray(region.lengths)
    assert isinstance(region, AbstractShape)  # there are no other regions
    return np.ptp(region.bounds, axis=0)


def cells_along(mesh: Mesh) -> tuple[int, ...]:
    """About how many cells lie along each side of a mesh's bounding box."""
    volume = np.sqrt(3) / 4 if mesh.ndim == 2 else 1 / (6 * np.sqrt(2))  # of the equilateral cell of edge one
    size = (mesh.measure / (volume * len(mesh.cells))) ** (1 / mesh.ndim)
    return tuple(max(1, round(length / size)) for length in np.ptp(mesh.bounds, axis=0))


def _conditional(problem: Problem) -> tuple[Boundary, ...]:
    """Parts that a condition on coordinates delimits: vertices are to lie at their ends."""
    parts = [problem.space.select(c.on) for c in problem.conditions if isinstance(c, Robin)]
    return tuple(part for part in parts if part.condition is not None)
