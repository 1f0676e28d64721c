"""The table of bad input: sv.simulate and its stores."""

import functools
import shutil
import tempfile
from pathlib import Path

import jax
import sympy as sp
import zarr
from bad_case import Case, argument, in_file, refused
from bad_statements import LINE, good, s, t, x

import sobolev as sv
from sobolev import methods, priors

ENDS = sv.Dirichlet(s, 0)
SPAN = sv.Problem(LINE, -sv.parameter("k", prior=priors.Uniform(0.5, 1)) * s.diff(x, 2) - 1, ENDS, name="span")
BRATU = sv.Problem(LINE, s.diff(x, 2) + sv.parameter("k", prior=priors.Uniform(9, 10)) * sp.exp(s), ENDS, name="bratu")
r = sv.parameter("r", prior=priors.Uniform(1, 2))
q = sv.unknown("q", t)
DECAY = sv.Problem(sv.Time(t, 0, 1), q.diff(t) + r * q, sv.Initial(q, 1), name="decay")


def simulate(problem=SPAN, samples=4, **how):
    """A call of sv.simulate that would be sound without `how`."""
    plain = dict(resolution=9, method=methods.FiniteDifference(), check=0, quiet=True, key=jax.random.key(7))
    return sv.simulate(problem, samples, **{**plain, **how})


@functools.cache
def _whole():
    """A store that is complete, made once."""
    with tempfile.TemporaryDirectory() as folder:
        simulate(store=Path(folder) / "s.zarr")
        return {p.relative_to(folder): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}


def store(here):
    for name, contents in _whole().items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(contents)
    return here / "s.zarr"


def wrong(name, fragment, **how):
    return argument(name, lambda: simulate(**how), fragment)


def refuses(name, make, fragment):
    return in_file(name, make, fragment, sv.StoreError)


def interrupted(here):
    """A store that was never finished."""
    path = store(here)
    (path / "zarr.json").write_text((path / "zarr.json").read_text().replace('"complete": true', '"complete": false'))
    return sv.as_task(path)


def without_samples(here):
    path = store(here)
    shutil.rmtree(path / "s")
    return sv.as_task(path)


def other_group(here):
    zarr.create_group(here / "other.zarr")
    return simulate(store=here / "other.zarr")


def below_a_file(here):
    (here / "file").write_text("mine")
    return simulate(store=here / "file" / "s.zarr")


def on_a_file(here):
    (here / "file").write_text("mine")
    return simulate(store=here / "file")


def beside_a_file(here):
    (here / "file").write_text("mine")
    return simulate(store=here)


SIMULATIONS = [
    argument("simulate text", lambda: simulate("heat"), "statement"),
    wrong("no samples to draw", "samples", samples=0),
    wrong("half a sample", "samples", samples=2.5),
    wrong("one point a side", "resolution", resolution=1),
    wrong("points of another box", "resolution", resolution=(8, 8)),
    wrong("times of what rests", "times", times=3),
    wrong("saved times that go back", "times", problem=DECAY, resolution=None, method=None, times=[0.5, 0.1]),
    wrong("times beyond the end of time", "times", problem=DECAY, resolution=None, method=None, times=[0.5, 2.0]),
    wrong("one time alone", "times", problem=DECAY, resolution=None, method=None, times=1),
    wrong("a tolerance of zero", "tolerance", tolerance=0),
    wrong("whole numbers as data", "dtype", dtype="int8"),
    wrong("a class as method", "method", method=methods.FiniteDifference),
    wrong("failures to be ignored", "on_failure", on_failure="ignore"),
    wrong("a number as random key", "key", key=3),
    wrong("single and a half", "precision", precision="half"),
    wrong("a client that is an address", "no client", client="localhost"),
    Case("nothing random to simulate", lambda: simulate(good()), "random"),
    refused("a family without space on a grid", lambda: simulate(DECAY), "needs a space"),
    Case(
        "a family without solutions",
        lambda: simulate(BRATU),
        "of 'bratu' were not solved",
        sv.ConvergenceError,
    ),
    refuses("a store of more samples", lambda here: simulate(samples=3, store=store(here)), "its samples is not"),
    refuses("a store of another key", lambda here: simulate(store=store(here), key=jax.random.key(8)), "its key"),
    refuses(
        "a store of another statement",
        lambda here: simulate(BRATU, store=store(here)),
        "its statement is not this one's",
    ),
    refuses("a store on another grid", lambda here: simulate(store=store(here), resolution=11), "its resolution"),
    refuses("a store that is a file", on_a_file, "is a file"),
    refuses("a store below a file", below_a_file, "Cannot write"),
    refuses("a store beside something else", beside_a_file, "holds something else"),
    refuses("a Zarr store of others", other_group, "no simulation of Sobolev's"),
    in_file("a store that is not complete", interrupted, "not complete"),
    in_file("a store without its samples", without_samples, "s"),
]
