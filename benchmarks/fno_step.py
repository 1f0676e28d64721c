"""FNO training step (forward, relative L2, backward, Adam) against neuraloperator: two threads, float32, batch 16.

    python -m benchmarks.fno_step --json PATH --peer-python PYTHON [--runs 3]

Same mathematics and parameter count on both sides: width 32, 4 layers, exact GELU, channel MLPs with gated skips, grid
coordinates as inputs. Bars: 2.5x at 64 x 64 points with 16 modes, 3x at 128 x 128 with 24, peak memory no higher.
Sobolev's step is that of `sv.fit`, each core a device (as `sobolev learn` sets JAX up).
`ratio` is the worse of the two ratios over its bar, so that 1 is just enough.
"""

from __future__ import annotations

import os

from ._measure import alternate, arguments, median, report, worker

_BATCH = 16
_CASES = ((64, 16, 10, 2.5), (128, 24, 5, 3.0))


def _limited(command: list[str]) -> list[str]:
    """The command on two cores, so that both libraries have two threads."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    return ["taskset", "-c", ",".join(map(str, cores)), *command]


def main() -> None:
    given = arguments("FNO training step against neuraloperator", peer=True)
    cases = []
    for points, modes, steps, bar in _CASES:
        sizes = {"points": points, "modes": modes, "batch": _BATCH, "steps": steps}
        options = [text for name, value in sizes.items() for text in (f"--{name}", str(value))]
        commands = {"ours": _limited(worker("_fno_ours.py", *options))}
        if given.peer_python is not None:
            commands["peer"] = _limited(worker("_fno_peer.py", *options, python=given.peer_python))
        runs = alternate(commands, given.runs, {"JAX_NUM_CPU_DEVICES": "2"})
        case = {"points": points, "modes": modes, "bar": bar, "ours": _summary(runs["ours"])}
        if "peer" in runs:
            case["peer"] = _summary(runs["peer"])
            if case["peer"]["parameters"] != case["ours"]["parameters"]:
                raise SystemExit(f"The networks differ: {case}")
            case["ratio"] = case["peer"]["seconds"] / case["ours"]["seconds"]
            case["memory_ratio"] = case["ours"]["peak_mb"] / case["peer"]["peak_mb"]
        cases.append(case)
    result = {"cases": cases}
    if given.peer_python is not None:
        result["ratio"] = min(case["ratio"] / case["bar"] for case in cases)
        result["memory_ratio"] = max(case["memory_ratio"] for case in cases)
    report(result, given.json)


def _summary(runs: list[dict]) -> dict:
    return {
        **runs[0],
        "seconds": median([run["seconds"] for run in runs]),
        "all_seconds": [run["seconds"] for run in runs],
        "peak_mb": max(run["peak_mb"] for run in runs),
    }


if __name__ == "__main__":
    main()
