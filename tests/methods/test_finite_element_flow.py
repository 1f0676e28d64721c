"""Unsteady incompressible flow by Taylor–Hood elements: no rate of pressure, constraints of index two."""

import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev.methods import FiniteElement

pytest.importorskip("skfem")

x, y, t = sv.coordinates("x y t")
u, v, p = (sv.unknown(name, x, y, t) for name in ("u", "v", "p"))
NU = sp.Rational(1, 10)


def flow(exact, conditions):
    """Navier–Stokes with the forces that make `exact` a solution, moving walls, and a start that is exact too."""

    def momentum(f, c):
        return f.diff(t) + u * f.diff(x) + v * f.diff(y) + p.diff(c) - NU * sv.laplacian(f)

    def balance(left):
        return sp.Eq(left, left.subs(dict(zip((u, v, p), exact, strict=True))).doit())

    starts = [sv.Initial(f, e.subs(t, 0)) for f, e in zip((u, v), exact, strict=False)]
    return sv.Problem(
        sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1) * sv.Time(t, 0, 1),
        [balance(momentum(u, x)), balance(momentum(v, y)), sp.Eq(u.diff(x) + v.diff(y), 0)],
        [*starts, *conditions],
    )


def test_flow_within_moving_walls_converges_in_velocity_and_pressure():
    """A stream function sin(πx) sin(πy) cos t; the pressure is not given at the start, and right there too."""
    psi = sp.sin(sp.pi * x) * sp.sin(sp.pi * y) * sp.cos(2 * t)
    exact = (psi.diff(y), -psi.diff(x), (x + y - 1) * sp.exp(-t))
    walls = [sv.Dirichlet(f, e) for f, e in zip((u, v), exact, strict=False)]
    problem = flow(exact, [*walls, sv.Mean(p, 0)])
    inner = np.random.default_rng(0).uniform(0.05, 0.95, (2, 1, 200))
    places = {"x": inner[0], "y": inner[1], "t": np.array([0.0, 0.3, 1.0])[:, None]}
    found = []
    for n in (4, 8):
        solution = sv.solve(problem, FiniteElement(), resolution=n, tolerance=1e-3, times=(0.0, 0.3, 1.0), quiet=True)
        assert solution.result
        errors = []
        for f, e in zip("uvp", exact, strict=True):
            right = sp.lambdify((x, y, t), e, "numpy")(**places) * np.ones((3, 200))
            errors.append(np.abs(np.asarray(solution[f](**places)) - right).max(1))
        found.append(np.array(errors))
    coarse, fine = found
    assert (np.log2(coarse[:2] / fine[:2]) > 2.3).all()
    assert (np.log2(coarse[2] / fine[2]) > 1.3).all()
    assert fine.max() < 3e-2


def test_a_pressure_may_take_the_place_of_a_velocity_where_fluid_leaves():
    rest = (sp.S.Zero,) * 3
    walls = [sv.Dirichlet(v, 0), sv.Dirichlet(u, 0, on=("y.min", "y.max"))]
    entry, exit_ = sv.Dirichlet(u, sp.sin(sp.pi * y) * sp.sin(t), on="x.min"), sv.Dirichlet(p, 0, on="x.max")
    assert FiniteElement().applies(flow(rest, [*walls, entry, exit_]))
    with pytest.raises(sv.StatementError, match="no condition on u"):
        flow(rest, [*walls, entry])
