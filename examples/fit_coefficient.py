"""A coefficient field fitted to fifty noisy sensors, through a finite element solve.

`python -m examples.fit_coefficient`: −∇·(a∇u) = 1 in a plate with a hole, u = 0 on its outer sides, no flux through the
hole. log a is a Gaussian field; given are 50 readings of u with noise of 1 % of the largest. The fit maximises the
posterior density of the field's coefficients by the method of Gauss and Newton: the sensors' derivatives come from 50
adjoint solves with the factors that the solve itself has left (`jax.jacrev` goes through `sv.solve`).
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

import sobolev as sv

SENSORS, NOISE, MODES, LENGTH, STEPS = 50, 0.01, 6, 0.35, 6


class LogNormal(eqx.Module):
    """a = exp m, m a Gaussian field of cosines with independent unit normals `xi` as coefficients."""

    xi: jax.Array

    def __call__(self, x, y):
        k = jnp.arange(MODES)
        weights = jnp.exp(-((jnp.pi * LENGTH) ** 2) * (k[:, None] ** 2 + k**2) / 4)
        weights = weights / jnp.sqrt(jnp.sum(weights**2))
        bases = [jnp.cos(jnp.pi * jnp.asarray(c)[..., None] * k) for c in (x, y)]
        return jnp.exp(jnp.einsum("...i,ij,...j->...", bases[0], weights * self.xi, bases[1]))


def statement():
    x, y = sv.coordinates("x y")
    u, a = sv.unknown("u", x, y), sv.input_field("a", x, y, default=1)
    plate = sv.Rectangle((x, 0, 1), (y, 0, 1)) - sv.Disk((x, y), (0.6, 0.55), 0.15, name="hole")
    sides = ("x.min", "x.max", "y.min", "y.max")
    conditions = [sv.Dirichlet(u, 0, on=sides), sv.Flux(u, 0, on="hole")]
    return sv.Problem(plate, [sp.Eq(-sv.div(a * sv.grad(u)), 1)], conditions, name="plate")


def measure(resolution=16, steps=STEPS):
    """Relative L2 error of the fitted field, beside that of the best constant; misfit in units of the noise."""
    problem, method = statement(), sv.methods.FiniteElement(degree=1)
    with jax.enable_x64(True):
        truth = jax.random.normal(jax.random.key(7), (MODES, MODES))
        places = np.asarray(problem.space.sample(SENSORS, kind="halton", key=jax.random.key(1)))

        def readings(xi):
            statement = problem.replace(a=LogNormal(xi.reshape(MODES, MODES)))
            return sv.solve(statement, method, resolution=resolution, quiet=True)(x=places[:, 0], y=places[:, 1])

        exact = jnp.asarray(readings(truth))
        sigma = NOISE * float(jnp.abs(exact).max())
        data = exact + sigma * jax.random.normal(jax.random.key(2), exact.shape)

        def residual(xi):
            return jnp.concatenate([(readings(xi) - data) / sigma, xi])

        slope, xi, cost = jax.jacrev(residual), jnp.zeros(MODES**2), []
        for _ in range(steps):
            r = residual(xi)
            move, size = jnp.linalg.lstsq(slope(xi), r)[0], 1.0
            cost.append(float(r @ r) / 2)
            while size > 1e-3 and not float(jnp.sum(residual(xi - size * move) ** 2)) / 2 <= cost[-1]:
                size /= 2
            xi = xi - size * move
        inner = np.asarray(problem.space.sample(2000, kind="halton", key=jax.random.key(3)))
        goal, found = (np.asarray(LogNormal(c.reshape(MODES, MODES))(*inner.T)) for c in (truth, xi))
        misfit = np.asarray(readings(xi) - data) / sigma
    return {
        "error of a": float(np.linalg.norm(found - goal) / np.linalg.norm(goal)),
        "error of the best constant": float(np.std(goal) / np.sqrt(np.mean(goal**2))),
        "misfit over noise": float(np.sqrt(np.mean(misfit**2))),
        "cost": cost,
    }


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value}")
