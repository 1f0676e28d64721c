"""Datasets behind one Task: readers, splits, views."""

from ._attributes import flat as flat
from ._attributes import nested as nested
from ._lazy import AbstractSamples as AbstractSamples
from ._lazy import Mapped as Mapped
from ._read import as_task as as_task
from ._read import read_task as read_task
from ._splits import Splits as Splits
from ._task import Task as Task
