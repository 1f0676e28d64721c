"""Unrolled training: an emulator trained through its own steps stays accurate longer.

**Source.** Um, Brand, Fei, Holl & Thuerey, Solver-in-the-loop, NeurIPS 2020; Brandstetter, Worrall & Welling, Message
passing neural PDE solvers, ICLR 2022.

**Claim.** An emulator of one time step, trained on one step only, meets its own errors as inputs when it is rolled out,
which it never saw. Trained through several of its own steps it is more accurate in the long run.

**Here.** The Kuramoto–Sivashinsky equation on a box of length 12π, 64 points, steps of 1; an FNO trained through 1 and
through 4 steps, with the same number of updates, rolled out from states at t = 20. One seed.
"""

import jax
import jax.numpy as jnp
import numpy as np

import sobolev as sv

from ._reproduction import Row

UNROLLS = (1, 4)


def measure(quick):
    """Median relative L2 errors by step of the rollout, for every length of training window."""
    samples, updates, horizon, layers = (8, 30, 4, 1) if quick else (60, 1000, 24, 3)
    problem = sv.problems.kuramoto_sivashinsky(periods=6, stop=20.0 + horizon).random()
    times = [0.0, *(20.0 + np.arange(horizon + 1))]
    data = sv.simulate(problem, samples + 30, 64, times=times, quiet=True, key=jax.random.key(0))
    states = np.asarray(data["u"])[:, 1:, :, None]
    spec = sv.as_task(data).output_spec
    train, test = states[:samples], states[samples:]
    splits = sv.Splits(range(samples), [], [])
    task = sv.Task(train[:, 0], train, spec, spec, splits, times=np.arange(horizon + 1.0), problem=problem)

    found = {}
    for unroll in UNROLLS:
        training = sv.Training(sv.training.Steps(updates), batch=32, schedule=sv.training.OneCycle(2e-3))
        fno = sv.operators.FNO(width=24, modes=16, layers=layers)
        step = sv.training.OneStep(unroll=unroll)(task)
        operator = sv.fit(fno, step, training, quiet=True, key=jax.random.key(1)).operator

        def rolled(start, operator=operator):
            return sv.training.rollout(operator, sv.fields.GridField(start, spec.grid, spec.names), horizon)

        ahead = np.asarray(jax.jit(jax.vmap(rolled))(jnp.asarray(test[:, 0], jnp.float32)))
        error = np.linalg.norm(ahead - test[:, 1:], axis=(2, 3)) / np.linalg.norm(test[:, 1:], axis=(2, 3))
        found[str(unroll)] = np.median(error, axis=0).tolist()
    return found


def rows(found):
    one, many = found.values()
    table = []
    for step in (1, len(one) // 4, len(one) // 2):
        ratio = many[step - 1] / one[step - 1]
        claimed = "lower than by one-step training" if step > 1 else "–"
        measured = f"{many[step - 1]:.4f} against {one[step - 1]:.4f} ({ratio:.2f} ×)"
        table.append(Row(f"error after {step} step{'s' * (step > 1)}", claimed, measured, ratio < 1))
    return table


def check(found):
    assert all(np.isfinite(errors).all() and errors[0] < 1 for errors in found.values()), found


def draw(found, figure):
    axes = figure.subplots()
    for unroll, errors in found.items():
        label = f"trained through {unroll} step{'s' if unroll != '1' else ''}"
        axes.semilogy(range(1, len(errors) + 1), errors, "o-", markersize=3, label=label)
    sv.plots.tidy(axes, "Kuramoto–Sivashinsky, rolled out: median relative L2 error", "steps of length 1")
    axes.legend(frameon=False, fontsize=8)
