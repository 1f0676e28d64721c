import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp
from tiny_learning import TinyNet, tiny_task

import sobolev as sv
from sobolev._core import precision_context
from sobolev.data import Splits, Task
from sobolev.fields import Axis, FieldSpec, Grid, GridField
from sobolev.training import Cosine, StatementResidual, Steps, Training, WholeTrajectory, fit

x, t = sv.coordinates("x t")
u, f = sv.unknown("u", x), sv.input_field("f", x, default=0)
k = sv.parameter("k", default=2)
POISSON = sv.Problem(
    name="rod",
    domain=sv.Interval(x, 0, 1),
    equations=[sp.Eq(-k * u.diff(x, 2), f)],
    conditions=[sv.Dirichlet(u, 0, on="x.min"), sv.Dirichlet(u, 1, on="x.max")],
)
GRID = Grid((Axis("x", 0, 1, 21, "nodes"),))


def loss_of(loss, task, inputs, prediction):
    with precision_context("double"):
        measure = loss.measure(task)
        return float(measure(*(jnp.asarray(v, float) for v in (inputs, prediction, prediction))))


def task_for(problem, ins, outs, grid=GRID):
    zero = [np.zeros((1, *grid.shape, len(names))) for names in (ins, outs)]
    return Task(*zero, FieldSpec(ins, grid), FieldSpec(outs, grid), Splits([0], [], []), problem=problem)


def test_inputs_and_parameters_are_read_from_the_sample():
    """u = x − c x (1 − x) has −k u″ = −2 c k: exact for second-order differences."""
    xs, c, kappa = GRID.axes[0].coordinates, 0.3, 1.7
    prediction = (xs - c * xs * (1 - xs))[:, None]
    task = task_for(POISSON, ("f", "k"), ("u",))
    right = np.stack([np.full(21, -2 * c * kappa), np.full(21, kappa)], -1)
    assert loss_of(StatementResidual(), task, right, prediction) < 1e-20
    other = right + np.array([0.5, 0.0])
    assert loss_of(StatementResidual(), task, other, prediction) == pytest.approx(0.25)
    wrong_k = np.stack([right[:, 0], np.full(21, kappa + 1)], -1)
    assert loss_of(StatementResidual(), task, wrong_k, prediction) == pytest.approx((2 * c) ** 2)


def test_conditions_count_with_their_weight():
    xs = GRID.axes[0].coordinates
    prediction = (0.1 + xs)[:, None]  # both ends off by 0.1
    task = task_for(POISSON, ("f",), ("u",))
    for weight in (1.0, 3.0):
        value = loss_of(StatementResidual(boundary=weight), task, np.zeros((21, 1)), prediction)
        assert value == pytest.approx(weight * 2 * 0.01)


def test_trajectories_against_an_evolution():
    v = sv.unknown("u", x, t)
    heat = sv.Problem(
        name="heat",
        domain=sv.Interval(x, 0, 2 * sp.pi, periodic=True) * sv.Time(t, 0, 1),
        equations=[sp.Eq(v.diff(t), v.diff(x, 2))],
        conditions=[sv.Initial(v, sv.input_field("u0", x, default=0))],
    )
    grid = Grid((Axis("x", 0, 2 * np.pi, 8, "periodic"),))
    xs, times = grid.axes[0].coordinates, np.linspace(0, 1, 41)
    frames = (np.exp(-times)[:, None] * np.sin(xs))[None, ..., None]
    spec = FieldSpec(("u",), grid)
    task = Task(frames[:, 0], frames, spec, spec, Splits([0], [], []), times=times, problem=heat)
    whole = WholeTrajectory()(task)
    # The input channel is the state "u" at the start; the statement calls its initial value "u0".
    start = dataclasses.replace(heat, conditions=[sv.Initial(v, sp.sin(x))])
    exact = loss_of(StatementResidual(start), whole, whole.inputs[0], whole.outputs[0])
    halved = loss_of(StatementResidual(start), whole, whole.inputs[0], 0.5 * whole.outputs[0])
    assert exact < 1e-6 < 1e-2 < halved


def test_an_operator_learns_from_inputs_alone():
    """No target is ever looked at: outputs are noise. The exact solution is x + f x (1 − x)/(2 k)."""
    rng = np.random.default_rng(0)
    level = rng.uniform(-4, 4, (48, 1, 1)) * np.ones((1, 11, 1))
    grid = Grid((Axis("x", 0, 1, 11, "nodes"),))
    spec = FieldSpec(("f",), grid)
    noise = rng.standard_normal(level.shape)
    task = Task(level, noise, spec, FieldSpec(("u",), grid), Splits.of(48, test=0.2), problem=POISSON)
    loss = StatementResidual(boundary=100.0)
    training = Training(Steps(3000), schedule=Cosine(5e-2), loss=loss)
    training = dataclasses.replace(training, selection=dataclasses.replace(training.selection, loss=loss, every=50))
    result = fit(TinyNet(32), task, training, quiet=True, key=jax.random.key(0))
    xs = grid.axes[0].coordinates
    for sample in task.splits.test[:5]:
        a = task.inputs[sample].astype("f4")
        exact = xs + a[:, 0] * xs * (1 - xs) / 4
        predicted = result.operator(GridField(a, grid, ("f",))).values[:, 0]
        assert np.linalg.norm(predicted - exact) < 0.05 * np.linalg.norm(exact)


def test_tasks_without_a_fitting_statement_are_refused():
    with pytest.raises(sv.ArgumentError, match="has no statement"):
        StatementResidual().measure(tiny_task())
    with pytest.raises(sv.ArgumentError, match="are not the unknowns of 'rod'"):
        StatementResidual().measure(task_for(POISSON, ("f",), ("w",)))
    with pytest.raises(sv.ArgumentError, match="no weight"):
        StatementResidual(boundary=-1)
