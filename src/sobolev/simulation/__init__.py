"""A family solved many times, into memory or a store."""

from ._simulate import simulate as simulate
