"""Operators as the command line names them: `FNO`, `kernel-ridge`, `FNO(weights=Tucker(0.1), width=16)`."""

from __future__ import annotations

import ast
import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._catalogue import operator_types
from ._statements import nearest

if TYPE_CHECKING:
    from ..data import Task

_MODES = {0: 1, 1: 16, 2: 12, 3: 8}
_WIDTH = {0: 32, 1: 32, 2: 20, 3: 16}
_LAYERS = {0: 4, 1: 4, 2: 3, 3: 3}
_UNET_WIDTH = {0: 32, 1: 32, 2: 16, 3: 8}
_EXAMPLE = "FNO, kernel-ridge, or with settings 'FNO(width=16, weights=Tucker(0.1))'"


@dataclass(frozen=True)
class NamedOperator:
    """An architecture or estimator, how its row is called, and which of its settings the user gave."""

    name: str
    what: Any
    said: frozenset[str] = frozenset()

    def suited(self, task: Task) -> Any:
        """Sized to the task's grid where the user said nothing: no more modes or levels than it has points for."""
        grid = task.output_spec.grid
        sizes = _sizes(type(self.what).__name__, grid.shape)
        return dataclasses.replace(self.what, **{k: v for k, v in sizes.items() if k not in self.said})

    @property
    def halves(self) -> bool:
        """Whether it wants numbers of points that can be halved, whatever the kind of grid."""
        return type(self.what).__name__ == "UNet"


def find_operator(text: str) -> NamedOperator:
    """The operator that `text` names; `ArgumentError` for unknown names and settings. Nothing in it is executed."""
    from .._core import ArgumentError

    try:
        expression = ast.parse(text.strip().replace("-", "").replace(" ", "") if "(" not in text else text, mode="eval")
    except SyntaxError as error:
        raise ArgumentError("This is no operator.", given=repr(text), expected=_EXAMPLE) from error
    try:
        what = _made(expression.body, operator_types(), "operator", text)
    except TypeError as error:
        raise ArgumentError("These are no settings of this operator.", given=f"{text}: {error}") from error
    call = expression.body
    if not isinstance(call, ast.Call):
        return NamedOperator(type(what).__name__, what)
    names = [f.name for f in dataclasses.fields(what)]
    said = {*names[: len(call.args)], *(k.arg for k in call.keywords if k.arg)}
    settings = ", ".join(ast.unparse(part) for part in (*call.args, *call.keywords))
    return NamedOperator(f"{type(what).__name__}({settings})", what, frozenset(said))


def _made(node: ast.expr, known: dict[str, type], what: str, text: str) -> Any:
    """A class of `known` with literal settings, or with parts such as `Tucker(0.1)`."""
    from .. import operators
    from .._core import ArgumentError

    head = node.func if isinstance(node, ast.Call) else node
    if not isinstance(head, ast.Name):
        raise ArgumentError("This is no operator.", given=repr(text), expected=_EXAMPLE)
    by_lower = {key.lower(): cls for key, cls in known.items()}
    if head.id.lower() not in by_lower:
        raise ArgumentError(
            f"There is no {what} called '{head.id}'.",
            given=repr(text),
            expected=", ".join(known),
            fix=nearest(head.id, known),
        )
    parts = {
        name: getattr(operators, name) for name in ("CP", "TT", "Dense", "DomainPadding", "FourierFeatures", "Tucker")
    }

    def value(item: ast.expr) -> Any:
        if isinstance(item, ast.Call | ast.Name):
            return _made(item, parts, "part", text)
        try:
            return ast.literal_eval(item)
        except ValueError as error:
            raise ArgumentError("This is no setting.", given=ast.unparse(item), expected=_EXAMPLE) from error

    arguments = node.args if isinstance(node, ast.Call) else []
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return by_lower[head.id.lower()](*map(value, arguments), **{str(k.arg): value(k.value) for k in keywords})


def _sizes(name: str, shape: tuple[int, ...]) -> dict[str, Any]:
    ndim = len(shape)
    if name == "FNO":
        modes = tuple(max(2, min(_MODES[ndim], n // 2)) for n in shape) or _MODES[0]
        return {"width": _WIDTH[ndim], "modes": modes, "layers": _LAYERS[ndim]}
    if name == "UNet":
        halvings = [int(math.log2(n & -n)) - (n & (n - 1) == 0) for n in shape]  # two points are left on the coarsest
        return {"width": _UNET_WIDTH[ndim], "levels": max(1, min([3, *halvings]))}
    return {}
