"""Every refusal of the library, by name. Each says what was given, what was expected and what to do."""

from __future__ import annotations


class SobolevError(Exception):
    """Base of all errors Sobolev raises on purpose.

    The message has a headline and up to three labelled lines::

        StatementError: 'heat' has no condition on x = 1.
          given:    Dirichlet(u, 0, on="x.min")
          expected: one condition on every side
          fix:      add Dirichlet(u, ..., on="x.max")
    """

    def __init__(
        self,
        headline: str,
        *,
        given: object | None = None,
        expected: object | None = None,
        fix: str | None = None,
    ):
        self.headline, self.given, self.expected, self.fix = headline, given, expected, fix
        rows = [("given:", given), ("expected:", expected), ("fix:", fix)]
        lines = [headline, *(f"  {label:<9} {text}" for label, text in rows if text is not None)]
        super().__init__("\n".join(lines))

    def __reduce__(self):
        return (_rebuild, (type(self), self.headline, self.given, self.expected, self.fix))


def _rebuild(kind, headline, given, expected, fix):
    return kind(headline, given=given, expected=expected, fix=fix)


class StatementError(SobolevError, ValueError):
    """The statement of a problem is incomplete, contradictory or misspelt."""


class UnsupportedError(SobolevError, ValueError):
    """A method, space or operator cannot take this statement or field; the message names what can."""


class ArgumentError(SobolevError, ValueError):
    """An argument has the wrong value, shape, type or name."""


class DataError(SobolevError, ValueError):
    """A data file or array is missing, truncated, of another layout, or not finite."""


class StoreError(SobolevError, OSError):
    """A store could not be written or read: full or read-only disk, foreign contents."""


class CheckpointError(SobolevError, ValueError):
    """A checkpoint is torn, or belongs to another operator, task or statement."""


class ConvergenceError(SobolevError, RuntimeError):
    """A solver stopped without reaching its tolerance; the message lists the likely causes."""


class MissingExtraError(SobolevError, ImportError):
    """An optional part is not installed; the message names the extra to install."""


class StatementWarning(UserWarning):
    """A statement is solvable but suspicious, e.g. its conditions disagree at a corner."""


class DataWarning(UserWarning):
    """Data are usable but suspicious: a known defect of a published file, samples left out, a guess about a grid."""
