"""The entry point: sets up the process, then hands over to the application."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Runs the command line and exits with one of the codes in `sobolev.cli._exits`."""
    persist_compilations()
    from ._app import app

    app(prog_name="sobolev")


def persist_compilations() -> None:
    """Lets JAX keep compiled programs under the user's cache directory, so that only the first run waits for them.

    Through the environment, before JAX is imported: a choice of this process, which the user's own settings override.
    """
    if "jax" in sys.modules:
        return
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(base) / "sobolev" / "jax"))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")
