"""From the result codes of the libraries below to Sobolev's own."""

from __future__ import annotations

from typing import Any

import diffrax as dfx
import jax.numpy as jnp
import lineax as lx
import optimistix as optx
from jaxtyping import Array, Int

from .._core import Result

_ORDER = tuple(Result)


def result_code(result: Result) -> Int[Array, ""]:
    """The number by which a result travels through JAX: its place in `tuple(Result)`."""
    return jnp.asarray(_ORDER.index(result))


_MEANING = {
    "singular": Result.singular,
    "max_steps_reached": Result.max_steps,
    "nonlinear_max_steps_reached": Result.stagnated,
    "nonlinear_divergence": Result.stagnated,
    "nonfinite": Result.nonfinite,
    "dt_min_reached": Result.nonfinite,
    "max_steps_rejected": Result.max_steps,
}
_LINEAR = ("singular", "max_steps_reached")
_NONLINEAR = (*_LINEAR, "nonlinear_max_steps_reached", "nonlinear_divergence", "nonfinite")
_STEPPING = (*_NONLINEAR, "dt_min_reached", "max_steps_rejected")
_KNOWN = ((lx.RESULTS, _LINEAR), (optx.RESULTS, _NONLINEAR), (dfx.RESULTS, _STEPPING))


def code_of(result: Any, library: Any, value: Array) -> Int[Array, ""]:
    """The code of a result of `library` (a class `RESULTS`) for a computed `value`.

    Values that are not finite are never successful; results without a counterpart count as stagnated.
    """
    (names,) = (names for known, names in _KNOWN if known is library)
    found = jnp.where(result == library.successful, result_code(Result.successful), result_code(Result.stagnated))
    for name in names:
        # What a step in time calls a limit is stagnation in an iteration.
        meaning = Result.stagnated if name == "max_steps_reached" and library is not dfx.RESULTS else _MEANING[name]
        found = jnp.where(result == getattr(library, name), result_code(meaning), found)
    finite = jnp.all(jnp.isfinite(value))
    return jnp.where(~finite & (found == result_code(Result.successful)), result_code(Result.nonfinite), found)
