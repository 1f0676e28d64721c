"""Datasets behind one Task: readers, splits, views."""

from ._splits import Splits as Splits
from ._task import Task as Task
