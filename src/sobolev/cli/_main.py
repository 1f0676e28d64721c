"""The entry point: sets up the process, then hands over to the application."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Runs the command line and exits with one of the codes in `sobolev.cli._exits`."""
    prepare_jax()
    from ._app import app

    app(prog_name="sobolev")


def prepare_jax() -> None:
    """Sets up JAX for this process, through the environment and before it is imported; the user's settings override.

    - Compiled programs are kept under the user's cache directory, so that only the first run waits for them.
    - Every core (up to eight) is a device, so that training gives each its own samples. What runs on one device still
      uses all cores.
    """
    if "jax" in sys.modules:
        return
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(base) / "sobolev" / "jax"))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")
    os.environ.setdefault("JAX_NUM_CPU_DEVICES", str(min(len(os.sched_getaffinity(0)), 8)))
