"""Every named problem: built, printed, drawn, and solved by its exact solution."""

import jax
import mpmath
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.domains import AbstractShape
from sobolev.equations import Divergence, InputField, Robin

ALL = sv.problems.all()
VARIANTS = {
    **{name: make for name, make in ALL.items()},
    "advection 3-D": lambda: sv.problems.advection(ndim=3),
    "allen_cahn periodic": lambda: sv.problems.allen_cahn(1e-4, periodic=True),
    "burgers periodic": lambda: sv.problems.burgers(0.1, periodic=True, interval=(0, 1)),
    "heat 2-D Neumann": lambda: sv.problems.heat(ndim=2, boundary="neumann"),
    "heat 3-D periodic": lambda: sv.problems.heat(ndim=3, boundary="periodic"),
    "gray_scott 1-D": lambda: sv.problems.gray_scott(ndim=1),
    "gray_scott 3-D": lambda: sv.problems.gray_scott(ndim=3),
    "helmholtz 1-D": lambda: sv.problems.helmholtz(ndim=1),
    "helmholtz 3-D": lambda: sv.problems.helmholtz(ndim=3, wavenumber=5),
    "kdv one soliton": lambda: sv.problems.kdv(solitons=1),
    "navier_stokes unforced": lambda: sv.problems.navier_stokes(forced=False),
    "nonlinear_poisson 1-D": lambda: sv.problems.nonlinear_poisson(ndim=1),
    "poisson 1-D": lambda: sv.problems.poisson(ndim=1),
    "poisson variable": lambda: sv.problems.poisson(coefficient=1 + sp.Symbol("x", real=True) ** 2),
    "swift_hohenberg 1-D": lambda: sv.problems.swift_hohenberg(ndim=1, quadratic=1.2),
    "wave 2-D periodic": lambda: sv.problems.wave(ndim=2, periodic=True),
}
SYMBOLIC = [
    name
    for name, make in VARIANTS.items()
    if (exact := make().exact) and all(isinstance(e, sp.Basic) for e in exact.values())
]


def points_in(problem, count=4):
    """Points in the interior, different in every coordinate."""
    fractions = np.array([0.137, 0.414, 0.618, 0.883, 0.271, 0.75])[:count]
    if isinstance(problem.space, AbstractShape):
        low, high = problem.space.bounds
        sides = list(zip(problem.space.names, low, high - low, strict=True))
    else:
        sides = [(s.name, s.lower, s.length) for s in (problem.space.sides if problem.space else ())]
    sides += [(problem.time.name, problem.time.start, problem.time.length)] if problem.time else []
    return {name: lower + length * np.roll(fractions, 2 * k) for k, (name, lower, length) in enumerate(sides)}


def test_there_are_at_least_sixteen():
    assert len(sv.problems.names()) >= 16
    assert sv.problems.names() == tuple(sorted(ALL))
    assert sv.problems.find("burgers") is sv.problems.burgers


@pytest.mark.parametrize("name", VARIANTS)
def test_built_with_provenance(name):
    problem = VARIANTS[name]()
    assert problem.name == name.split()[0]
    assert problem.source
    assert ALL[problem.name].__doc__ and "**Source:**" in ALL[problem.name].__doc__
    assert str(problem) and problem.latex() and problem.mathml()


@pytest.mark.parametrize("name", VARIANTS)
def test_random_inputs_are_functions_of_the_key(name, key):
    family = VARIANTS[name]().random()
    assert family.is_random
    first, again = sv.draw(family, key=key), sv.draw(family, key=key)
    other = sv.draw(family, key=jax.random.fold_in(key, 1))
    for label, value in first.values.items():
        fields = [a for a in family.inputs if a.func.__name__ == label]
        if not fields:
            assert float(value) == float(again.values[label]) != float(other.values[label])
            continue
        points = {c.name: points_in(family)[c.name] for c in fields[0].args}
        values = value(**points)
        assert values.shape == (4,) and np.all(np.isfinite(values))
        np.testing.assert_array_equal(values, again.values[label](**points))
        if "TwoPhase" not in repr(fields[0].func.prior):
            assert not np.allclose(values, other.values[label](**points))


@pytest.mark.parametrize("name", SYMBOLIC)
def test_exact_solution_satisfies_equations_and_conditions(name):
    """By SymPy's derivatives in 30 digits, so that cancellation hides nothing."""
    problem = VARIANTS[name]()
    table = {u: problem.exact[u.func.__name__] for u in problem.unknowns}
    constants = {p: sp.sympify(p.default) for p in problem.parameters}
    at = points_in(problem)
    symbols = list(problem.domain.coordinates)
    with mpmath.workdps(30):
        for residual in problem.residuals:
            e = residual.replace(lambda n: isinstance(n, Divergence), lambda n: n.doit())
            inputs = {a: a.func.default for a in e.atoms(InputField)}
            e = e.xreplace({**table, **inputs}).doit().xreplace(constants).xreplace(constants)
            function = sp.lambdify(symbols, e, "mpmath", cse=True)
            for k in range(4):
                assert abs(function(*(mpmath.mpf(at[s.name][k]) for s in symbols))) < 1e-12
    for c in problem.conditions:
        for part in [None] if not isinstance(c, Robin) else c.on or problem.space.parts:
            assert abs(mismatch(problem, c, table[c.unknown], part, constants, at)) < 1e-12


def mismatch(problem, c, exact, part, constants, at):
    """Left minus right side of a condition for the exact solution, at one point of where it holds."""
    here = {s: sp.Float(at[s.name][1], 30) for s in problem.domain.coordinates}
    match c:
        case sv.Initial():
            here[problem.time.coordinate] = sp.sympify(problem.time.start)
            left = sp.diff(exact, problem.time.coordinate, c.time_order) if c.time_order else exact
        case sv.Mean():
            left, here = sp.integrate(exact, *((s.coordinate, 0, 1) for s in problem.space.sides)), {}
        case _:
            side = problem.space.side(part.split(".")[0])
            here[side.coordinate] = sp.sympify(side.lower if part.endswith("min") else side.upper)
            normal = (-1 if part.endswith("min") else 1) * sp.diff(exact, side.coordinate)
            left = c.alpha * exact + c.beta * normal
    return complex((left - c.value).subs(constants).subs(here).evalf(20))


@pytest.mark.parametrize("name", [n for n in SYMBOLIC if VARIANTS[n]().is_periodic])
def test_exact_solution_is_periodic(name):
    problem = VARIANTS[name]()
    at = points_in(problem)
    for side in problem.space.sides:
        low, high = (problem.exact_solution(**{**at, side.name: end}) for end in (side.lower, side.upper))
        for label in low:
            np.testing.assert_allclose(low[label], high[label], atol=3e-8)


@pytest.mark.parametrize("name", [n for n, make in VARIANTS.items() if make().exact])
def test_exact_solution_broadcasts(name):
    problem = VARIANTS[name]()
    names = [c.name for c in problem.domain.coordinates]
    at = points_in(problem)
    mesh = dict(zip(names, np.ix_(*(at[n] for n in names)), strict=True))
    values = problem.exact_solution(**mesh)
    assert set(values) == set(problem.unknown_names)
    for label, value in values.items():
        assert value.shape == (4,) * len(names)
        single = problem.exact_solution(**{n: at[n][2] for n in names})[label]
        np.testing.assert_allclose(value[(2,) * len(names)], single, rtol=1e-13)


def test_exact_solution_follows_the_parameters():
    slow, fast = (sv.problems.heat().replace(kappa=k).exact_solution(x=0.5, t=1.0)["u"] for k in (0.1, 0.2))
    np.testing.assert_allclose([slow, fast], np.exp(-(np.pi**2) * np.array([0.1, 0.2])), rtol=1e-6)
    assert sv.problems.darcy().exact_solution(x=0.5, y=0.5) is None


def test_darcy_medium_has_two_phases_in_equal_shares(key):
    family = sv.problems.darcy()
    grid = np.linspace(0, 1, 33)
    medium = jax.vmap(lambda k: sv.draw(family, key=k).values["a"](x=grid[:, None], y=grid[None]))
    values = np.asarray(medium(jax.random.split(key, 200)))
    assert set(np.unique(values)) == {3.0, 12.0}
    assert abs(np.mean(values == 12) - 0.5) < 0.03


def test_navier_stokes_draws_have_no_mean(key):
    drawn = sv.draw(sv.problems.navier_stokes().random(), key=key).values["omega0"]
    grid = np.arange(160) / 160
    with precision_context("double"):
        values = np.asarray(drawn(x=grid[:, None], y=grid[None]), float)
    assert abs(values.mean()) < 1e-6 * values.std()


@pytest.mark.parametrize("make", [lambda k: sv.problems.helmholtz(wavenumber=k), lambda k: sv.problems.helmholtz(1, k)])
def test_helmholtz_refuses_resonances_only(make):
    assert make(4.1).exact
    with pytest.raises(sv.ArgumentError, match="resonance"):
        make(sp.pi * sp.sqrt(5) if make(4.1).ndim == 2 else 3 * sp.pi)
