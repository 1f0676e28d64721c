"""References carry their own error bar and residual."""

import sympy as sp

import sobolev as sv
from sobolev import methods, problems


def test_exact_solution_gives_the_error_bar():
    problem = problems.heat(1, boundary="periodic")
    r = sv.reference(problem, tolerance=1e-6, quiet=True)
    assert r.error_bar.source == "exact solution"
    assert r.error_bar.relative_l2 < 1e-6 and r.error_bar.relative_max < 1e-6
    assert r.error_bar.residual < 1e-4
    coarse = sv.solve(problem, methods.SpectralETD(), resolution=8, times=[0.0, 0.001], quiet=True)
    assert coarse.compare(r).reference_error == r.error_bar.relative_l2


def test_two_resolutions_give_the_error_bar_without_one():
    problem = problems.nonlinear_poisson()
    exact = sv.reference(problem, methods.FiniteDifference(), tolerance=2e-3, quiet=True)
    blind = sv.reference(problem.replace(exact=None), methods.FiniteDifference(), tolerance=2e-3, quiet=True)
    assert blind.error_bar.source == "two resolutions"
    assert exact.error_bar.relative_l2 <= blind.error_bar.relative_l2 <= 2e-3
    assert blind.error_bar.residual < 0.1


def test_a_reference_of_the_wrong_statement_shows_in_its_residual():
    problem = problems.heat(1, boundary="periodic", stop=0.1)
    r = sv.reference(problem, quiet=True)
    (u,) = problem.unknowns
    x, t = problem.domain.coordinates
    other = problem.replace(equations=[sp.Eq(u.diff(t), -u.diff(x, 2) * problem.parameters[0])], exact=None)
    from sobolev.solutions._residuals import residual_errors

    assert max(residual_errors(r.field, other, r.values).values()) > 0.5
