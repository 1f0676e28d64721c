"""The front door: choosing, refining, refusing, remembering, differentiating."""

import time

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev import methods, problems
from sobolev._core import precision_context
from sobolev.equations import Initial, evaluate_expression
from sobolev.methods import AbstractMethod, Compiled, Outcome, Verdict
from sobolev.methods._error_bars import Distance, estimated_error, with_distance
from sobolev.methods._refinement import Difference
from sobolev.solutions import Level
from sobolev.spaces import Fourier


class HeatModes(AbstractMethod):
    """The heat equation on a periodic interval, mode by mode and exact in time: a method that compiles in no time."""

    blur: float = eqx.field(static=True, default=0.0)  # an error of this size divided by the number of points
    code: int = eqx.field(static=True, default=0)

    @property
    def order(self):
        return float("inf")

    def applies(self, problem):
        return Verdict(problem.is_periodic and problem.is_evolution, "needs a periodic box; this problem has walls")

    def compile(self, problem, *, tolerance, resolution=None, times=None):
        space = Fourier(problem.space, resolution or 16)
        saved = np.asarray(times if times is not None else np.linspace(0, problem.time.stop, 9))
        (initial,) = [c for c in problem.conditions if isinstance(c, Initial)]

        def run(values):
            start = evaluate_expression(problem, initial.value, {**space.grid.coordinates, "t": 0.0}, values)
            start = start + self.blur / space.grid.shape[0]
            modes = space.from_grid(start[..., None])
            decay = -values.parameters["kappa"] * jnp.asarray(space.wavenumbers[0])[:, None] ** 2
            states = jnp.exp(decay * jnp.asarray(saved)[:, None, None]) * modes
            return Outcome(states, decay * states, jnp.asarray(self.code), {"steps": jnp.asarray(len(saved))})

        return Compiled(problem, space, saved, run)


@pytest.fixture
def heat():
    return problems.heat(1, boundary="periodic", stop=0.1)


def test_refines_until_two_resolutions_agree(heat):
    s = sv.solve(heat, HeatModes(), tolerance=1e-6, quiet=True)
    assert s.result is sv.Result.successful and s.reason == "you chose it"
    first, last = s.statistics.levels[0], s.statistics.levels[-1]
    assert isinstance(first, Level) and first.change is None and last.change <= 1e-6
    assert s.resolution[0] >= 2 * first.resolution[0]
    assert s.compare().relative_l2 < 1e-6
    assert s.error_bar.source == "two resolutions"
    t = np.linspace(0, 0.1, 237)  # between saved times as well
    exact = heat.exact_solution(x=0.2, t=t)["u"]
    assert np.abs(s(x=0.2, t=t) - exact).max() < 1e-6


def test_the_error_bar_is_honest(heat):
    """A method with a first-order error: the distance of the last two levels bounds the error of the finer."""
    s = sv.solve(heat, HeatModes(blur=1.0), tolerance=1e-3, quiet=True)
    true = (1 / s.resolution[0]) / np.sqrt(1 / 2)  # the blur, relative to the field's largest norm
    assert 1e-4 < true <= 1.001 * s.error_bar.relative_l2 <= 1e-3


def test_distances_tell_errors():
    def of(*found):
        return [Distance(Difference(d, d), r) for d, r in found]

    def error(n, p):
        return n**-p

    for p in (0.4, 0.7, 1.5, 3.0):  # errors C h^p on 10, 20 and 60 points
        pair = of((error(10, p) - error(20, p), 2), (error(20, p) - error(60, p), 3))
        found = estimated_error(pair, 4.0)
        assert found.order == pytest.approx(p, rel=1e-6)
        assert found.error.relative_l2 == pytest.approx(max(error(60, p), pair[-1].found.relative_l2), rel=1e-6)
    assert estimated_error(of((1e-2, 2), (2e-2, 2)), 4.0).order == 0.3  # further apart than before
    assert estimated_error(of((1e-2, 2)), float("inf")).error.relative_l2 == 1e-2
    assert estimated_error(of((1e-2, 1), (0.9e-2, 1)), 5.0).error.relative_l2 == 0.9e-2  # tolerances, not grids
    jump = estimated_error([Distance(Difference(0.02, 0.3), 2)], 3.0)
    assert jump.error.relative_l2 == pytest.approx(0.02 / (2**0.5 - 1)) and jump.error.relative_max == 1.0
    smooth = estimated_error([Distance(Difference(0.02, 0.04), 2)], 3.0)
    assert smooth.error == Difference(0.02, 0.04)
    # The same grid with more times saved does not make the error smaller.
    same = with_distance(of((1e-2, 2)), Difference(1e-15, 1e-15), [(8,), (16,), (16,)])
    assert same == of((1e-2, 2))


def test_what_is_not_resolved(heat):
    with pytest.raises(sv.ConvergenceError, match="not_resolved"):
        sv.solve(heat, HeatModes(blur=1e3), tolerance=1e-6, quiet=True)
    s = sv.solve(heat, HeatModes(blur=1e3), tolerance=1e-6, throw=False, quiet=True)
    assert s.result is sv.Result.not_resolved and s.error_bar.relative_l2 > 1e-6
    with pytest.warns(UserWarning, match="aimed at by default: .* points are more than the"):
        sv.solve(heat, HeatModes(blur=1e3), quiet=True)


def test_patience_counts_work_and_the_warning_says_so(heat):
    with pytest.warns(UserWarning, match=r"256 points would take about 0.0061 s of work, more than patience=0.004"):
        s = sv.solve(heat, HeatModes(blur=1e3), patience=4e-3, quiet=True)
    assert s.resolution[0] == 128 and s.result is sv.Result.not_resolved
    with pytest.raises(sv.ArgumentError, match="patience"):
        sv.solve(heat, HeatModes(), patience=0, quiet=True)


def test_failures_carry_their_causes(heat):
    code = tuple(sv.Result).index(sv.Result.nonfinite)
    with pytest.raises(sv.ConvergenceError, match="Likely causes"):
        sv.solve(heat, HeatModes(code=code), resolution=16, quiet=True)
    assert sv.solve(heat, HeatModes(code=code), resolution=16, throw=False, quiet=True).result is sv.Result.nonfinite


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (lambda: problems.burgers(periodic=True), methods.SpectralETD()),
        (problems.kdv, methods.SpectralETD()),
        (problems.nonlinear_schroedinger, methods.SpectralETD()),
        (problems.heat, methods.Chebyshev()),
        (problems.poisson, methods.Chebyshev()),
        (problems.darcy, methods.FiniteDifference()),
        (problems.lorenz, methods.ODE()),
        (lambda: problems.heat(3), methods.FiniteDifference(order=6)),
    ],
)
def test_chooses_the_strongest_and_says_why(problem, expected):
    method, reason = methods.choose(problem())
    assert method == expected and len(reason) > 20
    assert methods.applicable(problem())[type(method).__name__]


def test_a_drawn_two_phase_coefficient_is_still_rough(key):
    method, reason = methods.choose(sv.draw(problems.darcy(), key=key))
    assert method == methods.FiniteDifference() and "a jumps" in reason


def test_chebyshev_refuses_a_drawn_two_phase_coefficient(key):
    drawn = sv.draw(problems.darcy(), key=key)
    for method in (methods.Chebyshev(), methods.FiniteDifference(order=4)):
        with pytest.raises(sv.UnsupportedError, match=r"a jumps; FiniteDifference\(order=2\)"):
            sv.solve(drawn, method, quiet=True)
    assert methods.FiniteDifference().applies(drawn)
    assert methods.Chebyshev().applies(drawn.replace(a=2.0))


def test_chebyshev_refuses_full_matrices_of_many_gigabytes():
    with pytest.raises(sv.UnsupportedError, match=r"129 × 129 points: about 7 GB"):
        sv.solve(problems.nonlinear_poisson(), methods.Chebyshev(), resolution=129, quiet=True)


def test_the_catalogue_is_complete():
    names = {type(method).__name__ for method in methods.catalogue()}
    assert names == {
        "SpectralETD",
        "FourierGalerkin",
        "Chebyshev",
        "FiniteDifference",
        "FiniteElement",
        "FiniteVolume",
        "ODE",
    }


def test_nothing_applies():
    x, t = sv.coordinates("x t")
    u = sv.unknown("u", x, t)
    mixed = sv.Problem(
        sv.Interval(x, 0, 1) * sv.Time(t, 0, 1),
        sp.Eq(u.diff(t, x), u),
        [sv.Initial(u, sp.sin(sp.pi * x)), sv.Dirichlet(u, 0, "x.min")],
    )
    with pytest.raises(sv.UnsupportedError, match="No method in the library takes"):
        sv.solve(mixed)


def test_a_fixed_resolution_is_solved_once_at_the_times_asked_for(heat):
    s = sv.solve(heat, HeatModes(), resolution=16, times=[0.02, 0.1], quiet=True)
    assert s.resolution == (16,) and len(s.statistics.levels) == 1 and s.error_bar is None
    assert list(s.times) == [0.02, 0.1]


def test_single_precision(heat):
    s = sv.solve(heat, HeatModes(), resolution=16, precision="single", quiet=True)
    assert s.precision == "single" and s(x=0.1, t=0.05).dtype == np.float32


def test_one_line_says_what_was_done(heat, capsys):
    sv.solve(heat, HeatModes(), resolution=16)
    line = capsys.readouterr().err
    assert "heat: HeatModes, because you chose it; 16 points" in line
    sv.solve(heat, HeatModes(), resolution=16, quiet=True)
    assert capsys.readouterr().err == ""


def test_other_values_compile_nothing():
    first = sv.solve(problems.heat(1, boundary="periodic"), methods.SpectralETD(), resolution=16, quiet=True)
    begin = time.perf_counter()
    again = problems.heat(1, boundary="periodic").replace(kappa=0.123)  # stated anew, another value
    second = sv.solve(again, methods.SpectralETD(), resolution=16, quiet=True)
    assert time.perf_counter() - begin < 1.0
    assert second.statistics.compile_seconds < 0.1 < first.statistics.compile_seconds + 0.1
    assert second.compare().relative_l2 < 1e-5
    assert abs(float(first(x=0.2, t=1.0)) - float(second(x=0.2, t=1.0))) > 1e-4


# --- gradients ----------------------------------------------------------------------------------------


def _difference(f, at, step):
    return (float(f(at + step)) - float(f(at - step))) / (2 * step)


def _reaction(power):
    """−u″ + k² uᵖ = 1 with u = 0 at both ends."""
    x = sv.coordinates("x")
    u = sv.unknown("u", x)
    k = sv.parameter("k", default=3)
    return sv.Problem(sv.Interval(x, 0, 1), sp.Eq(-u.diff(x, 2) + k**2 * u**power, 1), sv.Dirichlet(u, 0))


GRADIENTS = {
    "ETD": (lambda: problems.burgers(0.05, periodic=True, stop=0.3), methods.SpectralETD(), 32, "nu", 0.05),
    "Chebyshev, evolution": (lambda: problems.heat(1, stop=0.2), methods.Chebyshev(), 13, "kappa", 0.4),
    "differences, evolution": (lambda: problems.heat(1, stop=0.2), methods.FiniteDifference(), 21, "kappa", 0.4),
    "differences, steady": (lambda: _reaction(1), methods.FiniteDifference(), 33, "k", 3.0),
    "Chebyshev, steady": (lambda: _reaction(1), methods.Chebyshev(), 17, "k", 3.0),
    "differences, nonlinear": (lambda: _reaction(3), methods.FiniteDifference(), 33, "k", 3.0),
    "Chebyshev, nonlinear": (lambda: _reaction(3), methods.Chebyshev(), 17, "k", 3.0),
}


@pytest.mark.parametrize("case", GRADIENTS)
def test_gradients_with_respect_to_parameters(case):
    make, method, resolution, name, at = GRADIENTS[case]
    problem = make()
    point = {"x": 0.3, "t": problem.time.stop} if problem.is_evolution else {"x": 0.3}

    def value(parameter):
        bound = problem.replace(**{name: parameter})
        return sv.solve(bound, method, tolerance=1e-9, resolution=resolution, quiet=True)(**point)

    expected = _difference(value, at, 1e-4 * at)
    assert abs(expected) > 1e-6
    if problem.is_steady:
        with precision_context("double"):
            assert float(jax.jit(jax.grad(value))(at)) == pytest.approx(expected, rel=1e-5)
    else:  # without double precision outside
        assert float(jax.grad(value)(at)) == pytest.approx(expected, rel=1e-4)


def test_gradients_of_an_ode():
    problem = problems.lorenz()

    def value(rho):
        return sv.solve(problem.replace(rho=rho), tolerance=1e-9, times=[0.0, 0.5], quiet=True)["x"](t=0.5)

    assert float(jax.grad(value)(28.0)) == pytest.approx(_difference(value, 28.0, 1e-3), rel=1e-4)


def test_gradients_with_respect_to_inputs():
    """Poisson: d u(p) / d f along a direction, f an input given on a grid."""
    problem = problems.poisson()
    grid = sv.Grid.over(problem.space, 9)
    x, y = grid.coordinates.values()
    direction = jnp.asarray(np.exp(x) * np.cos(y))

    def value(size):
        f = sv.GridField(size * direction, grid, "f")
        return sv.solve(problem.replace(f=f), methods.FiniteDifference(), resolution=17, quiet=True)(x=0.4, y=0.4)

    assert float(jax.grad(value)(1.0)) == pytest.approx(float(value(1.0)), rel=1e-5)  # linear in f


def test_many_at_once(heat):
    def value(kappa):
        return sv.solve(heat.replace(kappa=kappa), HeatModes(), resolution=16, quiet=True)(x=0.2, t=0.1)

    together = jax.vmap(value)(jnp.asarray([0.1, 0.2, 0.4]))
    assert together == pytest.approx([float(value(k)) for k in (0.1, 0.2, 0.4)], rel=1e-5)
    inside = jax.jit(lambda scale: scale * sv.solve(heat, HeatModes(), resolution=16, quiet=True)(x=0.2, t=0.1))
    assert float(inside(2.0)) == pytest.approx(2 * float(value(0.4)), rel=1e-5)


def test_refinement_is_refused_while_tracing(heat):
    with pytest.raises(sv.ArgumentError, match="cannot be refined"):
        jax.grad(lambda k: sv.solve(heat.replace(kappa=k), HeatModes())(x=0.2, t=0.1))(0.4)


def test_a_traced_solution_says_so(heat):
    seen = []

    def value(kappa):
        s = sv.solve(heat.replace(kappa=kappa), HeatModes(), resolution=16)
        seen.append(repr(s))
        with pytest.raises(sv.ArgumentError, match="not known yet"):
            _ = s.result
        return s(x=0.2, t=0.1)

    jax.jit(value)(0.4)
    assert "traced by JAX" in seen[0]
