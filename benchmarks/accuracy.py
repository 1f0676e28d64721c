"""Five nonlinear evolutions by `sv.solve` at tolerance 1e-6: true error, and time with compilation.

Truth is exact for KdV (Hirota), Schrödinger (Satsuma–Yajima) and Burgers (Cole–Hopf); for Kuramoto–Sivashinsky an
integrating-factor Runge–Kutta in NumPy, for Allen–Cahn Chebyshev collocation with SciPy's Radau. Errors are relative
L2 over space, the worst of four times, most of them between saved ones. Each case runs in a fresh process without
JAX's compilation cache. `error` is the worst of the five. On a busy machine `cpu_seconds` bound what `seconds` would be
on an idle one.
"""

from __future__ import annotations

from ._measure import alternate, arguments, median, report, worker

CASES = ("kdv", "kuramoto_sivashinsky", "allen_cahn", "nonlinear_schroedinger", "burgers")


def main() -> None:
    options = arguments(__doc__, runs=1)
    commands = {name: worker("_accuracy_case.py", name) for name in CASES}
    found = alternate(commands, options.runs, {"JAX_ENABLE_COMPILATION_CACHE": "false"})
    cases = {
        name: {**runs[0], **{key: median([run[key] for run in runs]) for key in ("seconds", "cpu_seconds")}}
        for name, runs in found.items()
    }
    result = {
        "error": max(case["error"] for case in cases.values()),
        "seconds": max(case["seconds"] for case in cases.values()),
        "bar": {"error": 1e-6, "seconds": 10},
        "cases": cases,
    }
    report(result, options.json)


if __name__ == "__main__":
    main()
