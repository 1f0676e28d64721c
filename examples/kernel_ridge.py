"""Kernel ridge regression: a simple baseline that few networks beat at small data.

**Source.** Batlle, Darcy, Hosseini & Owhadi, Kernel methods are competitive for operator learning, J. Comput. Phys. 496
(2024).

**Claim.** A simple kernel method, without any network, is competitive in accuracy with neural operators, and cheaper.

**Here.** `KernelRidge` (Matérn-5/2, hyperparameters by leaving one out) beside an FNO and a DeepONet on a smooth map
(Burgers, initial value ↦ t = 1) and a rough one (two-phase Darcy), by the number of training samples; the networks get
the same number of steps each.
"""

import time

import jax

import sobolev as sv

from ._reproduction import Row, relative_error


def measure(quick):
    """Test error and CPU seconds by problem, operator and number of samples."""
    sizes, steps, held, layers = ([20], 40, 20, 1) if quick else ([25, 100, 400], 600, 100, 4)
    burgers = sv.problems.burgers(0.1, periodic=True, interval=(0, 1)).random()
    families = {"Burgers": (burgers, 64, {"times": 2}), "Darcy": (sv.problems.darcy(), 17, {})}
    found = {}
    for name, (problem, resolution, options) in families.items():
        count = sizes[-1] + held
        data = sv.simulate(problem, count, resolution, quiet=True, key=jax.random.key(0), **options)
        splits = sv.Splits(range(sizes[-1]), [], range(sizes[-1], count))
        whole = sv.as_task(data, splits=splits)
        whole = whole if whole.times is None else sv.training.FinalTime()(whole)
        training = sv.Training(sv.training.Steps(steps), schedule=sv.training.OneCycle(3e-3))
        contenders = {
            "kernel ridge": sv.operators.KernelRidge(),
            "FNO": sv.operators.FNO(width=16, modes=8 if problem.ndim == 2 else 16, layers=layers),
            "DeepONet": sv.operators.DeepONet(),
        }
        for what, contender in contenders.items():
            curve = found[f"{name}, {what}"] = []
            for size in sizes:
                begin = time.process_time()
                task = whole.with_splits(sv.Splits(range(size), [], splits.test))
                operator = sv.fit(contender, task, training, quiet=True, key=jax.random.key(1)).operator
                curve.append([size, relative_error(operator, task), time.process_time() - begin])
    return found


def rows(found):
    table = []
    for name in ("Burgers", "Darcy"):
        curves = {what: found[f"{name}, {what}"] for what in ("kernel ridge", "FNO", "DeepONet")}
        for i, (size, mine, _) in enumerate(curves["kernel ridge"]):
            fno, deeponet = curves["FNO"][i][1], curves["DeepONet"][i][1]
            measured = f"{mine:.4f}; FNO {fno:.4f}, DeepONet {deeponet:.4f}"
            claimed = "comparable or lower error than networks"
            table.append(Row(f"{name}, {size} samples", claimed, measured, bool(mine <= 1.1 * min(fno, deeponet))))
    return table


def check(found):
    for name in ("Burgers", "Darcy"):
        mine, fno, deeponet = (found[f"{name}, {what}"][0][1] for what in ("kernel ridge", "FNO", "DeepONet"))
        assert mine < deeponet and mine < 1.5 * fno, found


def draw(found, figure):
    for axes, name in zip(figure.subplots(1, 2), ("Burgers", "Darcy"), strict=True):
        for what, marker in (("kernel ridge", "o-"), ("FNO", "s-"), ("DeepONet", "^-")):
            axes.loglog(*zip(*((n, e) for n, e, _ in found[f"{name}, {what}"]), strict=True), marker, label=what)
        sv.plots.tidy(axes, f"{name}: relative L2 test error", "training samples")
    axes.legend(frameon=False, fontsize=8)
