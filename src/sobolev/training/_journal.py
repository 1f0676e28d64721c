"""What the loop knows on the host: where it is, what it has seen, what was best."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Best:
    """The selected weights' place and validation loss."""

    loss: float
    step: int
    epoch: int


@dataclass
class Journal:
    """Position and history of a run; saved with each checkpoint as JSON.

    `loss_sum`, `loss_count`: of the training losses since the last validation. `elapsed`: seconds of earlier sessions
    and of this one so far, as of the last update.
    """

    step: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    best: Best | None = None
    stale: int = 0
    loss_sum: float = 0.0
    loss_count: int = 0
    elapsed: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)
    is_finished: bool = False

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @staticmethod
    def from_json(record: dict[str, Any]) -> Journal:
        best = record["best"]
        return Journal(**{**record, "best": None if best is None else Best(**best)})

    def took(self, name: str, seconds: float) -> None:
        """Adds to one of the counted times."""
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds
