"""Manufactured statements hold for the expression they were made from."""

import numpy as np
import pytest
import sympy as sp
from statement_zoo import EVERY, LINE, TIME, t, x, y

import sobolev as sv
from sobolev.domains import AbstractShape
from sobolev.equations import Divergence, InputField, Robin, evaluate_expression, values_of


def exact_for(problem):
    """A periodic or general smooth expression for each unknown."""
    found = {}
    for i, u in enumerate(problem.unknowns):
        e = sp.Rational(1, 2) + i
        for side in problem.space.sides if problem.space else ():
            k = 2 * sp.pi / sp.nsimplify(side.length, [sp.pi]) if side.periodic else 1 + i
            e *= sp.sin(k * side.coordinate) + sp.Rational(1, 3)
        e *= sp.exp(-problem.time.coordinate) if problem.time else 1
        found[u.func.__name__] = e
    return found


def has_data(problem):
    """On a box or without space, with conditions on values and slopes only (test_problems_on_shapes has shapes)."""
    if isinstance(problem.space, AbstractShape):
        return False
    return problem.eigenvalue is None and not any(isinstance(c, Robin) and c.of_flux for c in problem.conditions)


@pytest.mark.parametrize("name", [name for name, make in EVERY.items() if has_data(make())])
def test_residual_and_conditions_vanish(name):
    problem = EVERY[name]()
    made = sv.manufactured(problem, **exact_for(problem))
    table = {u: made.exact[u.func.__name__] for u in made.unknowns}
    inputs = {a: a.func.default for e in made.residuals for a in e.atoms(InputField)}
    parameters = {p: sp.sympify(p.default) for p in made.parameters}
    for residual in made.residuals:
        e = residual.replace(lambda n: isinstance(n, Divergence), lambda n: n.doit())
        e = e.xreplace({**table, **inputs}).doit().subs(parameters)
        for point in (0.31, 0.77):
            numbers = {c: point * (k + 1) / 3 for k, c in enumerate(made.domain.coordinates)}
            assert abs(complex(e.subs(numbers).evalf(30))) < 1e-12
    for c in made.conditions:
        if isinstance(c, sv.Initial):
            rate = sp.diff(table[c.unknown], t, c.time_order) if c.time_order else table[c.unknown]
            assert sp.simplify((rate.subs(t, 0) - c.value).subs(parameters)) == 0


def test_boundary_values_carry_the_outward_normal():
    u = sv.unknown("u", x, t)
    p = sv.Problem(LINE * TIME, u.diff(t) - u.diff(x, 2), [sv.Initial(u, 0), sv.Robin(u, 2, 1, 0)])
    made = sv.manufactured(p, u=sp.exp(3 * x - t))
    low, high = made.conditions_of(u, Robin)
    assert (low.on, sp.simplify(low.value - (2 - 3) * sp.exp(-t))) == (("x.min",), 0)
    assert (high.on, sp.simplify(high.value - (2 + 3) * sp.exp(3 - t))) == (("x.max",), 0)


def test_fluxes_and_eigenproblems_are_refused():
    for make in (sv.problems.elasticity, sv.problems.disk_modes):
        problem = make()
        with pytest.raises(sv.ArgumentError, match="cannot be manufactured"):
            sv.manufactured(problem, **{name: x for name in problem.unknown_names})


def test_parameters_stay_symbolic():
    made = sv.manufactured(sv.problems.heat(), u=sp.sin(sp.pi * x) * sp.exp(t))
    assert made.replace(kappa=7).exact is not None
    (kappa,) = made.parameters
    assert kappa in made.residuals[0].free_symbols
    assert made.source.startswith("Manufactured")


def test_means_are_integrals():
    w = sv.unknown("w", x, y)
    square = LINE * sv.Interval(y, 0, 2)
    p = sv.Problem(square, -sv.laplacian(w), [sv.Neumann(w, 0), sv.Mean(w, 0)])
    mean = sv.manufactured(p, w=x * y**2).conditions[-1]
    assert float(mean.value) == pytest.approx(0.5 * 4 / 3)
    k = sv.parameter("k", default=2)
    p = sv.Problem(square, -sv.laplacian(w) + k - k, [sv.Neumann(w, 0), sv.Mean(w, 0)])
    q = sv.Problem(square, -k * sv.laplacian(w), [sv.Neumann(w, 0), sv.Mean(w, 0)])
    assert sp.simplify(sv.manufactured(q, w=k * x * y**2).conditions[-1].value - k * sp.Rational(2, 3)) == 0


def test_a_bound_input_enters_the_source():
    p = sv.problems.darcy().replace(a=1 + x * y)
    made = sv.manufactured(p, u=x**2 * y)
    values = values_of(made)
    source = evaluate_expression(made, made.equations[0].rhs, {"x": np.array(0.3), "y": np.array(0.6)}, values)
    # -div((1 + xy) (2xy, x²)) = -(2y + 2x(2y²)... by hand: -(d/dx(2xy + 2x²y²) + d/dy(x² + x³y))
    assert float(source) == pytest.approx(-(2 * 0.6 + 4 * 0.3 * 0.36 + 0.3**3), rel=1e-5)
