"""Several devices against one, in a process that simulates four."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

SCRIPT = """
import json, sys
import jax, numpy as np
from tiny_learning import TinyNet, tiny_task
from sobolev.training import Epochs, Execution, Symmetries, Training, fit
from sobolev.training import _program
assert jax.local_device_count() == 4
found = {}
for devices in (1, 2, 4):
    # 28 samples in batches of 7: no batch divides evenly over the devices.
    training = Training(Epochs(2), batch=7, augmentation=Symmetries(transpose=False, flips=True),
                        execution=Execution(devices=devices, precision="double"))
    result = fit(TinyNet(), tiny_task(), training, quiet=True, key=jax.random.key(0))
    found[devices] = [np.asarray(w).ravel().tolist() for w in jax.tree.leaves(result.operator.operator.mlp)
                      if hasattr(w, "shape")] + [[row["validation"] for row in result.history]]
print(json.dumps(found))
"""


def test_two_and_four_devices_give_the_weights_of_one():
    here = Path(__file__).parent
    environment = os.environ | {
        "XLA_FLAGS": "--xla_force_host_platform_device_count=4",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": str(here),
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    for devices in ("2", "4"):
        for one, several in zip(found["1"], found[devices], strict=True):
            np.testing.assert_allclose(several, one, rtol=1e-9, atol=1e-12)
