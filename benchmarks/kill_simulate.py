"""kill -9 at random moments in sv.simulate: nothing torn, and the resumed store has the same bytes.

    python -m benchmarks.kill_simulate --kills 100 --json PATH

Darcy samples at 32² go into a store in a process that is killed after some files, again and again, until it
finishes; then a new store is begun, until there were enough kills. After each kill every file of the store is
compared with that of a store written without interruption. `error` is the number of files that ever differed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import signal
import tempfile
import time
from pathlib import Path

SAMPLES = 512


def simulate(store: str) -> None:
    import jax

    import sobolev as sv

    sv.simulate(sv.problems.darcy(), SAMPLES, 32, store, key=jax.random.key(0), quiet=True, check=1)


def hashes(folder: Path) -> dict[str, str]:
    files = [p for p in folder.rglob("*") if p.suffix != ".tmp" and p.is_file()]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def killed_once(context, store: Path, rng: random.Random) -> bool:
    """Runs the simulation and kills it some files and milliseconds later; False if it ended before."""
    before = len(hashes(store)) if store.exists() else 0
    wanted = before + rng.randint(0, 12)
    child = context.Process(target=simulate, args=(str(store),))
    child.start()
    while child.is_alive() and (len(hashes(store)) if store.exists() else 0) < wanted:
        time.sleep(0.001)
    time.sleep(rng.uniform(0, 0.02))
    if not child.is_alive():
        return False
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sobolev", "xarray", "zarr"])
    rng, kills, torn, different, stores = random.Random(arguments.seed), 0, 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        simulate(f"{folder}/undisturbed.zarr")
        expected = hashes(Path(folder) / "undisturbed.zarr")
        while kills < arguments.kills:
            store = Path(folder) / f"{stores}.zarr"
            stores += 1
            while kills < arguments.kills and killed_once(context, store, rng):
                kills += 1
                now = hashes(store)
                torn += sum(digest != expected[n] for n, digest in now.items() if n != "zarr.json")
                print(f"kill {kills}: {len(now)} of {len(expected)} files", flush=True)
            simulate(str(store))
            different += hashes(store) != expected
    print(f"{kills} kills, {stores} stores: {torn} torn files, {different} stores with other bytes")
    if arguments.json:
        arguments.json.write_text(json.dumps({"error": torn + different, "kills": kills, "stores": stores}))


if __name__ == "__main__":
    main()
