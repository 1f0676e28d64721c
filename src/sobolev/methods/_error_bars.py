"""From the distances of successive levels to the error of the finest.

An error that falls like h^p is d/(r^p − 1) on the finer of two levels at distance d, one r times as fine as the other
(Richardson, 1911; Roache, *Verification and Validation in Computational Science and Engineering*, 1998). With p ≥ 1 and
r ≥ 2 the distance itself is enough. It is not where convergence is slower: a shock smeared over a cell leaves O(√h) in
L2, 2.4 times the distance, and the maximum does not fall at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import scipy.optimize

from ._refinement import Difference

_LEAST_ORDER = 0.3  # slower convergence cannot be told from none
_MOST_ORDER = 10.0  # seen on two levels, beyond which distances say the same
_JUMP = 0.05  # of the field's height: levels that are so far apart at a place
_PEAKED = 2.5  # and so many times as far as in L2, differ by where a jump stands
_AT_JUMPS = 0.5  # order in L2


@dataclass(frozen=True)
class Distance:
    """How far a level is from the one before, and how many times as fine it is (per side)."""

    found: Difference
    ratio: float


@dataclass(frozen=True)
class Estimate:
    """The estimated error of the finest level, and the order in L2 that it rests on."""

    error: Difference
    order: float


def with_distance(
    distances: Sequence[Distance], found: Difference | None, resolutions: Sequence[tuple[int, ...]]
) -> list[Distance]:
    """The distances of levels in a row, one more; none where the last level or that before failed.

    Two of the same grid, of which one has more times saved, say nothing new about it: the larger distance stays.
    """
    if found is None:
        return []
    old, new = resolutions[-2:]
    ratio = (math.prod(new) / math.prod(old)) ** (1 / len(new)) if new else 1.0
    if not new or ratio > 1:
        return [*distances, Distance(found, ratio)]
    last = distances[-1]
    worst = Difference(*(max(a, b) for a, b in zip(_pair(last.found), _pair(found), strict=True)))
    return [*distances[:-1], Distance(worst, last.ratio)]


def estimated_error(distances: Sequence[Distance], formal: float) -> Estimate:
    """The error of the last level, from the distances of the levels so far: never less than the last distance.

    The order is the one that the last three levels show, at most the method's `formal` one, and at most ½ where the
    last two differ by a jump: which of its cells a shock stands in changes from level to level, and orders seen across
    it say nothing.
    """
    last = distances[-1]
    square, highest = (_order(distances, formal, name) for name in ("relative_l2", "relative_max"))
    found = last.found
    if found.relative_max > max(_JUMP, _PEAKED * found.relative_l2):
        square, highest = min(square, _AT_JUMPS), _LEAST_ORDER
    in_square, at_most = (
        d * error_over_distance(last.ratio, p) for d, p in zip(_pair(found), (square, highest), strict=True)
    )
    # Where a jump stands in another cell the whole height is wrong, and no more.
    at_most = max(found.relative_max, min(at_most, 1.0))
    return Estimate(Difference(in_square, at_most), square)


def _pair(found: Difference) -> tuple[float, float]:
    return found.relative_l2, found.relative_max


def _order(distances: Sequence[Distance], formal: float, name: str) -> float:
    if len(distances) < 2 or min(d.ratio for d in distances[-2:]) <= 1:
        return formal
    older, newer = (getattr(d.found, name) for d in distances[-2:])
    return min(formal, observed_order(older, newer, distances[-2].ratio, distances[-1].ratio))


def observed_order(older: float, newer: float, first: float, second: float) -> float:
    """p from the distances of three levels, each `first` and then `second` times as fine as the one before.

    With errors C h^p the distances are as (r₁^p − 1) to (1 − r₂^(−p)). Clipped to [0.3, 10].
    """
    seen = max(older, 1e-300) / max(newer, 1e-300)

    def gap(p: float) -> float:
        return (first**p - 1) / (1 - second**-p) - seen

    if gap(_LEAST_ORDER) >= 0:
        return _LEAST_ORDER
    return _MOST_ORDER if gap(_MOST_ORDER) <= 0 else float(scipy.optimize.brentq(gap, _LEAST_ORDER, _MOST_ORDER))


def error_over_distance(ratio: float, order: float) -> float:
    """Error over distance, at least one; tolerances that are tightened instead of a grid refined have no ratio."""
    return 1.0 if ratio <= 1 or math.isinf(order) else max(1.0, 1 / (ratio**order - 1))
