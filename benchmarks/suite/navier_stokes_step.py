"""12, NS 2d-CG: steady flow behind a backward step, ν = 1/100.

Repaired: at the outflow the original asks for p = 0 and says nothing of the velocity, which is not enough; here p = 0
and v = 0, so that u_x = 0 follows. The published reference suppresses the flow back through the outflow, and is 6.5e-2
from this statement. At the corner of the step p and the velocity's gradient are infinite: the mesh is refined where the
residual is large.
"""

from __future__ import annotations

from sobolev import Problem, problems
from sobolev.methods import FiniteElement

from ._case import Case, Check, Contender, Published, Refined
from ._places import in_shape


def statement() -> Problem:
    return problems.obstacle_flow(obstacles=False)


CASE = Case(
    number=12,
    name="NS 2d-CG",
    statement=statement,
    contenders=(
        Contender("Taylor–Hood, uniform mesh", FiniteElement(degree=2), (32, 48)),
        Contender("Taylor–Hood, adapted mesh", FiniteElement(degree=2), (1e-2, 3e-3)),
    ),
    truth=Refined(Contender("Taylor–Hood, adapted mesh", FiniteElement(degree=2), (2e-3, 1e-3))),
    places=lambda: in_shape(statement().space, ("x", "y")),
    trivial=0.800,
    published=Published(0.119, 8.24e-2, "floor", 6.5e-2),
    checks=(
        Check({"x": 3.0, "y": 0.5}, "u", 0.886, 2e-3),
        Check({"x": 3.0, "y": 1.5}, "u", -0.0566, 1e-3),
        Check({"x": 3.0, "y": 0.5}, "v", 0.0675, 1e-3),
        Check({"x": 0.0, "y": 0.5}, "p", 0.135, 2e-3),
    ),
)
