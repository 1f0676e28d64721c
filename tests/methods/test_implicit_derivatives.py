"""Derivatives of finite element solves by parameters, sources, boundary values and sizes, against differences."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import mapped
from sobolev.methods import FiniteElement

pytest.importorskip("skfem")

x, y = sv.coordinates("x y")
u = sv.unknown("u", x, y)
BOX = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)


class Bumps(eqx.Module):
    """A source Σ cₖ exp(−8 |x − xₖ|²)."""

    heights: jax.Array

    def __call__(self, x, y):
        places = [(0.2, 0.3), (0.7, 0.6), (0.4, 0.9)]
        each = [h * jnp.exp(-8 * ((x - a) ** 2 + (y - b) ** 2)) for h, (a, b) in zip(self.heights, places, strict=True)]
        return sum(each)


def test_nonlinear_solve_by_everything_at_once():
    """Parameter in the equation, source, boundary value and flux: one reverse pass against central differences."""
    k, g, q = (sv.parameter(name, default=1.0) for name in ("k", "g", "q"))
    f = sv.input_field("f", x, y, default=1)
    problem = sv.Problem(
        BOX,
        [sp.Eq(-sv.div((k + u**2) * sv.grad(u)) + sp.sinh(u), f)],
        [sv.Dirichlet(u, g * y, on="x.min"), sv.Flux(u, q * y, on="x.max"), sv.Flux(u, 0, on=("y.min", "y.max"))],
    )

    def value(theta):
        statement = problem.replace(k=theta[0], g=theta[1], q=theta[2], f=Bumps(theta[3:]))
        return sv.solve(statement, FiniteElement(degree=1), resolution=6, quiet=True)(x=0.6, y=0.45)

    with precision_context("double"):
        at = jnp.asarray([1.2, 0.7, 0.4, 2.0, -1.0, 3.0])
        found = np.asarray(jax.grad(value)(at))
        for i in range(len(at)):
            step = 1e-4 * np.eye(len(at))[i]
            assert found[i] == pytest.approx(float(value(at + step) - value(at - step)) / 2e-4, rel=1e-6)


def test_sizes_are_parameters_of_a_mapped_statement():
    """−Δu = 1 on an ellipse of half-axes a and b: u = (1 − x²/a² − y²/b²) / (2/a² + 2/b²), also its derivatives."""
    pytest.importorskip("gmsh")
    a, b = sv.parameter("a", default=1.0), sv.parameter("b", default=1.0)
    disk = sv.Disk((x, y), (0.0, 0.0), 1.0)
    ellipse = sv.mapped(sv.Problem(disk, [sp.Eq(-sv.laplacian(u), 1)], [sv.Dirichlet(u, 0)]), {x: a * x, y: b * y})
    assert sv.mapped is mapped

    def peak(a, b):
        return sv.solve(ellipse.replace(a=a, b=b), FiniteElement(), resolution=4, quiet=True)(x=0.0, y=0.0)

    with precision_context("double"):
        found = jax.grad(peak, argnums=(0, 1))(1.5, 0.8)
    scale = 2 / 1.5**2 + 2 / 0.8**2
    assert peak(1.5, 0.8) == pytest.approx(1 / scale, rel=1e-3)
    assert float(found[0]) == pytest.approx(4 / 1.5**3 / scale**2, rel=5e-3)
    h = 1e-4
    assert float(found[1]) == pytest.approx((peak(1.5, 0.8 + h) - peak(1.5, 0.8 - h)) / (2 * h), rel=1e-6)


def test_a_bent_map_and_what_is_refused():
    """u = x² on the image of the square under (x + y²/4, y), whose side x.max carries no condition of flux."""
    square = sv.Problem(BOX, [sp.Eq(sv.laplacian(u) + u.diff(y), 2 + 0 * x)], [sv.Dirichlet(u, x**2)])
    bent = mapped(square, {x: x + y**2 / 4})
    solution = sv.solve(bent, FiniteElement(), resolution=6, quiet=True)
    assert solution(x=0.5, y=0.5) == pytest.approx((0.5 + 0.5**2 / 4) ** 2, abs=1e-4)
    with pytest.raises(sv.ArgumentError, match="no coordinates"):
        mapped(square, {sp.Symbol("w"): 2 * x})
    pressed = square.replace(conditions=[sv.Flux(u, 1, on="x.max"), sv.Dirichlet(u, 0, on=("x.min", "y.min", "y.max"))])
    with pytest.raises(sv.UnsupportedError, match="no flux"):
        mapped(pressed, {x: 2 * x})
    with pytest.raises(sv.UnsupportedError, match="without input"):
        mapped(sv.problems.poisson(), {x: 2 * x})
