import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tiny_learning import TinyNet, decay_task

import sobolev as sv
from sobolev._core import precision_context
from sobolev.fields import FieldSpec, GridField
from sobolev.operators import AbstractOperator
from sobolev.training import Constant as ConstantRate
from sobolev.training import (
    Epochs,
    Execution,
    FinalTime,
    GradientDescent,
    OneCycle,
    OneStep,
    Steps,
    Training,
    WholeTrajectory,
    fit,
    rollout,
)

KEY = jax.random.key(0)


class Factor(AbstractOperator):
    """u ↦ factor · u + shift · c."""

    inputs: FieldSpec = eqx.field(static=True)
    outputs: FieldSpec = eqx.field(static=True)
    factor: jax.Array

    def __call__(self, field):
        return GridField(self.factor * field.values[..., :1], field.grid, ("u",))


def test_final_time_is_the_frame_asked_for():
    task = decay_task()
    for time, frame in ((None, 6), (1.0, 2)):
        final = FinalTime(time)(task)
        assert final.times is None and final.step is None
        np.testing.assert_array_equal(final.outputs[2:4], task.outputs[2:4, frame])
    for time in (0.0, 0.75, 9.0):
        with pytest.raises(sv.ArgumentError, match="not saved"):
            FinalTime(time)(task)


def test_whole_trajectory_names_its_frames():
    task = decay_task(frames=3)
    whole = WholeTrajectory()(task)
    assert whole.output_spec.names == ("u@0.5", "u@1")
    np.testing.assert_array_equal(whole.outputs[1][..., 1], task.outputs[1, 2, :, 0])


def test_one_step_windows():
    task = decay_task()
    step = OneStep(stride=2, unroll=2)(task)
    assert step.step == 1.0 and step.times.tolist() == [0, 1, 2]
    # 7 frames, windows 0-2-4 and 2-4-6 of each trajectory; the constant channel goes along.
    assert step.samples == 2 * task.samples
    for sample, (trajectory, frames) in {3: (1, (2, 4, 6)), 8: (4, (0, 2, 4))}.items():
        np.testing.assert_array_equal(step.outputs[sample], task.outputs[trajectory, list(frames)])
        np.testing.assert_array_equal(step.inputs[sample][..., :1], task.outputs[trajectory, frames[0]])
        assert (step.inputs[sample][..., 1] == trajectory).all()
    parts = (step.splits.train, step.splits.validation, step.splits.test)
    assert [sorted(set((part // 2).tolist())) for part in parts] == [[0, 1, 2, 3], [4], [5]]


def test_rollout_carries_constant_channels():
    task = decay_task()

    class Sum(AbstractOperator):
        inputs: FieldSpec = eqx.field(static=True)
        outputs: FieldSpec = eqx.field(static=True)

        def __call__(self, field):
            return GridField(field.values[..., :1] + field.values[..., 1:], field.grid, ("u",))

    field = GridField(task.inputs[3], task.input_spec.grid, task.input_spec.names)
    rolled = rollout(Sum(task.input_spec, task.output_spec), field, 4)
    for k in range(4):
        np.testing.assert_allclose(rolled[k, :, 0], task.inputs[3][:, 0] + 3 * (k + 1), rtol=1e-5)


def test_the_unrolled_gradient_goes_through_every_step():
    """d/dq of the mean over k = 1, 2, 3 of |qᵏ − e^(−k/2)| / e^(−k/2), from one step of gradient descent."""
    task = OneStep(unroll=3)(decay_task(extra=False))
    q, rate = 0.5, 1e-3
    with precision_context("double"):
        start = Factor(task.input_spec, task.output_spec, jnp.asarray(q))
    training = Training(
        Steps(1),
        batch=1000,
        schedule=ConstantRate(rate),
        optimiser=GradientDescent(),
        execution=Execution(precision="double"),
    )
    result = fit(start, dataclasses.replace(task), training, quiet=True, key=KEY)
    k = np.arange(1, 4)
    expected = np.mean(np.sign(q**k - np.exp(-k / 2)) * k * q ** (k - 1) / np.exp(-k / 2))
    after = float(np.asarray(result.operator.factor))
    assert (q - after) / rate == pytest.approx(expected, rel=1e-6)
    per_step = result.history[-1]["relative_l2_per_step"]
    np.testing.assert_allclose(per_step, np.abs(after**k / np.exp(-k / 2) - 1), rtol=1e-6)


def test_one_step_is_learned_and_rolls_out():
    task = decay_task(samples=12)
    result = fit(
        TinyNet(16), OneStep()(task), Training(Epochs(300), batch=16, schedule=OneCycle(2e-2)), quiet=True, key=KEY
    )
    test = int(task.splits.test[0])
    field = GridField(task.inputs[test].astype("f4"), task.input_spec.grid, task.input_spec.names)
    rolled = rollout(result.operator, field, 6)[..., 0]
    true = task.outputs[test, 1:, :, 0]
    assert np.linalg.norm(rolled[0] - true[0]) < 0.2 * np.linalg.norm(true[0])


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: fit(TinyNet(), decay_task(), key=KEY), "what is to be learned of it"),
        (lambda: FinalTime()(FinalTime()(decay_task())), "has no trajectories"),
        (lambda: OneStep()(OneStep()(decay_task())), "has no trajectories"),
        (lambda: OneStep(stride=4, unroll=2)(decay_task()), "shorter than one window"),
        (lambda: OneStep(stride=0), "stride is no count"),
        (
            lambda: OneStep()(dataclasses.replace(decay_task(), times=np.array([0, 1, 2, 3, 4, 5, 9.0]))),
            "not equally spaced",
        ),
    ],
)
def test_wrong_uses_are_refused_by_name(make, match):
    with pytest.raises(sv.ArgumentError, match=match):
        make()
