"""Learned maps from fields to fields."""

from ._abstract import AbstractArchitecture as AbstractArchitecture
from ._abstract import AbstractEstimator as AbstractEstimator
from ._abstract import AbstractOperator as AbstractOperator
