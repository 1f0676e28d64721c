"""Operators in files: everything comes back to the bit; nothing else is accepted."""

import io
import json
import pickle

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from sobolev._core import CheckpointError, StoreError
from sobolev.fields import Axis, FieldSpec, Grid, GridField
from sobolev.operators import (
    CP,
    FNO,
    TT,
    AbstractOperator,
    DeepONet,
    DomainPadding,
    FourierFeatures,
    KernelRidge,
    Mean,
    Normalised,
    Statistics,
    Tucker,
    UNet,
    load_architecture,
    load_operator,
    save_operator,
)

GRID = Grid((Axis("x", 0.0, 1.0, 8), Axis("y", 0.0, 1.0, 8)))
SPECS = FieldSpec(("a",), GRID), FieldSpec(("u",), GRID)
X, Y = np.random.default_rng(0).standard_normal((2, 6, 8, 8, 1))
ARCHITECTURES = [
    FNO(4, 4, 1, weights=Tucker(0.5), padding=DomainPadding(0.25, "edge")),
    FNO(4, (4, 3), 1, weights=TT(0.5), mixing=None),
    FNO(4, 4, 1, weights=CP(0.5)),
    DeepONet(4, 4, 1, FourierFeatures(2)),
    UNet(2, 1, edges="reflect"),
    KernelRidge(),
    Mean(),
]


def _operator(architecture):
    if isinstance(architecture, KernelRidge | Mean):
        return architecture.estimate(*SPECS, X, Y)
    return architecture.build(*SPECS, key=jax.random.key(0))


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "mean.sobolev"
    save_operator(path, _operator(Mean()), Mean())
    return path.read_bytes()


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda a: f"{type(a).__name__}")
def test_round_trip(architecture, tmp_path):
    inner = _operator(architecture)
    operator = Normalised(inner, Statistics.of(X, GRID), Statistics.of(Y))
    path = tmp_path / "operator.sobolev"
    save_operator(path, operator, architecture)
    found = load_operator(path)
    assert jax.tree.structure(found) == jax.tree.structure(operator)
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(operator), strict=True):
        assert a.dtype == b.dtype and bool(jnp.all(a == b))
    assert load_architecture(path) == architecture
    field = GridField(jnp.asarray(X[0], jnp.float32), GRID, ("a",))
    apply = eqx.filter_jit(lambda o: o(field).values)
    np.testing.assert_array_equal(apply(found), apply(operator))
    assert [p.name for p in tmp_path.iterdir()] == ["operator.sobolev"]


@pytest.mark.parametrize("length", [0, 1, 10, 0.3, 0.6, 0.99, -1])
def test_truncated_files(saved, tmp_path, length):
    path = tmp_path / "short"
    path.write_bytes(saved[: int(length * len(saved)) if isinstance(length, float) else length])
    with pytest.raises(CheckpointError, match="truncated"):
        load_operator(path)


def test_changed_bytes_are_found_anywhere(saved, tmp_path):
    path, whole = tmp_path / "changed", load_operator_bytes(saved, tmp_path)
    refused = 0
    for place in np.linspace(0, len(saved) - 1, 60).astype(int):
        changed = bytearray(saved)
        changed[place] ^= 0x55
        path.write_bytes(changed)
        try:
            found = load_operator(path)
        except CheckpointError:
            refused += 1
            continue
        # A byte that means nothing (a date, a padding of the archive): then nothing may differ.
        assert all(bool(jnp.all(a == b)) for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(whole), strict=True))
    assert refused > 30


def load_operator_bytes(contents, folder):
    path = folder / "whole"
    path.write_bytes(contents)
    return load_operator(path)


def test_foreign_files(tmp_path):
    path = tmp_path / "foreign"
    arrays, pickled = io.BytesIO(), io.BytesIO()
    np.savez(arrays, x=np.ones(3))
    np.savez(pickled, header=np.array([{"format": "sobolev operator"}], dtype=object))
    for contents in (b"hello", b"\x93NUMPY", pickle.dumps({"a": 1}), arrays.getvalue(), pickled.getvalue()):
        path.write_bytes(contents)
        with pytest.raises(CheckpointError, match="no operator that can be loaded"):
            load_operator(path)
    with pytest.raises(CheckpointError, match="no such file"):
        load_operator(tmp_path / "absent")
    with pytest.raises(CheckpointError):
        load_operator(tmp_path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": 99}, "version 99"),
        ({"format": "something"}, "of kind"),
        ({"digest": "0"}, "changed or damaged"),
    ],
)
def test_headers_are_checked(saved, tmp_path, change, reason):
    path = tmp_path / "changed"
    _rewrite(saved, path, lambda header: header.update(change))
    with pytest.raises(CheckpointError, match=reason):
        load_operator(path)


@pytest.mark.parametrize("name", ["Popen", "Grid", "__import__"])
def test_only_the_librarys_own_parts_are_built(saved, tmp_path, name):
    from sobolev.operators._saving import _digest

    def rename(header):
        body = json.loads(header["body"])
        body["operator"]["class"] = name
        header["body"] = json.dumps(body)

    path = tmp_path / "renamed"
    arrays = _rewrite(saved, path, rename)

    def sign(header):
        header["digest"] = _digest(header["body"], arrays)

    _rewrite(path.read_bytes(), path, sign)
    with pytest.raises(CheckpointError, match="description cannot be read"):
        load_operator(path)


def _rewrite(contents, path, change):
    with np.load(io.BytesIO(contents)) as archive:
        stored = {name: archive[name] for name in archive.files}
    header = json.loads(stored.pop("header").tobytes().decode())
    change(header)
    with open(path, "wb") as file:
        np.savez(file, header=np.frombuffer(json.dumps(header).encode(), np.uint8), **stored)
    return [stored[name] for name in sorted(stored)]


def test_operators_of_other_makers_are_refused(tmp_path):
    class Foreign(AbstractOperator):
        inputs: FieldSpec = SPECS[0]
        outputs: FieldSpec = SPECS[1]

        def __call__(self, field):
            return field

    path = tmp_path / "x"
    with pytest.raises(CheckpointError, match="not the library's own"):
        save_operator(path, Foreign())
    assert not path.exists()
    save_operator(path, Foreign(), parts=(Foreign,))
    assert load_operator(path, parts=(Foreign,)) == Foreign()
    with pytest.raises(CheckpointError, match="description cannot be read"):
        load_operator(path)


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        save_operator(tmp_path / "file" / "x", _operator(Mean()))
