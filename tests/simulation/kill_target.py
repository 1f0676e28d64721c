"""What the tests kill: one simulation of the toy family into a store."""

import jax
from heat_toy import ExactHeat, family

import sobolev as sv

SAMPLES = 400


def run(path, **changes):
    arguments = dict(samples=SAMPLES, resolution=64, method=ExactHeat(), times=9, check=1, quiet=True)
    return sv.simulate(family(), store=path, key=jax.random.key(7), **{**arguments, **changes})
