"""What determines a simulation, as plain data: the same in every process, so that a store can be recognised."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import types
from typing import Any

import equinox as eqx
import jax
import numpy as np
import sympy as sp

from ..equations import Problem


def describe(value: Any) -> Any:
    """`value` as JSON that is equal for equal values: text for statements and recipes, digests for arrays and code.

    Unlike `repr` it holds no addresses of functions, and tells two functions of the same name apart by their code.
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case sp.Basic():
            return str(value)
        case dict():
            return {str(k): describe(v) for k, v in sorted(value.items(), key=lambda item: str(item[0]))}
        case list() | tuple():
            return [describe(v) for v in value]
        case types.FunctionType():
            return f"{value.__module__}.{value.__qualname__} {_digest(_code(value.__code__))}"
    if isinstance(value, np.ndarray | np.generic | jax.Array):
        array = np.asarray(value)
        return f"{array.dtype}{list(array.shape)} {_digest(array.tobytes())}"
    leaves = jax.tree.leaves(value)
    arrays, rest = eqx.partition(value, eqx.is_array)
    if len(leaves) == 1 and leaves[0] is value:  # no PyTree
        return repr(value)
    digests = [describe(leaf) for leaf in jax.tree.leaves(arrays)]
    others = [describe(leaf) for leaf in jax.tree.leaves(rest)]
    return [eqx.tree_pformat(value, short_arrays=True), digests, others]


def describe_problem(problem: Problem) -> dict[str, Any]:
    """Statement, values, defaults and priors."""
    return {
        "text": str(problem),
        "equations": [str(r) for r in problem.residuals],
        "conditions": [str(c) for c in problem.conditions],
        "domain": str(problem.domain),
        "values": describe(dict(problem.values)),
        "defaults": describe(
            {p.name: p.default for p in problem.parameters} | {a.func.__name__: a.func.default for a in problem.inputs}
        ),
        "priors": {name: describe(prior) for name, prior in sorted(problem.priors.items())},
    }


def versions() -> dict[str, str]:
    """Versions of what computes and writes: other ones may round or compress otherwise."""
    return {name: importlib.metadata.version(name) for name in ("sobolev", "jax", "jaxlib", "numpy", "zarr")}


def fingerprint(description: Any) -> str:
    """Digest of a description."""
    return _digest(json.dumps(description, sort_keys=True).encode())


def _code(code: types.CodeType) -> bytes:
    parts = [code.co_code, repr(code.co_names).encode()]
    parts += [_code(c) if isinstance(c, types.CodeType) else repr(c).encode() for c in code.co_consts]
    return b"|".join(parts)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
