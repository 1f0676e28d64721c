"""Where a statement's coefficients jump: the planes x = c that a mesh should follow.

An element that a jump of a coefficient or source crosses cannot represent the kink of the solution (of its second
derivative, for a source) there: errors fall no faster than h^{3/2} in L2, whatever the degree.
"""

from __future__ import annotations

import numpy as np
import sympy as sp
from scipy.optimize import brentq
from sympy.core.relational import Relational

from ..domains import Box, Interval
from ..equations import Problem

Plane = tuple[sp.Symbol, float]

_SCANNED = 2048  # places of a side at which signs are compared
_MOST = 32  # jumps along a side, beyond which they would decide how fine a mesh is
_CLOSE = 1e-9  # of a side: two jumps are one


def jump_planes(problem: Problem) -> tuple[Plane, ...]:
    """(coordinate, place) wherever a `Piecewise`, `Heaviside` or `sign` of the equations or inputs switches along a
    single coordinate, and where no parameter moves it."""
    region = problem.space
    assert region is not None
    levels = _levels(problem)
    found: list[Plane] = []
    for side in (region if isinstance(region, Box) else region.box).sides:
        places = [p for level in levels if level.free_symbols == {side.coordinate} for p in _roots(level, side)]
        apart: list[float] = []
        for place in sorted(places):
            if all(abs(place - p) > _CLOSE * side.length for p in (side.lower, side.upper, *apart)):
                apart.append(place)
        if len(apart) <= _MOST:
            found += [(side.coordinate, place) for place in apart]
    return tuple(found)


def _levels(problem: Problem) -> set[sp.Expr]:
    """Expressions at whose changes of sign something jumps."""
    values = [problem.values.get(a.func.__name__, a.func.default) for a in problem.inputs]
    found: set[sp.Expr] = set()
    for e in (*problem.expanded, *(v for v in values if isinstance(v, sp.Basic))):
        for jump in e.atoms(sp.Piecewise, sp.Heaviside, sp.sign):
            if isinstance(jump, sp.Piecewise):
                conditions = [pair.args[1].atoms(Relational) for pair in jump.args]
                found |= {r.lhs - r.rhs for relations in conditions for r in relations}
            else:
                found.add(jump.args[0])
    return found


def _roots(level: sp.Expr, side: Interval) -> list[float]:
    """Where the sign of a function of one coordinate changes inside a side, as far as a fine grid shows it."""
    x = side.coordinate
    slope = sp.diff(level, x)
    if slope.is_number and slope != 0:
        places = [float(-level.subs(x, 0) / slope)]
        return [p for p in places if side.lower < p < side.upper]
    function = sp.lambdify(x, level, "numpy")
    grid = np.linspace(side.lower, side.upper, _SCANNED)
    signs = np.sign(np.broadcast_to(function(grid), grid.shape))
    at = [float(grid[k]) for k in np.flatnonzero(signs[1:-1] == 0) + 1]
    between = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    return at + [brentq(function, grid[k], grid[k + 1], xtol=1e-15 * side.length) for k in between]
