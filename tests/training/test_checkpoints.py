import dataclasses
import shutil

import jax
import pytest
from tiny_learning import TinyNet, bits, tiny_task

import sobolev as sv
from sobolev.training import Epochs, Execution, OneCycle, Selection, Training, fit

KEY = jax.random.key(0)
OFTEN = Training(Epochs(5), batch=8, execution=Execution(checkpoint_seconds=0), selection=Selection(average=0.9))


def run(directory, task=None, training=OFTEN, net=None, key=KEY):
    return fit(net or TinyNet(), task or tiny_task(), training, directory=directory, quiet=True, key=key)


def newest(directory):
    folder = directory / "checkpoints"
    return sorted((p for p in folder.iterdir() if p.name.isdigit()), key=lambda p: int(p.name))[-1]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    directory = tmp_path_factory.mktemp("run")
    return directory, run(directory)


@pytest.fixture
def copy(finished, tmp_path):
    shutil.copytree(finished[0], tmp_path / "run")
    return tmp_path / "run"


def test_a_finished_run_returns_at_once(finished, copy):
    again = run(copy)
    assert bits(again.operator) == bits(finished[1].operator)
    assert again.history == finished[1].history
    assert again.best == finished[1].best


def test_two_checkpoints_are_kept(finished):
    assert len([p for p in (finished[0] / "checkpoints").iterdir() if p.name.isdigit()]) == 2


def test_resuming_from_the_one_before_gives_the_same_bits(finished, copy):
    shutil.rmtree(newest(copy))
    assert bits(run(copy).operator) == bits(finished[1].operator)


def damage_arrays(checkpoint):
    """Flips a bit in the largest file of the arrays."""
    files = [p for p in (checkpoint / "state").rglob("*") if p.is_file()]
    victim = max(files, key=lambda p: p.stat().st_size)
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)


def truncate_arrays(checkpoint):
    for p in (checkpoint / "state").rglob("*"):
        if p.is_file():
            p.write_bytes(p.read_bytes()[: p.stat().st_size // 2])


def damage_record(checkpoint):
    (checkpoint / "record" / "metadata").write_text('{"format": 1, ')


def lose_arrays(checkpoint):
    shutil.rmtree(checkpoint / "state")


@pytest.mark.parametrize("harm", [damage_arrays, truncate_arrays, damage_record, lose_arrays])
def test_damage_is_found_and_the_one_before_is_used(finished, copy, harm):
    harm(newest(copy))
    assert bits(run(copy).operator) == bits(finished[1].operator)


def test_when_all_are_damaged_it_says_so(copy):
    for checkpoint in (p for p in (copy / "checkpoints").iterdir() if p.name.isdigit()):
        truncate_arrays(checkpoint)
    with pytest.raises(sv.CheckpointError, match="No checkpoint of this run can be read"):
        run(copy)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"net": TinyNet(9)}, "operator"),
        ({"task": tiny_task(samples=41)}, "task"),
        ({"training": dataclasses.replace(OFTEN, schedule=OneCycle(1e-2))}, "training"),
        ({"key": jax.random.key(7)}, "key"),
        (
            {"task": dataclasses.replace(tiny_task(), problem=sv.problems.poisson())},
            "statement",
        ),
    ],
)
def test_checkpoints_of_other_runs_are_refused(copy, change, what):
    with pytest.raises(sv.CheckpointError, match=f"belongs to another .*{what}"):
        run(copy, **change)


def test_what_changes_no_result_may_differ(finished, copy):
    training = dataclasses.replace(OFTEN, execution=Execution(checkpoint_seconds=60, block=1))
    assert bits(run(copy, training=training).operator) == bits(finished[1].operator)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(sv.StoreError, match="Cannot write checkpoints"):
        run(tmp_path / "file")
