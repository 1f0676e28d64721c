"""`sobolev resume`."""

from __future__ import annotations

from pathlib import Path

from ._runs import Run


def resume_run(folder: Path, json: Path | None, quiet: bool) -> None:
    """Goes on with the run in `folder`, whatever verb it was."""
    from .._core import ArgumentError
    from ._learn import resume_learn
    from ._simulate import resume_simulate

    run = Run.reopen(folder)
    verbs = {"learn": resume_learn, "compare": resume_learn, "simulate": resume_simulate}
    if run.verb not in verbs:
        raise ArgumentError(
            f"A run of `sobolev {run.verb}` cannot be resumed.",
            given=str(folder),
            expected="a run of simulate, learn or compare",
            fix=f"run `sobolev {run.verb}` again",
        )
    verbs[run.verb](run, json, quiet)
