"""Finite elements where a sphere is boundary: declared orders in L2 and H1, of eigenvalues, and with tractions."""

import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev.domains import middles
from sobolev.methods import FiniteElement
from sobolev.spaces import FiniteElement as Space

pytest.importorskip("gmsh")
pytest.importorskip("skfem")

AXES = x, y, z = sv.coordinates("x y z")
w = sv.unknown("w", *AXES)
BALL = sv.Ball(AXES, (0, 0, 0), 1.0)
CUBE = sv.Cuboid((x, -1, 1), (y, -1, 1), (z, -1, 1))
SIDES = tuple(f"{c}.{end}" for c in "xyz" for end in ("min", "max"))
EXACT = sp.exp(x) * sp.cos(y) * (1 + z**2) + sp.sin(2 * z)


def hole(radius, centre=(0, 0, 0)):
    return CUBE - sv.Ball(AXES, centre, radius, name="hole")


BITE = hole(0.7, (0.2, 0.1, 1.2))


def grad(f):
    return [sp.diff(f, c) for c in AXES]


def along(vector, normal):
    return sum(a * n for a, n in zip(vector, normal, strict=True))


def errors(solution, exact):
    """Relative errors in L2 and in the seminorm of H1, by a quadrature of order 6 on the cells, curved as they are.

    Of all unknowns that `exact` names, together.
    """
    space, total = solution.space, np.zeros((2, 2))
    rule = space.table.rule(6)
    weights = rule.weights[:, None] * rule.size
    coefficients = np.asarray(solution.coefficients)
    for k, name in enumerate(solution.names):
        if name not in exact:
            continue
        local, goal = coefficients[:, k][space.dofs], exact[name]
        slopes = np.einsum("aiq,im->aqm", rule.basis[1:], local)
        inverse = np.broadcast_to(rule.inverse, (3, 3, *weights.shape)) if space.curved else rule.inverse
        found = [rule.basis[0].T @ local, *np.einsum("aj...m,a...m->j...m", inverse, slopes)]
        for i, (e, value) in enumerate(zip([goal, *grad(goal)], found, strict=True)):
            right = sp.lambdify(AXES, e)(*rule.points)
            total[min(i, 1)] += (weights * (value - right) ** 2).sum(), (weights * right**2 * np.ones_like(value)).sum()
    return np.sqrt(total[:, 0] / total[:, 1])


def orders(problem, exact, degree, resolutions):
    """Observed orders in the mesh size, which is nodes^(−1/3), and the errors of the finer mesh."""
    solutions = [sv.solve(problem, FiniteElement(degree=degree), resolution=n, quiet=True) for n in resolutions]
    return observed_orders(solutions, exact)


def observed_orders(solutions, exact):
    size = [s.space.size ** (-1 / 3) for s in solutions]
    coarse, fine = (errors(s, exact) for s in solutions)
    return np.log(coarse / fine) / np.log(size[0] / size[1]), fine


def statement(region, normal, alpha, beta, flip=1):
    """−Δw + w = f; α w + β ∂w/∂n = g on the sphere, the exact values elsewhere."""
    part = next(p for p in region.parts if p not in SIDES)
    data = alpha * EXACT + flip * beta * along(grad(EXACT), normal)
    conditions = [sv.Robin(w, alpha, beta, data, on=part)]
    if part == "hole":
        conditions.append(sv.Dirichlet(w, EXACT, on=SIDES))
    right = EXACT - sum(sp.diff(EXACT, c, 2) for c in AXES)
    return sv.Problem(region, [sp.Eq(-sv.laplacian(w) + w, right)], conditions)


def sphere(radius, centre=(0, 0, 0), sign=1):
    return [sign * (c - sp.Float(m)) / sp.Float(radius) for c, m in zip(AXES, centre, strict=True)]


CASES = {
    "ball, Robin": (BALL, sphere(1), 2, 1),
    "bite into a face, flux": (BITE, sphere(0.7, (0.2, 0.1, 1.2), -1), 0, 1),
}


@pytest.mark.parametrize("case", CASES)
def test_quadratic_cells_keep_their_order_at_spheres(case):
    """Order 3 in L2 and 2 in H1. Straight cells would have 2 and 1.5, flat ones left between two facets 1 to 2."""
    observed, error = orders(statement(*CASES[case]), {"w": EXACT}, 2, (4, 9))
    assert observed[0] > 2.8 and observed[1] > 1.85
    assert error[0] < 4.5e-4 and error[1] < 1.1e-2


def test_straight_cells_of_degree_one_are_good_enough():
    observed, error = orders(statement(*CASES["ball, Robin"]), {"w": EXACT}, 1, (6, 12))
    assert observed[0] > 1.8 and observed[1] > 0.9
    assert error[0] < 8e-3


def test_a_normal_the_wrong_way_is_seen():
    problem = statement(*CASES["bite into a face, flux"], flip=-1)
    assert errors(sv.solve(problem, FiniteElement(), resolution=4, quiet=True), {"w": EXACT})[0] > 0.1


def test_eigenvalues_of_the_ball():
    """π² and, threefold, the square of the first zero of j₁; order 2 (degree 1) and 4 (degree 2)."""
    energy = sv.eigenvalue("E")
    exact = np.array([np.pi**2, *[4.493409457909064**2] * 3])
    problem = sv.Problem(
        BALL, [sp.Eq(-sv.laplacian(w), energy * w)], [sv.Dirichlet(w, 0), sv.Normalised(w)], name="ball"
    )
    for degree, resolutions, most in ((1, (6, 12), 0.07), (2, (4, 9), 2e-3)):
        values, sizes = [], []
        for n in resolutions:
            pairs = sv.eigenpairs(problem, 4, points=n, degree=degree)
            values.append([pair.value for pair in pairs])
            sizes.append(pairs[0].function.space.size ** (-1 / 3))
        error = np.array(values) / exact - 1
        assert (error > 0).all()  # from above, by the minimum principle
        assert (np.log(error[0] / error[1]) / np.log(sizes[0] / sizes[1])).min() > 2 * degree - 0.4
        assert error[1].max() < most


def test_traction_on_a_sphere():
    """Linear elasticity, λ = 2 and μ = 1, its stress prescribed on a hole: every displacement to orders 3 and 2."""
    u = [sv.unknown(name, *AXES) for name in ("u1", "u2", "u3")]
    exact = [sp.sin(x + y) * z, sp.exp(z / 2) * sp.cos(y), x * y + sp.sin(z) * x**2]

    def stress(d):
        volume = sum(sp.diff(d[i], AXES[i]) for i in range(3))
        return [
            [2 * volume * int(i == j) + sp.diff(d[i], AXES[j]) + sp.diff(d[j], AXES[i]) for j in range(3)]
            for i in range(3)
        ]

    load = [sum(sp.diff(s, c) for s, c in zip(row, AXES, strict=True)) for row in stress(exact)]
    traction = [along(row, sphere(0.6, sign=-1)) for row in stress(exact)]
    equations = [sp.Eq(sv.div(row, *AXES), f) for row, f in zip(stress(u), load, strict=True)]
    conditions = [sv.Flux(d, t, on="hole") for d, t in zip(u, traction, strict=True)]
    conditions += [sv.Dirichlet(d, e, on=SIDES) for d, e in zip(u, exact, strict=True)]
    problem = sv.Problem(hole(0.6), equations, conditions)
    observed, error = orders(problem, dict(zip(("u1", "u2", "u3"), exact, strict=True)), 2, (4, 6))
    assert observed[0] > 2.7 and observed[1] > 1.8
    assert error[0] < 1e-3


def test_flow_in_a_ball():
    """Stokes by Taylor–Hood: velocities to orders 3 and 2, pressures (linear) to 2 and 1."""
    u, p = [sv.unknown(name, *AXES) for name in ("u1", "u2", "u3")], sv.unknown("p", *AXES)
    exact, pressure = [sp.sin(y) * z, sp.sin(z) * x, sp.sin(x) * y], sp.sin(x) + y * z
    force = [-sum(sp.diff(e, c, 2) for c in AXES) + q for e, q in zip(exact, grad(pressure), strict=True)]
    equations = [sp.Eq(-sv.laplacian(d) + p.diff(c), f) for d, c, f in zip(u, AXES, force, strict=True)]
    equations.append(sp.Eq(sv.div(u, *AXES), 0))
    walls = [sv.Dirichlet(d, e) for d, e in zip(u, exact, strict=True)]
    problem = sv.Problem(BALL, equations, [*walls, sv.Mean(p, 0)])
    solutions = [sv.solve(problem, FiniteElement(), resolution=n, quiet=True) for n in (6, 9)]
    velocities = {d.func.__name__: e for d, e in zip(u, exact, strict=True)}
    observed, error = observed_orders(solutions, velocities)
    assert observed[0] > 2.9 and observed[1] > 1.9 and error[0] < 6e-4
    observed, error = observed_orders(solutions, {"p": pressure})
    assert observed[0] > 1.9 and observed[1] > 0.9 and error[0] < 1e-2


SPHERE = 4 / 3 * np.pi
VOLUMES = [
    (BALL, SPHERE, 10),
    (hole(0.3), 8 - SPHERE * 0.3**3, 12),
    (hole(0.8), 8 - SPHERE * 0.8**3, 12),
    (BITE, 8 - np.pi * 0.5**2 * (3 * 0.7 - 0.5) / 3, 10),
]


@pytest.mark.parametrize(("region", "volume", "times"), VOLUMES)
def test_curved_meshes_fill_their_solids(region, volume, times):
    """To order 4, by cells and, with ∮ x·n = 3 V, by facets; no cell has two facets on a sphere."""
    missing = []
    for n in (6, 12):
        mesh = region.mesh(2 / n)
        table = Space(mesh, 2, (), True).table
        rule, facets = table.rule(4), table.facet_rule(np.arange(len(mesh.facets)), 4)
        found = (rule.weights[:, None] * rule.size).sum()
        assert (facets.weights * (facets.points * facets.normals).sum(0)).sum() / 3 == pytest.approx(found, rel=1e-12)
        missing.append(abs(found - volume))
        on = mesh.facets[np.array(mesh.part_names)[mesh.facet_parts] == region.parts[-1]]
        keys = {tuple(f) for f in np.sort(on, 1).tolist()}
        inside = np.isin(mesh.cells, on).all(1)
        sides = np.sort(mesh.cells[inside][:, [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]], 2).tolist()
        assert all(sum(tuple(side) in keys for side in cell) < 2 for cell in sides)
    assert missing[1] < missing[0] / times


def test_edges_and_creases_are_projected_onto_themselves():
    """Points of edges lay on neither face before, and went to the hole; middles of chords stay on the crease."""
    edges = np.array([[1, 1, 0.25], [-1, 0.3, 1], [0.4, 1, -1], [1, 1, 1]])
    assert np.array_equal(BITE.project(edges), edges)
    assert ((BITE.normals(edges) * edges).sum(1) == 1).all()
    for centre in ((0.2, 0.1, 1.2), (0.2, 0.1, 0.8)):  # the sphere is nearer than the crease, or farther
        angle = np.array([0.0, 0.3, 2.0])[:, None] + [-0.2, 0, 0.2]
        rim = np.stack([0.2 + np.sqrt(0.45) * np.cos(angle), 0.1 + np.sqrt(0.45) * np.sin(angle), np.ones((3, 3))], -1)
        np.testing.assert_allclose(middles(hole(0.7, centre), rim[:, [0, 2]]), rim[:, 1], atol=1e-12)
