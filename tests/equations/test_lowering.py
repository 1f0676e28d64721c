"""Jets, first-order systems and linear parts say what the statement says: checked against SymPy's own arithmetic."""

import numpy as np
import pytest
import sympy as sp
from statement_zoo import EVERY, some_function
from sympy.core.function import AppliedUndef

import sobolev as sv
from sobolev._core import precision_context
from sobolev.equations import (
    Divergence,
    DivergenceIndex,
    JetIndex,
    Unknown,
    first_order_system,
    linear_part,
    pointwise,
)

POINTS = {"x": 0.3, "y": 0.7, "z": -0.2, "t": 0.4}
PARAMETERS = 1.7  # every parameter's value in these tests


@pytest.fixture(params=EVERY, ids=str)
def problem(request):
    return EVERY[request.param]()


def fields_of(problem):
    return {f: some_function(f, i) for i, f in enumerate((*problem.unknowns, *problem.inputs))}


def number(expression, problem):
    """Value of an expression without fields at POINTS."""
    numbers = {c: POINTS[c.name] for c in problem.domain.coordinates}
    numbers |= {p: PARAMETERS for p in expression.free_symbols - set(numbers)}
    return complex(expression.subs(numbers).evalf())


def truth(expression, problem):
    """Value with the test functions inserted by SymPy."""
    expanded = expression.replace(lambda n: isinstance(n, Divergence), lambda n: n.doit())
    return number(expanded.xreplace(fields_of(problem)).doit(), problem)


def jet_values(function, problem):
    """Jets of the test functions, and divergences from `fluxes` by differentiating what SymPy wrote."""
    table = {f.func.__name__: (f, e) for f, e in fields_of(problem).items()}
    values = {}
    for j in function.jets:
        if isinstance(j, JetIndex):
            field, e = table[j.name]
            counts = [(c, n) for c, n in zip(problem.coordinates, j.orders, strict=True) if n]
            counts += [(problem.time.coordinate, j.time_order)] if j.time_order else []
            value = number(sp.diff(e, *counts) if counts else e, problem)
            values[j] = value if not field.is_real else value.real
    return values


def evaluate(expression, problem):
    """Value by the compiled pointwise function."""
    time = problem.time.coordinate if problem.time else None
    function = pointwise([expression], problem.coordinates, time)
    jets = jet_values(function, problem)
    for j in function.jets:
        if isinstance(j, DivergenceIndex):
            jets[j] = divergence_value(function, j.k, problem)
    with precision_context("double"):
        (value,) = function(jets, POINTS, {name: PARAMETERS for name in function.parameters})
        return complex(value)


def divergence_value(function, k, problem, h=1e-4):
    """Central differences of the compiled flux."""
    flux, total = function.fluxes[k], 0.0
    for component, axis in enumerate(function.flux_axes[k]):
        name, sides = problem.coordinates[axis].name, []
        for step in (2 * h, h, -h, -2 * h):
            POINTS[name] += step
            with precision_context("double"):
                values = flux(jet_values(flux, problem), POINTS, {n: PARAMETERS for n in flux.parameters})
                sides.append(complex(values[component]))
            POINTS[name] -= step
        total += (-sides[0] + 8 * sides[1] - 8 * sides[2] + sides[3]) / (12 * h)
    return total if abs(total.imag) else total.real


def test_pointwise_evaluates_the_equations(problem):
    for residual in problem.residuals:
        assert evaluate(residual, problem) == pytest.approx(truth(residual, problem), rel=1e-8, abs=1e-8)


def test_pointwise_keeps_no_divergence_when_expanded(problem):
    time = problem.time.coordinate if problem.time else None
    function = pointwise(problem.expanded, problem.coordinates, time)
    assert not function.fluxes
    assert all(isinstance(j, JetIndex) for j in function.jets)


def test_first_order_system_solves_the_equations(problem):
    """Putting the rates back for the highest time derivatives makes every residual vanish."""
    if problem.is_steady:
        with pytest.raises(sv.StatementError, match="does not evolve"):
            first_order_system(problem)
        return
    system = first_order_system(problem)
    t = problem.time.coordinate
    tops = {}
    for state, rate in zip(system.states, system.rates, strict=True):
        if state.time_order == problem.time_order_of(state.unknown) - 1:
            tops[sp.Derivative(state.unknown, (t, state.time_order + 1))] = rate
        else:
            assert rate == sp.Derivative(state.unknown, (t, state.time_order + 1))
    left = [r for r in problem.residuals if r.xreplace({d: sp.Dummy() for d in tops}) != r]
    assert len(left) == len(tops)
    for residual in left:
        assert truth(residual.xreplace(tops), problem) == pytest.approx(0, abs=1e-9)
    assert len(system.constraints) == len(system.diagnostics) == len(problem.diagnostics)
    assert all(c in problem.residuals for c in system.constraints)


def test_linear_part_adds_up(problem):
    for residual in problem.residuals:
        terms, remainder = linear_part(residual, problem.unknowns, problem.domain.coordinates)
        total = sp.Add(*(c * node for node, c in terms.items()), remainder)
        assert truth(total, problem) == pytest.approx(truth(residual, problem), rel=1e-10, abs=1e-10)
        for node, c in terms.items():
            assert isinstance(node, sp.Derivative | Unknown)
            assert not c.free_symbols & set(problem.domain.coordinates)
            assert not c.atoms(AppliedUndef)


def symbols_of(problem, equation):
    """Linear terms of an equation by name: {("u", "xx"): coefficient}, and its remainder."""
    terms, remainder = linear_part(problem.residuals[equation], problem.unknowns, problem.domain.coordinates)
    named = {}
    for node, c in terms.items():
        field, variables = (node.expr, node.variables) if isinstance(node, sp.Derivative) else (node, ())
        named[field.func.__name__, "".join(v.name for v in variables)] = c
    return named, remainder


def test_linear_part_of_navier_stokes():
    problem = sv.problems.navier_stokes(forced=False)
    (nu,) = problem.parameters
    vorticity, remainder = symbols_of(problem, 0)
    assert vorticity == {("omega", "t"): 1, ("omega", "xx"): -nu, ("omega", "yy"): -nu}
    assert remainder.atoms(Unknown) == set(problem.unknowns)
    stream, remainder = symbols_of(problem, 1)
    assert stream == {("psi", "xx"): -1, ("psi", "yy"): -1, ("omega", ""): -1}
    assert remainder == 0


def test_linear_part_of_complex_and_of_products():
    terms, remainder = symbols_of(EVERY["ginzburg_landau"](), 0)
    b = sv.parameter("b", default=1)
    assert terms["A", "xx"] == -(1 + sp.I * b) or sp.expand(terms["A", "xx"] + 1 + sp.I * b) == 0
    assert terms["A", ""] == -1
    assert remainder.has(sp.Abs)
    terms, _ = symbols_of(sv.problems.allen_cahn(), 0)  # r (u - u^3) is multiplied out
    assert terms["u", ""] == -sv.problems.allen_cahn().parameters[1]


def test_constant_divergences_are_linear_and_others_are_kept():
    chemotaxis, remainder = symbols_of(EVERY["chemotaxis"](), 0)
    assert set(chemotaxis) == {("n", "t"), ("n", "xx"), ("n", "yy")}
    assert len(remainder.atoms(Divergence)) == 1
    x, y = sv.coordinates("x y")
    u, d = sv.unknown("u", x, y), sv.parameter("d", default=2)
    square = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
    constant, remainder = symbols_of(sv.Problem(square, sv.div(d * sv.grad(u)) + 1, sv.Dirichlet(u, 0)), 0)
    assert constant == {("u", "xx"): d, ("u", "yy"): d}
    assert remainder == 1
    varying, remainder = symbols_of(sv.Problem(square, sv.div(x * sv.grad(u)) + 1, sv.Dirichlet(u, 0)), 0)
    assert varying == {}
    assert len(remainder.atoms(Divergence)) == 1


def test_derivative_of_a_pointwise_function():
    """∂/∂jet against differences, of a nonlinear function of two jets."""
    x, t = sv.coordinates("x t")
    u = sv.unknown("u", x, t)
    function = pointwise([u**3 * u.diff(x) + sp.exp(u.diff(x, 2))], (x,), t)
    for index in function.jets:
        jets = {j: 0.4 + 0.3 * j.order for j in function.jets}
        exact = function.derivative(index)
        with precision_context("double"):
            (slope,) = exact({j: jets[j] for j in exact.jets}, {}, {})
            ends = [function({**jets, index: jets[index] + h}, {}, {})[0] for h in (1e-6, -1e-6)]
            assert float(slope) == pytest.approx(float(ends[0] - ends[1]) / 2e-6, rel=1e-8)


def test_pointwise_broadcasts():
    x = sv.coordinates("x")
    u = sv.unknown("u", x)
    function = pointwise([u.diff(x) * x], (x,))
    (j,) = function.jets
    (value,) = function({j: np.ones((3, 1))}, {"x": np.arange(4.0)}, {})
    np.testing.assert_allclose(value, np.broadcast_to(np.arange(4.0), (3, 4)))


def test_a_mixed_highest_derivative_is_refused():
    x, t = sv.coordinates("x t")
    u = sv.unknown("u", x, t)
    ring = sv.Interval(x, 0, 1, periodic=True) * sv.Time(t, 0, 1)
    bbm = sv.Problem(ring, u.diff(t) + u.diff(x) + u * u.diff(x) - u.diff(x, 2, t), sv.Initial(u, 0))
    with pytest.raises(sv.UnsupportedError, match="mixed derivative"):
        first_order_system(bbm)


@pytest.mark.parametrize(
    "equation",
    [lambda u, t: u.diff(t) ** 2 - u, lambda u, t: sp.sin(u.diff(t)) - u],
    ids=["squared", "inside a sine"],
)
def test_a_nonlinear_time_derivative_is_refused(equation):
    t = sv.coordinates("t")
    u = sv.unknown("u", t)
    with pytest.raises(sv.UnsupportedError, match="cannot be solved for its time derivatives"):
        first_order_system(sv.Problem(sv.Time(t, 0, 1), equation(u, t), sv.Initial(u, 1)))


def test_a_singular_matrix_of_time_derivatives_is_refused():
    t = sv.coordinates("t")
    u, v = sv.unknown("u", t), sv.unknown("v", t)
    equations = [u.diff(t) + v.diff(t) - u, 2 * u.diff(t) + 2 * v.diff(t) - v]
    problem = sv.Problem(sv.Time(t, 0, 1), equations, [sv.Initial(u, 1), sv.Initial(v, 1)])
    with pytest.raises(sv.UnsupportedError, match="invertible"):
        first_order_system(problem)
