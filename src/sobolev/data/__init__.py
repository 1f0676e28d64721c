"""Datasets behind one Task: readers, splits, normalisation."""

from ._task import Splits as Splits
from ._task import Task as Task
