"""Pictures: what is drawn is what was given, nothing global is touched, bad arrays are refused."""

import sys

import matplotlib
import numpy as np
import pytest

import sobolev as sv
from sobolev import plots


def _png(figure, tmp_path):
    path = tmp_path / "figure.png"
    figure.savefig(path)
    return path.stat().st_size


def test_lines_carry_their_data(tmp_path):
    x = np.linspace(0, 1, 50)
    before = dict(matplotlib.rcParams)
    figure = plots.lines(x, {"a": x**2, "b": 1 - x}, title="two", xlabel="$x$", ylabel="$u$", log=("y",))
    (axes,) = figure.axes
    assert np.array_equal(axes.lines[0].get_ydata(), x**2)
    assert axes.get_yscale() == "log" and axes.get_xlabel() == "$x$"
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["a", "b"]
    assert _png(figure, tmp_path) > 5000
    assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()
    with pytest.raises(sv.ArgumentError, match="does not fit its points"):
        plots.lines(x, {"a": x[:-1]})
    with pytest.raises(sv.ArgumentError, match="Unknown axis"):
        plots.lines(x, {"a": x}, log=("z",))


def test_spectra(tmp_path):
    figure = plots.spectra({"truth": 10.0 ** -np.arange(8), "model": np.r_[1, np.zeros(7)]})
    assert figure.axes[0].get_xscale() == "log"
    assert figure.axes[0].lines[0].get_ydata()[0] == pytest.approx(0.1)
    assert _png(figure, tmp_path) > 5000


def test_space_time_is_the_right_way_up(tmp_path):
    x, t = np.linspace(0, 1, 20), np.linspace(0, 2, 5)
    figure = plots.space_time(x, t, np.outer(t, x), label="$u$")
    mesh = figure.axes[0].collections[0]
    assert mesh.get_array().reshape(20, 5)[-1, -1] == pytest.approx(2.0)  # top right: x = 1, t = 2
    assert figure.axes[0].get_xlim()[1] > 2 and figure.axes[0].get_ylim()[1] < 1.1
    assert _png(figure, tmp_path) > 5000
    with pytest.raises(sv.ArgumentError, match="does not fit"):
        plots.space_time(x, t, np.zeros((20, 5)))


def test_images_share_a_scale_and_the_error_has_its_own(tmp_path):
    x, y = np.linspace(0, 2, 30), np.linspace(0, 1, 20)
    truth = np.sin(np.pi * x)[:, None] * np.cos(np.pi * y)
    error = 1e-3 * np.abs(truth)
    figure = plots.images({"truth": truth, "model": truth + error, "error": error}, x, y, error="error")
    first, second, third = (axes.collections[0] for axes in figure.axes[:3])
    assert first.get_clim() == second.get_clim() and first.get_cmap().name == "RdBu_r"
    assert third.get_clim() == pytest.approx((0, error.max())) and third.get_cmap().name == "magma"
    assert len(figure.axes) == 5  # three panels, two colour bars
    assert _png(figure, tmp_path) > 5000
    with pytest.raises(sv.ArgumentError, match="is no image"):
        plots.images({"a": x})
    with pytest.raises(sv.ArgumentError, match="nothing to draw"):
        plots.images({})


def test_colour_scale():
    assert plots.colour_scale([-1, 0.5]) == ("RdBu_r", -1, 1)
    assert plots.colour_scale([0.2, 3]) == ("viridis", 0.2, 3)
    assert plots.colour_scale([2, 2])[1] < 2 < plots.colour_scale([2, 2])[2]
    assert plots.colour_scale([np.nan])[1:] == (0, 1)


def test_cell_edges_of_unequal_points():
    assert plots.cell_edges([0, 1, 3]) == pytest.approx([-0.5, 0.5, 2, 4])
    assert plots.cell_edges([2.0]) == pytest.approx([1.5, 2.5])


def test_pieces_of_a_picture():
    """The report builds its own figures from these."""
    figure = plots.new_figure(4, 3)
    axes = figure.add_subplot()
    image = plots.draw_image(axes, np.arange(3.0), np.arange(2.0), np.ones((2, 3)))
    plots.colour_bar(figure, image, axes, "$u$")
    plots.tidy(axes, "title", "x", "y", box=True)
    other = plots.new_figure(4, 3).add_subplot()
    plots.draw_lines(other, np.arange(3.0), {"a": np.arange(3.0)})
    assert axes.get_title() == "title" and len(other.lines) == 1


def test_animations(tmp_path):
    x, t = np.linspace(0, 1, 20), np.linspace(0, 1, 4)
    frames = np.sin(x - t[:, None])
    path = plots.animate_lines(tmp_path / "a.gif", x, frames, ["t"] * 4, seconds=1)
    assert path.read_bytes()[:4] == b"GIF8"
    images = frames[:, :, None] * x
    path = plots.animate_images(tmp_path / "b.gif", x, x, images, ["t"] * 4, seconds=1)
    assert path.read_bytes()[:4] == b"GIF8" and len(list(tmp_path.iterdir())) == 2
    with pytest.raises(sv.ArgumentError, match="cannot be written"):
        plots.animate_lines(tmp_path / "a.txt", x, frames, ["t"] * 4)
