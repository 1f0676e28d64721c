"""Statements of every shape, for tests that must hold for all of them."""

import sympy as sp

import sobolev as sv

x, y, z, t = sv.coordinates("x y z t")
RING = sv.Interval(x, 0, 2 * sp.pi, periodic=True)
TORUS = RING * sv.Interval(y, 0, 2 * sp.pi, periodic=True)
TIME = sv.Time(t, 0, 1)
LINE = sv.Interval(x, 0, 1)


def klein_gordon():
    """Second order in time, nonlinear."""
    u = sv.unknown("u", x, t)
    m = sv.parameter("m", default=2)
    equation = sp.Eq(u.diff(t, 2) + m**2 * u + u**3, u.diff(x, 2))
    return sv.Problem(RING * TIME, equation, [sv.Initial(u, sp.sin(x)), sv.Initial(u.diff(t), 0)], name="klein_gordon")


def damped_wave_with_heat():
    """One unknown of second order in time, one of first, coupled."""
    u, h = sv.unknown("u", x, t), sv.unknown("h", x, t)
    equations = [
        sp.Eq(2 * u.diff(t, 2) + u.diff(t), u.diff(x, 2) - h.diff(x)),
        sp.Eq(h.diff(t), h.diff(x, 2) - u.diff(x, t)),
    ]
    conditions = [sv.Initial(u, sp.sin(x)), sv.Initial(u.diff(t), 0), sv.Initial(h, 0)]
    return sv.Problem(RING * TIME, equations, conditions, name="thermoelastic")


def coupled_rates():
    """Time derivatives mixed by an invertible matrix with a parameter."""
    u, v = sv.unknown("u", x, t), sv.unknown("v", x, t)
    k = sv.parameter("k", default=0.5)
    equations = [u.diff(t) + k * v.diff(t) - u.diff(x, 2), v.diff(t) - k * u.diff(t) + u * v]
    return sv.Problem(RING * TIME, equations, [sv.Initial(u, 0), sv.Initial(v, 1)], name="coupled_rates")


def ginzburg_landau():
    """Complex, with a complex coefficient."""
    u = sv.unknown("A", x, t, complex=True)
    b, c = sv.parameter("b", default=1), sv.parameter("c", default=-2)
    equation = sp.Eq(u.diff(t), u + (1 + sp.I * b) * u.diff(x, 2) - (1 + sp.I * c) * u * sp.Abs(u) ** 2)
    return sv.Problem(RING * TIME, equation, sv.Initial(u, sp.exp(sp.I * x)), name="ginzburg_landau")


def chemotaxis():
    """Keller–Segel: a conservative flux of unknowns, and a diagnostic."""
    n, c = sv.unknown("n", x, y, t), sv.unknown("c", x, y, t)
    chi = sv.parameter("chi", default=1)
    equations = [
        sp.Eq(n.diff(t), sv.laplacian(n) - sv.div(chi * n * sv.grad(c))),
        sp.Eq(-sv.laplacian(c) + c, n),
    ]
    return sv.Problem(TORUS * TIME, equations, sv.Initial(n, 1 + sp.cos(x) / 2), name="chemotaxis")


def random_medium():
    """An input field under the divergence, another as source, time-dependent."""
    u = sv.unknown("u", x, y, t)
    a = sv.input_field("a", x, y, default=2 + sp.sin(x) * sp.cos(y))
    f = sv.input_field("f", x, t, default=sp.sin(x) * t)
    equation = sp.Eq(u.diff(t), sv.div(a * sv.grad(u)) + f * u)
    return sv.Problem(TORUS * TIME, equation, sv.Initial(u, sp.cos(y)), name="random_medium")


def expanded_medium():
    """A derivative of an input field, written out."""
    u = sv.unknown("u", x)
    a = sv.input_field("a", x, default=1 + x**2)
    return sv.Problem(LINE, sp.diff(a * u.diff(x), x) + 1, sv.Dirichlet(u, 0), name="expanded_medium")


def mixed_elliptic():
    """A mixed derivative and coordinates in the coefficients, three dimensions."""
    u = sv.unknown("u", x, y, z)
    box = LINE * sv.Interval(y, 0, 1) * sv.Interval(z, 0, 1)
    equation = -sv.laplacian(u) - u.diff(x, y) / 2 + x * y * u.diff(z) + sp.exp(-z) * u - 1
    return sv.Problem(box, equation, sv.Dirichlet(u, 0), name="mixed_elliptic")


def pendulum():
    """An ordinary differential equation of second order."""
    q = sv.unknown("q", t)
    g = sv.parameter("g", default=9.81)
    conditions = [sv.Initial(q, 1), sv.Initial(q.diff(t), 0)]
    return sv.Problem(TIME, q.diff(t, 2) + g * sp.sin(q), conditions, name="pendulum")


ZOO = (
    klein_gordon,
    damped_wave_with_heat,
    coupled_rates,
    ginzburg_landau,
    chemotaxis,
    random_medium,
    expanded_medium,
    mixed_elliptic,
    pendulum,
)
EVERY = {**{make.__name__: make for make in ZOO}, **sv.problems.all()}


def some_function(field, index):
    """A smooth function of a field's coordinates, another one for each index; complex for complex fields."""
    phase = sum((0.3 + 0.2 * index + 0.1 * k) * c for k, c in enumerate(field.args))
    value = sp.exp(-phase / 4) * sp.sin(phase + index) + sp.Rational(3, 2)
    return value if field.is_real else value * sp.exp(sp.I * phase)
