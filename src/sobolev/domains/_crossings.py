"""Where two pieces of plane curves meet: roots of linear, quadratic and trigonometric polynomials."""

from __future__ import annotations

import math

import numpy as np

from ._curves import Piece

_ON = 1e-9  # relative to the size of the shape: what lies this near to a curve lies on it
_UNIT = 1e-5  # |z| of a root may miss 1 by this much at a tangency, where roots are double


def crossings(piece: Piece, other: Piece, size: float) -> np.ndarray:
    """Parameters s of `piece` at which it meets `other`, and at which ends of `other` lie on it.

    Too many are harmless (a piece is cut once more than needed); a missed tangency is, too: nothing changes sides
    there.
    """
    low, high = np.maximum(piece.bounds[0], other.bounds[0]), np.minimum(piece.bounds[1], other.bounds[1])
    if np.any(low > high + _ON * size):
        return np.zeros(0)
    s = _carrier_roots(piece, other)
    if piece.q is not None:
        s = piece.wrapped(s)
    x = piece.at(s)
    s = s[np.linalg.norm(other.at(other.nearest(x)) - x, axis=-1) <= 1e-7 * size] if len(s) else s
    ends = other.ends
    t = piece.nearest(ends)
    t = t[np.linalg.norm(piece.at(t) - ends, axis=-1) <= _ON * size]
    s = np.concatenate([s, t])
    return s[(s > piece.start) & (s < piece.stop)]


def _carrier_roots(piece: Piece, other: Piece) -> np.ndarray:
    """Where the line or ellipse through `piece` meets that through `other`."""
    if other.q is None:
        normal = np.array([other.p[1], -other.p[0]])
        normal = normal / np.linalg.norm(normal)
        constant = normal @ (piece.origin - other.origin)
        if piece.q is None:
            rate = normal @ piece.p
            return np.array([-constant / rate]) if abs(rate) > 1e-12 * np.linalg.norm(piece.p) else np.zeros(0)
        return _first_harmonic(constant, normal @ piece.p, normal @ piece.q)
    inverse = np.linalg.inv(np.stack([other.p, other.q], axis=1))
    c, a = inverse @ (piece.origin - other.origin), inverse @ piece.p
    if piece.q is None:
        return _quadratic(a @ a, 2 * (c @ a), c @ c - 1)
    return _second_harmonic(c, a, inverse @ piece.q)


def _quadratic(a: float, b: float, c: float) -> np.ndarray:
    """Real roots of a s² + b s + c = 0, in the form without cancellation; a tangency counts."""
    d = b * b - 4 * a * c
    if d < -1e-10 * (b * b + abs(4 * a * c)):
        return np.zeros(0)
    root = -0.5 * (b + math.copysign(math.sqrt(max(d, 0.0)), b))
    return np.array([root / a, c / root]) if root else np.array([0.0])


def _first_harmonic(c: float, a: float, b: float) -> np.ndarray:
    """Roots of c + a cos s + b sin s = 0."""
    r = math.hypot(a, b)
    if abs(c) > r * (1 + 1e-10):
        return np.zeros(0)
    half = math.acos(max(-1.0, min(1.0, -c / r)))
    return math.atan2(b, a) + np.array([-half, half])


def _second_harmonic(c: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Roots of |c + a cos s + b sin s|² = 1, by the polynomial of degree four in z = exp(i s)."""
    constant = c @ c - 1 + 0.5 * (a @ a + b @ b)
    first = c @ a - 1j * (c @ b)  # coefficient of z: half of 2 c·a cos s + 2 c·b sin s
    second = 0.25 * (a @ a - b @ b) - 0.5j * (a @ b)
    coefficients = np.array([second, first, constant, first.conjugate(), second.conjugate()])
    biggest = np.abs(coefficients).max()
    if biggest <= 1e-12:
        return np.zeros(0)  # the same ellipse
    if abs(second) <= 1e-13 * biggest:  # two circles: one harmonic is left
        return _first_harmonic(float(constant), 2 * first.real, -2 * first.imag) if abs(first) > 1e-13 else np.zeros(0)
    z = np.roots(coefficients)
    return np.angle(z[np.abs(np.abs(z) - 1) < _UNIT])
