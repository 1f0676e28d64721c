"""Statement → first ETD step without XLA's compilation: SymPy, lowering, Fourier symbols, tracing of ETDRK4.

Each run is a fresh process that has assembled another statement (advection) before. `seconds` are by the clock,
`cpu_seconds` what the process itself used; on a busy machine only the latter tell. `ratio` is the bar of 0.2 s over the
slower problem's cpu_seconds.
"""

from __future__ import annotations

from ._measure import alternate, arguments, median, report, worker

BAR = 0.2
PROBLEMS = ("kuramoto_sivashinsky", "navier_stokes")


def main() -> None:
    options = arguments(__doc__, runs=5)
    found = alternate({name: worker("_assembly_ours.py", name) for name in PROBLEMS}, options.runs)
    result = {
        kind: {name: median([run[kind] for run in runs]) for name, runs in found.items()}
        for kind in ("seconds", "cpu_seconds")
    }
    report({"ratio": BAR / max(result["cpu_seconds"].values()), "bar_seconds": BAR, **result}, options.json)


if __name__ == "__main__":
    main()
