"""ETDRK4: fourth order for stiff equations, and coefficients that keep their digits.

**Source.** Cox & Matthews, J. Comput. Phys. 176 (2002), eq. 26–29; Kassam & Trefethen, SIAM J. Sci. Comput. 26 (2005).

**Claim.** Order four while the stiff linear part is integrated exactly, on the Korteweg–de Vries and Kuramoto–
Sivashinsky equations among others. Coefficients such as φ₃(z) = (eᶻ − 1 − z − z²/2)/z³ lose all digits as z → 0 when
evaluated as written, the error growing like ε/|z|³; as contour integrals they keep them for every z.

**Here.** KdV: two solitons pass through one another, 512 points, to t = 1, against Hirota's exact solution. KS: Kassam
& Trefethen's initial value and box, 128 points, to t = 30, against an eighth of the finest step. Large steps wander
about the straight line: orders are those of the finest halving. 60-digit arithmetic judges the library's contour.
"""

import jax
import mpmath
import numpy as np

import sobolev as sv

from ._reproduction import Row


def measure(quick):
    """Relative L2 errors by step, and relative errors of φ₃ by |z|."""
    kdv, ks = sv.problems.kdv(stop=1.0), sv.problems.kuramoto_sivashinsky(stop=30.0)
    halved = 0.5 ** np.arange(*((2, 5) if quick else (0, 6)))
    found = {"KdV": errors(kdv, 512, 0.01 * halved), "KS": errors(ks, 128, 0.25 * halved)}
    z = -np.logspace(-6, 2, 9 if quick else 41)
    with mpmath.workdps(60), jax.enable_x64(True):
        exact = np.array([float((mpmath.exp(a) - 1 - a - a * a / 2) / a**3) for a in map(mpmath.mpf, z.tolist())])
        contour = np.abs(np.asarray(sv.solvers.phi_functions(z, 3)[3]) / exact - 1)
    naive = np.abs((np.exp(z) - 1 - z - z**2 / 2) / z**3 / exact - 1)
    return found | {"z": np.abs(z).tolist(), "naive": naive.tolist(), "contour": np.maximum(contour, 1e-17).tolist()}


def errors(problem, modes, steps):
    """[step, error at the end] for every step, with the exact solution where there is one."""
    side, stop = problem.space.sides[0], problem.time.stop
    x = np.linspace(side.lower, side.upper, modes, endpoint=False)

    def end(step):
        method = sv.methods.SpectralETD(scheme=sv.solvers.ETDRK4, step=sv.solvers.FixedStep(float(step)))
        return np.asarray(sv.solve(problem, method, resolution=modes, times=[0, stop], quiet=True)(x=x, t=stop))

    exact = problem.exact_solution(x=x, t=stop)
    truth = end(steps[-1] / 8) if exact is None else np.asarray(exact["u"])
    return [[float(step), float(np.linalg.norm(end(step) - truth) / np.linalg.norm(truth))] for step in steps]


def order(pairs):
    """Slope of the error between the two finest steps."""
    (coarse, more), (fine, less) = pairs[-2:]
    return float(np.log(more / less) / np.log(coarse / fine))


def rows(found):
    orders, contour, naive = {n: order(found[n]) for n in ("KdV", "KS")}, max(found["contour"]), max(found["naive"])
    return [
        *(Row(f"order, {n}", "4 (eq. 26–29)", f"{o:.2f}", abs(o - 4) < 0.4) for n, o in orders.items()),
        Row("error of φ₃, contour integral", "full precision for every z", f"≤ {contour:.0e}", contour < 1e-13),
        Row("error of φ₃ as written", "ε/z³: no digit left at z = 10⁻⁶", f"up to {naive:.0e}", naive > 1),
    ]


def check(found):
    assert all(abs(order(found[name]) - 4) < 1 for name in ("KdV", "KS")), found
    assert max(found["contour"]) < 1e-13 and max(found["naive"]) > 1, found


def draw(found, figure):
    left, right = figure.subplots(1, 2)
    (step, error), _ = (left.loglog(*np.transpose(found[n]), "o-", label=n)[0].get_data() for n in ("KS", "KdV"))
    left.loglog(step, 0.3 * error[-1] * (step / step[-1]) ** 4, "k:", label="order 4")
    for what, label in (("naive", "as written"), ("contour", "contour integral")):
        right.loglog(found["z"], np.maximum(found[what], 1e-17), label=label)
    for axes, title, label in ((left, "error at the end", "step"), (right, "relative error of φ₃(z)", "|z|, z < 0")):
        sv.plots.tidy(axes, title, label)
        axes.legend(frameon=False, fontsize=8)
