"""Normalisation: fitted on the training split, part of the operator."""

from __future__ import annotations

from ..operators import AbstractOperator, Normalised, Statistics
from ._feed import Feed


def normalised(operator: AbstractOperator, feed: Feed) -> AbstractOperator:
    """The operator between fields of mean zero and size one, channel by channel.

    Statistics are those of the training split, or of evenly spaced samples of it where it is too large for memory.
    """
    x, y = feed.some()
    return Normalised(operator=operator, input_statistics=Statistics.of(x), output_statistics=Statistics.of(y))
