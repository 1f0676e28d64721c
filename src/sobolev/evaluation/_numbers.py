"""Numbers as people read them."""

from __future__ import annotations

import math


def error_text(value: float | None) -> str:
    """A relative error to three digits: 0.0231, 4.1e-07, 1.00; "–" for none, "∞" for infinite."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞"
    if value == 0:
        return "0"
    return f"{value:.3g}" if 1e-3 <= abs(value) < 1e4 else f"{value:.1e}"


def range_text(low: float, high: float) -> str:
    """A range, or nothing where it is a point."""
    if low == high or math.isinf(low):
        return ""
    return f"{error_text(low)}–{error_text(high)}"


def seconds_text(seconds: float | None) -> str:
    """A duration: 340 µs, 12.3 ms, 4.56 s, 12 min 3 s."""
    if seconds is None or math.isnan(seconds):
        return "–"
    if math.isinf(seconds):
        return "∞"
    if seconds == 0:
        return "0"
    if seconds < 0.9995e-3:  # what would be rounded to 1000 µs is 1 ms
        return f"{seconds * 1e6:.3g} µs"
    if seconds < 0.9995:
        return f"{seconds * 1e3:.3g} ms"
    if seconds < 120:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def count_text(value: float | None) -> str:
    """N*: a whole number of solves (rounded up), ∞ when it never pays, "–" where it does not apply."""
    if value is None:
        return "–"
    if math.isinf(value):
        return "∞"
    whole = math.ceil(value)
    return f"{whole:,}".replace(",", " ") if whole < 10**7 else f"{value:.1e}"


def ratio_text(value: float) -> str:
    """How many times: 12×, 0.03×."""
    return f"{value:.3g}×" if value < 999.5 else f"{value:,.0f}×".replace(",", " ")
