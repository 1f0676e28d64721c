"""One row of the table of bad input."""

from collections.abc import Callable
from dataclasses import dataclass

import sobolev as sv


@dataclass(frozen=True)
class Case:
    """Something wrong: `make()` raises `error`, whose message contains `fragment`.

    Where `in_folder` is set, `make` takes an empty folder to write its files to.
    """

    name: str
    make: Callable[..., object]
    fragment: str
    error: type = sv.StatementError
    in_folder: bool = False

    def __str__(self):
        return self.name

    def provoke(self, folder):
        return self.make(folder) if self.in_folder else self.make()


def argument(name, make, fragment):
    """A case whose error is about an argument."""
    return Case(name, make, fragment, sv.ArgumentError)


def refused(name, make, fragment):
    """A case that is sound, but not for what it is given to."""
    return Case(name, make, fragment, sv.UnsupportedError)


def in_file(name, make, fragment, error=sv.DataError):
    """A case that writes into a folder first."""
    return Case(name, make, fragment, error, in_folder=True)
