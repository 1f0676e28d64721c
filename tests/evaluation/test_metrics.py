"""Errors against closed forms, on every kind of axis."""

import numpy as np
import pytest

from sobolev import ArgumentError
from sobolev.evaluation import (
    band_errors,
    boundary_error,
    errors,
    relative_h1,
    relative_l2,
    relative_max,
    spectrum,
    vrmse,
)
from sobolev.fields import Axis, FieldSpec, Grid

KINDS = ("periodic", "nodes", "cells", "chebyshev")


def _grid(*kinds, points=33, length=2 * np.pi):
    return Grid(tuple(Axis(name, 0.0, length, points, kind) for name, kind in zip("xyz", kinds, strict=False)))


def _on(grid, function):
    return np.broadcast_to(function(**grid.coordinates), grid.shape)[None, ..., None]


@pytest.mark.parametrize("kind", KINDS)
def test_relative_l2_is_an_integral_not_a_mean_over_points(kind):
    """‖x‖ / ‖1‖ on [0, 1] is 1/√3, on clustered points as well."""
    grid = Grid((Axis("x", 0.0, 1.0, 64, kind),))
    truth, error = _on(grid, lambda x: np.ones_like(x)), _on(grid, lambda x: x)
    # The periodic rule on a function that is not periodic is off by its jump, O(h).
    tolerance = {"chebyshev": 1e-13, "cells": 1e-4, "nodes": 2e-4, "periodic": 2e-2}[kind]
    assert relative_l2(truth + error, truth, grid)[0, 0] == pytest.approx(3**-0.5, rel=tolerance)


@pytest.mark.parametrize("kind", KINDS)
def test_relative_h1_of_a_wave(kind):
    """e = ε sin 3x against u = sin x on [0, 2π]: √((1 + 9)/(1 + 1)) ε."""
    grid = _grid(kind, points=64)
    truth, error = _on(grid, lambda x: np.sin(x)), _on(grid, lambda x: np.sin(3 * x))
    tolerance = 1e-12 if kind in ("periodic", "chebyshev") else 0.03  # second-order differences of three waves
    assert relative_h1(truth + 0.1 * error, truth, grid)[0, 0] == pytest.approx(0.1 * 5**0.5, rel=tolerance)


def test_relative_h1_in_two_dimensions_and_complex():
    grid = _grid("periodic", "periodic", points=16)
    truth = _on(grid, lambda x, y: np.exp(1j * (x + 2 * y)))
    error = _on(grid, lambda x, y: np.exp(1j * (3 * x - y)))
    assert relative_h1(truth + 1j * error, truth, grid)[0, 0] == pytest.approx((11 / 6) ** 0.5, rel=1e-12)
    assert relative_l2(truth + 1j * error, truth, grid)[0, 0] == pytest.approx(1.0, rel=1e-12)


def test_max_and_vrmse():
    grid = _grid("periodic", points=64)
    truth = _on(grid, lambda x: 5 + np.sin(x))
    assert relative_max(truth + 0.3, truth, grid)[0, 0] == pytest.approx(0.05, rel=1e-12)
    assert vrmse(np.full_like(truth, 5.0), truth, grid)[0, 0] == pytest.approx(1.0, rel=1e-12)


def test_channels_and_samples_are_scored_apart():
    grid = _grid("nodes")
    truth = np.stack([np.stack([np.sin(grid.axes[0].coordinates) * s * c for c in (1, 2)], -1) for s in (1, 3, 5)])
    wrong = truth.copy()
    wrong[1, :, 0] *= 1.5
    assert relative_l2(wrong, truth, grid) == pytest.approx(np.array([[0, 0], [0.5, 0], [0, 0]]), abs=1e-14)


def test_boundary_error_sees_only_the_boundary():
    grid = _grid("nodes", "periodic", points=17)
    truth = _on(grid, lambda x, y: np.ones_like(x + y))
    wrong = truth.copy()
    wrong[0, 3:-3] += 7
    assert boundary_error(wrong, truth, grid)[0, 0] == 0
    wrong = truth.copy()
    wrong[0, 0] += 0.5  # one of the two sides: 0.5 / √2
    assert boundary_error(wrong, truth, grid)[0, 0] == pytest.approx(0.5 / 2**0.5)
    assert boundary_error(truth, truth, _grid("periodic", "periodic", points=17)) is None


def test_boundary_error_on_cells_extrapolates():
    grid = Grid((Axis("x", 0.0, 1.0, 10, "cells"),))
    truth = _on(grid, lambda x: np.ones_like(x))
    assert boundary_error(truth + _on(grid, lambda x: x), truth, grid)[0, 0] == pytest.approx(0.5**0.5, rel=1e-12)


@pytest.mark.parametrize("kind", ["periodic", "cells"])
def test_bands_split_the_error(kind):
    rng = np.random.default_rng(0)
    grid = _grid(kind, kind, points=32)
    truth, wrong = rng.standard_normal((2, 3, 32, 32, 1))
    bands = band_errors(wrong, truth, grid)
    whole = np.sqrt(np.sum((wrong - truth) ** 2, (1, 2)) / np.sum(truth**2, (1, 2)))
    assert np.sqrt(sum(b**2 for b in bands.values())) == pytest.approx(whole, rel=1e-12)


def test_a_wave_lands_in_its_band():
    grid = _grid("periodic", points=64)
    truth = _on(grid, lambda x: np.sin(x))
    for k, name in ((3, "low"), (4, "low"), (5, "mid"), (12, "mid"), (13, "high"), (20, "high")):
        found = band_errors(truth + 0.25 * _on(grid, lambda x, k=k: np.cos(k * x)), truth, grid)
        assert {n: round(float(v[0, 0]), 12) for n, v in found.items()} == {
            **dict.fromkeys(("low", "mid", "high"), 0.0),
            name: 0.25,
        }


def test_spectrum_has_one_peak_and_keeps_the_energy():
    grid = _grid("periodic", "periodic", points=32)
    wave = _on(grid, lambda x, y: np.sin(3 * x + 4 * y))
    k, energy = spectrum(wave, grid)
    assert k[np.argmax(energy)] == 5
    assert energy.sum() == pytest.approx(np.mean(wave**2), rel=1e-12)


def test_space_time_errors_and_windows():
    grid = _grid("periodic", points=16)
    times = np.linspace(0.0, 2.0, 9)
    truth = np.ones((2, 9, 16, 1))
    wrong = truth.copy()
    wrong[:, 6:] += 0.2
    found = errors(wrong, truth, FieldSpec(("u",), grid), times=times)["u"]
    assert (found["early"].max(), found["middle"].max()) == (0, 0)
    assert found["late"] == pytest.approx(0.2)
    # trapezoidal in time: weights h/2 at both ends; frames 6, 7, 8 have 2.5 h of 8 h
    assert found["relative_l2"] == pytest.approx(0.2 * (2.5 / 8) ** 0.5)


def test_given_frames_do_not_count():
    """R10: a prediction that is right where it was given, and wrong after, is as wrong as the rest."""
    spec, truth = FieldSpec(("u",), _grid("periodic", points=8)), np.ones((1, 4, 8, 1))
    wrong = truth.copy()
    wrong[:, 2:] = 3.0
    found = errors(wrong, truth, spec, times=[0, 1, 2, 3], given=2)
    assert found["u"]["relative_l2"] == pytest.approx(2.0)
    with pytest.raises(ArgumentError, match="No time is left"):
        errors(wrong, truth, spec, times=[0, 1, 2, 3], given=4)


def test_nan_is_infinitely_wrong_and_zero_over_zero_is_right():
    grid = _grid("periodic", points=8)
    spec = FieldSpec(("u", "v"), grid)
    truth = np.concatenate([np.ones((1, 8, 1)), np.zeros((1, 8, 1))], -1)
    assert errors(truth, truth, spec)["v"]["relative_l2"] == 0
    wrong = truth.copy()
    wrong[0, 3, 0] = np.nan
    for kinds in errors(wrong, truth, spec).values():
        for value in kinds.values():
            assert not np.isnan(value).any()
    assert np.isinf(errors(wrong, truth, spec)["all"]["relative_l2"]).all()


def test_shapes_that_do_not_match_are_named():
    spec = FieldSpec(("u",), _grid("nodes", points=9))
    with pytest.raises(ArgumentError, match="do not fit") as error:
        errors(np.ones((2, 8, 1)), np.ones((2, 9, 1)), spec)
    assert "(2, 8, 1)" in str(error.value)
