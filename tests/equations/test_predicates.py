"""What a statement says about itself: one row per problem."""

import jax
import pytest
import sympy as sp
from statement_zoo import EVERY, LINE, RING, TIME, t, x

import sobolev as sv

# name: (linear, steady, periodic, ode, system, complex, random, time order, order, unknowns, diagnostics)
ROWS = {
    "advection": (1, 0, 1, 0, 0, 0, 0, 1, 1, "u", ""),
    "allen_cahn": (0, 0, 0, 0, 0, 0, 0, 1, 2, "u", ""),
    "burgers": (0, 0, 0, 0, 0, 0, 0, 1, 2, "u", ""),
    "cahn_hilliard": (0, 0, 1, 0, 0, 0, 0, 1, 4, "c", ""),
    "chemotaxis": (0, 0, 1, 0, 1, 0, 0, 1, 2, "n c", "c"),
    "coupled_rates": (0, 0, 1, 0, 1, 0, 0, 1, 2, "u v", ""),
    "damped_wave_with_heat": (1, 0, 1, 0, 1, 0, 0, 2, 2, "u h", ""),
    "darcy": (1, 1, 0, 0, 0, 0, 1, 0, 2, "u", ""),
    "disk_modes": (1, 1, 0, 0, 0, 0, 1, 0, 2, "u", ""),
    "double_well": (1, 1, 0, 0, 0, 0, 1, 0, 2, "u", ""),
    "elasticity": (1, 1, 0, 0, 1, 0, 1, 0, 2, "u v", ""),
    "euler": (0, 0, 0, 0, 1, 0, 1, 1, 1, "rho m E", ""),
    "expanded_medium": (1, 1, 0, 0, 0, 0, 0, 0, 2, "u", ""),
    "finite_well": (1, 1, 0, 0, 0, 0, 1, 0, 2, "u", ""),
    "fisher_kpp": (0, 0, 0, 0, 0, 0, 1, 1, 2, "u", ""),
    "ginzburg_landau": (0, 0, 1, 0, 0, 1, 0, 1, 2, "A", ""),
    "gray_scott": (0, 0, 1, 0, 1, 0, 0, 1, 2, "u v", ""),
    "heat": (1, 0, 0, 0, 0, 0, 0, 1, 2, "u", ""),
    "helmholtz": (1, 1, 0, 0, 0, 0, 1, 0, 2, "u", ""),
    "hyperelastic_stretch": (0, 1, 0, 0, 1, 0, 1, 0, 2, "u v", ""),
    "infinite_well": (1, 1, 0, 0, 0, 0, 1, 0, 2, "u", ""),
    "inviscid_burgers": (0, 0, 1, 0, 0, 0, 0, 1, 1, "u", ""),
    "kdv": (0, 0, 1, 0, 0, 0, 0, 1, 3, "u", ""),
    "klein_gordon": (0, 0, 1, 0, 0, 0, 0, 2, 2, "u", ""),
    "kuramoto_sivashinsky": (0, 0, 1, 0, 0, 0, 0, 1, 4, "u", ""),
    "lid_driven_cavity": (0, 1, 0, 0, 1, 0, 1, 0, 2, "u v p", ""),
    "lorenz": (0, 0, 0, 1, 1, 0, 1, 1, 0, "x y z", ""),
    "mixed_elliptic": (1, 1, 0, 0, 0, 0, 0, 0, 2, "u", ""),
    "navier_stokes": (0, 0, 1, 0, 1, 0, 0, 1, 2, "omega psi", "psi"),
    "nonlinear_poisson": (0, 1, 0, 0, 0, 0, 1, 0, 2, "u", ""),
    "nonlinear_schroedinger": (0, 0, 1, 0, 0, 1, 0, 1, 2, "psi", ""),
    "obstacle_flow": (0, 1, 0, 0, 1, 0, 1, 0, 2, "u v p", ""),
    "pendulum": (0, 0, 0, 1, 0, 0, 0, 2, 0, "q", ""),
    "plate_modes": (1, 1, 0, 0, 0, 0, 1, 0, 2, "u", ""),
    "poisson": (1, 1, 0, 0, 0, 0, 1, 0, 2, "u", ""),
    "poisson_boltzmann": (0, 1, 0, 0, 0, 0, 1, 0, 2, "u", ""),
    "poisson_holes": (1, 1, 0, 0, 0, 0, 1, 0, 2, "u", ""),
    "poisson_l_shape": (1, 1, 0, 0, 0, 0, 1, 0, 2, "u", ""),
    "random_medium": (1, 0, 1, 0, 0, 0, 0, 1, 2, "u", ""),
    "shallow_water": (0, 0, 0, 0, 1, 0, 1, 1, 1, "eta q", ""),
    "swift_hohenberg": (0, 0, 1, 0, 0, 0, 0, 1, 4, "u", ""),
    "wave": (1, 0, 0, 0, 0, 0, 0, 2, 2, "u", ""),
}


@pytest.mark.parametrize("name", EVERY)
def test_predicates(name):
    p, row = EVERY[name](), ROWS[name]
    found = (p.is_linear, p.is_steady, p.is_periodic, p.is_ode, p.is_system, p.is_complex, p.is_random)
    assert found == tuple(bool(r) for r in row[:7])
    assert p.is_evolution is not p.is_steady
    assert (p.time_order, p.order) == row[7:9]
    assert set(p.unknown_names) == set(row[9].split())
    assert [u.func.__name__ for u in p.diagnostics] == row[10].split()


def test_the_table_is_whole():
    assert set(ROWS) == set(EVERY)


def test_orders_per_unknown_and_coordinate():
    p = EVERY["damped_wave_with_heat"]()
    u, h = p.unknown("u"), p.unknown("h")
    assert (p.time_order_of(u), p.time_order_of(h)) == (2, 1)
    assert (p.order_in(x, u), p.order_in(x, h), p.order_in(t)) == (2, 2, 2)
    with pytest.raises(sv.StatementError, match="no unknown of this name"):
        p.unknown("q")


def test_conditions_by_place():
    u = sv.unknown("u", x, t)
    conditions = [sv.Initial(u, x), sv.Dirichlet(u, 0, on="x.min"), sv.Neumann(u, 1, on="x.max")]
    p = sv.Problem(LINE * TIME, u.diff(t) - u.diff(x, 2), conditions)
    assert p.boundary_condition(u, "x.max") == (conditions[2],)
    assert p.conditions_of(u, sv.Initial) == (conditions[0],)
    assert p.ndim == 1


@pytest.mark.parametrize(
    ("expression", "linear"),
    [
        (lambda u: (u + 1) ** 2 - u**2, True),
        (lambda u: sp.sin(x) * u.diff(x) + sp.exp(sp.cos(x)), True),
        (lambda u: u * u.diff(x), False),
        (lambda u: sp.Abs(u), False),
        (lambda u: sp.sin(u), False),
        (lambda u: 1 / (1 + u), False),
    ],
)
def test_linearity(expression, linear):
    u = sv.unknown("u", x)
    assert sv.Problem(RING, u.diff(x, 2) + u + expression(u)).is_linear is linear


def test_stream_function_may_carry_both_conditions():
    """No-slip walls: two conditions on ψ, none on ω; and the reverse is refused."""
    omega, psi = sv.unknown("omega", x, t), sv.unknown("psi", x, t)
    equations = [omega.diff(t) - omega.diff(x, 2), psi.diff(x, 2) + omega]
    walls = [sv.Initial(omega, 0), sv.Dirichlet(psi, 0), sv.Neumann(psi, 0)]
    assert sv.Problem(LINE * TIME, equations, walls).is_system
    with pytest.raises(sv.StatementError, match="on psi"):
        sv.Problem(LINE * TIME, equations, [sv.Initial(omega, 0), sv.Dirichlet(omega, 0), sv.Neumann(omega, 0)])


def test_pressure_needs_a_mean_and_no_boundary_condition():
    y = sv.coordinates("y")
    u, v, p = (sv.unknown(name, x, y) for name in "uvp")
    stokes = [p.diff(x) - sv.laplacian(u) - 1, p.diff(y) - sv.laplacian(v), u.diff(x) + v.diff(y)]
    square = LINE * sv.Interval(y, 0, 1)
    walls = [sv.Dirichlet(u, 0), sv.Dirichlet(v, 0)]
    assert sv.Problem(square, stokes, [*walls, sv.Mean(p, 0)]).is_linear
    with pytest.raises(sv.StatementError, match="constant in p"):
        sv.Problem(square, stokes, walls)


def test_first_order_system_of_waves_takes_conditions_on_one_unknown():
    u, v = sv.unknown("u", x, t), sv.unknown("v", x, t)
    conditions = [sv.Initial(u, 0), sv.Initial(v, 0), sv.Dirichlet(u, 0)]
    assert sv.Problem(LINE * TIME, [u.diff(t) - v.diff(x), v.diff(t) - u.diff(x)], conditions).order == 1


def test_replace_keeps_and_drops_the_exact_solution():
    heat = sv.problems.heat()
    assert heat.replace(kappa=2).exact == heat.exact
    assert heat.replace(conditions=[sv.Initial(heat.unknowns[0], 0), heat.conditions[1]]).exact is None
    assert heat.replace(name="other").exact == heat.exact
    poisson = sv.problems.poisson()
    assert poisson.exact and poisson.replace(f=1).exact is None
    assert heat.replace(kappa=2).replace(kappa=3).values == {"kappa": 3}
    assert heat.values == {}


def test_replaced_values_forget_what_depended_on_them():
    darcy = sv.problems.darcy()
    assert darcy.is_random
    assert not darcy.replace(a=1).is_random
    k = sv.parameter("k", default=2)
    u = sv.unknown("u", x)
    f = sv.input_field("f", x, default=k * x)
    p = sv.Problem(LINE, u.diff(x, 2) - f, sv.Dirichlet(u, 0))
    assert p.parameters == (k,)
    assert p.replace(f=x).parameters == ()


def test_random_families():
    burgers = sv.problems.burgers()
    assert not burgers.is_random and burgers.random().is_random
    assert burgers.random().exact is None
    assert sv.problems.darcy().random().is_random
    (a,) = burgers.random().inputs
    assert a.func.__name__ == "u0" and set(a.args) == {x}
    drawn = sv.draw(burgers.random(), key=jax.random.key(3))
    assert set(drawn.values) == {"u0"} and not drawn.is_random


def test_a_problem_is_quick_to_draw_under_vmap(key):
    family = sv.problems.fisher_kpp()
    values = jax.vmap(lambda k: sv.draw(family, key=k).values["r"])(jax.random.split(key, 100))
    assert values.shape == (100,) and 0.5 <= values.min() < values.max() <= 2
