"""`solution.plot()` and `solution.animate()` for every kind of solution."""

import numpy as np
import pytest

import sobolev as sv
from sobolev import problems
from sobolev.spaces import Chebyshev, Fourier

TIMES = np.linspace(0, 1, 9)


def test_lines_and_space_time_image(by_hand, tmp_path):
    problem = problems.heat(1)
    s = by_hand(problem, Chebyshev(problem.space, 17), [lambda x, t: np.sin(np.pi * x) * np.exp(-t)], TIMES)
    figure = s.plot()
    left, right = figure.axes[:2]
    assert len(left.lines) == 5 and left.get_xlabel() == "$x$" and right.get_xlabel() == "$t$"
    assert left.lines[2].get_ydata().max() == pytest.approx(np.exp(-0.5), abs=1e-4)
    assert len(s.plot(t=[0.1, 0.2]).axes[0].lines) == 2
    assert len(s.at(0.5).plot().axes[0].lines) == 1
    assert s.animate(tmp_path / "heat.gif", frames=3, seconds=1).stat().st_size > 1000
    with pytest.raises(sv.UnsupportedError, match="nothing to animate"):
        s.at(0.5).animate(tmp_path / "still.gif")


def test_complex_fields_show_modulus_and_parts(by_hand):
    problem = problems.nonlinear_schroedinger()
    space = Fourier(problem.space, 16, real=False)
    times = np.linspace(problem.time.start, problem.time.stop, 9)
    s = by_hand(problem, space, [lambda x, t: np.exp(1j * (0 * x - t))], times)
    labels = [axes.get_ylabel() for axes in s.plot().axes]
    assert any("|" in label for label in labels) and any("Re" in label for label in labels)


def test_images_of_a_system(by_hand, tmp_path):
    problem = problems.navier_stokes()
    times = np.linspace(problem.time.start, problem.time.stop, 5)
    functions = [lambda x, y, t: np.sin(2 * np.pi * (x + y)), lambda x, y, t: np.cos(2 * np.pi * x) * (1 + t) + 0 * y]
    s = by_hand(problem, Fourier(problem.space, 8), functions, times)
    figure = s.plot()
    assert len([axes for axes in figure.axes if axes.collections]) >= 8
    assert figure.axes[0].get_title() == "$t$ = 0"
    assert len(s.at(1.0).plot().axes) == 4  # two fields, each with its own colour bar
    assert s.animate(tmp_path / "ns.gif", frames=2, seconds=1).exists()


def test_curves_without_space_and_no_picture_in_three_dimensions(by_hand):
    problem = problems.lorenz()
    t = np.linspace(0, 3, 31)
    s = by_hand(problem, None, [np.sin, np.cos, np.square], t)
    assert len(s.plot().axes) == 2
    cube = problems.heat(3, boundary="periodic")
    with pytest.raises(sv.UnsupportedError, match="three space dimensions"):
        by_hand(cube, Fourier(cube.space, 4), [lambda x, y, z, t: x + y + z], TIMES).plot()
