"""Physics-informed operators: the equation stands in for data.

**Source.** Li, Zheng, Kovachki, Jin, Chen, Liu, Azizzadenesheli & Anandkumar, Physics-informed neural operator for
learning partial differential equations, arXiv 2111.03794 (2021).

**Claim.** The residual of the equation as a loss lowers the error of an operator that has few solutions to learn from,
and can replace them altogether: inputs without solutions are enough.

**Here.** Two-phase Darcy flow, −∇·(a∇u) = 1 in the unit square, u = 0 on its boundary, 17 × 17 points; few solutions,
and many inputs without. The residual is that of the library's own conservative differences (`StatementResidual`), as
they produced the data; no solution is seen by selection either.
Not reproduced at this size (1200 steps each, one seed). Likely, not tested: the residual weighs short waves by their
squares, so that few steps leave smooth errors large, and the second phase, which has no data term, forgets the first.
"""

import jax

import sobolev as sv

from ._reproduction import Row, relative_error

RESIDUAL = sv.training.StatementResidual()


def measure(quick):
    """Test errors of one FNO under four ways of training."""
    few, many, steps, layers = (5, 40, 60, 1) if quick else (10, 200, 1200, 4)
    flow = sv.problems.darcy()
    data = sv.simulate(flow, many + 100, 17, quiet=True, key=jax.random.key(0))
    whole = sv.as_task(data, problem=flow)
    test = range(many, many + 100)
    labelled, inputs = (whole.with_splits(sv.Splits(range(n), [], test)) for n in (few, many))

    def fit(what, task, loss, peak=3e-3):
        training = sv.Training(sv.training.Steps(steps), batch=10, schedule=sv.training.OneCycle(peak), loss=loss)
        return sv.fit(what, task, training, quiet=True, key=jax.random.key(1)).operator

    fno = sv.operators.FNO(width=16, modes=8, layers=layers)
    data_only = fit(fno, labelled, sv.training.RelativeL2())
    ways = {
        f"{few} solutions": data_only,
        f"{few} solutions, then the residual on {many} inputs": fit(data_only, inputs, RESIDUAL, 1e-3),
        f"no solution: the residual on {many} inputs": fit(fno, inputs, RESIDUAL),
        f"{many} solutions": fit(fno, inputs, sv.training.RelativeL2()),
    }
    return {"errors": {name: relative_error(operator, inputs) for name, operator in ways.items()}}


def rows(found):
    (few, data_only), (both, mixed), (none, physics), (many, all_data) = found["errors"].items()
    return [
        Row(few, "–", f"error {data_only:.4f}", None),
        Row(both, "lower than without it", f"error {mixed:.4f}", mixed < 0.7 * data_only),
        Row(none, "inputs alone are enough", f"error {physics:.4f}", physics < 0.7 * data_only),
        Row(many, "–", f"error {all_data:.4f}", None),
    ]


def check(found):
    assert len(found["errors"]) == 4 and all(0 < error < 10 for error in found["errors"].values()), found


def draw(found, figure):
    axes = figure.subplots()
    names, errors = list(found["errors"]), list(found["errors"].values())
    axes.barh(range(len(names)), errors, color=["#8c6d46", "#2a9d76", "#2a9d76", "#1f5fa8"])
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.invert_yaxis()
    sv.plots.tidy(axes, "", "relative L2 test error")
