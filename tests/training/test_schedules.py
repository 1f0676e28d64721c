import jax.numpy as jnp
import numpy as np
import pytest

import sobolev as sv
from sobolev.training import Constant, Cosine, Epochs, Minutes, OneCycle, StepDecay, Steps


def at(schedule, *shares):
    return [float(schedule(jnp.asarray(s))) for s in shares]


def test_shapes():
    assert at(Constant(0.1), 0, 0.5, 1) == pytest.approx([0.1] * 3)
    assert at(Cosine(1.0, warmup=0.2, floor=0.1), 0, 0.1, 0.2, 0.6, 1) == pytest.approx([0, 0.5, 1, 0.55, 0.1])
    assert at(Cosine(1.0, warmup=0.0), 0, 1 / 3, 1) == pytest.approx([1, 0.75, 0], abs=1e-6)
    cycle = OneCycle(1.0, warmup=0.5, start_divisor=10, end_divisor=100)
    assert at(cycle, 0, 0.25, 0.5, 0.75, 1) == pytest.approx([0.1, 0.55, 1, 0.505, 0.01])
    assert at(StepDecay(1.0, 0.5, 0.2), 0, 0.199, 0.2, 0.4, 0.6, 0.8, 1) == pytest.approx(
        [1, 1, 0.5, 0.25, 0.125, 0.0625, 0.0625]
    )


def test_schedules_never_leave_their_range():
    shares = jnp.linspace(0, 1, 1001)
    for schedule in (Cosine(2.0), OneCycle(2.0), StepDecay(2.0)):
        rates = np.array([float(schedule(s)) for s in shares[::50]])
        assert (rates >= 0).all() and (rates <= 2 * (1 + 1e-6)).all()


def test_budgets_count_steps():
    assert Epochs(3).steps(7) == 21
    assert Steps(5).steps(7) == 5
    assert Minutes(0.5).seconds == 30 and Minutes(1).steps(7) is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: Epochs(0),
        lambda: Epochs(1.5),
        lambda: Steps(True),
        lambda: Minutes(0),
        lambda: Minutes(float("inf")),
        lambda: OneCycle(-1.0),
        lambda: Cosine(1.0, warmup=1.0),
        lambda: StepDecay(1.0, every=0),
        lambda: Constant(float("nan")),
    ],
)
def test_wrong_numbers_are_refused(make):
    with pytest.raises(sv.ArgumentError):
        make()
