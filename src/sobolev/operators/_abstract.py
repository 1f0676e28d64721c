"""What a learned map is, and what can become one."""

# No `from __future__ import annotations` here: Equinox must see AbstractVar itself, or makes a constructor field of it.
import abc
from dataclasses import dataclass

import equinox as eqx
from jaxtyping import Array, Float, PRNGKeyArray

from ..fields import FieldSpec, GridField


class AbstractOperator(eqx.Module):
    """A map from fields to fields. One sample in, one sample out; batch with `jax.vmap`.

    `inputs` and `outputs` describe the fields it was made for; whether it takes other grids is its own
    affair (`UnsupportedError` where it does not).
    """

    inputs: eqx.AbstractVar[FieldSpec]
    outputs: eqx.AbstractVar[FieldSpec]

    @abc.abstractmethod
    def __call__(self, field: GridField) -> GridField:
        """The image of one field."""


@dataclass(frozen=True)
class AbstractArchitecture(abc.ABC):
    """A network still to be built: hyperparameters only. `sv.fit` builds and trains it."""

    @abc.abstractmethod
    def build(self, inputs: FieldSpec, outputs: FieldSpec, *, key: PRNGKeyArray) -> AbstractOperator:
        """The network with fresh weights for fields like these."""


@dataclass(frozen=True)
class AbstractEstimator(abc.ABC):
    """A map learned in closed form (no gradients): kernel ridge, the mean. `sv.fit` calls `estimate`."""

    @abc.abstractmethod
    def estimate(
        self,
        inputs: FieldSpec,
        outputs: FieldSpec,
        x: Float[Array, "sample *space cin"],
        y: Float[Array, "sample *space cout"],
        validation: tuple[Array, Array] | None = None,
    ) -> AbstractOperator:
        """The map fitted to samples; `validation` may choose hyperparameters."""
