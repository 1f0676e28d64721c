"""The report: self-contained, complete, well-formed, and silent in a real browser."""

import dataclasses
import re
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev.evaluation import Comparison, Cost, Entry, FrontPoint, Reference, Run, errors, report_html, write_report
from sobolev.evaluation._exhibits import Curve, Exhibits, Sample, chosen_samples, spectra_of
from sobolev.evaluation._sample_figures import given_numbers, sample_figure
from sobolev.fields import Axis, FieldSpec, Grid

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def _problem():
    x, y = sv.coordinates("x y")
    u, a = sv.unknown("u", x, y), sv.input_field("a", x, y, default=1 + x)
    return sv.Problem(
        domain=sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1),
        equations=[sp.Eq(-sv.div(a * sv.grad(u)), 1)],
        conditions=[sv.Robin(u, 2, 1, 0, on="x.min"), sv.Dirichlet(u, 0, on=("x.max", "y.min", "y.max"))],
        name="darcy <2>",
    )


def _made(times=None, ndim=2):
    rng = np.random.default_rng(0)
    grid = Grid(tuple(Axis(name, 0, 1, 12) for name in "xyz"[:ndim]))
    spec = FieldSpec(("u",), grid)
    truth = 1 + rng.random((5, *(() if times is None else (len(times),)), *grid.shape, 1))
    prediction = truth + 0.02 * rng.standard_normal(truth.shape)
    found = errors(prediction, truth, spec, times=times)
    given = truth if times is None else truth[:, 0]
    exhibits = Exhibits(
        "FNO",
        chosen_samples(found["all"]["relative_l2"], given, truth, prediction),
        FieldSpec(("a",), grid),
        spec,
        times,
        (
            Curve(
                "FNO, seed 0", np.arange(1, 20), np.exp(-np.arange(1, 20) / 9), np.array([9, 19]), np.array([0.4, 0.2])
            ),
        ),
        spectra_of(truth, prediction, spec, times=times),
    )
    learned = Entry("FNO", "learned", tuple(Run(found, Cost(1, 2, 3, 2e-3), s) for s in range(3)))
    refused = Entry("UNet", "learned", failure="refused <12 × 12>")
    front = (FrontPoint("FiniteDifference", "8 × 8", 0.1, 1e-3), FrontPoint("FiniteDifference", "32 × 32", 1e-3, 9e-3))
    rules = {f"R{i}": f"rule {i} & its text" for i in range(1, 13)}
    comparison = Comparison("darcy <2>", (learned, refused), front, Reference("two resolutions", 1e-3), rules)
    return dataclasses.replace(comparison, problem=_problem(), exhibits=exhibits)


class _Structure(HTMLParser):
    """Collects open tags without a close, ids used twice, and addresses outside the file."""

    VOID = frozenset(("meta", "link", "br", "img", "hr", "input"))

    def __init__(self):
        HTMLParser.__init__(self)
        self.open, self.wrong, self.ids, self.outside = [], [], set(), []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        self._note(attrs)

    def handle_startendtag(self, tag, attrs):
        self._note(attrs)

    def _note(self, attrs):
        for name, value in attrs:
            if name == "id":
                if value in self.ids:
                    self.wrong.append(f"id {value} twice")
                self.ids.add(value)
            if name in ("src", "href", "xlink:href") and value and not value.startswith(("#", "data:")):
                self.outside.append(value)

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")


@pytest.fixture(scope="module")
def page():
    return report_html(_made())


def test_well_formed_and_self_contained(page):
    structure = _Structure()
    structure.feed(page)
    assert not structure.wrong
    assert not structure.open
    assert not structure.outside
    assert "<script" not in page
    assert not re.findall(r"url\((?!#)", page)
    assert len(page) < 5_000_000


def test_everything_asked_for_is_in_it(page):
    for part in ("Statement", "<math", "Error against cost", "N*", "Best", "Median", "Worst", "Training", "Spectra"):
        assert part in page
    for rule in range(1, 13):
        assert f"<dt>R{rule}</dt><dd>rule {rule} &amp; its text</dd>" in page
    assert "darcy &lt;2&gt;" in page and "darcy <2>" not in page
    assert "refused &lt;12 × 12&gt;" in page
    assert "∇" in page and "on the boundary" not in page


def test_pictures_follow_the_page_in_dark_mode(page):
    assert "currentColor" in page
    assert "prefers-color-scheme: dark" in page
    assert "#0a0b0c" not in page


@pytest.mark.parametrize(("ndim", "steps"), [(0, 9), (1, None), (1, 9), (2, 9), (3, None)])
def test_samples_of_every_shape(ndim, steps):
    structure = _Structure()
    structure.feed(report_html(_made(None if steps is None else np.linspace(0, 1, steps), ndim)))
    assert not structure.wrong and not structure.open


def test_what_is_given_is_shown_field_by_field_and_number_by_number():
    """Inputs stand beside the output of their name, other fields below, other constants in words."""
    grid = Grid((Axis("x", 0, 1, 8),))
    given = np.stack([np.full(8, 0.25), np.sin(np.arange(8.0)), np.arange(8.0)], axis=-1)
    out = np.arange(8.0)[:, None]
    sample = Sample("best", 0, 0.1, given, out, out + 0.1)
    shown = Exhibits("FNO", (sample,), FieldSpec(("nu", "b", "u"), grid), FieldSpec(("u",), grid), moment=0.5)
    assert given_numbers(sample, shown) == "nu = 0.25"
    picture = sample_figure(sample, shown)
    for words in ("given: u", "given: b", "truth: u at t = 0.5"):
        assert words in picture
    assert "given: nu" not in picture


def test_errors_against_time():
    comparison = _made(np.linspace(0, 1, 4), 1)
    shown = dataclasses.replace(comparison.exhibits, growth={"FNO": np.array([0.1, 0.2, 0.3, 0.4])})
    assert "Error against time" in report_html(dataclasses.replace(comparison, exhibits=shown))
    assert "Error against time" not in report_html(comparison)


def test_complex_samples_show_the_modulus():
    comparison = _made(ndim=1)
    shown = comparison.exhibits
    samples = tuple(dataclasses.replace(s, truth=1j * s.truth, prediction=1j * s.prediction) for s in shown.samples)
    turned = dataclasses.replace(comparison, exhibits=dataclasses.replace(shown, samples=samples))
    assert report_html(comparison) == report_html(turned)  # both are positive: the modulus is the field


def test_best_median_worst_are_those():
    scores = np.array([0.3, 0.1, 0.5, 0.2, 0.4])
    values = np.zeros((5, 4, 1))
    assert [(s.label, s.number) for s in chosen_samples(scores, values, values, values)] == [
        ("best", 1),
        ("median", 0),
        ("worst", 2),
    ]
    assert [s.label for s in chosen_samples(scores[:1], values, values, values)] == ["best"]


def test_silent_in_chromium(tmp_path):
    """No console message, and the page is drawn: the picture has more than background."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    page = write_report(tmp_path / "report.html", _made())
    shot = tmp_path / "report.png"
    quiet = ("quic", "background-networking", "component-update", "sync", "gpu")
    options = ["--headless", "--no-sandbox", "--no-first-run", "--hide-scrollbars", *(f"--disable-{q}" for q in quiet)]
    options += ["--window-size=900,1600", "--enable-logging=stderr", "--v=0"]
    done = subprocess.run(
        [CHROMIUM, *options, f"--user-data-dir={tmp_path / 'profile'}", f"--screenshot={shot}", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "CONSOLE" not in done.stderr
    from matplotlib.image import imread

    picture = imread(shot)[..., :3]
    paper = picture[5, 5]
    assert picture.shape[:2] == (1600, 900)
    assert np.mean(np.any(np.abs(picture - paper) > 0.1, axis=-1)) > 0.02
