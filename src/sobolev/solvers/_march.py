"""What an integration in time gives."""

from __future__ import annotations

import equinox as eqx
from jaxtyping import Array, Int


class March(eqx.Module):
    """States `(time, size)` at the saved times, result code, and numbers of steps."""

    states: Array
    code: Int[Array, ""]
    steps: dict[str, Array]
