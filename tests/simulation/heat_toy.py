"""A family and a method small enough to be killed often: heat on a circle, solved exactly by Fourier modes."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jaxtyping import Array

import sobolev as sv
from sobolev.equations import sample_input
from sobolev.fields import Grid
from sobolev.methods import AbstractMethod, Compiled, Outcome, Verdict
from sobolev.spaces import AbstractGridSpace


class Circle(AbstractGridSpace):
    """Trigonometric polynomials by their nodal values."""

    domain: object = eqx.field(static=True)
    points: int = eqx.field(static=True)

    @property
    def box(self):
        return self.domain

    @property
    def grid(self):
        return Grid.over(self.domain, self.points)

    def to_grid(self, coefficients):
        return coefficients

    def from_grid(self, values):
        return values

    def derivative(self, values, orders):
        k = 2j * jnp.pi * jnp.fft.fftfreq(self.points, self.domain.sides[0].length / self.points)
        return jnp.fft.ifft((k ** orders[0])[:, None] * jnp.fft.fft(values, axis=0), axis=0).real

    def jet(self, coefficients, orders, points):
        x = jnp.asarray(points["x"])
        k = 2j * jnp.pi * jnp.fft.fftfreq(self.points, self.domain.sides[0].length / self.points)
        modes = jnp.fft.fft(coefficients[:, 0]) / self.points * k ** orders[0]
        return (jnp.exp((x[..., None] - self.domain.sides[0].lower) * k) @ modes).real[..., None]


class ExactHeat(AbstractMethod):
    """û(t) = û(0) exp(−ν k² t); samples with ν above `fails_above` report that they did not converge."""

    fails_above: float = 1e9
    blows_up_above: float = 1e9

    @property
    def order(self):
        return float("inf")

    def applies(self, problem):
        return Verdict(problem.is_periodic, "needs a periodic box")

    def compile(self, problem, *, tolerance, resolution=None, times=None):
        space = Circle(problem.space, 32 if resolution is None else int(np.ravel(resolution)[0]))
        saved = np.asarray((problem.time.start, problem.time.stop) if times is None else times)
        k = 2 * np.pi * np.fft.fftfreq(space.points, problem.space.sides[0].length / space.points)

        def run(values) -> Outcome:
            nu = values.parameters["nu"]
            start: Array = sample_input(problem, "u0", space.grid.coordinates, values)
            decay = jnp.exp(-nu * jnp.asarray(k) ** 2 * (jnp.asarray(saved)[:, None] - saved[0]))
            u = jnp.fft.ifft(decay * jnp.fft.fft(start), axis=-1).real[..., None]
            u = jnp.where(nu > self.blows_up_above, jnp.nan, u)
            return Outcome(u, None, jnp.where(nu > self.fails_above, 1, 0), {})

        return Compiled(problem, space, saved, run)


def family():
    """u_t = ν u_xx with random ν and initial value."""
    x, t = sv.coordinates("x t")
    u = sv.unknown("u", x, t)
    nu = sv.parameter("nu", default=0.1, prior=sv.priors.Uniform(0.01, 0.1))
    law = sv.priors.GaussianField(sv.priors.AlphaTau(2.0, 3.0), "periodic", modes=8)
    u0 = sv.input_field("u0", x, prior=law)
    return sv.Problem(
        name="toy-heat",
        domain=sv.Interval(x, 0, 1, periodic=True) * sv.Time(t, 0, 1),
        equations=[sp.Eq(u.diff(t), nu * u.diff(x, 2))],
        conditions=[sv.Initial(u, u0)],
    )
