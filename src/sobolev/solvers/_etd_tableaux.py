"""Exponential Runge–Kutta schemes as data.

For y' = L y + N(t, y) and z = hL, a scheme with nodes c_i computes

    Y_i = exp(c_i z) y + h Σ_{j<i} a_ij(z) N(t + c_j h, Y_j),      ŷ = exp(z) y + h Σ_i b_i(z) N(t + c_i h, Y_i),

where every a_ij and b_i is a combination of φ-functions, written as a tuple of terms (factor, k, c): Σ factor φ_k(c z).
"""

from __future__ import annotations

from dataclasses import dataclass

Combination = tuple[tuple[float, int, float], ...]


@dataclass(frozen=True)
class ExponentialTableau:
    """One scheme: `nodes` c, `stages` a (strictly lower triangular), `weights` b."""

    name: str
    order: int
    nodes: tuple[float, ...]
    stages: tuple[tuple[Combination, ...], ...]
    weights: tuple[Combination, ...]

    @property
    def terms(self) -> tuple[tuple[int, float], ...]:
        """All (k, c) that occur, φ₀ included: the functions of z that a step needs."""
        combinations = (*(a for row in self.stages for a in row), *self.weights)
        found = {(k, c) for combination in combinations for _, k, c in combination}
        return tuple(sorted(found | {(0, c) for c in (*self.nodes, 1.0) if c}))

    def __str__(self) -> str:
        return self.name


_NONE: Combination = ()
_HALF: Combination = ((0.5, 1, 0.5),)
_FIRST: Combination = ((1.0, 1, 1.0), (-3.0, 2, 1.0), (4.0, 3, 1.0))
_LAST: Combination = ((-1.0, 2, 1.0), (4.0, 3, 1.0))

# Cox & Matthews, J. Comput. Phys. 176 (2002): eq. 4 (exponential Euler), 22, 23–25, 26–29. In eq. 28, the factor
# (exp(z/2) − 1) φ₁(z/2)/2 of the first stage is φ₁(z) − φ₁(z/2).
ETDRK1 = ExponentialTableau(
    name="ETDRK1",
    order=1,
    nodes=(0.0,),
    stages=((),),
    weights=(((1.0, 1, 1.0),),),
)
ETDRK2 = ExponentialTableau(
    name="ETDRK2",
    order=2,
    nodes=(0.0, 1.0),
    stages=((), (((1.0, 1, 1.0),),)),
    weights=(((1.0, 1, 1.0), (-1.0, 2, 1.0)), ((1.0, 2, 1.0),)),
)
ETDRK3 = ExponentialTableau(
    name="ETDRK3",
    order=3,
    nodes=(0.0, 0.5, 1.0),
    stages=((), (_HALF,), (((-1.0, 1, 1.0),), ((2.0, 1, 1.0),))),
    weights=(_FIRST, ((4.0, 2, 1.0), (-8.0, 3, 1.0)), _LAST),
)
ETDRK4 = ExponentialTableau(
    name="ETDRK4",
    order=4,
    nodes=(0.0, 0.5, 0.5, 1.0),
    stages=((), (_HALF,), (_NONE, _HALF), (((1.0, 1, 1.0), (-1.0, 1, 0.5)), _NONE, ((1.0, 1, 0.5),))),
    weights=(_FIRST, ((2.0, 2, 1.0), (-4.0, 3, 1.0)), ((2.0, 2, 1.0), (-4.0, 3, 1.0)), _LAST),
)

SCHEMES = (ETDRK1, ETDRK2, ETDRK3, ETDRK4)
