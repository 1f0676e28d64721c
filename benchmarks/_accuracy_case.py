"""One case of `benchmarks.accuracy` in a process of its own: sv.solve at tolerance 1e-6, compared with the truth."""

import json
import sys
import time

import numpy as np
import scipy.integrate

import sobolev as sv

TOLERANCE = 1e-6
FRACTIONS = (0.13, 0.5, 0.77, 1.0)  # of the time span: also between saved times


def problems() -> dict:
    return {
        "kdv": sv.problems.kdv,
        "kuramoto_sivashinsky": sv.problems.kuramoto_sivashinsky,
        "allen_cahn": sv.problems.allen_cahn,
        "nonlinear_schroedinger": sv.problems.nonlinear_schroedinger,
        "burgers": lambda: sv.problems.burgers(periodic=True),
    }


def exact(problem, x: np.ndarray, times: np.ndarray) -> np.ndarray:
    found = problem.exact_solution(x=x, t=times[:, None])
    return np.asarray(found[problem.unknown_names[0]] if isinstance(found, dict) else found)


def ks_reference(x: np.ndarray, times: np.ndarray, points: int = 512, step: float = 0.0025) -> np.ndarray:
    """Integrating-factor Runge–Kutta in NumPy: another scheme, another program."""
    length = 32 * np.pi
    grid = np.arange(points) * length / points
    k = np.fft.rfftfreq(points, 1 / points) * 2 * np.pi / length
    keep = np.arange(k.size) < points / 3
    factor = np.exp(step / 2 * (k**2 - k**4))

    def nonlinear(c):
        return -0.5j * k * keep * np.fft.rfft(np.fft.irfft(c, points) ** 2)

    c, now, found = np.fft.rfft(np.cos(grid / 16) * (1 + np.sin(grid / 16))), 0, []
    for target in np.rint(times / step).astype(int):
        for _ in range(target - now):
            a = step * nonlinear(c)
            b = step * nonlinear(factor * (c + a / 2))
            d = step * nonlinear(factor * c + b / 2)
            e = step * nonlinear(factor**2 * c + factor * d)
            c = factor**2 * c + (factor**2 * a + 2 * factor * (b + d) + e) / 6
        now = target
        basis = np.exp(1j * np.outer(x, k))
        found.append((basis @ (c * np.where(k > 0, 2, 1))).real / points)
    return np.array(found)


def allen_cahn_reference(x: np.ndarray, times: np.ndarray, degree: int = 480) -> np.ndarray:
    """Chebyshev collocation and SciPy's Radau at relative tolerance 1e-11."""
    nodes = np.cos(np.pi * np.arange(degree + 1) / degree)
    weights = np.where(np.arange(degree + 1) % degree == 0, 2.0, 1.0) * (-1.0) ** np.arange(degree + 1)
    gaps = nodes[:, None] - nodes + np.eye(degree + 1)
    first = np.outer(weights, 1 / weights) / gaps
    first -= np.diag(first.sum(axis=1))
    second = (first @ first)[1:-1]

    def rate(_, inner):
        u = np.concatenate([[-1.0], inner, [-1.0]])
        return 1e-3 * second @ u + 5 * (inner - inner**3)

    def jacobian(_, inner):
        return 1e-3 * second[:, 1:-1] + np.diag(5 - 15 * inner**2)

    start = (nodes**2 * np.cos(np.pi * nodes))[1:-1]
    run = scipy.integrate.solve_ivp(rate, (0, times[-1]), start, "Radau", times, jac=jacobian, rtol=1e-11, atol=1e-12)
    fit = [np.polynomial.chebyshev.chebfit(nodes, [-1, *u, -1], degree) for u in run.y.T]
    return np.array([np.polynomial.chebyshev.chebval(x, c) for c in fit])


REFERENCES = {"kuramoto_sivashinsky": ks_reference, "allen_cahn": allen_cahn_reference}


def main(name: str) -> None:
    begin, cpu = time.perf_counter(), time.process_time()
    problem = problems()[name]()
    solution = sv.solve(problem, tolerance=TOLERANCE, quiet=True)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    side = problem.space.sides[0]
    x = np.linspace(side.lower, side.upper, 777, endpoint=False)
    times = np.array(FRACTIONS) * problem.time.stop
    truth = REFERENCES[name](x, times) if name in REFERENCES else exact(problem, x, times)
    found = np.asarray(solution(x=x[None], t=times[:, None]))
    errors = np.linalg.norm(found - truth, axis=1) / np.linalg.norm(truth, axis=1)
    print(
        json.dumps(
            {
                "error": float(errors.max()),
                "estimate": solution.error_bar.relative_l2,
                "seconds": seconds,
                "cpu_seconds": cpu,
                "method": type(solution.method).__name__,
                "points": list(solution.resolution),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
