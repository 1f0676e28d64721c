"""The waist: a statement and a space give a form."""

from __future__ import annotations

import functools
from typing import Any

from .._core import UnsupportedError
from ..equations import Problem, Values, values_of
from ..spaces import AbstractSpace
from ._forms import Form


def assemble(problem: Problem, space: AbstractSpace, values: Values | None = None) -> Form:
    """The form of `problem` in `space`: `LinearSystem`, `Residual` or `Evolution`.

    `values` (default: those `problem` is bound to) may be traced. Open to new spaces: register a function
    `(space, problem, values)` with `assemble_in`.
    """
    return assemble_in(space, problem, values_of(problem) if values is None else values)


@functools.singledispatch
def assemble_in(space: Any, problem: Problem, values: Values) -> Form:
    """Assembly by type of space; `@assemble_in.register` adds one."""
    raise UnsupportedError(
        f"'{problem.name}' cannot be assembled in this space.",
        given=type(space).__name__,
        expected="a space with an assembly registered in sobolev.assembly",
    )
