"""Named parts of boundaries: complete, disjoint, by shape, by condition."""

import math

import jax
import numpy as np
import pytest
import sympy as sp

import sobolev as sv

x, y, z = sv.coordinates("x y z")
PLATE = sv.Rectangle((x, 0, 2), (y, 0, 1))
HOLE = sv.Disk((x, y), (0.5, 0.5), 0.2, name="inner")
OTHER = sv.Disk((x, y), (1.5, 0.5), 0.3)
SHAPE = PLATE - HOLE - OTHER


def test_parts_are_complete_and_disjoint():
    assert SHAPE.parts == ("x.min", "x.max", "y.min", "y.max", "inner", "disk")
    lengths = [SHAPE.boundary[part].measure for part in SHAPE.parts]
    assert lengths == pytest.approx([1, 1, 2, 2, 0.4 * math.pi, 0.6 * math.pi])
    assert sum(lengths) == pytest.approx(SHAPE.boundary.measure)
    b = SHAPE.boundary.sample(500, key=jax.random.key(0))
    belongs = np.stack([SHAPE.boundary[part].contains(b.points) for part in SHAPE.parts])
    assert np.all(belongs.sum(0) == 1)
    assert np.array_equal(belongs.argmax(0), b.parts)


def test_groups_stand_for_all_parts_of_a_shape():
    assert SHAPE.boundary["rectangle"].parts == ("x.min", "x.max", "y.min", "y.max")
    two = PLATE - sv.Disk((x, y), (0.5, 0.5), 0.2) - sv.Disk((x, y), (1.5, 0.5), 0.2)
    assert two.parts[-2:] == ("disk.1", "disk.2") and two.boundary["disk"].parts == ("disk.1", "disk.2")
    same = PLATE - sv.Disk((x, y), (0.5, 0.5), 0.2, name="hole") - sv.Disk((x, y), (1.5, 0.5), 0.2, name="hole")
    assert same.parts[-1] == "hole" and same.boundary["hole"].measure == pytest.approx(0.8 * math.pi)
    triangle = sv.Polygon((x, y), [(0, 0), (0, 1), (1, 0)])
    assert triangle.parts == ("polygon.1", "polygon.2", "polygon.3")
    assert [triangle.boundary[p].measure for p in triangle.parts] == pytest.approx([1, math.sqrt(2), 1])


def test_where_cuts_exactly():
    top = HOLE.boundary.where(y > 0.6)
    assert top.measure == pytest.approx(0.2 * 2 * math.acos(0.5), rel=1e-10)
    slit = SHAPE.boundary["y.min"].where((x > 0.25) & (x < 1))
    assert slit.measure == pytest.approx(0.75)
    assert slit.where(x < 0.5).measure == pytest.approx(0.25)
    either = SHAPE.boundary["y.min"].where((x < 0.25) | (x > 1.5))
    assert either.measure == pytest.approx(0.75)
    rest = SHAPE.boundary["y.min"].where(~((x < 0.25) | (x > 1.5)))
    assert rest.measure == pytest.approx(1.25)
    b = top.sample(200, kind="halton", key=jax.random.key(1))
    assert np.all(b.points[:, 1] >= 0.6) and top.contains(b.points).all()
    cap = sv.Ball((x, y, z), (0, 0, 0), 1).boundary.where(z > 0.5)
    assert cap.measure == pytest.approx(math.pi, rel=1e-3)
    assert str(top) == "inner where y > 0.6" and str(SHAPE.boundary.where(x > 1)) == "boundary where x > 1"


def test_select_takes_names_parts_and_parts_of_what_it_is_made_of():
    assert SHAPE.select(None) == SHAPE.boundary
    assert SHAPE.select("inner").parts == ("inner",)
    assert SHAPE.select(HOLE.boundary).parts == ("inner",)
    assert SHAPE.select(OTHER.boundary.where(x > 1.5)).measure == pytest.approx(0.3 * math.pi)
    assert SHAPE.select(("inner", PLATE.boundary["x.min"])).parts == ("inner", "x.min")
    moved = SHAPE.moved(1, 0)
    assert moved.select(HOLE.moved(1, 0).boundary).parts == ("inner",)
    with pytest.raises(sv.ArgumentError, match="another shape"):
        moved.select(HOLE.boundary)
    both = SHAPE.select((HOLE.boundary.where(x > 0.6), HOLE.boundary.where(x < 0.4)))
    assert both.measure == pytest.approx(0.2 * 4 * math.acos(0.5))


def test_conditions_read_as_they_are_written():
    u = sv.unknown("u", x, y)
    assert str(sv.Dirichlet(u, 0, on=HOLE.boundary.where(x > 0.5))) == "Dirichlet(u, 0, on=inner where x > 0.5)"
    assert sv.Dirichlet(u, 0, on=PLATE.boundary["x.min"]).on == ("x.min",)
    assert sp.And(x > 0, y > 0) == SHAPE.boundary.where(x > 0).where(y > 0).condition
