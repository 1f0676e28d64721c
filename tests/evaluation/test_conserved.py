"""How far a prediction departs from what its statement conserves. (What that is: tests/equations.)"""

import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev.evaluation import conserved_quantities, errors
from sobolev.evaluation._conserved import conservation_error
from sobolev.fields import Axis, FieldSpec, Grid

GRID = Grid((Axis("x", 0.0, 1.0, 16, "periodic"),))
WAVE = np.broadcast_to(np.sin(2 * np.pi * GRID.axes[0].coordinates), (1, 3, 16))[..., None]


def _schroedinger():
    x, t = sv.coordinates("x t")
    q = sv.unknown("q", x, t, complex=True)
    return sv.Problem(
        domain=sv.Interval(x, 0, 1, periodic=True) * sv.Time(t, 0, 1),
        equations=[sp.Eq(sp.I * q.diff(t) + q.diff(x, 2) / 2 + q * sp.Abs(q) ** 2, 0)],
        conditions=[sv.Initial(q, sp.sin(2 * sp.pi * x))],
    )


def test_quantities_are_named_by_unknown():
    assert conserved_quantities(sv.problems.kdv()) == {"u": "mean,energy"}
    assert conserved_quantities(sv.problems.heat(1)) == {}
    assert conserved_quantities(_schroedinger()) == {"q": "energy"}


def test_the_size_of_a_departure():
    drift = WAVE + np.array([0.0, 0.1, 0.2])[None, :, None, None]
    scale = 0.5**0.5
    assert conservation_error(drift, WAVE, GRID, ["mean"])[0, 0] == pytest.approx(0.2 / scale)
    assert conservation_error(2 * WAVE, WAVE, GRID, ["energy"])[0, 0] == pytest.approx(3.0)
    assert conservation_error(2 * WAVE, WAVE, GRID, ["mean"])[0, 0] == pytest.approx(0, abs=1e-15)
    assert conservation_error(drift, WAVE, GRID, [None])[0, 0] == 0


def test_a_complex_field_is_judged_as_one():
    """The energy of re(q) alone is not conserved, that of q is: a turned phase departs from nothing."""
    spec = FieldSpec(("re(q)", "im(q)"), GRID)
    truth = np.concatenate([WAVE, 0 * WAVE], axis=-1)
    turned = np.concatenate([0 * WAVE, WAVE], axis=-1)
    times = np.array([0.1, 0.2, 0.3])
    problem = _schroedinger()
    right, wrong = (errors(p, truth, spec, times=times, problem=problem) for p in (turned, 2 * turned))
    for name in spec.names:
        assert right[name]["conservation"][0] == pytest.approx(0, abs=1e-14)
        assert wrong[name]["conservation"][0] == pytest.approx(3.0)


def test_fields_that_conserve_nothing_have_no_such_error():
    found = errors(WAVE, WAVE, FieldSpec(("u",), GRID), times=[0.1, 0.2, 0.3], problem=sv.problems.allen_cahn())
    assert "conservation" not in found["u"]
