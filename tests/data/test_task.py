"""Tasks, their views, splits and checks."""

import numpy as np
import pytest

import sobolev as sv
from sobolev.data import Splits, Task, as_task
from sobolev.data._lazy import AbstractSamples, Mapped
from sobolev.fields import Axis, FieldSpec, Grid


def make(n=12, points=8, kind="periodic", times=None, **changes):
    grid = Grid((Axis("x", 0, 1, points, kind),))
    x = np.arange(n)[:, None, None] + grid.axes[0].coordinates[None, :, None]
    frames = () if times is None else (len(times),)
    y = np.broadcast_to(np.expand_dims(2 * x, 1) if frames else 2 * x, (n, *frames, points, 1)).copy()
    parts = dict(inputs=x, outputs=y, input_spec=FieldSpec(("a",), grid), output_spec=FieldSpec(("u",), grid))
    return Task(**{**parts, "splits": Splits.of(n), "times": times, **changes})


def test_splits_are_disjoint_complete_and_repeatable():
    s = Splits.of(100, validation=0.2, test=15, seed=3)
    assert (len(s.train), len(s.validation), len(s.test)) == (65, 20, 15)
    assert np.array_equal(np.sort(np.concatenate([s.train, s.validation, s.test])), np.arange(100))
    assert np.array_equal(s.test, Splits.of(100, validation=0.2, test=15, seed=3).test)
    assert not np.array_equal(s.test, Splits.of(100, validation=0.2, test=15, seed=4).test)
    assert len(Splits.of(4).test) == 1 and len(Splits.of(1).train) == 1


@pytest.mark.parametrize("arguments", [(0,), (10, 0.5, 5), (10, -0.1), (10, 1.5), (10, 10, 0)])
def test_splits_refuse(arguments):
    with pytest.raises(sv.ArgumentError):
        Splits.of(*arguments)


def test_subset_keeps_each_sample_in_its_part():
    task = make()
    part = task.subset([5, 3, 11, 0])
    assert np.array_equal(part.arrays(slice(None))[0], task.arrays([5, 3, 11, 0])[0])
    for name in ("train", "validation", "test"):
        old = np.array([5, 3, 11, 0])[getattr(part.splits, name)]
        assert set(old) <= set(getattr(task.splits, name))


@pytest.mark.parametrize(("kind", "points"), [("periodic", 8), ("nodes", 9), ("cells", 8), ("chebyshev", 9)])
def test_coarsening_gives_the_same_function_on_the_coarser_grid(kind, points):
    task = make(points=points, kind=kind, times=np.array([0.0, 1.0]))
    coarse = task.coarsened(2)
    x, y = coarse.arrays([3])
    points = coarse.input_spec.grid.axes[0].coordinates
    assert np.allclose(x[0, :, 0], 3 + points) and np.allclose(y[0, 1, :, 0], 2 * (3 + points))
    with pytest.raises(sv.ArgumentError, match="divisible by 3"):
        task.coarsened(3)


def test_test_data_from_another_task():
    task, other = make(), make(5)
    joined = task.with_test(other)
    assert joined.samples == 17 and len(joined.splits.train) == 11
    assert np.array_equal(joined.arrays(joined.splits.test)[1], other.arrays(slice(None))[1])
    with pytest.raises(sv.DataError, match="do not match"):
        task.with_test(other.coarsened(2))


def test_times_view_keeps_the_start():
    task = make(times=np.array([0.0, 0.5, 1.0]))
    late = task.at_times([2])
    assert np.array_equal(late.times, [0.0, 1.0]) and late.arrays([0])[1].shape == (1, 2, 8, 1)


def test_values_that_are_not_finite_are_located():
    task = make()
    task.outputs[7, 3, 0] = np.nan
    task.arrays([0, 1])
    with pytest.raises(sv.DataError, match=r"nan in channel 'u' of sample 7 at index \(3,\)"):
        task.arrays([6, 7])
    with pytest.raises(sv.DataError, match="1 such values in 1 samples"):
        task.check()
    assert task.subset([i for i in range(12) if i != 7]).loaded().samples == 11


def test_lazy_arrays_slice_like_numpy():
    base = np.random.default_rng(0).normal(size=(10, 4, 2))
    lazy = Mapped(base, lambda v: v, (4, 2))
    assert isinstance(lazy, AbstractSamples) and lazy.shape == base.shape
    for index in (3, -1, slice(2, 8, 3), [4, 1, 1], np.arange(10) % 2 == 0, (slice(0, 3), 2), (5, 1, 0)):
        assert np.array_equal(lazy[index], base[index])
    assert lazy[[]].shape == (0, 4, 2)
    assert np.array_equal(np.asarray(lazy), base)
    with pytest.raises(sv.ArgumentError, match="below 10"):
        lazy[10]


def test_as_task_refuses_what_is_no_data():
    with pytest.raises(sv.ArgumentError, match="no data set"):
        as_task(3.0)
    task = make()
    assert as_task(task).inputs is task.inputs
    assert "8 periodic x" in repr(task)
