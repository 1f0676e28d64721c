"""FNO: trained at one resolution, equally good at any other.

**Source.** Li, Kovachki, Azizzadenesheli, Liu, Bhattacharya, Stuart & Anandkumar, Fourier neural operator for
parametric partial differential equations, ICLR 2021, section 5.1.

**Claim.** The operator is learned between function spaces: its error does not depend on the resolution of the data.

**Here.** The paper's Burgers' equation (ν = 0.1, periodic, u(·, 0) ↦ u(·, 1), the same law of initial values), fewer
samples (400), epochs (60) and channels (32); trained on 128 points, tested from 64 to 1024.
"""

import jax

import sobolev as sv

from ._reproduction import Row, relative_error

TRAINED_AT = 128


def measure(quick):
    """Test error by resolution."""
    samples, points, epochs, width, layers = (60, 256, 30, 16, 2) if quick else (400, 1024, 60, 32, 4)
    burgers = sv.problems.burgers(0.1, periodic=True, interval=(0, 1)).random()
    data = sv.simulate(burgers, samples + 100, points, times=2, quiet=True, key=jax.random.key(0))
    task = sv.as_task(data, splits=sv.Splits.of(samples + 100, validation=0, test=100))
    task = sv.training.FinalTime()(task)

    training = sv.Training(sv.training.Epochs(epochs), batch=20, schedule=sv.training.OneCycle(2e-3))
    fno = sv.operators.FNO(width=width, modes=16, layers=layers)
    coarse = task.coarsened(points // TRAINED_AT)
    operator = sv.fit(fno, coarse, training, quiet=True, key=jax.random.key(1)).operator
    resolutions = [n for n in (64, 128, 256, 512, 1024) if n <= points]
    return {
        "resolutions": resolutions,
        "errors": [relative_error(operator, task.coarsened(points // n)) for n in resolutions],
    }


def at(found, points):
    return found["errors"][found["resolutions"].index(points)]


def spread(found):
    """Largest over smallest error from the training resolution up."""
    fine = [e for n, e in zip(found["resolutions"], found["errors"], strict=True) if n >= TRAINED_AT]
    return max(fine) / min(fine)


def rows(found):
    error, coarse = at(found, TRAINED_AT), at(found, 64) / at(found, TRAINED_AT)
    return [
        Row("error at 128 … 1024 points, largest / smallest", "flat (1)", f"{spread(found):.3f}", spread(found) < 1.1),
        Row("error at 64 points / error at 128", "flat (1)", f"{coarse:.2f}", coarse < 1.3),
        Row("error on 128 points", "2.5e-3 by the authors' code (comparison.md)", f"{error:.1e}, less training", None),
    ]


def check(found):
    assert spread(found) < 1.1 and at(found, 64) < 1.5 * at(found, TRAINED_AT), found
    assert max(found["errors"]) < 1, found  # that of predicting zero


def draw(found, figure):
    axes = figure.subplots()
    axes.loglog(found["resolutions"], found["errors"], "o-", label="test error")
    axes.axvline(TRAINED_AT, color="k", linestyle=":", label="trained here")
    axes.set_ylim(min(found["errors"]) / 10, max(found["errors"]) * 10)
    axes.set_xticks(found["resolutions"], found["resolutions"], minor=False)
    axes.minorticks_off()
    sv.plots.tidy(axes, "FNO on Burgers' equation: relative L2 error", "points")
    axes.legend(frameon=False, fontsize=8)
