import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sobolev as sv
from sobolev._core import precision_context
from sobolev.data import Splits, Task
from sobolev.fields import Axis, FieldSpec, Grid
from sobolev.training import H1, MeanSquare, RelativeL2, WeightedSum


def task_on(grid, channels=1):
    spec = FieldSpec(tuple("uvw"[:channels]), grid)
    zero = np.zeros((1, *spec.shape))
    return Task(zero, zero, spec, spec, Splits([0], [], []))


def value(loss, grid, prediction, target):
    with precision_context("double"):
        p, t = jnp.asarray(prediction, float), jnp.asarray(target, float)
        return float(loss.measure(task_on(grid, p.shape[-1]))(t, p, t))


NODES = Grid((Axis("x", 0, 2, 21, "nodes"),))
RING = Grid((Axis("x", 0, 2 * np.pi, 16, "periodic"), Axis("y", 0, 4 * np.pi, 20, "periodic")))


def test_relative_l2_uses_quadrature_weights():
    e, y = np.zeros((21, 1)), np.ones((21, 1))
    e[0] = 1  # an end point weighs half a cell: ∫ e² = h/2, ∫ y² = 2
    assert value(RelativeL2(), NODES, y + e, y) == pytest.approx(np.sqrt(0.05 / 2))
    e[0], e[1] = 0, 1
    assert value(RelativeL2(), NODES, y + e, y) == pytest.approx(np.sqrt(0.1 / 2))


def test_mean_square_is_in_physical_units():
    assert value(MeanSquare(), NODES, np.full((21, 1), 3.0), np.ones((21, 1))) == pytest.approx(4)


def test_h1_is_exact_for_band_limited_fields():
    x, y = RING.coordinates["x"], RING.coordinates["y"]
    target = np.stack([np.sin(2 * x) + 0 * y, np.cos(x) * np.sin(y / 2)], -1)
    error = np.stack([0 * x + np.cos(y), np.sin(3 * x) * np.cos(y)], -1)
    # Means over the box: v² and |∇v|² of sin(kx) are ½ and k²/2; of products ¼ and (k² + l²)/4.
    s = 0.7
    expected = ((1 / 2 + s**2 / 2) + (1 / 4 + s**2 * (9 + 1) / 4)) / (
        (1 / 2 + s**2 * 4 / 2) + (1 / 4 + s**2 * (1 + 1 / 4) / 4)
    )
    assert value(H1(s), RING, target + error, target) == pytest.approx(np.sqrt(expected), rel=1e-12)


def test_h1_of_linear_fields_on_nodes_is_exact():
    x = NODES.coordinates["x"][:, None]
    # e = x/10, y = 1 + 2x on [0, 2] by the trapezoidal rule
    w = NODES.weights[:, None]
    top = np.sum(w * ((x / 10) ** 2 + 0.01))
    bottom = np.sum(w * ((1 + 2 * x) ** 2 + 4))
    assert value(H1(), NODES, 1 + 2 * x + x / 10, 1 + 2 * x) == pytest.approx(np.sqrt(top / bottom))


def test_losses_add_up_with_weights():
    rng = np.random.default_rng(0)
    p, t = rng.standard_normal((2, 21, 1))
    mixed = 0.5 * RelativeL2() + H1() * 2 + MeanSquare()
    assert isinstance(mixed, WeightedSum)
    parts = [value(loss, NODES, p, t) for loss in (RelativeL2(), H1(), MeanSquare())]
    assert value(mixed, NODES, p, t) == pytest.approx(0.5 * parts[0] + 2 * parts[1] + parts[2])


def test_perfect_predictions_and_vanishing_targets_have_finite_gradients():
    measure = RelativeL2().measure(task_on(NODES))
    one, zero = jnp.ones((21, 1)), jnp.zeros((21, 1))
    assert jax.grad(lambda p: measure(one, p, one))(one).tolist() == zero.tolist()
    assert float(measure(one, one, zero)) == pytest.approx(1)
    assert np.isfinite(jax.grad(lambda p: measure(one, p, zero))(one)).all()


@pytest.mark.parametrize("make", [lambda: -1.0 * RelativeL2(), lambda: RelativeL2() + 1, lambda: H1(-1)])
def test_wrong_losses_are_refused(make):
    with pytest.raises(sv.ArgumentError):
        make()


@pytest.mark.parametrize("loss", [RelativeL2(), MeanSquare(), H1()], ids=str)
def test_what_is_not_a_number_is_not_a_perfect_fit(loss):
    y = np.ones((21, 1))
    assert not np.isfinite(value(loss, NODES, np.full((21, 1), np.nan), y))
    assert not np.isfinite(value(loss, NODES, np.full((21, 1), np.inf), y))
