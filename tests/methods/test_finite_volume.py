"""Finite volumes: orders on cell averages, exact Riemann problems, conservation, balance, failures by name."""

from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import FiniteVolumes, Flow, Riemann, Transport, cell_averages
from sobolev.equations import ConservationLaw, conservation_law, is_conservation_law, values_of
from sobolev.methods import FiniteDifference, FiniteVolume, SpectralETD, choose
from sobolev.solvers import SSPMarch, ssp_rk3
from sobolev.spaces import Cells, Weights, cell_value, face_values

x, y, t = sv.coordinates("x y t")
RING = sv.Interval(x, 0, 1, periodic=True)
u = sv.unknown("u", x, t)
pytestmark = pytest.mark.filterwarnings("ignore::sobolev.StatementWarning")


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def run(problem, cells, method=None):
    """Averages at the start and the end, and the code."""
    method = method or FiniteVolume()
    times = [problem.time.start, problem.time.stop]
    compiled = method.compile(problem, tolerance=1e-6, resolution=cells, times=times)
    outcome = compiled.run(values_of(problem))
    found = np.asarray(outcome.coefficients)
    assert np.isfinite(found).all()
    return compiled.space, found, tuple(sv.Result)[int(outcome.code)]


def exact_averages(problem, space):
    at = problem.time.stop
    return cell_averages(
        space, lambda q: np.stack([problem.exact_solution(**q, t=at)[n] for n in problem.unknown_names], -1)
    )


def l1(problem, cells, method=None):
    space, found, result = run(problem, cells, method)
    assert result is sv.Result.successful
    return np.abs(found[-1] - exact_averages(problem, space)).mean(axis=tuple(range(problem.ndim)))


@pytest.mark.parametrize("weights", ["z", "js"])
def test_advection_has_order_five(weights):
    errors = [l1(sv.problems.advection(stop=0.25), n, FiniteVolume(matched=True, weights=weights))[0] for n in (20, 40)]
    assert np.log2(errors[0] / errors[1]) > 4.5


def test_burgers_has_order_five_before_the_shock():
    problem = sv.problems.inviscid_burgers(stop=0.05)
    errors = [l1(problem, n, FiniteVolume(matched=True))[0] for n in (40, 80)]
    assert np.log2(errors[0] / errors[1]) > 4.5 and errors[1] < 1e-5


def test_burgers_shock_stands_where_rankine_and_hugoniot_say():
    problem = sv.problems.inviscid_burgers(stop=0.4)
    space, found, _ = run(problem, 60)
    exact = exact_averages(problem, space)
    assert np.abs(found[-1] - exact).mean() < 0.02
    assert abs(found[-1].mean() - found[0].mean()) < 1e-13
    assert found[-1].max() < exact.max() + 0.02 and found[-1].min() > exact.min() - 0.02


def test_sod_against_the_exact_solution():
    problem = sv.problems.euler()
    for method in (FiniteVolume(), FiniteVolume(riemann="rusanov", weights="js")):
        assert l1(problem, 400, method)[0] < 2e-3


def test_walls_keep_mass_and_energy():
    problem = sv.problems.euler("walls", stop=0.4)
    _, found, result = run(problem, 50)
    assert result
    drift = np.abs((found[-1] - found[0]).mean(axis=0))
    assert drift[0] < 1e-13 and drift[2] < 1e-13
    assert np.abs(found[-1] - found[0]).max() > 0.1


def gas_on_a_ring():
    rho, m, E = (sv.unknown(n, x, t) for n in ("rho", "m", "E"))
    p = sp.Rational(2, 5) * (E - m**2 / (2 * rho))
    flux = [m, m**2 / rho + p, (E + p) * m / rho]
    start = [1 + sp.sin(2 * sp.pi * x) / 2, sp.cos(2 * sp.pi * x), 3 + sp.sin(4 * sp.pi * x)]
    return sv.Problem(
        RING * sv.Time(t, 0, 0.3),
        [sp.Eq(w.diff(t) + sv.div([f], x), 0) for w, f in zip((rho, m, E), flux, strict=True)],
        [sv.Initial(w, s) for w, s in zip((rho, m, E), start, strict=True)],
        name="ring",
    )


def test_periodic_gas_keeps_mass_momentum_and_energy():
    _, found, result = run(gas_on_a_ring(), 50)
    assert result
    assert np.abs((found[-1] - found[0]).mean(axis=0)).max() < 1e-13


def test_eigenvalues_of_the_flux_agree_with_the_speed_of_sound():
    """The gas's closed form, against the Jacobian of its flux through LAPACK."""
    from sobolev.assembly._hyperbolic import Hyperbolic

    problem = gas_on_a_ring()
    law, states = Hyperbolic(problem), jnp.array([[1.0, 0.3, 2.0], [0.2, -0.5, 1.5]])
    low, high, fine = law.speeds(0, states, {"t": 0.0}, values_of(problem))
    assert fine.all() and law.gas is not None
    law.gas = None
    again = law.speeds(0, states, {"t": 0.0}, values_of(problem))
    np.testing.assert_allclose(again[0], low, rtol=1e-10)
    np.testing.assert_allclose(again[1], high, rtol=1e-10)


@pytest.mark.parametrize(
    ("make", "tolerance", "most"),
    [
        (lambda: sv.problems.inviscid_burgers(stop=0.4), 0.13, 1e-2),
        (lambda: sv.problems.shallow_water(), 0.13, 4e-3),
    ],
    ids=["Burgers", "dam break against Stoker"],
)
def test_error_bars_cover_shocks(make, tolerance, most):
    """Of order ½ in L2: the distance of two resolutions alone is up to twice too small."""
    problem = make()
    times = np.linspace(0, problem.time.stop, 5)[1:]
    solution = sv.solve(problem, FiniteVolume(), tolerance=tolerance, times=times, quiet=True)
    true, bar = solution.compare(), solution.error_bar
    assert len(solution.statistics.levels) == 2 and "order 0.5" in bar.source
    assert 0.2 * bar.relative_l2 < true.relative_l2 <= bar.relative_l2 <= tolerance
    assert true.relative_max <= 1.2 * bar.relative_max
    averages = exact_averages(problem, solution.space)
    assert np.abs(np.asarray(solution.coefficients)[-1] - averages).mean(axis=0).max() < most


def test_a_lake_stays_at_rest():
    _, found, result = run(sv.problems.shallow_water("lake", stop=0.5), 50)
    assert result
    assert np.abs(found[-1, :, 0] - 1).max() < 1e-12 and np.abs(found[-1, :, 1]).max() < 1e-12


def test_a_dry_bed_fails_by_name():
    problem = sv.problems.shallow_water("lake", stop=0.5)
    dry = problem.replace(b=sp.Rational(3, 2) * sp.exp(-50 * (x - sp.Rational(1, 2)) ** 2))
    assert run(dry, 20)[2] is sv.Result.inadmissible
    with pytest.raises(sv.ConvergenceError, match="inadmissible"):
        sv.solve(dry, resolution=20, times=[0, 0.1], quiet=True)


def test_two_dimensions_diagonal_burgers_has_high_order():
    """u(x + y, t) solves u_t + (u²/4)_x + (u²/4)_y = 0 where u solves the equation of one dimension."""
    w = sv.unknown("u", x, y, t)
    box = RING * sv.Interval(y, 0, 1, periodic=True) * sv.Time(t, 0, 0.05)
    start = sp.Rational(1, 2) + sp.sin(2 * sp.pi * (x + y))
    problem = sv.Problem(box, sp.Eq(w.diff(t) + sv.div([w**2 / 4, w**2 / 4], x, y), 0), sv.Initial(w, start))
    line = sv.problems.inviscid_burgers()
    errors = []
    for n in (20, 40):
        space, found, _ = run(problem, n, FiniteVolume(matched=True))
        exact = cell_averages(space, lambda q: line.exact_solution(x=q["x"] + q["y"], t=0.05)["u"][..., None])
        errors.append(np.abs(found[-1] - exact).mean())
        assert abs(found[-1].mean() - found[0].mean()) < 1e-13
    assert np.log2(errors[0] / errors[1]) > 3.5


def test_solve_chooses_it_and_says_why():
    method, reason = choose(sv.problems.euler())
    assert isinstance(method, FiniteVolume) and "shocks form" in reason
    assert isinstance(choose(sv.problems.advection())[0], SpectralETD)
    solution = sv.solve(sv.problems.inviscid_burgers(stop=0.1), resolution=40, times=[0, 0.1], quiet=True)
    assert isinstance(solution.method, FiniteVolume)
    np.testing.assert_allclose(solution(x=0.3, t=0.1), solution.problem.exact_solution(x=0.3, t=0.1)["u"], atol=1e-3)


def test_gradient_agrees_with_differences():
    problem = sv.problems.inviscid_burgers(stop=0.05)
    compiled = FiniteVolume().compile(problem, tolerance=1e-3, resolution=16, times=[0, 0.05])

    def value(a):
        return compiled.run(values_of(problem.replace(a=a))).coefficients[-1, 3, 0]

    slope = jax.grad(value)(1.0)
    np.testing.assert_allclose(slope, (value(1 + 1e-5) - value(1 - 1e-5)) / 2e-5, rtol=1e-5)


def test_reconstruction_keeps_constants_and_polynomials():
    averages = [jnp.asarray((k + 0.5) ** 3 / 3 - (k - 0.5) ** 3 / 3) for k in range(-2, 3)]  # of x²
    np.testing.assert_allclose(face_values(averages), 0.25, atol=1e-13)
    np.testing.assert_allclose(cell_value(averages, 0.3), 0.09, atol=1e-13)
    np.testing.assert_allclose(cell_value(averages, 0.3, 1), 0.6, atol=1e-13)
    same = [jnp.asarray(0.1)] * 5
    assert face_values(same) == 0.1 and cell_value(same, 0.2) == 0.1
    jump = [jnp.asarray(v) for v in (1.0, 1.0, 1.0, 0.0, 0.0)]
    assert abs(face_values(jump) - 1) < 1e-3


def test_steps_have_order_three():
    """y' = −y² in a form of its own: 1/(1 + t)."""

    def flow(t, y, args):
        return Flow(-(y**2), jnp.asarray(1.0), jnp.asarray(True))

    form = Transport(flow, lambda args: jnp.ones(1), None, 0.0, 1.0)
    marches = [ssp_rk3(form, np.array([0.0, 1.0]), courant) for courant in (0.1, 0.05)]
    assert isinstance(marches[0], SSPMarch)
    errors = [abs(float(m.states[-1, 0]) - 0.5) for m in marches]
    assert 2.8 < np.log2(errors[0] / errors[1]) < 3.2


def test_a_law_read_off_its_statement():
    problem = sv.problems.inviscid_burgers()
    law = conservation_law(problem)
    (v,) = problem.unknowns
    assert isinstance(law, ConservationLaw) and law.fluxes == ((v**2 / 2,),) and law.sources == (0,)
    assert law.is_nonlinear and is_conservation_law(problem) and not is_conservation_law(sv.problems.burgers())
    assert not conservation_law(sv.problems.advection()).is_nonlinear
    assert FiniteVolumes(problem, Cells(problem.space, 8)).riemann in get_args(Riemann)
    assert FiniteVolume().weights in get_args(Weights)


def test_cells_give_point_values_of_averages():
    space = Cells((RING * sv.Time(t, 0, 1)).space, 40)
    averages = cell_averages(space, lambda q: np.sin(2 * np.pi * q["x"])[..., None])
    points = np.array([0.0, 0.123, 0.77])
    np.testing.assert_allclose(space.jet(averages, (0,), {"x": points})[:, 0], np.sin(2 * np.pi * points), atol=2e-5)
    slopes = space.jet(averages, (1,), {"x": points})[:, 0]
    np.testing.assert_allclose(slopes, 2 * np.pi * np.cos(2 * np.pi * points), atol=5e-3)
    centres = space.grid.axes[0].coordinates
    np.testing.assert_allclose(space.to_grid(averages)[:, 0], np.sin(2 * np.pi * centres), atol=1e-6)
    np.testing.assert_allclose(space.from_grid(space.to_grid(averages)), averages, atol=1e-6)


LINE = sv.Interval(x, 0, 1) * sv.Time(t, 0, 1)
BURGERS = sp.Eq(u.diff(t) + sv.div([u**2 / 2], x), 0)


def _problem(equation, *conditions, domain=LINE):
    return sv.Problem(domain, equation, [sv.Initial(u, 1), *conditions])


REFUSED = {
    "diffusion": (lambda: sv.problems.burgers(), "order 2"),
    "no divergence": (
        lambda: _problem(u.diff(t) + u * u.diff(x), domain=RING * sv.Time(t, 0, 1)),
        "divergence form",
    ),
    "steady": (lambda: sv.problems.poisson(), "needs an evolution"),
    "a wave": (lambda: sv.problems.wave(ndim=1), "order 2|first time derivative"),
    "no space": (lambda: sv.problems.lorenz(), "space"),
    "three dimensions": (lambda: sv.problems.advection(ndim=3), "one and two dimensions"),
    "a slope at the end": (lambda: _problem(BURGERS, sv.Neumann(u, 1)), "Neumann"),
    "a mixed condition": (lambda: _problem(BURGERS, sv.Robin(u, 1, 1, 0)), "Neumann"),
    "a complex unknown": (lambda: sv.problems.nonlinear_schroedinger(), "order 2|real"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_statements_it_cannot_take(case):
    make, words = REFUSED[case]
    with pytest.raises(sv.UnsupportedError, match=words):
        FiniteVolume().compile(make(), tolerance=1e-3)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: FiniteVolume(riemann="roe"), "no such Riemann solver"),
        (lambda: FiniteVolume(weights="m"), "no such weights"),
        (lambda: FiniteVolume(courant=0.0), "Courant"),
        (lambda: FiniteVolume(courant=2.0), "Courant"),
        (lambda: Cells((RING * sv.Time(t, 0, 1)).space, 3), "cells"),
        (lambda: sv.problems.euler("open"), "boundary is not known"),
        (lambda: sv.problems.shallow_water("sea"), "case is not known"),
    ],
)
def test_arguments_it_cannot_take(make, words):
    with pytest.raises(sv.ArgumentError, match=words):
        make()


def test_hllc_is_for_gases():
    with pytest.raises(sv.UnsupportedError, match="HLLC"):
        FiniteVolume(riemann="hllc").compile(sv.problems.inviscid_burgers(), tolerance=1e-3)


def test_collocation_refuses_conditions_at_both_ends():
    verdict = FiniteDifference().applies(_problem(BURGERS, sv.Neumann(u, 0)))
    assert not verdict and "FiniteVolume" in verdict.reason
