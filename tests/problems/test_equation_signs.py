"""Problems without an exact solution: growth rates, equilibria and identities that a wrong sign would break."""

from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import solve_ivp

import sobolev as sv
from sobolev.equations import Divergence, first_order_system

x, y, t = sv.coordinates("x y t")
LORENZ = Path(__file__).parents[3] / "shared" / "data" / "deepxde" / "Lorenz.npz"


def inserted(problem, equation=0, **fields):
    """A residual with expressions in place of the unknowns, divergences carried out."""
    table = {u: fields[u.func.__name__] for u in problem.unknowns}
    residual = problem.residuals[equation]
    e = residual.replace(lambda n: isinstance(n, Divergence), lambda n: n.doit())
    return e.xreplace(table).doit()


def growth_rate(problem, base=0):
    """s(k) of base + ε e^{st} cos kx to first order in ε."""
    k, s, size = sp.symbols("k s size", real=True)
    (u,) = problem.unknowns
    wave = inserted(problem, **{u.func.__name__: base + size * sp.exp(s * t) * sp.cos(k * x)})
    (rate,) = sp.solve(sp.simplify(sp.diff(wave, size).subs(size, 0)), s)
    return sp.expand(rate), k


def test_kuramoto_sivashinsky_grows_long_waves():
    rate, k = growth_rate(sv.problems.kuramoto_sivashinsky())
    assert sp.expand(rate - (k**2 - k**4)) == 0


def test_swift_hohenberg_grows_waves_of_length_two_pi():
    problem = sv.problems.swift_hohenberg(ndim=1)
    rate, k = growth_rate(problem)
    r = problem.parameters[1]
    assert sp.expand(rate - (r - (1 - k**2) ** 2)) == 0


def test_allen_cahn_leaves_zero_and_keeps_its_layer():
    problem = sv.problems.allen_cahn()
    d, r = problem.parameters
    rate, k = growth_rate(problem)
    assert sp.expand(rate - (r - d * k**2)) == 0
    layer = sp.tanh(x * sp.sqrt(r / (2 * d)))
    value = inserted(problem, u=layer).subs({d: 1e-3, r: 5, x: 0.013})
    assert abs(float(value)) < 1e-12


@pytest.mark.parametrize("ndim", [1, 2])
def test_cahn_hilliard_is_the_laplacian_of_the_potential(ndim):
    problem = sv.problems.cahn_hilliard(ndim=ndim)
    (gamma,) = problem.parameters
    c = sp.sin(x) * (sp.cos(y) if ndim == 2 else 1) * sp.exp(-t)
    axes = (x, y)[:ndim]
    potential = c**3 - c - gamma * sv.laplacian(c, *axes)
    assert sp.simplify(inserted(problem, c=c) - (c.diff(t) - sv.laplacian(potential, *axes))) == 0


def test_gray_scott_exchanges_what_reacts():
    """Without feed and removal u + v only diffuses; (1, 0) rests; b feeds u and d removes v."""
    problem = sv.problems.gray_scott(ndim=1)
    b, d = problem.parameters
    u, v = sp.sin(x) + 2, sp.cos(x) + 2
    total = sum(inserted(problem, i, u=u, v=v) for i in (0, 1)).subs({b: 0, d: 0})
    diffusion = -(sp.Rational(1, 100_000) * u.diff(x, 2) + sp.Rational(1, 200_000) * v.diff(x, 2))
    assert sp.simplify(total - diffusion) == 0
    assert [inserted(problem, i, u=sp.S.One, v=sp.S.Zero) for i in (0, 1)] == [0, 0]
    assert inserted(problem, 0, u=sp.S.Zero, v=sp.S.Zero) == -b
    assert inserted(problem, 1, u=sp.S.Zero, v=sp.S.One) == d
    assert float(problem.conditions[1].value.subs({x: 0.05})) == 1.0
    start = sv.problems.gray_scott().conditions[1].value
    assert float(start.subs({x: 0.05, y: 0.02})) == 1.0  # PINNacle: v0 is centred at (0.05, 0.02)


def test_navier_stokes_is_the_curl_of_the_momentum_equation():
    problem = sv.problems.navier_stokes(forced=False)
    (nu,) = problem.parameters
    psi = sp.sin(x) * sp.cos(2 * y) * sp.exp(-t) + sp.cos(3 * x + y)
    velocity = [psi.diff(y), -psi.diff(x)]
    omega = sv.curl2d(velocity, x, y)
    momentum = [
        w.diff(t) + velocity[0] * w.diff(x) + velocity[1] * w.diff(y) - nu * sv.laplacian(w, x, y) for w in velocity
    ]
    assert sp.simplify(inserted(problem, 0, omega=omega, psi=psi) - sv.curl2d(momentum, x, y)) == 0
    assert sp.simplify(inserted(problem, 1, omega=omega, psi=psi)) == 0


def test_forcing_of_navier_stokes():
    forced, free = (sv.problems.navier_stokes(forced=f).residuals[0] for f in (True, False))
    added = (free - forced).subs({x: 0.1, y: 0.2})
    assert float(added) == pytest.approx(0.1 * (np.sin(0.6 * np.pi) + np.cos(0.6 * np.pi)))


def test_lorenz_rests_at_its_fixed_points():
    problem = sv.problems.lorenz()
    constants = {p: p.default for p in problem.parameters}
    side = sp.sqrt(sp.Rational(8, 3) * 27)
    for c in (side, -side):
        for i in range(3):
            assert abs(float(inserted(problem, i, x=c, y=c, z=sp.Integer(27)).subs(constants))) < 1e-12


def test_lorenz_agrees_with_published_data():
    if not LORENZ.exists():
        pytest.skip("../shared/data is not here")
    data = np.load(LORENZ)
    problem = sv.problems.lorenz(rho=15)
    system = first_order_system(problem)
    plain = {u: sp.Symbol(u.func.__name__) for u in problem.unknowns}
    rates = [r.xreplace(plain).xreplace({p: p.default for p in problem.parameters}) for r in system.rates]
    states = [plain[s.unknown] for s in system.states]
    function = sp.lambdify([states], rates)
    start = [next(float(c.value) for c in problem.conditions if c.unknown == s.unknown) for s in system.states]
    times = data["t"].ravel()
    solution = solve_ivp(lambda _, q: function(q), (0, 3), start, t_eval=times, rtol=1e-9, atol=1e-9).y.T
    order = ["xyz".index(s.name) for s in system.states]
    assert np.linalg.norm(solution - data["y"][:, order]) / np.linalg.norm(data["y"]) < 2e-3


def test_advection_moves_to_the_right():
    problem = sv.problems.advection()
    values = problem.exact_solution(x=0.25 + 0.1, t=0.1)["u"]
    assert float(values) == pytest.approx(1.0)


def test_schroedinger_conserves_the_norm():
    problem = sv.problems.nonlinear_schroedinger()
    grid = np.arange(512) * 40 / 512 - 20
    norms = [np.sum(np.abs(problem.exact_solution(x=grid, t=s)["psi"]) ** 2) * 40 / 512 for s in (0, 0.4, np.pi / 4)]
    np.testing.assert_allclose(norms, 8, rtol=1e-9)
    assert np.abs(problem.exact_solution(x=0.0, t=np.pi / 4)["psi"]) == pytest.approx(4)
