"""Uniform laws, Fourier series, transforms, and the arguments that laws refuse."""

import jax
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev import priors
from sobolev._core import precision_context

x, y = sv.coordinates("x y")
SQUARE = (sv.Interval(x, 0, 1) * sv.Interval(y, 0, 2)).space


def test_uniform_fills_its_interval(key):
    law = priors.Uniform(-1, 3)
    values = np.asarray(jax.jit(jax.vmap(lambda k: law.draw(key=k)))(jax.random.split(key, 4000)))
    assert values.min() >= -1 and values.max() <= 3
    assert values.mean() == pytest.approx(1, abs=4.5 * 4 / np.sqrt(12 * 4000))
    assert values.var() == pytest.approx(16 / 12, rel=0.08)


def test_log_uniform_is_uniform_in_the_logarithm(key):
    law = priors.LogUniform(1e-3, 10)
    values = np.asarray(jax.jit(jax.vmap(lambda k: law.draw(key=k)))(jax.random.split(key, 4000)))
    assert values.min() >= 1e-3 and values.max() <= 10
    shares = np.histogram(np.log10(values), bins=4, range=(-3, 1))[0] / 4000
    np.testing.assert_allclose(shares, 0.25, atol=0.035)


def test_fourier_series_has_the_stated_terms(key):
    law = priors.RandomFourierSeries(modes=3, terms=2, amplitude=0.5, mean=1)
    keys = jax.random.split(key, 3000)
    draws = jax.jit(jax.vmap(lambda k: law.draw(SQUARE, key=k)))(keys)
    numbers = np.asarray(draws.wave_numbers)
    assert set(np.unique(numbers[:, :, 0])) == {1, 2, 3}
    assert set(np.unique(numbers[:, :, 1])) == {-3, -2, -1, 1, 2, 3}
    amplitudes = np.asarray(draws.amplitudes)
    assert amplitudes.min() >= 0 and amplitudes.max() <= 0.5
    values = np.asarray(jax.vmap(lambda f: f(x=0.3, y=0.7))(draws))
    assert values.mean() == pytest.approx(1, abs=0.02)
    assert values.var() == pytest.approx(2 * (0.25 / 3) / 2, rel=0.12)  # terms · E[A²]/2


def test_fourier_series_is_periodic_and_what_it_says(key):
    with precision_context("double"):
        f = priors.RandomFourierSeries(modes=4, terms=3).draw(SQUARE, key=key)
        grid = np.linspace(0, 1, 7)
        values = np.asarray(f(x=grid[:, None], y=2 * grid[None]))
        by_hand = sum(
            a * np.sin(2 * np.pi * (k[0] * grid[:, None] + k[1] * grid[None]) + p)
            for a, k, p in zip(*map(np.asarray, (f.amplitudes, f.wave_numbers, f.phases)), strict=True)
        )
        np.testing.assert_allclose(values, by_hand, atol=1e-12)
        np.testing.assert_allclose(f(x=0.2, y=0.3), f(x=1.2, y=-1.7), atol=1e-12)


def test_two_phases_follow_the_sign_of_the_field(key):
    inner = priors.GaussianField(priors.RBF(0.2), "neumann", modes=8)
    f, g = priors.TwoPhase(inner, 3, 12, threshold=0.1).draw(SQUARE, key=key), inner.draw(SQUARE, key=key)
    grid = {"x": np.linspace(0, 1, 9)[:, None], "y": np.linspace(0, 2, 9)[None]}
    np.testing.assert_array_equal(f(**grid), np.where(g(**grid) >= 0.1, 12.0, 3.0))


def test_exponential_is_log_normal(key):
    inner = priors.GaussianField(priors.RBF(0.2), "neumann", modes=8)
    f, g = priors.Exponential(inner).draw(SQUARE, key=key), inner.draw(SQUARE, key=key)
    grid = {"x": np.linspace(0, 1, 9)[:, None], "y": np.linspace(0, 2, 9)[None]}
    np.testing.assert_allclose(f(**grid), np.exp(g(**grid)), rtol=1e-6)


def test_laws_say_what_they_are():
    law = priors.TwoPhase(priors.GaussianField(priors.AlphaTau(2, 3), "neumann"), 3, 12)
    assert repr(law) == repr(priors.TwoPhase(priors.GaussianField(priors.AlphaTau(2.0, 3), "neumann"), 3.0, 12))
    assert law == law and hash(law) == hash(law)
    assert "Matern(length=1.0, smoothness=1.5, variance=1.0)" in repr(priors.GaussianField(priors.Matern(1)))


G, R = priors.GaussianField, priors.RBF
BAD = {
    "Uniform backwards": (lambda: priors.Uniform(1, 0), "Uniform is empty"),
    "Uniform of text": (lambda: priors.Uniform("a", 0), "not a number"),
    "Uniform without end": (lambda: priors.Uniform(0, sp.oo), "not finite"),
    "LogUniform from zero": (lambda: priors.LogUniform(0, 1), "not positive"),
    "LogUniform backwards": (lambda: priors.LogUniform(2, 1), "LogUniform is empty"),
    "a negative length": (lambda: R(-1), "RBF: length is not positive"),
    "no smoothness": (lambda: priors.Matern(1, 0), "Matern: smoothness is not positive"),
    "no decay": (lambda: priors.AlphaTau(0, 1), "AlphaTau: alpha is not positive"),
    "too rough for two dimensions": (
        lambda: G(priors.AlphaTau(1, 1)).draw(SQUARE, key=jax.random.key(0)),
        "no samples that are functions",
    ),
    "no covariance": (lambda: G(0.3), "needs a covariance"),
    "an open boundary": (lambda: G(R(1), "open"), "does not know this boundary"),
    "a boundary of numbers": (lambda: G(R(1), 3), "does not know this boundary"),
    "boundaries of another box": (
        lambda: G(R(1), ("periodic",) * 3).draw(SQUARE, key=jax.random.key(0)),
        "another number of boundaries",
    ),
    "half a mode": (lambda: G(R(1), modes=0.5), "modes is not a whole number"),
    "no mode": (lambda: G(R(1), modes=0), "modes is not a whole number"),
    "NaN as mean": (lambda: G(R(1), mean=float("nan")), "mean is not finite"),
    "two phases of a number": (lambda: priors.TwoPhase(3, 0, 1), "TwoPhase needs a law of fields"),
    "exponential of a number": (lambda: priors.Exponential(3), "Exponential needs a law of fields"),
    "no terms": (lambda: priors.RandomFourierSeries(terms=0), "terms is not a whole number"),
    "a missing coordinate": (lambda: G(R(1), modes=2).draw(SQUARE, key=jax.random.key(0))(x=0), "wrong coordinates"),
}


@pytest.mark.parametrize("name", BAD)
def test_refused_by_name(name):
    make, fragment = BAD[name]
    with pytest.raises(sv.ArgumentError, match=fragment):
        make()
