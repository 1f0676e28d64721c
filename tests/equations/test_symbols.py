"""Symbols: what makes two of them the same, and the calculus on them."""

import pickle

import pytest
import sympy as sp

import sobolev as sv
from sobolev import priors
from sobolev.equations import Divergence, Parameter

x, y, z, t = sv.coordinates("x y z t")


def test_coordinates_are_real_and_reusable():
    assert sv.coordinates("x") == x
    assert sv.coordinates("x, y") == (x, y)
    assert x.is_real


def test_parameters_differ_with_their_defaults_and_laws():
    k, again = sv.parameter("k", default=2), sv.parameter("k", default=2)
    assert k == again and hash(k) == hash(again)
    assert k != sv.parameter("k", default=3)
    assert k != sv.parameter("k", default=2, prior=priors.Uniform(0, 1))
    assert sv.parameter("m", default=2 * k) != sv.parameter("m", default=2 * sv.parameter("k", default=3))
    assert k - again == 0


def test_input_fields_differ_with_what_is_inside_their_defaults():
    """SymPy's cache must not give the field of another parameter's default."""
    fields = [sv.input_field("f", x, default=x * sv.parameter("k", default=d)) for d in (1, 2)]
    assert fields[0] != fields[1]
    (k,) = (2 * fields[1]).args[1].func.default.atoms(Parameter)
    assert k.default == 2
    laws = [sv.input_field("f", x, prior=priors.GaussianField(priors.RBF(length))) for length in (1, 2)]
    assert laws[0] != laws[1] and laws[0] == sv.input_field("f", x, prior=priors.GaussianField(priors.RBF(1)))


def test_parameters_survive_copies():
    k = sv.parameter("k", default=2, prior=priors.Uniform(0, 1))
    copied = pickle.loads(pickle.dumps(k))  # in memory only: SymPy copies expressions so
    assert copied == k and copied.default == 2 and copied.prior == priors.Uniform(0, 1)


def test_complex_and_real_unknowns():
    assert sv.unknown("u", x).is_real
    assert sv.unknown("u", x, complex=True).is_real is None
    assert sv.unknown("u", x) != sv.unknown("u", x, complex=True)


def test_vector_calculus_identities():
    u = sv.unknown("u", x, y, t)
    assert list(sv.grad(u)) == [u.diff(x), u.diff(y)]
    assert sv.laplacian(u) == u.diff(x, 2) + u.diff(y, 2)
    assert sv.div(sv.grad(u)).doit() == sv.laplacian(u)
    assert sv.curl2d(sv.grad(u)) == 0
    assert sv.curl2d([-u * y, u * x], x, y) == sp.diff(u * x, x) + sp.diff(u * y, y)
    assert sv.laplacian(x**2 * y**3, x, y) == 2 * y**3 + 6 * x**2 * y
    assert list(sv.grad(u, x)) == [u.diff(x)]


def test_divergence_stays_closed_until_asked():
    u, a = sv.unknown("u", x, y), sv.input_field("a", x, y, default=1)
    flux = sv.div(a * sv.grad(u))
    assert isinstance(flux, Divergence)
    assert flux.doit() == a.diff(x) * u.diff(x) + a * u.diff(x, 2) + a.diff(y) * u.diff(y) + a * u.diff(y, 2)
    assert sp.diff(flux, x).doit().equals(sp.diff(flux.doit(), x))
    assert flux.is_real


@pytest.mark.parametrize("law", [sv.Dirichlet, sv.Neumann])
def test_conditions_are_the_two_ends_of_robin(law):
    u = sv.unknown("u", x, t)
    c = law(u, 3, on="x.min")
    assert isinstance(c, sv.Robin) and c.on == ("x.min",) and c.value == 3
    assert (c.alpha, c.beta) == ((1, 0) if law is sv.Dirichlet else (0, 1))
    assert str(c) == f"{law.__name__}(u, 3, on=x.min)"


def test_conditions_print_shortly():
    u = sv.unknown("u", x, t)
    assert str(sv.Robin(u, 1, 2, 3)) == "Robin(u, 1, 2, 3)"
    assert str(sv.Initial(u.diff(t), x)) == "Initial(u_t, x)"
    assert str(sv.Mean(u)) == "Mean(u, 0)"
