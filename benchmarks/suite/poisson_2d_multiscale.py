"""6, Poisson 2d-MS: −∇·(a∇u) = f with a and f constant or smooth on each of 5 × 5 blocks.

Repair: the divergence form, with continuous u and a ∂u/∂n across the blocks. The published residual a Δu + f has no
interface condition, and its solution is 1.47 away. The boundary condition is ∂u/∂n = −u, as in the published reference.

At the corners (±2, −6) stiff blocks (13 and 9, 9 and 7) touch across soft ones (1.5 and 1, 1 and 1.7), and u behaves
like r^0.4: uniform meshes, though aligned with the blocks, only halve the error with the cells. u(0, 0) with P2 on 40²,
80², 160² squares is 3.5039, 3.5234, 3.5339, which extrapolates to 3.5461; adapted meshes give 3.5460 at 30 000 nodes,
3.5463 at the finest. The audit's 3.538 is a uniform mesh's value (its 103 000 unknowns are the 160² squares), so that
its check allows the 1e-2 that such a mesh is off by.
"""

from __future__ import annotations

import sympy as sp

from sobolev import Interval, Problem, Robin, coordinates, div, grad, unknown
from sobolev.methods import FiniteDifference, FiniteElement

from ._case import Case, Check, Contender, Published, Refined
from ._places import in_box

x, y = coordinates("x y")
u = unknown("u", x, y)
# By block: row i counts x, column j counts y.
A = (
    (46.11728, 0.5973282, 0.2922707, 1.262764, 0.1445620),
    (12.71815, 1.469753, 82.58023, 0.2361176, 0.3212575),
    (0.9870683, 9.056933, 87.93604, 0.1319132, 66.24848),
    (6.940130, 1.714366, 1.882944, 0.4777548, 12.26776),
    (65.95316, 22.76514, 5.149506, 10.51730, 6.485008),
)
F0 = (
    (-0.5391451, -0.3776799, 0.9593887, 0.2395792, 0.5298503),
    (-0.8754225, 0.9200586, 0.2302176, 0.1264191, -0.8055526),
    (0.3118254, -0.1239761, 0.7558862, -0.0569081, -0.9684977),
    (-0.4054805, 0.8928609, 0.4394579, -0.8037996, 0.5087800),
    (0.6356460, -0.4348196, -0.8323421, -0.7788386, 0.1785787),
)
F1 = (
    (-0.8293751, 0.1142822, 0.5864437, -0.9370950, 0.4247311),
    (0.4779174, -0.3690794, 0.3396281, 0.3241248, 0.2652650),
    (0.6630160, -0.0797203, -0.7603945, 0.1051315, -0.0586470),
    (0.0761380, -0.1860200, 0.0490580, -0.4134108, 0.2248058),
    (-0.7825124, -0.6358456, 0.8846090, 0.6774741, -0.9848308),
)


def by_block(make) -> sp.Expr:
    """A function that is `make(i, j)` on block (i, j)."""
    columns = []
    for i in range(5):
        rows = [(make(i, j), y < -6 + 4 * j) for j in range(4)] + [(make(i, 4), True)]
        columns.append(sp.Piecewise(*rows))
    return sp.Piecewise(*[(columns[i], x < -6 + 4 * i) for i in range(4)], (columns[4], True))


def statement() -> Problem:
    def source(i: int, j: int) -> sp.Expr:
        wave = sp.sin(sp.pi * (x + 10 - 4 * i) / 4) * sp.sin(sp.pi * (y + 10 - 4 * j) / 4)
        return F0[i][j] + F1[i][j] * wave

    return Problem(
        Interval(x, -10, 10) * Interval(y, -10, 10),
        sp.Eq(-div(by_block(lambda i, j: sp.Float(A[i][j])) * grad(u)), by_block(source)),
        Robin(u, 1, 1, 0),
        name="poisson_2d_multiscale",
    )


CASE = Case(
    number=6,
    name="Poisson 2d-MS",
    statement=statement,
    # Uniform meshes converge like h^0.8 at best, whatever the degree: the adapted ones are the method here.
    contenders=(
        Contender("finite elements, P1", FiniteElement(degree=1), (80, 160)),
        Contender("finite elements, P2", FiniteElement(degree=2), (40, 80, 160)),
        Contender("finite elements, P2, adaptive", FiniteElement(degree=2), (3e-3, 1e-3)),
        Contender("finite differences, order 2", FiniteDifference(), (161,)),
    ),
    truth=Refined(Contender("finite elements, P2, adaptive", FiniteElement(degree=2), (1e-4, 5e-5))),
    places=lambda: in_box({"x": (-10, 10), "y": (-10, 10)}, 101),
    trivial=0.837,
    published=Published(0.630, 0.590, "void"),
    checks=(Check({"x": 0.0, "y": 0.0}, "u", 3.538, 1e-2), Check({"x": 5.0, "y": 5.0}, "u", -1.922, 4e-3)),
)
