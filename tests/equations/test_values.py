"""From names to numbers: values of parameters and inputs, expressions at points."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.equations import draws, evaluate_expression, sample_input, values_of

x, y, t = sv.coordinates("x y t")


def family():
    u = sv.unknown("u", x, y)
    k, m = sv.parameter("k", default=2), sv.parameter("m", default=3 * sv.parameter("k", default=2))
    a = sv.input_field("a", x, y, default=1 + k * x)
    f = sv.input_field("f", x, default=m)
    square = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
    return sv.Problem(square, -sv.div(a * sv.grad(u)) + m * u - f, sv.Dirichlet(u, 0))


def test_defaults_and_bound_values():
    values = values_of(family())
    assert {n: float(v) for n, v in values.parameters.items()} == {"k": 2, "m": 6}
    values = values_of(family().replace(k=5))
    assert {n: float(v) for n, v in values.parameters.items()} == {"k": 5, "m": 15}
    assert float(values_of(family().replace(k=5, m=1)).parameters["m"]) == 1


def test_a_parameter_without_value_is_named():
    u, k = sv.unknown("u", x), sv.parameter("k")
    p = sv.Problem(sv.Interval(x, 0, 1), u.diff(x, 2) - k, sv.Dirichlet(u, 0))
    with pytest.raises(sv.StatementError, match="The parameter k of 'problem' has no value"):
        values_of(p)
    assert float(values_of(p.replace(k=3)).parameters["k"]) == 3


def test_an_undrawn_input_is_named():
    u, a = sv.unknown("u", x), sv.input_field("a", x, prior=sv.priors.GaussianField(sv.priors.RBF(1)))
    p = sv.Problem(sv.Interval(x, 0, 1), u.diff(x, 2) - a, sv.Dirichlet(u, 0))
    with pytest.raises(sv.StatementError, match=r"draw it: sv.draw"):
        values_of(p)


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        (sp.sin(x) * y, lambda x, y: np.sin(x) * y),
        (2, lambda x, y: 2 + 0 * x * y),
        (lambda x, y: x - y, lambda x, y: x - y),
        (jnp.asarray(3.0), lambda x, y: 3 + 0 * x * y),
    ],
    ids=["expression", "number", "callable", "array"],
)
def test_inputs_of_every_kind(value, truth):
    p = family().replace(a=value)
    at = {"x": np.linspace(0, 1, 4)[:, None], "y": np.linspace(0, 1, 3)[None]}
    with precision_context("double"):
        found = sample_input(p, "a", at, values_of(p))
    assert found.shape == (4, 3)
    np.testing.assert_allclose(found, np.broadcast_to(truth(**at), (4, 3)), rtol=1e-12)


def test_a_grid_field_is_an_input():
    grid = sv.Grid.over(family().space, 5)
    field = sv.GridField(grid.coordinates["x"] * np.ones(grid.shape), grid, "a")
    p = family().replace(a=field)
    np.testing.assert_allclose(sample_input(p, "a", {"x": 0.3, "y": 0.1}, values_of(p)), 0.3, rtol=1e-6)


def test_expressions_of_inputs_and_parameters():
    p = family()
    (a, f) = (next(i for i in p.inputs if i.func.__name__ == n) for n in "af")
    k = next(q for q in p.parameters if q.name == "k")
    at = {"x": np.array([0.0, 1.0]), "y": np.array([0.5, 0.5])}
    np.testing.assert_allclose(evaluate_expression(p, a * k + f, at, values_of(p)), [8, 12])
    assert evaluate_expression(p, sp.Integer(4), at, values_of(p)).shape == (2,)
    with pytest.raises(sv.StatementError, match="derivative of an input"):
        evaluate_expression(p, a.diff(x), at, values_of(p))


def test_values_are_differentiable():
    p = family()

    def total(k):
        bound = p.replace(k=k)
        return jnp.sum(sample_input(bound, "a", {"x": jnp.arange(3.0), "y": jnp.zeros(3)}, values_of(bound)))

    assert float(jax.grad(total)(2.0)) == pytest.approx(3.0)


def test_draws_are_named_streams(key):
    u = sv.unknown("u", x)
    law = sv.priors.GaussianField(sv.priors.RBF(0.3), "neumann", modes=8)
    k = sv.parameter("k", default=1, prior=sv.priors.LogUniform(0.1, 10))
    a, b = (sv.input_field(n, x, prior=law) for n in "ab")
    p = sv.Problem(sv.Interval(x, 0, 1), -sv.div(sp.exp(a) * sv.grad(u)) + k * u - b, sv.Dirichlet(u, 0))
    found = draws(p, key=key)
    assert list(found) == ["a", "b", "k"]
    assert not np.allclose(found["a"](x=0.3), found["b"](x=0.3))
    batch = jax.vmap(lambda key: draws(p, key=key)["k"])(jax.random.split(key, 50))
    assert 0.1 <= batch.min() < batch.max() <= 10


def test_replacing_is_cheap():
    """Binding values repeats no structural work: derived facts are shared."""
    p = sv.problems.navier_stokes()
    assert p.unknowns and p.replace(nu=0.5).__dict__["unknowns"] is p.__dict__["unknowns"]
