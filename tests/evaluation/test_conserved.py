"""What a statement conserves, found from the statement, and how far a prediction departs from it."""

import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev.evaluation import conserved_quantities
from sobolev.evaluation._conserved import conservation_error
from sobolev.fields import Axis, Grid

x, y, t = sv.coordinates("x y t")
u, q = sv.unknown("u", x, t), sv.unknown("q", x, t, complex=True)
nu = sv.parameter("nu", default=0.1)


def _evolution(equation, field=u, periodic=True):
    ends = [] if periodic else [sv.Dirichlet(field, 0)]
    return sv.Problem(
        domain=sv.Interval(x, 0, 2 * sp.pi, periodic=periodic) * sv.Time(t, 0, 1),
        equations=[equation],
        conditions=[sv.Initial(field, sp.sin(x)), *ends],
    )


@pytest.mark.parametrize(
    ("equation", "field", "expected"),
    [
        (sp.Eq(u.diff(t), -u.diff(x)), u, {"u": "mean,energy"}),
        (sp.Eq(u.diff(t), nu * u.diff(x, 2)), u, {"u": "mean"}),
        (sp.Eq(u.diff(t) + u * u.diff(x), nu * u.diff(x, 2)), u, {"u": "mean"}),
        (sp.Eq(u.diff(t) + 6 * u * u.diff(x) + u.diff(x, 3), 0), u, {"u": "mean,energy"}),
        (sp.Eq(u.diff(t) + u * u.diff(x), 1), u, {}),  # a source feeds the mean
        (sp.Eq(u.diff(t) + u * u.diff(x), sp.sin(3 * x)), u, {"u": "mean"}),  # this one does not
        (sp.Eq(u.diff(t), nu * u.diff(x, 2) + u - u**3), u, {}),
        (sp.Eq(sp.I * q.diff(t) + q.diff(x, 2) / 2 + q * sp.Abs(q) ** 2, 0), q, {"q": "energy"}),
    ],
    ids=["advection", "heat", "Burgers", "KdV", "source", "balanced source", "Allen–Cahn", "Schrödinger"],
)
def test_textbook_invariants(equation, field, expected):
    assert conserved_quantities(_evolution(equation, field)) == expected


def test_walls_conserve_nothing_that_we_know():
    assert conserved_quantities(_evolution(sp.Eq(u.diff(t), nu * u.diff(x, 2)), periodic=False)) == {}


def test_vorticity_with_a_stream_function():
    w, psi = sv.unknown("w", x, y, t), sv.unknown("psi", x, y, t)
    sides = [sv.Interval(c, 0, 2 * sp.pi, periodic=True) for c in (x, y)]
    advection = psi.diff(y) * w.diff(x) - psi.diff(x) * w.diff(y)
    flow = sv.Problem(
        domain=sides[0] * sides[1] * sv.Time(t, 0, 1),
        equations=[sp.Eq(w.diff(t) + advection, nu * sv.laplacian(w)), sp.Eq(-sv.laplacian(psi), w)],
        conditions=[sv.Initial(w, sp.sin(x) * sp.cos(y)), sv.Mean(psi, 0)],
    )
    assert conserved_quantities(flow) == {"w": "mean"}


def test_the_size_of_a_departure():
    grid = Grid((Axis("x", 0.0, 1.0, 16, "periodic"),))
    truth = np.broadcast_to(np.sin(2 * np.pi * grid.axes[0].coordinates), (1, 3, 16))[..., None]
    drift = truth + np.array([0.0, 0.1, 0.2])[None, :, None, None]
    scale = 0.5**0.5
    assert conservation_error(drift, truth, grid, ["mean"])[0, 0] == pytest.approx(0.2 / scale)
    assert conservation_error(2 * truth, truth, grid, ["energy"])[0, 0] == pytest.approx(3.0)
    assert conservation_error(2 * truth, truth, grid, ["mean"])[0, 0] == pytest.approx(0, abs=1e-15)
    assert conservation_error(drift, truth, grid, [None])[0, 0] == 0
