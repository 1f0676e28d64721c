"""Optimisers: optax transformations of the gradient, without the learning rate (the schedule's part)."""

from __future__ import annotations

import abc
from dataclasses import dataclass

import optax

from .._core import ArgumentError


@dataclass(frozen=True)
class AbstractOptimiser(abc.ABC):
    """A direction from gradients. The loop updates weights by −η · direction."""

    @abc.abstractmethod
    def transformation(self) -> optax.GradientTransformation:
        """The optax transformation gradient → direction (pointing uphill)."""


@dataclass(frozen=True)
class Adam(AbstractOptimiser):
    """Kingma & Ba (2015), with decoupled weight decay where `weight_decay` > 0 (Loshchilov & Hutter, 2019).

    `clip` bounds the global norm of the gradient (None: no bound).
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    clip: float | None = None

    def __post_init__(self):
        for name in ("beta1", "beta2"):
            if not 0 <= getattr(self, name) < 1:
                raise ArgumentError(f"Adam: {name} is out of range.", given=getattr(self, name), expected="0 <= β < 1")
        if self.weight_decay < 0:
            raise ArgumentError("Adam: weight_decay is negative.", given=self.weight_decay, expected=">= 0")
        if self.clip is not None and self.clip <= 0:
            raise ArgumentError("Adam: clip is not positive.", given=self.clip, expected="a positive norm, or None")

    def transformation(self):
        parts = [optax.scale_by_adam(self.beta1, self.beta2, self.epsilon)]
        if self.clip is not None:
            parts.insert(0, optax.clip_by_global_norm(self.clip))
        if self.weight_decay:
            parts.append(optax.add_decayed_weights(self.weight_decay))
        return optax.chain(*parts)


@dataclass(frozen=True)
class GradientDescent(AbstractOptimiser):
    """The gradient itself, with heavy-ball momentum."""

    momentum: float = 0.0

    def __post_init__(self):
        if not 0 <= self.momentum < 1:
            raise ArgumentError("GradientDescent: momentum is out of range.", given=self.momentum, expected="[0, 1)")

    def transformation(self):
        return optax.trace(self.momentum) if self.momentum else optax.identity()
