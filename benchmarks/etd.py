"""ETDRK stepping against Exponax 0.2.0: same equation, grid, dealiasing, scheme, steps and width of numbers.

`ratio` is the peer's time over ours, the worst of four cases: KS with 256 points and 2-D Navier–Stokes with 64²
points, orders 4 and 2. `differences` shows that both sides compute the same solution.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from ._measure import alternate, arguments, median, report, worker


def main() -> None:
    options = arguments(__doc__, peer=True)
    if options.peer_python is None:
        raise SystemExit("benchmarks.etd needs --peer-python: an interpreter with exponax 0.2.0")
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "ours": worker("_etd_ours.py", folder),
            "peer": worker("_etd_peer.py", folder, python=options.peer_python),
        }
        found = alternate(commands, options.runs, {"JAX_ENABLE_X64": "1"})
        cases = list(found["ours"][0])
        differences = {}
        for case in cases:
            ours, peer = (np.load(Path(folder) / f"{side}_{case}.npy") for side in ("ours", "peer"))
            differences[case] = float(np.linalg.norm(ours - peer) / np.linalg.norm(peer))
    seconds = {side: {case: median([run[case] for run in runs]) for case in cases} for side, runs in found.items()}
    ratios = {case: seconds["peer"][case] / seconds["ours"][case] for case in cases}
    report(
        {"ratio": min(ratios.values()), "bar": 1.0, "ratios": ratios, "seconds": seconds, "differences": differences},
        options.json,
    )


if __name__ == "__main__":
    main()
