"""Tensorised FNO: the same error with a fraction of the parameters.

**Source.** Kossaifi, Kovachki, Azizzadenesheli & Anandkumar, Multi-grid tensorized Fourier neural operator, TMLR 2024.

**Claim.** Spectral weights in low-rank form (Tucker, also CP and tensor trains) regularise: with few samples a tenth of
the parameters does at least as well as the dense operator. (Published for the whole method, with domain decomposition,
on 2-D Navier–Stokes: "less than half the error with over 150 × compression"; operators.md, card 1.)

**Here.** Two-phase Darcy flow on 17 × 17 points, 50 samples; only the weights' format differs between the rows. Every
format is trained with two learning rates, and its better one counts: products of factors want a larger one. (With the
dense operator's rate and 30 epochs the formats were at 1.3 to 2 times its error, and not for want of parameters: their
training error was as high.)
"""

import jax
import numpy as np

import sobolev as sv

from ._reproduction import Row, parameters, relative_error

FORMATS = {
    "dense": sv.nn.Dense(),
    "Tucker 0.1": sv.nn.Tucker(0.1),
    "Tucker 0.03": sv.nn.Tucker(0.03),
    "CP 0.1": sv.nn.CP(0.1),
    "TT 0.1": sv.nn.TT(0.1),
}
RATES = (5e-3, 2e-2)


def measure(quick):
    """[parameters, test errors by seed] of every format."""
    samples, epochs, width, layers, seeds = (40, 4, 8, 1, 1) if quick else (50, 200, 16, 4, 2)
    data = sv.simulate(sv.problems.darcy(), samples + 100, 17, quiet=True, key=jax.random.key(0))
    task = sv.as_task(data, splits=sv.Splits.of(samples + 100, validation=0, test=100))
    found = {}
    for name, weights in list(FORMATS.items())[: 2 if quick else None]:
        fno = sv.operators.FNO(width=width, modes=8, layers=layers, weights=weights)
        tried = []
        for rate in RATES:
            training = sv.Training(sv.training.Epochs(epochs), schedule=sv.training.OneCycle(rate))
            fits = [sv.fit(fno, task, training, quiet=True, key=jax.random.key(seed)) for seed in range(seeds)]
            tried.append([relative_error(fit.operator, task) for fit in fits])
        found[name] = [parameters(fits[0].operator), min(tried, key=np.mean)]
    return found


def rows(found):
    size, errors = found["dense"]
    table = [Row("dense", "–", f"error {np.mean(errors):.4f}, {size} parameters", None)]
    for name in list(found)[1:]:
        fewer, mine = found[name]
        ratio = np.mean(mine) / np.mean(errors)
        measured = f"error {np.mean(mine):.4f} ({ratio:.2f} × dense), {fewer / size:.0%} of the parameters"
        table.append(Row(name, "error ≤ that of dense", measured, bool(ratio <= 1.0)))
    return table


def check(found):
    size, errors = found["dense"]
    assert all(fewer < 0.5 * size for fewer, _ in list(found.values())[1:]), found
    assert np.mean(found["Tucker 0.1"][1]) < 1.25 * np.mean(errors), found


def draw(found, figure):
    axes = figure.subplots()
    for name, (size, errors) in found.items():
        (line,) = axes.semilogx([size] * len(errors), errors, "o")
        axes.annotate(name, (size, max(errors)), xytext=(4, 4), textcoords="offset points", color=line.get_color())
    axes.set_ylim(0, 1.3 * max(max(errors) for _, errors in found.values()))
    sv.plots.tidy(axes, "Darcy flow: relative L2 test error, one point per seed", "parameters")
