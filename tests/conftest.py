"""Shared by all tests: a key, a headless matplotlib, cheap compilation, and memory given back."""

import os
import resource
import signal
from pathlib import Path

os.environ.setdefault("MPLBACKEND", "Agg")

import jax
import pytest

# A run started in the background ignores Ctrl-C, and the tests of Ctrl-C with it.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Most of a test's time is compilation, and most of that LLVM's optimisation, which small programs do not repay.
jax.config.update("jax_disable_most_optimizations", True)
_CROWDED = 3 * 2**20  # kilobytes of memory at which compiled programs are forgotten


@pytest.fixture
def key():
    return jax.random.key(0)


@pytest.fixture(autouse=True)
def _as_users_compile(request):
    """Tests marked `optimised` compile as users do: those that compute much, and those of speed."""
    if request.node.get_closest_marker("optimised") is None:
        yield
        return
    jax.config.update("jax_disable_most_optimizations", False)
    yield
    jax.config.update("jax_disable_most_optimizations", True)


@pytest.fixture(autouse=True, scope="module")
def _memory():
    yield
    if int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1024 > _CROWDED:
        jax.clear_caches()
