"""Sobolev: state a differential equation once; solve it, learn it, and know how far to trust the answer."""

from __future__ import annotations

import ast
import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

# Every public name, in the form that editors and type checkers read. At run time a name is imported when it is first
# used (PEP 562), by the same table: `sobolev --help` and shell completion do not wait for JAX.
if TYPE_CHECKING:
    from . import data as data
    from . import evaluation as evaluation
    from . import methods as methods
    from . import operators as operators
    from . import priors as priors
    from . import problems as problems
    from . import spaces as spaces
    from . import training as training
    from ._core import ArgumentError as ArgumentError
    from ._core import CheckpointError as CheckpointError
    from ._core import ConvergenceError as ConvergenceError
    from ._core import DataError as DataError
    from ._core import DataWarning as DataWarning
    from ._core import MissingExtraError as MissingExtraError
    from ._core import Result as Result
    from ._core import SobolevError as SobolevError
    from ._core import StatementError as StatementError
    from ._core import StatementWarning as StatementWarning
    from ._core import StoreError as StoreError
    from ._core import UnsupportedError as UnsupportedError
    from .assembly import mapped as mapped
    from .data import Splits as Splits
    from .data import Task as Task
    from .data import as_task as as_task
    from .data import read_task as read_task
    from .domains import Ball as Ball
    from .domains import Cuboid as Cuboid
    from .domains import Disk as Disk
    from .domains import Ellipse as Ellipse
    from .domains import Interval as Interval
    from .domains import Mesh as Mesh
    from .domains import Polygon as Polygon
    from .domains import Rectangle as Rectangle
    from .domains import Time as Time
    from .equations import Dirichlet as Dirichlet
    from .equations import Flux as Flux
    from .equations import Initial as Initial
    from .equations import Mean as Mean
    from .equations import Neumann as Neumann
    from .equations import Normalised as Normalised
    from .equations import Problem as Problem
    from .equations import Robin as Robin
    from .equations import coordinates as coordinates
    from .equations import curl2d as curl2d
    from .equations import div as div
    from .equations import draw as draw
    from .equations import eigenvalue as eigenvalue
    from .equations import grad as grad
    from .equations import inner as inner
    from .equations import input_field as input_field
    from .equations import laplacian as laplacian
    from .equations import manufactured as manufactured
    from .equations import parameter as parameter
    from .equations import unknown as unknown
    from .equations import variation as variation
    from .evaluation import Comparison as Comparison
    from .evaluation import compare as compare
    from .fields import Grid as Grid
    from .fields import GridField as GridField
    from .methods import Eigenpair as Eigenpair
    from .methods import eigenpairs as eigenpairs
    from .methods import reference as reference
    from .methods import solve as solve
    from .simulation import simulate as simulate
    from .solutions import ErrorBar as ErrorBar
    from .solutions import ErrorTable as ErrorTable
    from .solutions import Solution as Solution
    from .solutions import load_solution as load_solution
    from .training import FitResult as FitResult
    from .training import Training as Training
    from .training import fit as fit


def _table() -> dict[str, tuple[str, str | None]]:
    """Public name → (module, name in it), read from the imports above; None for a module itself."""
    tree = ast.parse(__spec__.loader.get_source(__name__))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    found: dict[str, tuple[str, str | None]] = {}
    for node in block.body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                home = (node.module, alias.name) if node.module else (alias.name, None)
                found[alias.asname or alias.name] = home
    return found


_TABLE = _table()


def __getattr__(name: str) -> Any:
    module, inner = _TABLE.get(name, (name, None))
    if name.startswith("__") or importlib.util.find_spec(f"{__name__}.{module}") is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = importlib.import_module(f"{__name__}.{module}")
    globals()[name] = found if inner is None else getattr(found, inner)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted(_TABLE)
