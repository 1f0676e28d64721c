"""Memory of sv.simulate: 10 000 Darcy samples at 64² against 1 000. The bar: peaks within 10 %.

    python -m benchmarks.simulate_memory --json PATH

Each size runs in a process of its own, which reports its peak resident memory and its time per sample (the estimate
of the samples' error left out). A first process fills the compilation cache, so that neither peak is the compiler's.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def measure(samples: int, resolution: int) -> dict[str, float]:
    """Simulates into a temporary store, in this process."""
    import jax

    import sobolev as sv

    how = dict(resolution=resolution, key=jax.random.key(0), quiet=True, check=0)
    with tempfile.TemporaryDirectory() as folder:
        family = sv.problems.darcy()
        begin = time.perf_counter()
        data = sv.simulate(family, samples, store=Path(folder) / "data.zarr", **how)
        seconds = time.perf_counter() - begin
        assert data.sizes["sample"] == samples and float(abs(data.u[-1]).max()) > 0
        size = sum(p.stat().st_size for p in (Path(folder) / "data.zarr").rglob("*") if p.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"peak_mib": peak, "ms_per_sample": 1e3 * seconds / samples, "store_mib": size / 2**20}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--samples", type=int, nargs=2, default=[1000, 10_000])
    parser.add_argument("--resolution", type=int, default=64)
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    cache = str(Path(tempfile.gettempdir()) / "sobolev-simulate-memory-cache")
    environment = {**os.environ, "JAX_COMPILATION_CACHE_DIR": cache, "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, arguments.resolution)))
        return
    found = {}
    for samples in (64, *arguments.samples):
        command = [sys.executable, "-m", "benchmarks.simulate_memory", "--measure", str(samples)]
        command += ["--resolution", str(arguments.resolution)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        found[samples] = json.loads(done.stdout.splitlines()[-1])
        if samples == 64:
            continue
        print(
            f"{samples:>6} samples: peak {found[samples]['peak_mib']:.0f} MiB, "
            f"{found[samples]['ms_per_sample']:.2f} ms per sample, store {found[samples]['store_mib']:.0f} MiB"
        )
    few, many = (found[n] for n in arguments.samples)
    ratio = many["peak_mib"] / few["peak_mib"]
    print(f"ratio of peaks {ratio:.3f} (bar: 0.9 to 1.1)")
    if arguments.json:
        arguments.json.write_text(json.dumps({"ratio": ratio, "few": few, "many": many}))


if __name__ == "__main__":
    main()
