"""Differences: exact on polynomials, of the declared order, the same as arrays and as matrices."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.fields import Axis
from sobolev.spaces import STABLE_CLOSURES, FiniteDifference, fornberg
from sobolev.spaces._stencils import axis_operator, end_weights

x, y = sv.coordinates("x y")
LINE = sv.Interval(x, -1, 2)
PLANE = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 2 * sp.pi, periodic=True)


@pytest.mark.parametrize("derivative", [0, 1, 2, 3])
def test_fornberg_is_exact_on_polynomials(derivative):
    nodes, at = np.array([-1.3, -0.4, 0.1, 0.9, 2.0]), 0.3
    weights = fornberg(nodes, at, derivative)
    for degree in range(len(nodes)):
        exact = np.polyval(np.polyder(np.eye(5)[4 - degree], derivative), at) if degree >= derivative else 0.0
        assert weights @ nodes**degree == pytest.approx(exact, abs=1e-12)


def test_classical_weights():
    assert fornberg(np.arange(-1.0, 2.0), 0.0, 2) == pytest.approx([1, -2, 1])
    assert fornberg(np.arange(-2.0, 3.0), 0.0, 1) == pytest.approx([1 / 12, -2 / 3, 0, 2 / 3, -1 / 12])
    assert fornberg(np.arange(3.0), 0.0, 1) == pytest.approx([-1.5, 2, -0.5])


@pytest.mark.parametrize("kind", ["nodes", "periodic"])
@pytest.mark.parametrize("order", [2, 4, 6])
@pytest.mark.parametrize("derivative", [1, 2, 3, 4])
def test_operator_and_matrix_agree(kind, order, derivative):
    operator = axis_operator(Axis("x", 0.0, 1.0, 16, kind), derivative, order, order)
    values = np.random.default_rng(0).normal(size=(3, 16, 2))
    with precision_context("double"):
        applied = np.asarray(operator.apply(jnp.asarray(values), 1))
    expected = np.einsum("ij,ajc->aic", operator.matrix.toarray(), values)
    assert applied == pytest.approx(expected, rel=1e-12, abs=1e-9)


def jitted(method):
    """`space.derivative` or `space.jet` as one program: step by step, each of its operations is compiled alone."""
    return jax.jit(method, static_argnums=1)


@pytest.mark.parametrize("order", [2, 4, 6])
@pytest.mark.parametrize("derivative", [1, 2, 3])
def test_derivatives_and_jets_have_the_declared_order(order, derivative):
    function, exact = np.sin, {1: np.cos, 2: lambda x: -np.sin(x), 3: lambda x: -np.cos(x)}[derivative]
    nodal, between = [], []
    inside = np.linspace(-1, 2, 57)
    for n in (25, 49):
        space = FiniteDifference(_box(LINE), n, order)
        nodes = space.grid.axes[0].coordinates
        with precision_context("double"):
            values = jnp.asarray(function(nodes))[:, None]
            nodal.append(np.abs(jitted(space.derivative)(values, (derivative,))[:, 0] - exact(nodes)).max())
            between.append(np.abs(jitted(space.jet)(values, (derivative,), {"x": inside})[:, 0] - exact(inside)).max())
    assert np.log2(nodal[0] / nodal[1]) > order - 0.4
    assert np.log2(between[0] / between[1]) > order - 0.4


def _box(interval):
    return (interval * sv.Time(sv.coordinates("t"), 0, 1)).space


def test_jets_on_a_plane_with_a_periodic_side():
    space = FiniteDifference(PLANE.space, (33, 64), 6)
    with precision_context("double"):
        X, Y = np.meshgrid(*(a.coordinates for a in space.grid.axes), indexing="ij")
        values = jnp.stack([jnp.asarray(np.exp(X) * np.sin(Y)), jnp.asarray(X * np.cos(2 * Y))], -1)
        px, py = np.linspace(0, 1, 7)[:, None], np.linspace(0, 6.28, 9)[None]
        got = np.asarray(jitted(space.jet)(values, (1, 1), {"x": px, "y": py}))
        assert got.shape == (7, 9, 2)
        assert got[..., 0] == pytest.approx(np.exp(px) * np.cos(py), abs=2e-6)
        assert got[..., 1] == pytest.approx(-2 * np.sin(2 * py) + 0 * px, abs=2e-5)
        nodal = np.asarray(jitted(space.jet)(values, (0, 0), {"x": X, "y": Y}))
        assert nodal == pytest.approx(np.asarray(values), abs=1e-12)
        assert np.asarray(space.to_grid(space.from_grid(values))) == pytest.approx(np.asarray(values))


def test_ends_have_full_order_whatever_the_closure():
    assert set(STABLE_CLOSURES) == {2, 4, 6}
    rows = end_weights(Axis("x", 0.0, 1.0, 12, "nodes"), 6)
    nodes = np.linspace(0, 1, 12)
    assert rows @ nodes**6 == pytest.approx([0, 6], abs=1e-10)


@pytest.mark.parametrize("order", [4, 6])
def test_stable_closures_keep_waves_and_advection_in_the_left_half_plane(order):
    axis = Axis("x", 0.0, 1.0, 61, "nodes")
    second = axis_operator(axis, 2, order, STABLE_CLOSURES[order]).matrix.toarray()[1:-1, 1:-1]
    eigenvalues = np.linalg.eigvals(second)
    assert eigenvalues.real.max() < -9 and np.abs(eigenvalues.imag).max() < 1e-6
    full = np.linalg.eigvals(axis_operator(axis, 2, 6, 6).matrix.toarray()[1:-1, 1:-1])
    assert np.abs(full.imag).max() > 100  # what the reduced closure is for
    if order == 4:
        first = axis_operator(axis, 1, 4, 3).matrix.toarray()[1:, 1:]
        assert np.linalg.eigvals(-first).real.max() < 0


def test_refusals():
    box = _box(LINE)
    with pytest.raises(sv.ArgumentError, match="no such order"):
        FiniteDifference(box, 33, 3)
    with pytest.raises(sv.ArgumentError, match="too few points"):
        FiniteDifference(box, 5, 6)
    with pytest.raises(sv.ArgumentError, match="no such closure"):
        FiniteDifference(box, 33, 4, 5)
    with pytest.raises(sv.ArgumentError, match="points per side"):
        FiniteDifference(box, (33, 33))
