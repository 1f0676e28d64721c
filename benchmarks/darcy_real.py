"""Real input: the small Darcy files of neuraloperator, 1000 training and 50 test samples on 16 x 16 points.

    python -m benchmarks.darcy_real --json PATH [--peer-python PYTHON] [--seeds 3] [--epochs 10]

An FNO is trained by `sv.fit` and judged once by the test file; a validation part of the training file selects. Beside
it, in the same run: the peer library's own example, kernel ridge, the training mean, and 5-point finite volumes whose
contrast and scale are fitted on 100 training samples. Every seed is a process of its own, so that its time includes
all compilation; ours and the peer's alternate. Bar: median error <= 0.095 within the peer's median training time.

The samples lie at i/16, i = 0 … 15: the side at 0 is there (u is zero on it), the side at 1 is not. Completed by that
side (u = 0, the coefficient unknown: half way between its two values), the square has all of its eight symmetries.
They augment the training data, and the trained operator is averaged over them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "neuraloperator"
TRAIN, TEST = FOLDER / "darcy_train_16.npz", FOLDER / "darcy_test_16.npz"
VALIDATION, TEST_SAMPLES, BAR = 100, 50, 0.095


def read() -> tuple[np.ndarray, np.ndarray]:
    """Coefficient (0 or 1) and solution of all samples, the test file's last: (1050, 16, 16)."""
    parts = []
    for path in (TRAIN, TEST):
        with np.load(path, allow_pickle=False) as file:
            parts.append((file["x"].astype(np.float32), file["y"]))
    return tuple(np.concatenate(pair) for pair in zip(*parts, strict=True))


def relative_l2(predicted: np.ndarray, true: np.ndarray) -> float:
    """Mean over samples of ‖error‖ / ‖true‖, plain sums over the 16 x 16 points."""
    flat = [(a.reshape(len(a), -1)) for a in (predicted - true, true)]
    return float(np.mean(np.linalg.norm(flat[0], axis=1) / np.linalg.norm(flat[1], axis=1)))


def task(is_completed: bool):
    """The samples as a task; `is_completed` adds the missing sides."""
    from sobolev.data import Splits, Task
    from sobolev.fields import Axis, FieldSpec, Grid

    a, u = read()
    a, count = 2 * a - 1, 16
    if is_completed:
        a, u, count = *(np.pad(v, ((0, 0), (0, 1), (0, 1))) for v in (a, u)), 17
    kind, length = ("nodes", 1.0) if is_completed else ("nodes", 15 / 16)
    grid = Grid(tuple(Axis(name, 0.0, length, count, kind) for name in "xy"))
    order = np.random.default_rng(0).permutation(len(a) - TEST_SAMPLES)
    splits = Splits(order[VALIDATION:], order[:VALIDATION], np.arange(len(a) - TEST_SAMPLES, len(a)))
    return Task(a[..., None], u[..., None], FieldSpec(("a",), grid), FieldSpec(("u",), grid), splits, name="darcy 16")


def judged(operator, the_task) -> tuple[float, float]:
    """Error on the test file, and seconds per sample (compiled)."""
    import jax

    from sobolev.fields import GridField

    x, y = the_task.arrays(the_task.splits.test)
    grid, names = the_task.input_spec.grid, the_task.input_spec.names
    run = jax.jit(jax.vmap(lambda values: operator(GridField(values, grid, names)).values))
    predicted = np.asarray(run(x.astype(np.float32)))
    begin = time.perf_counter()
    run(x.astype(np.float32)).block_until_ready()
    return relative_l2(predicted[:, :16, :16], y[:, :16, :16]), (time.perf_counter() - begin) / len(x)


def train(seed: int, epochs: int) -> dict:
    """One seed of the FNO."""
    import jax

    import sobolev as sv
    from sobolev.training import Adam, Epochs, OneCycle, RelativeL2, Selection, Symmetries, Symmetrised, Training

    the_task, square = task(is_completed=True), Symmetries(transpose=True, flips=True)
    training = Training(
        budget=Epochs(epochs),
        batch=10,
        schedule=OneCycle(2e-2),
        optimiser=Adam(weight_decay=1e-4),
        loss=RelativeL2(),
        selection=Selection(every=max(1, epochs // 4)),
        augmentation=square,
    )
    begin = time.perf_counter()
    result = sv.fit(sv.operators.FNO(width=16, modes=12), the_task, training, quiet=True, key=jax.random.key(seed))
    seconds = time.perf_counter() - begin
    alone, _ = judged(result.operator, the_task)
    error, inference = judged(Symmetrised(result.operator, square), the_task)
    return {
        "error": error,
        "error_without_averaging": alone,
        "validation": result.best.loss,
        "seconds": seconds,
        "parts": result.seconds,
        "inference": inference,
    }


def estimators() -> dict[str, dict]:
    """Rows that need no gradients."""
    import jax

    import sobolev as sv

    rows = {}
    for name, what in (("kernel ridge", sv.operators.KernelRidge()), ("training mean", sv.operators.Mean())):
        the_task = task(is_completed=False)
        result = sv.fit(what, the_task, quiet=True, key=jax.random.key(0))
        error, inference = judged(result.operator, the_task)
        rows[name] = {"error": error, "seconds": result.seconds["total"], "inference": inference}
    return rows


def finite_volumes() -> dict:
    """−∇·(a∇u) = 1 on the interior points, harmonic means; a = scale or scale · contrast, both fitted."""
    from scipy.optimize import least_squares

    a, u = read()
    # The coefficient beyond the last point is unknown: that of the last point.
    full = np.pad(a, ((0, 0), (0, 1), (0, 1)), mode="edge")

    def solve(logarithms: np.ndarray, samples: np.ndarray) -> np.ndarray:
        scale, contrast = np.exp(logarithms)
        return _five_point(scale * np.where(full[samples] > 0.5, contrast, 1.0))

    some, test = np.arange(100), np.arange(len(a) - TEST_SAMPLES, len(a))
    norms = np.linalg.norm(u[some].reshape(len(some), -1), axis=1)[:, None]
    begin = time.perf_counter()
    fitted = least_squares(
        lambda p: ((solve(p, some) - u[some]).reshape(len(some), -1) / norms).ravel(),
        np.log([0.01, 4.0]),
        diff_step=1e-4,
    )
    seconds = time.perf_counter() - begin
    begin = time.perf_counter()
    predicted = solve(fitted.x, test)
    scale, contrast = np.exp(fitted.x)
    return {
        "error": relative_l2(predicted, u[test]),
        "seconds": seconds,
        "inference": (time.perf_counter() - begin) / len(test),
        "contrast": float(contrast),
        "scale": float(scale),
    }


def _five_point(a: np.ndarray) -> np.ndarray:
    """Solutions at i/16, i = 0 … 15, for coefficients at i/16, i = 0 … 16; u = 0 on all sides."""
    n = a.shape[-1] - 2  # interior points per axis
    h2 = 1.0 / (n + 1) ** 2

    def harmonic(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return 2 * p * q / (p + q) / h2

    inner, result = a[:, 1:-1, 1:-1], np.zeros((len(a), n + 1, n + 1), np.float32)
    neighbours = {
        (-1, 0): harmonic(inner, a[:, :-2, 1:-1]),
        (1, 0): harmonic(inner, a[:, 2:, 1:-1]),
        (0, -1): harmonic(inner, a[:, 1:-1, :-2]),
        (0, 1): harmonic(inner, a[:, 1:-1, 2:]),
    }
    number = np.arange(n * n).reshape(n, n)
    matrix = np.zeros((len(a), n * n, n * n))
    matrix[:, number.ravel(), number.ravel()] = sum(neighbours.values()).reshape(len(a), -1)
    for (di, dj), weight in neighbours.items():
        rows = number[max(0, -di) : n - max(0, di), max(0, -dj) : n - max(0, dj)]
        here = weight[:, max(0, -di) : n - max(0, di), max(0, -dj) : n - max(0, dj)]
        matrix[:, rows.ravel(), (rows + di * n + dj).ravel()] = -here.reshape(len(a), -1)
    solved = np.linalg.solve(matrix, np.ones((len(a), n * n, 1)))
    result[:, 1:, 1:] = solved.reshape(len(a), n, n)
    return result


def child(arguments: list[str]) -> dict:
    """The last line that a process of its own prints, as JSON; no compilation cache."""
    environment = {k: v for k, v in os.environ.items() if k != "JAX_COMPILATION_CACHE_DIR"}
    environment.setdefault("JAX_NUM_CPU_DEVICES", "2")  # two threads, as the peer has
    done = subprocess.run(arguments, capture_output=True, text=True, env=environment, cwd=Path(__file__).parents[1])
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def median(rows: list[dict], name: str) -> float:
    return statistics.median(row[name] for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--peer-python")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not TRAIN.exists():
        print(f"skipped: {TRAIN} is not there (../shared/data holds the reference data)")
        return
    if options.one is not None:
        print(json.dumps(train(options.one, options.epochs)))
        return
    ours, peer = [], []
    for seed in range(options.seeds):
        mine = [sys.executable, "-m", "benchmarks.darcy_real", "--one", str(seed), "--epochs", str(options.epochs)]
        ours.append(child(mine))
        print(f"FNO, seed {seed}: {ours[-1]['error']:.4f} in {ours[-1]['seconds']:.1f} s", flush=True)
        if options.peer_python:
            script = str(Path(__file__).with_name("_darcy_peer.py"))
            peer.append(child([options.peer_python, script, str(TRAIN), str(TEST), str(seed)]))
            print(f"peer, seed {seed}: {peer[-1]['error']:.4f} in {peer[-1]['seconds']:.1f} s", flush=True)
    report = {
        "error": median(ours, "error"),
        "errors": [row["error"] for row in ours],
        "error_without_averaging": median(ours, "error_without_averaging"),
        "seconds": median(ours, "seconds"),
        "bar": BAR,
        "runs": ours,
        "rows": {**estimators(), "finite volumes, fitted": finite_volumes()},
    }
    if peer:
        report["peer"] = {"error": median(peer, "error"), "seconds": median(peer, "seconds"), "runs": peer}
        report["ratio"] = report["peer"]["seconds"] / report["seconds"]
    for name, row in {"FNO": report, "peer": report.get("peer", {}), **report["rows"]}.items():
        if row:
            print(f"{name:24s} error {row['error']:.4f}   {row['seconds']:6.1f} s")
    if options.json:
        options.json.write_text(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
