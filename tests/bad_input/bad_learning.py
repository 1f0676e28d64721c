"""The table of bad input: operators, their files, sv.fit and sv.compare."""

import io
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from bad_case import Case, argument, in_file, refused
from bad_files import task
from bad_simulations import DECAY
from jaxtyping import Array

import sobolev as sv
from sobolev.data import Splits
from sobolev.fields import Axis, FieldSpec, Grid, GridField
from sobolev.operators import (
    FNO,
    AbstractArchitecture,
    AbstractOperator,
    DeepONet,
    KernelRidge,
    Mean,
    Normalised,
    Statistics,
    UNet,
    load_operator,
    save_operator,
)
from sobolev.training import (
    Adam,
    Constant,
    Cosine,
    Epochs,
    Execution,
    GradientDescent,
    OneStep,
    RelativeL2,
    Selection,
    Steps,
    Symmetries,
    Training,
)

KEY = jax.random.key(0)
SMALL = FNO(width=2, modes=2, layers=1)


class Factor(AbstractOperator):
    """u = c a: the smallest operator that can be fitted."""

    inputs: FieldSpec = eqx.field(static=True)
    outputs: FieldSpec = eqx.field(static=True)
    c: Array

    def __call__(self, field):
        return GridField(self.c * field.values, field.grid, self.outputs.names)


@dataclass(frozen=True)
class Factors(AbstractArchitecture):
    """Builds `Factor`s that start at `start`."""

    start: float = 0.5

    def build(self, inputs, outputs, *, key):
        return Factor(inputs, outputs, jnp.asarray(self.start))


def grid(points=16, kind="periodic"):
    return Grid((Axis("x", 0, 1, points, kind),))


def specs(points=16, kind="periodic"):
    return FieldSpec(("a",), grid(points, kind)), FieldSpec(("u",), grid(points, kind))


def build(architecture, points=16, kind="periodic"):
    return architecture.build(*specs(points, kind), key=KEY)


def field(points=16, names=("a",)):
    return GridField(jnp.ones((points, len(names))), grid(points), names)


def fit(operator=Factors(), data=None, training=None, **how):
    return sv.fit(
        operator, task() if data is None else data, training or Training(Steps(2)), key=KEY, quiet=True, **how
    )


def compare(subject, *rest, **how):
    return sv.compare(subject, *rest, **{"quiet": True, "key": KEY, **how})


def evolution(frames=4, times=None):
    u = np.zeros((12, frames, 8, 1))
    return task(outputs=u, times=np.arange(frames) if times is None else times)


def archive():
    """The bytes of an .npz that is no operator."""
    memory = io.BytesIO()
    np.savez(memory, x=np.ones(3))
    return memory.getvalue()


def saved(here):
    save_operator(here / "operator", build(SMALL))
    return here / "operator"


def torn(here):
    path = saved(here)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return load_operator(path)


def changed_byte(here):
    path = saved(here)
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 3] ^= 0x55
    path.write_bytes(whole)
    return load_operator(path)


def of_others(contents):
    def make(here):
        (here / "operator").write_bytes(contents)
        return load_operator(here / "operator")

    return make


def checkpoint(here, **change):
    """A run that is started, and gone on with by something else."""
    same = dict(operator=Factors(), data=task(), training=Training(Steps(2)))
    fit(**same, directory=here)
    return fit(**{**same, **change}, directory=here)


def torn_checkpoint(here):
    same = dict(data=task())
    fit(**same, directory=here)
    for p in (here / "checkpoints").rglob("*"):
        if p.is_file():
            p.write_bytes(p.read_bytes()[: p.stat().st_size // 2])
    return fit(**same, directory=here)


def below_a_file(here):
    (here / "file").write_text("")
    return fit(directory=here / "file")


def checkpoint_error(name, make, fragment):
    return in_file(name, make, fragment, sv.CheckpointError)


def where(**how):
    return Training(Steps(1), **how)


OTHER = FieldSpec(("v",), grid(8))
OPERATORS = [
    argument("no width", lambda: FNO(width=0), "width is not positive"),
    argument("one and a half layers", lambda: FNO(layers=1.5), "layers is not positive"),
    argument("no modes", lambda: FNO(modes=0), "modes"),
    argument("mixing below zero", lambda: FNO(mixing=-1.0), "mixing"),
    argument("a width that is no count", lambda: UNet(width=2.0), "width is not positive"),
    argument("a depth below zero", lambda: DeepONet(depth=-1), "depth is not positive"),
    argument("an odd transform", lambda: FNO(transform="wavelet"), "unknown transform"),
    argument("modes of three axes", lambda: build(FNO(modes=(4, 4, 4))), "number of axes"),
    argument("no basis", lambda: DeepONet(basis=0), "basis is not positive"),
    argument("no levels", lambda: UNet(levels=0), "levels is not positive"),
    argument("edges that wrap", lambda: UNet(edges="wrap"), "unknown edges"),
    argument("no samples of kernel ridge", lambda: KernelRidge(samples=0), "samples"),
    refused("a grid the U-Net cannot halve", lambda: build(UNet(2, 3), 100), "multiples of 8, such as 96 or 104"),
    refused("a grid that leaves the U-Net a point", lambda: build(UNet(2, 3), 8), "such as 16 or 24"),
    refused("another grid for the U-Net", lambda: build(UNet(1, 1))(field(32)), "training grid, 16 points"),
    refused("Chebyshev points for an FNO", lambda: build(FNO(), kind="chebyshev"), "equally spaced"),
    refused(
        "an FNO between two grids",
        lambda: FNO().build(specs(16)[0], specs(18)[1], key=KEY),
        "grid of its input",
    ),
    argument("channels of other names", lambda: build(SMALL)(field(names=("b",))), "other channels"),
    argument("too many channels", lambda: build(SMALL)(field(names=("a", "b"))), "other channels"),
    argument(
        "axes of other names",
        lambda: build(SMALL)(GridField(jnp.ones((16, 1)), Grid((Axis("z", 0, 1, 16, "periodic"),)), ("a",))),
        "other axes",
    ),
    argument("a deviation of zero", lambda: Statistics(np.zeros(1), np.zeros(1)), "std"),
    argument(
        "statistics of two channels",
        lambda: Normalised(build(SMALL), *(Statistics(np.zeros(n), np.ones(n)) for n in (2, 1))),
        "statistics do not fit",
    ),
    Case(
        "kernel ridge of one sample",
        lambda: KernelRidge().estimate(*specs(8), np.ones((1, 8, 1)), np.ones((1, 8, 1))),
        "training samples",
        sv.DataError,
    ),
    Case(
        "kernel ridge of equal inputs",
        lambda: KernelRidge().estimate(*specs(8), np.ones((9, 8, 1)), task(n=9).outputs),
        "inputs are equal",
        sv.DataError,
    ),
    checkpoint_error("an operator that is not there", lambda here: load_operator(here / "absent"), "no such file"),
    checkpoint_error("half an operator", torn, "truncated"),
    checkpoint_error("an operator with a changed byte", changed_byte, "no operator that can be loaded"),
    checkpoint_error("an operator of text", of_others(b"hello"), "no operator that can be loaded"),
    checkpoint_error("an operator of other arrays", of_others(archive()), "no operator that can"),
    in_file(
        "an operator below a file",
        lambda here: save_operator(_file(here) / "operator", Mean().estimate(*specs(8), *task().arrays(slice(None)))),
        "Cannot write",
        sv.StoreError,
    ),
]

LEARNING = [
    argument("a word to fit", lambda: fit("FNO"), "cannot be fitted"),
    argument("a number to fit to", lambda: fit(data=3), "no data set"),
    argument("a word to train by", lambda: fit(training="quick"), "no way to train"),
    argument("nothing to train on", lambda: fit(data=task().with_splits(Splits([], [0], [1]))), "no training samples"),
    argument("an evolution as a whole", lambda: fit(data=evolution()), "what is to be learned of it"),
    argument("steps that differ", lambda: OneStep()(evolution(times=np.array([0, 1, 2, 4.0]))), "not equally spaced"),
    argument("a window too wide", lambda: OneStep(stride=4)(evolution()), "shorter than one window"),
    argument("a budget without unit", lambda: Training(budget=10), "no unit"),
    argument("a batch of none", lambda: where(batch=0), "batch is no count"),
    argument("a loss as text", lambda: where(loss="mse"), "loss is not of the right kind"),
    argument(
        "a loss as augmentation", lambda: where(augmentation=RelativeL2()), "augmentation is not of the right kind"
    ),
    argument("an average for ever", lambda: Selection(average=1.0), "average"),
    argument("no symmetry", lambda: Symmetries(transpose=False), "none is chosen"),
    argument("half precision to train in", lambda: Execution(precision="half"), "precision"),
    argument("a schedule as a number", lambda: where(schedule=1e-3), "schedule is not of the right kind"),
    argument("a rate below zero", lambda: Constant(-1.0), "not positive"),
    argument("warming up for ever", lambda: Cosine(1.0, warmup=1.0), "is no share"),
    argument("no epochs", lambda: Epochs(0), "positive integer"),
    argument("a momentum of one", lambda: Adam(beta1=1.0), "beta1"),
    argument("no patience", lambda: Selection(patience=0), "patience"),
    argument("a block of none", lambda: Execution(block=0), "block"),
    argument("99 devices", lambda: fit(training=where(execution=Execution(devices=99))), "not so many devices"),
    argument(
        "an operator of other data",
        lambda: fit(build(Factors(), 8), data=task(output_spec=OTHER)),
        "are not the task's",
    ),
    Case(
        "NaN to learn from",
        lambda: fit(data=task(inputs=np.where(np.arange(96).reshape(12, 8, 1) % 8 == 5, np.nan, 1.0))),
        "at index (5,)",
        sv.DataError,
    ),
    Case(
        "a rate that explodes",
        lambda: fit(training=Training(Steps(40), schedule=Constant(1e38), optimiser=GradientDescent())),
        "Training diverged",
        sv.ConvergenceError,
    ),
    checkpoint_error(
        "a checkpoint of another operator",
        lambda here: checkpoint(here, operator=Factors(0.25)),
        "belongs to another operator",
    ),
    checkpoint_error(
        "a checkpoint of other data",
        lambda here: checkpoint(here, data=task(n=13)),
        "belongs to another task",
    ),
    checkpoint_error("a torn checkpoint", torn_checkpoint, "No checkpoint of this run can be read"),
    in_file("a checkpoint below a file", below_a_file, "Cannot write checkpoints", sv.StoreError),
]

COMPARING = [
    argument("compare text", lambda: compare("darcy", ()), "statement or a task"),
    argument("no seeds", lambda: compare(task(), (), seeds=0), "seeds"),
    argument("data twice", lambda: compare(task(), (), data="file.npz"), "brings its own data"),
    argument("a number to compare", lambda: compare(task(), [42]), "cannot be compared"),
    refused("compare without space", lambda: compare(DECAY, [SMALL]), "has no space"),
]


def _file(here):
    (here / "file").write_text("")
    return here / "file"


LEARNED = [*OPERATORS, *LEARNING, *COMPARING]
