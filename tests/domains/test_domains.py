"""Intervals, boxes, time and their products."""

import math

import pytest
import sympy as sp

import sobolev as sv
from sobolev.domains import Box, Domain

x, y, z, t = sv.coordinates("x y z t")


def test_interval():
    side = sv.Interval(x, -sp.pi, 2)
    assert (side.lower, side.upper, side.name) == (-math.pi, 2.0, "x")
    assert side.length == pytest.approx(2 + math.pi)
    assert side.parts == ("x.min", "x.max")
    assert sv.Interval(x, 0, 1, periodic=True).parts == ()
    assert str(sv.Interval(x, 0, 1, periodic=True)) == "periodic x in [0, 1]"


def test_products_in_any_order():
    a, b, time = sv.Interval(x, 0, 1), sv.Interval(y, 0, 2, periodic=True), sv.Time(t, 0, 3)
    domain = a * b * time
    assert isinstance(domain, Domain)
    assert domain == Domain(Box((a, b)), time) == (a * time) * b == a * (time * b)
    assert domain.coordinates == (x, y, t)
    assert domain.ndim == 2
    assert str(domain) == "x in [0, 1], periodic y in [0, 2], t in [0, 3]"


def test_box():
    box = (sv.Interval(x, 0, 1) * sv.Interval(y, 1, 3) * sv.Interval(z, 0, 1, periodic=True)).space
    assert (box.ndim, box.measure, box.lengths) == (3, 2.0, (1.0, 2.0, 1.0))
    assert box.parts == ("x.min", "x.max", "y.min", "y.max")
    assert not box.is_periodic
    assert box.side("y").upper == 3
    assert (box * sv.Time(t, 0, 1)).time == sv.Time(t, 0, 1)


def test_time_and_nothing_else():
    domain = Domain.of(sv.Time(t, 1, 2))
    assert domain.space is None and domain.ndim == 0 and domain.coordinates == (t,)
    assert domain.time.length == 1


SIX = sv.coordinates("a b c d e f")


@pytest.mark.parametrize(
    ("make", "fragment"),
    [
        (lambda: sv.Interval(x, 1, 1), "is empty"),
        (lambda: sv.Interval(x, 0, float("nan")), "not finite"),
        (lambda: sv.Interval(x, 0, y), "not a number"),
        (lambda: sv.Interval(x, 0, None), "not a number"),
        (lambda: sv.Time("t", 0, 1), "needs a coordinate"),
        (lambda: sv.Time(t, 0, -1), "backwards"),
        (lambda: Box(()), "product of intervals"),
        (lambda: Box((1, 2)), "product of intervals"),
        (lambda: sv.Interval(x, 0, 1) * sv.Interval(x, 0, 1), "names a coordinate twice"),
        (lambda: sv.Interval(x, 0, 1) * sv.Time(x, 0, 1), "both space and time"),
        (lambda: sv.Time(t, 0, 1) * sv.Time(y, 0, 1), "one time"),
        (
            lambda: math.prod((sv.Interval(c, 0, 1) for c in SIX), start=sv.Interval(x, 0, 1)),
            "six",
        ),
        (lambda: sv.Interval(x, 0, 1).__mul__("t"), "not a domain"),
        (lambda: Box((sv.Interval(x, 0, 1),)).side("y"), "no such coordinate"),
    ],
)
def test_refused_by_name(make, fragment):
    with pytest.raises(sv.ArgumentError, match=fragment):
        make()
