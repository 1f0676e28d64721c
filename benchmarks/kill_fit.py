"""kill -9 at random moments of a training run: nothing is torn, and the end has the same bits as an undisturbed run.

    python -m benchmarks.kill_fit --kills 20 [--seed 0] [--json PATH]

A child process trains a small network with a checkpoint after every call; it is killed at a random moment after it has
begun to train, started again, and so on. After every kill the directory must hold whole checkpoints only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EPOCHS = 40


def train(directory: str, pause: float) -> None:
    """Trains to the end, and prints a digest of the weights; `pause` seconds after every call of the compiled steps."""
    import equinox as eqx
    import jax
    import numpy as np

    import sobolev as sv
    from sobolev.data import Splits, Task
    from sobolev.fields import Axis, FieldSpec, Grid
    from sobolev.training import Epochs, Execution, Selection, Training

    grid = Grid((Axis("x", 0, 1, 16, "periodic"),))
    a = np.random.default_rng(0).standard_normal((64, 16, 1)).astype(np.float32)

    class Slow:
        """Training data that take a moment to read, so that there is time for a kill between checkpoints."""

        shape, dtype = a.shape, a.dtype

        def __getitem__(self, index):
            time.sleep(pause)
            return np.sin(a[index])

    task = Task(a, Slow(), FieldSpec(("a",), grid), FieldSpec(("u",), grid), Splits.of(64), name="kill")
    training = Training(
        Epochs(EPOCHS),
        selection=Selection(average=0.9),
        execution=Execution(checkpoint_seconds=0),
    )
    sv.training._feed._RESIDENT = 0  # streamed: every call reads its data
    print("begins", flush=True)
    result = sv.fit(
        sv.operators.FNO(width=4, modes=4, layers=1, mixing=None),
        task,
        training,
        directory=directory,
        quiet=True,
        key=jax.random.key(0),
    )
    leaves = [np.asarray(w) for w in jax.tree.leaves(eqx.filter(result.operator, eqx.is_array))]
    steps = [row["step"] for row in result.history]
    print(json.dumps({"digest": hashlib.sha256(b"".join(w.tobytes() for w in leaves)).hexdigest(), "steps": steps}))


def start(directory: Path, pause: float) -> subprocess.Popen:
    """A child that has imported everything and begun."""
    arguments = [sys.executable, "-m", "benchmarks.kill_fit", "--child", str(directory), "--pause", str(pause)]
    child = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    assert child.stdout is not None
    if child.stdout.readline().strip() != "begins":
        raise SystemExit("the child did not begin")
    return child


def finish(child: subprocess.Popen) -> dict:
    """What a child says at its end."""
    out, _ = child.communicate()
    if child.returncode:
        raise SystemExit("a child failed after a kill: the run could not be resumed")
    return json.loads(out.strip().splitlines()[-1])


def checkpoints(directory: Path) -> list[int]:
    """Steps of the checkpoints that are there under their final names."""
    return sorted(int(path.name) for path in (directory / "checkpoints").glob("*") if path.name.isdigit())


def check_whole(directory: Path) -> list[int]:
    """The same, each with all its parts; called when nobody writes."""
    steps = checkpoints(directory)
    for step in steps:
        path = directory / "checkpoints" / str(step)
        missing = [part for part in ("state", "record", "_CHECKPOINT_METADATA") if not (path / part).exists()]
        if missing:
            raise SystemExit(f"torn: {path} lacks {', '.join(missing)}")
    return steps


def kill_until(kills: int, seed: int, pause: float) -> dict:
    """An undisturbed run, and one killed `kills` times; their digests, and where the kills fell."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        calm = finish(start(Path(folder) / "calm", 0.0))
        directory, where, ended = Path(folder) / "killed", [], 0
        while len(where) < kills:
            child = start(directory, pause)
            begin = checkpoints(directory)
            limit, target = time.monotonic() + 120, draw.randint(1, 6)
            # Wait for a few checkpoints (so that the run gets on), then for a random moment more.
            while child.poll() is None and time.monotonic() < limit:
                now = checkpoints(directory)
                if now and now[-1] >= (begin[-1] if begin else 0) + target:
                    break
                time.sleep(0.002)
            time.sleep(draw.random() * 0.15)
            if child.poll() is None:
                child.kill()
                child.wait()
                where.append(check_whole(directory)[-1:])
            else:
                ended += 1
                if ended > kills:
                    raise SystemExit("the run ends before it can be killed")
        killed = finish(start(directory, 0.0))
    return {
        "kills": len(where),
        "last_checkpoints": where,
        "is_identical": calm["digest"] == killed["digest"] and calm["steps"] == killed["steps"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--pause", type=float, default=0.02)
    options = parser.parse_args()
    if options.child:
        train(options.child, options.pause)
        return
    report = kill_until(options.kills, options.seed, options.pause)
    print(json.dumps(report))
    if options.json:
        options.json.write_text(json.dumps(report))
    if not report["is_identical"]:
        raise SystemExit("the weights differ from those of the undisturbed run")


if __name__ == "__main__":
    main()
