import itertools

import jax
import numpy as np
import pytest

import sobolev as sv
from sobolev._core import precision_context
from sobolev.data import Splits, Task
from sobolev.fields import Axis, FieldSpec, Grid, derivative
from sobolev.training import Symmetries


def task_on(grid, ins, outs):
    zero = [np.zeros((1, *grid.shape, len(names))) for names in (ins, outs)]
    return Task(*zero, FieldSpec(ins, grid), FieldSpec(outs, grid), Splits([0], [], []))


def images(symmetries, task, x, y, draws=64):
    """The different images that occur."""
    transform = jax.jit(symmetries.transform(task))
    found = {}
    for key in jax.random.split(jax.random.key(0), draws):
        a, b = (np.asarray(v) for v in transform(x, y, key))
        found.setdefault(a.tobytes(), (a, b))
    return list(found.values())


@pytest.mark.parametrize("kind", ["nodes", "cells", "periodic"])
def test_the_square_has_eight(kind):
    grid = Grid((Axis("x", 0, 1, 6, kind), Axis("y", 2, 3, 6, kind)))
    x = np.random.default_rng(0).standard_normal((6, 6, 1)).astype("f4")
    found = images(Symmetries(flips=True), task_on(grid, ("a",), ("u",)), x, 2 * x)
    assert len(found) == 8
    for a, b in found:
        np.testing.assert_array_equal(b, 2 * a)
        np.testing.assert_allclose(np.sum(grid.weights * a[..., 0]), np.sum(grid.weights * x[..., 0]), rtol=1e-5)
    found = images(Symmetries(), task_on(grid, ("a",), ("u",)), x, x)
    assert sorted(a.tobytes() for a, _ in found) == sorted([x.tobytes(), np.swapaxes(x, 0, 1).tobytes()])


@pytest.mark.parametrize("kind", ["cells", "periodic"])
def test_images_of_a_solution_solve(kind):
    """∇·v, ∇×v and Δψ transform as scalar, pseudo-scalar and scalar under every element."""
    with precision_context("double"):
        length = 2 * np.pi
        grid = Grid((Axis("x", 0, length, 16, kind), Axis("y", 0, length, 16, kind)))
        x, y = grid.coordinates["x"], grid.coordinates["y"]
        v = np.stack([np.sin(x) * np.cos(2 * y), np.cos(3 * x + y)], -1)

        def d(f, axis):
            # Spectral on both kinds of grid: these fields are periodic.
            ring = Grid(tuple(Axis(a.name, 0, length, 16, "periodic") for a in grid.axes))
            return derivative(f[..., None], ring, tuple(int(i == axis) for i in range(2)))[..., 0]

        def curl_and_div(v):
            return np.stack([d(v[..., 1], 0) - d(v[..., 0], 1), d(v[..., 0], 0) + d(v[..., 1], 1)], -1)

        task = task_on(grid, ("u", "v"), ("curl", "div"))
        found = images(Symmetries(flips=True, vectors=(("u", "v"),), odd=("curl",)), task, v, curl_and_div(v))
        assert len(found) == 8
        for image, outputs in found:
            np.testing.assert_allclose(curl_and_div(image), outputs, atol=1e-12)


def test_the_cube_has_forty_eight():
    grid = Grid(tuple(Axis(n, 0, 1, 2, "cells") for n in "xyz"))
    x = np.arange(8.0, dtype="f4").reshape(2, 2, 2, 1)
    assert len(images(Symmetries(flips=True), task_on(grid, ("a",), ("u",)), x, x, draws=600)) == 48


def test_time_axis_stays():
    grid = Grid((Axis("x", 0, 1, 3, "cells"), Axis("y", 0, 1, 3, "cells")))
    x = np.arange(9.0, dtype="f4").reshape(3, 3, 1)
    y = np.stack([x, 10 * x])
    for a, b in images(Symmetries(flips=True), task_on(grid, ("a",), ("u",)), x, y):
        for frame, factor in zip(b, (1, 10), strict=True):
            np.testing.assert_array_equal(frame, factor * a)


def test_what_has_no_such_symmetry_is_refused():
    oblong = Grid((Axis("x", 0, 1, 6, "cells"), Axis("y", 0, 2, 6, "cells")))
    with pytest.raises(sv.UnsupportedError, match="cannot be exchanged"):
        Symmetries().transform(task_on(oblong, ("a",), ("u",)))
    square = Grid((Axis("x", 0, 1, 6, "cells"), Axis("y", 0, 1, 6, "cells")))
    with pytest.raises(sv.ArgumentError, match="missing components"):
        Symmetries(vectors=(("u", "v"),)).transform(task_on(square, ("u",), ("u",)))
    with pytest.raises(sv.ArgumentError, match="none is chosen"):
        Symmetries(transpose=False)


def test_flips_alone_need_no_square():
    oblong = Grid((Axis("x", 0, 1, 4, "cells"), Axis("y", 0, 2, 6, "periodic")))
    x = np.random.default_rng(0).standard_normal((4, 6, 1)).astype("f4")
    found = images(Symmetries(transpose=False, flips=True), task_on(oblong, ("a",), ("u",)), x, x)
    expected = []
    for fx, fy in itertools.product((0, 1), repeat=2):
        z = x[::-1] if fx else x
        expected.append(np.ascontiguousarray(np.roll(z[:, ::-1], 1, 1) if fy else z).tobytes())
    assert sorted(a.tobytes() for a, _ in found) == sorted(expected)


def test_a_symmetrised_operator_commutes_with_the_group():
    import equinox as eqx

    from sobolev.fields import GridField
    from sobolev.operators import AbstractOperator
    from sobolev.training import Symmetrised

    class Lopsided(AbstractOperator):
        inputs: FieldSpec = eqx.field(static=True)
        outputs: FieldSpec = eqx.field(static=True)

        def __call__(self, field):
            u, v = field.values[..., 0], field.values[..., 1]
            x = field.grid.coordinates["x"]
            curl = np.cumsum(np.ones(6))[:, None] * u * x - v**2
            return GridField(jax.numpy.stack([curl, u * v + x], -1), field.grid, ("curl", "div"))

    grid = Grid((Axis("x", 0, 1, 6, "cells"), Axis("y", 0, 1, 6, "cells")))
    symmetries = Symmetries(flips=True, vectors=(("u", "v"),), odd=("curl",))
    ins, outs = FieldSpec(("u", "v"), grid), FieldSpec(("curl", "div"), grid)
    operator = Symmetrised(Lopsided(ins, outs), symmetries)
    with precision_context("double"):
        values = np.random.default_rng(0).standard_normal((6, 6, 2))
        image = operator(GridField(values, grid, ins.names)).values
        assert np.abs(image).max() > 0.1
        for g in symmetries.elements(2):
            moved = operator(GridField(symmetries.action(g, ins)(values), grid, ins.names)).values
            np.testing.assert_allclose(moved, symmetries.action(g, outs)(image), atol=1e-13)
            back = symmetries.action(symmetries.inverse(g), ins)(symmetries.action(g, ins)(values))
            np.testing.assert_array_equal(back, values)
