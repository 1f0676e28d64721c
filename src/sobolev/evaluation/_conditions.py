"""The conditions of a run (R9): versions, machine, threads."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any


def conditions(**more: Any) -> dict[str, Any]:
    """What must be the same for two costs to be comparable, and what is needed to repeat the run."""
    import jax

    packages = ("sobolev", "jax", "jaxlib", "equinox", "diffrax", "numpy", "scipy", "optax")
    return {
        "machine": _processor(),
        "cores": len(os.sched_getaffinity(0)) if platform.system() == "Linux" else os.cpu_count(),
        "memory_GB": _memory(),
        "device": ", ".join(sorted({d.device_kind for d in jax.devices()})),
        "devices": jax.device_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in packages},
        **more,
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _memory() -> float | None:
    if platform.system() != "Linux":
        return None
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
