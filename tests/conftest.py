"""Shared by all tests: a key, and a headless matplotlib."""

import os

os.environ.setdefault("MPLBACKEND", "Agg")

import jax
import pytest


@pytest.fixture
def key():
    return jax.random.key(0)
