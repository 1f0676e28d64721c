"""`sobolev learn` and `sobolev compare`: data, training, comparison, report."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._compare import compare_on_mesh
from ._data import resolved_data
from ._defaults import Defaults, defaults_for
from ._earlier import earlier_operators, keep_operators, with_earlier
from ._operators import NamedOperator, find_operator
from ._reading import reading_options
from ._runs import Run
from ._statements import find_statement

if TYPE_CHECKING:
    from ..data import Task
    from ..equations import Problem
    from ..evaluation import Comparison


_UNLESS_SAID = {"learn": ("FNO",), "compare": ("FNO", "DeepONet")}  # what is trained
_LAYOUT = ("dims", "coordinates", "times", "box", "kind")


@dataclass(frozen=True)
class LearnOptions:
    """What was asked for; None means: what suits the statement."""

    statement: str | None = None
    settings: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    samples: int | None = None
    resolution: int | None = None
    minutes: float | None = None
    epochs: int | None = None
    seeds: int = 3
    seed: int = 0
    predict: str = "final"
    data: str | None = None
    inputs: str | None = None
    outputs: str | None = None
    test_data: str | None = None
    runs: tuple[str, ...] = ()
    dims: tuple[str, ...] = ()
    coordinates: tuple[str, ...] = ()
    times: str | None = None
    box: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()

    @property
    def reading(self) -> dict[str, Any]:
        """The arguments of `read_task`."""
        layout = reading_options(self.dims, self.coordinates, self.times, self.box, self.kind)
        return {"inputs": self.inputs, "outputs": self.outputs, **layout}


def run_learn(options: LearnOptions, verb: str, out: Path, json: Path | None, quiet: bool) -> None:
    """Starts a run: everything is checked before anything is computed."""
    from ..evaluation import is_on_mesh

    options = with_earlier(options)
    _check(options)
    if not options.operators and not options.runs:
        problem = None if options.data is not None else find_statement(str(options.statement), options.settings)
        if verb == "compare" and problem is not None and is_on_mesh(problem):
            run = Run.start(verb, problem.name, out, dataclasses.asdict(options))
            compare_on_mesh(problem, options.seed, run, json, quiet)
            return
        options = dataclasses.replace(options, operators=_UNLESS_SAID[verb])
    problem, operators, _ = _family(options), _operators(options), earlier_operators(options)
    name = problem.name if problem is not None else Path(str(options.data)).stem
    run = Run.start(verb, name, out, dataclasses.asdict(options))
    carry_out(run, options, problem, operators, json, quiet)


def resume_learn(run: Run, json: Path | None, quiet: bool) -> None:
    """Goes on with an interrupted run: data and checkpoints that are there are not made again."""
    configuration = {k: tuple(v) if isinstance(v, list) else v for k, v in run.configuration.items()}
    options = LearnOptions(**configuration)
    if not options.operators and not options.runs:  # a comparison on a mesh
        problem = find_statement(str(options.statement), options.settings)
        compare_on_mesh(problem, options.seed, run, json, quiet)
        return
    carry_out(run, options, _family(options), _operators(options), json, quiet)


def _operators(options: LearnOptions) -> list[NamedOperator]:
    return [find_operator(text) for text in options.operators]


def carry_out(
    run: Run,
    options: LearnOptions,
    problem: Problem | None,
    operators: list[NamedOperator],
    json: Path | None,
    quiet: bool,
) -> None:
    """Simulates or reads, trains, compares, reports; an interruption says how to go on."""
    import jax

    from ..evaluation import compare

    if problem is not None:
        run.write_text("statement.txt", f"{problem}\n")
    chosen = defaults_for(problem, options, operators)
    keys = jax.random.split(jax.random.key(options.seed), 2)
    try:
        task = _task(run, options, problem, chosen, quiet, key=keys[0])
        contenders = {operator.name: operator.suited(task) for operator in operators}
        for name, learned in earlier_operators(options).items():
            contenders[name if name not in contenders else f"{name} (before)"] = learned
        comparison = compare(
            problem if problem is not None and options.data is None else task,
            contenders,
            data=task if problem is not None and options.data is None else None,
            training=chosen.training(max(1, len(operators))),
            seeds=options.seeds,
            evolution=_evolution(options.predict) if task.times is not None else None,
            directory=run.folder / "checkpoints",
            quiet=quiet,
            key=keys[1],
        )
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt(f"Interrupted. Go on with: sobolev resume {run.folder}") from stop
    _finish(run, comparison, task, json, quiet)


def _finish(run: Run, comparison: Comparison, task: Task, json: Path | None, quiet: bool) -> None:
    from rich.console import Console

    keep_operators(run, comparison)
    report = comparison.report(run.folder / "report.html")
    comparison.to_json(run.folder / "comparison.json")
    result = run.finish(json, report=str(report), **summary(comparison, task))
    console = Console(highlight=False, soft_wrap=False)
    width = max(console.width, 100) if not console.is_terminal else console.width
    Console(highlight=False, width=width).print(comparison)
    if not quiet:
        console.print(f"[dim]{result['seconds']['total']:.0f} s in all; everything is in {result['run']}[/]")
    console.print(f"report: {report}", soft_wrap=True)


def summary(comparison: Comparison, task: Task) -> dict[str, Any]:
    """The machine-readable outcome: of the learned row with the lowest median."""
    learned = [
        s for s in comparison.standings if s.entry.kind == "learned" and s.entry.where == "test" and s.entry.runs
    ]
    s = min(learned, key=lambda s: s.entry.median, default=None)
    kinds = ("max", "relative_h1", "vrmse", "boundary", "conservation", "low", "mid", "high", "early", "middle", "late")
    entry = None if s is None else s.entry
    cost = None if entry is None else entry.cost
    errors = {} if entry is None else {k: v for k in kinds if (v := entry.error(k)) is not None}
    return {
        "name": comparison.title,
        "operator": None if entry is None else entry.name,
        "method": comparison.front[0].method if comparison.front else None,
        "errors": {"relative_l2": None if entry is None else entry.median, **errors},
        "range": None if entry is None else list(entry.range),
        "seconds": {
            "simulate": task.provenance.get("seconds"),
            "compile": None if cost is None else cost.compilation,
            "train": None if cost is None else cost.training,
            "inference": None if cost is None else cost.inference,
            "inference_batched": None if cost is None else cost.batched,
        },
        "break_even": None if s is None else s.break_even,
        "break_even_batched": None if s is None else s.break_even_batched,
        "equal_error": None if s is None or s.equal_error is None else vars(s.equal_error),
        "reference_error": comparison.reference.bar,
        "remarks": [] if s is None else list(s.remarks),
        "failures": {e.name: e.failure for e in comparison.entries if e.failure},
    }


def _check(options: LearnOptions) -> None:
    """What can be known to be wrong before anything is read."""
    from .._core import ArgumentError

    _evolution(options.predict)
    if options.statement is None and options.data is None:
        raise ArgumentError(
            "There is nothing to learn.",
            given="neither a statement nor --data",
            expected="a statement (sobolev learn darcy) or data (--data FILE --inputs a --outputs u)",
        )
    if options.data is None:
        for name in ("inputs", "outputs", "test_data", *_LAYOUT):
            if getattr(options, name):
                raise ArgumentError(f"--{name.replace('_', '-')} goes with --data.", fix="--data FILE")
        return
    for name in ("samples", "resolution"):
        if getattr(options, name) is not None:
            raise ArgumentError(
                f"--{name} is of simulations; data that are read have theirs.",
                given=f"--{name} {getattr(options, name)} --data {options.data}",
                fix=f"leave out --{name}",
            )
    reading_options(options.dims, options.coordinates, options.times, options.box, options.kind)
    if options.statement is None and options.settings:
        raise ArgumentError("--set goes with a statement.", given=", ".join(options.settings), fix="sobolev list")


def _family(options: LearnOptions) -> Problem | None:
    """The statement as a random family; None where data alone are given. Refuses at once what cannot be learned."""
    from .._core import ArgumentError, UnsupportedError
    from ..evaluation import is_on_mesh

    if options.statement is None:
        return None
    problem = find_statement(options.statement, options.settings)
    if options.data is not None:
        return problem
    solving = f"sobolev solve {options.statement}"
    if problem.is_ode:
        raise UnsupportedError(
            f"'{problem.name}' has no space: there is no map between fields to learn.",
            given=str(problem.domain),
            expected="a statement on a box",
            fix=solving,
        )
    if is_on_mesh(problem):
        raise UnsupportedError(
            f"'{problem.name}' is solved on a mesh: operators here learn on the grids of boxes.",
            given=str(problem.domain),
            expected="a statement on a box that a method on grids takes, or --data FILE on a grid",
            fix=f"{solving}, or sobolev compare {options.statement}, of solutions",
        )
    if problem.is_steady and options.predict != "final":
        raise ArgumentError(
            f"'{problem.name}' is steady: there are no steps or trajectories to predict.",
            given=f"--predict {options.predict}",
            fix="leave out --predict",
        )
    return problem if problem.is_random else problem.random()


def _task(run: Run, options: LearnOptions, problem: Problem | None, chosen: Defaults, quiet: bool, *, key: Any) -> Task:
    """The data: read, or simulated into the run's folder (once: a resumed run finds them there)."""
    from ..data import Splits, as_task, read_task

    if options.data is not None:
        how = {**options.reading, "problem": problem}
        task = read_task(options.data, **how)
        return task if options.test_data is None else task.with_test(read_task(options.test_data, **how))
    home = Path(options.runs[0]) if options.runs and (Path(options.runs[0]) / "data.zarr").exists() else run.folder
    data, factor, seconds = resolved_data(
        problem, chosen, home, may_refine=options.resolution is None, quiet=quiet, key=key
    )
    assert problem is not None  # `_check` has seen to it
    task = as_task(data, problem=problem, splits=Splits.of(data.sizes["sample"], 0.1, 0)).coarsened(factor)
    return dataclasses.replace(task, provenance={**task.provenance, "seconds": seconds})


def _evolution(predict: str) -> Any:
    from .._core import ArgumentError
    from ..training import FinalTime, OneStep, WholeTrajectory

    known = {"final": FinalTime, "step": OneStep, "trajectory": WholeTrajectory}
    if predict not in known:
        raise ArgumentError("There is no such prediction.", given=f"--predict {predict}", expected=", ".join(known))
    return known[predict]()
