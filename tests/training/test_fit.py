import dataclasses
import os
import signal
import threading
import time

import equinox as eqx
import jax
import numpy as np
import pytest
from tiny_learning import TinyNet, bits, tiny_task

import sobolev as sv
from sobolev._core import precision_context
from sobolev.training import (
    H1,
    Adam,
    Constant,
    Epochs,
    Execution,
    GradientDescent,
    Minutes,
    OneCycle,
    Selection,
    Steps,
    Training,
    fit,
)

KEY = jax.random.key(0)


def trained(task=None, training=None, net=None, key=KEY, **options):
    return fit(
        net or TinyNet(), task or tiny_task(), training or Training(Epochs(4), batch=8), quiet=True, key=key, **options
    )


def test_it_learns_and_tells_its_story():
    result = trained(training=Training(Epochs(60), batch=8, schedule=OneCycle(3e-2)))
    assert isinstance(result, sv.FitResult)
    assert result.result is sv.Result.successful
    assert result.best.loss < 0.2 < result.history[0]["validation"]
    assert [row["epoch"] for row in result.history] == list(range(1, 61))
    assert result.history[-1]["step"] == 60 * 4  # 28 training samples in batches of 8
    assert result.best.loss == min(row["validation"] for row in result.history)
    assert {"prepare", "compile", "train", "validate", "total"} <= set(result.seconds)
    assert sum(v for k, v in result.seconds.items() if k != "total") <= result.seconds["total"]


def test_reported_errors_are_those_of_the_returned_operator():
    task = tiny_task()
    result = trained(task, Training(Epochs(12), batch=8, schedule=OneCycle(3e-2)))
    x, y = task.arrays(task.splits.validation)
    grid, names = task.input_spec.grid, task.input_spec.names
    predicted = np.stack([result.operator(sv.GridField(a.astype("f4"), grid, names)).values for a in x])
    w = grid.weights[:, None]
    errors = np.sqrt(np.sum(w * (predicted - y) ** 2, (1, 2)) / np.sum(w * y**2, (1, 2)))
    assert np.mean(errors) == pytest.approx(result.best.loss, rel=1e-4)


def test_same_key_same_bits_other_key_other_bits():
    first, again, other = trained(), trained(), trained(key=jax.random.key(1))
    assert bits(first.operator) == bits(again.operator) != bits(other.operator)


def test_the_test_split_is_not_read():
    class Watched:
        def __init__(self, values):
            self.values, self.shape, self.dtype, self.seen = values, values.shape, values.dtype, set()

        def __getitem__(self, index):
            self.seen |= set(np.arange(len(self.values))[index].ravel().tolist())
            return self.values[index]

    task = tiny_task()
    inputs, outputs = Watched(task.inputs), Watched(task.outputs)
    watched = dataclasses.replace(task, inputs=inputs, outputs=outputs)
    trained(watched, Training(Epochs(1)))
    allowed = set(task.splits.train.tolist()) | set(task.splits.validation.tolist())
    assert inputs.seen == outputs.seen == allowed


def test_one_step_of_gradient_descent_against_finite_differences():
    task = tiny_task(samples=3, validation=0, test=0)
    training = Training(
        Steps(1),
        batch=3,
        schedule=Constant(0.1),
        optimiser=GradientDescent(),
        execution=Execution(precision="double"),
    )
    small = dataclasses.replace(training, schedule=Constant(1e-12))
    start, end = (trained(task, t).operator for t in (small, training))
    with precision_context("double"):
        first = [o.operator.mlp.layers[0].weight for o in (start, end)]
        step = float((first[0][2, 0] - first[1][2, 0]) / 0.1)
        x, y = task.arrays([0, 1, 2])
        grid, w = task.input_spec.grid, task.input_spec.grid.weights[:, None]

        def loss(shift):
            moved = eqx.tree_at(lambda o: o.operator.mlp.layers[0].weight, start, first[0].at[2, 0].add(shift))
            p = np.stack([moved(sv.GridField(a, grid, "a")).values for a in x])
            return np.mean(np.sqrt(np.sum(w * (p - y) ** 2, (1, 2)) / np.sum(w * y**2, (1, 2))))

        assert step == pytest.approx((loss(1e-6) - loss(-1e-6)) / 2e-6, rel=1e-5)


def test_samples_beyond_the_last_full_batch_count_once():
    """With one batch per epoch of all samples, and with a ragged one, the first epoch's mean loss is the same."""
    task = tiny_task(samples=10, validation=0, test=0)
    rows = [
        trained(task, Training(Epochs(1), batch=batch, schedule=Constant(1e-12))).history[0]["loss"]
        for batch in (10, 5, 1)
    ]
    assert rows == pytest.approx([rows[0]] * 3, rel=1e-5)


def test_budgets_are_kept():
    assert trained(training=Training(Steps(6), batch=8)).history[-1]["step"] == 6
    begin = time.perf_counter()
    result = trained(training=Training(Minutes(2 / 60), batch=8))
    took = time.perf_counter() - begin
    assert result.result is sv.Result.successful
    # Compilation cannot be cut short; beyond it the clock decides.
    assert took < max(2.0, result.seconds["prepare"] + result.seconds["compile"]) + 1.5
    assert result.history[-1]["step"] >= 1


def test_early_stop_and_best_weights():
    training = Training(
        Epochs(50), batch=8, schedule=Constant(0.5), selection=Selection(patience=3), optimiser=Adam()
    )  # far too fast: it gets worse
    result = trained(training=training)
    losses = [row["validation"] for row in result.history]
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + 3 < 50
    assert (result.best.epoch, result.best.loss) == (best + 1, losses[best])
    shorter = trained(training=dataclasses.replace(training, budget=Epochs(best + 1)))
    assert bits(result.operator) == bits(shorter.operator)


def test_selection_may_use_another_loss():
    result = trained(training=Training(Epochs(2), batch=8, selection=Selection(loss=H1())))
    row = result.history[-1]
    assert row["validation"] != row["relative_l2"]


def test_without_validation_the_last_weights_result():
    task = tiny_task(validation=0)
    result = trained(task, Training(Epochs(3), batch=8))
    assert result.best.epoch == 3 and "validation" not in result.history[-1]


def test_average_is_between_and_not_the_last():
    task = tiny_task(validation=0)
    plain = trained(task, Training(Steps(2), batch=8, schedule=Constant(1e-2)))
    averaged = trained(task, Training(Steps(2), batch=8, schedule=Constant(1e-2), selection=Selection(average=0.99)))
    start = trained(task, Training(Steps(1), batch=8, schedule=Constant(1e-12)))
    one = trained(task, Training(Steps(1), batch=8, schedule=Constant(1e-2)))
    w0, w1, w2 = (r.operator.operator.mlp.layers[0].weight for r in (start, one, plain))
    # Decays (1 + n)/(10 + n) after steps 1 and 2.
    first = w0 + (1 - 1 / 10) * (w1 - w0)
    expected = first + (1 - 2 / 11) * (w2 - first)
    np.testing.assert_allclose(averaged.operator.operator.mlp.layers[0].weight, expected, rtol=1e-4)


def test_an_operator_is_trained_further():
    task = tiny_task()
    first = trained(task, Training(Epochs(10), batch=8, schedule=OneCycle(3e-2)))
    more = fit(first.operator, task, Training(Epochs(10), batch=8, schedule=OneCycle(1e-2)), quiet=True, key=KEY)
    assert more.best.loss < first.best.loss


def test_divergence_is_named_or_returned():
    training = Training(Epochs(30), batch=8, schedule=Constant(1e38), optimiser=GradientDescent())
    with pytest.raises(sv.ConvergenceError, match=r"step \d+ \(epoch \d+\), learning rate 1e\+38"):
        trained(training=training)
    result = trained(training=training, throw=False)
    assert result.result is sv.Result.nonfinite
    assert all(np.isfinite(w).all() for w in jax.tree.leaves(result.operator) if hasattr(w, "shape"))


def test_data_that_are_not_finite_are_refused_with_their_place():
    task = tiny_task()
    bad = int(task.splits.train[3])
    task.inputs[bad, 5, 0] = np.nan
    with pytest.raises(sv.DataError, match=rf"sample {bad} at index \(5,\)"):
        trained(task)


def test_precision_is_the_arguments():
    double = trained(training=Training(Steps(1), execution=Execution(precision="double")))
    assert double.operator.operator.mlp.layers[0].weight.dtype == np.float64
    assert trained(training=Training(Steps(1))).operator.operator.mlp.layers[0].weight.dtype == np.float32


def test_streamed_data_give_the_same_bits(monkeypatch):
    whole = trained()
    monkeypatch.setattr("sobolev.training._feed._RESIDENT", 0)
    monkeypatch.setattr("sobolev.training._validation._RESIDENT", 0)
    assert bits(trained().operator) == bits(whole.operator)


def test_blocks_change_no_more_than_rounding():
    def weights(block):
        execution = Execution(block=block, precision="double")
        result = trained(training=Training(Epochs(2), batch=8, execution=execution))
        return result.operator.operator.mlp.layers[0].weight

    whole = weights(8)
    for block in (1, 4):
        np.testing.assert_allclose(weights(block), whole, rtol=1e-9)


def test_ctrl_c_saves_and_the_same_call_goes_on_to_the_same_bits(tmp_path):
    task, training = tiny_task(), Training(Epochs(400), batch=8, execution=Execution(checkpoint_seconds=0.1))

    def interrupt():
        folder = tmp_path / "checkpoints"
        while not any(p.name.isdigit() for p in folder.glob("*")):
            time.sleep(0.005)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt, match=r"interrupted at step \d+: saved in .*the same call resumes it"):
        trained(task, training, directory=tmp_path)
    thread.join()
    resumed = trained(task, training, directory=tmp_path)
    straight = trained(task, training)
    assert bits(resumed.operator) == bits(straight.operator)
    strip = [[{k: v for k, v in row.items() if k != "seconds"} for row in r.history] for r in (resumed, straight)]
    assert strip[0] == strip[1]
