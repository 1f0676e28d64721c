"""Splits: which samples train, choose and judge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._core import ArgumentError, DataError


@dataclass(frozen=True)
class Splits:
    """Sample numbers of the disjoint parts. The test part is never seen by selection."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    def __post_init__(self):
        for name in ("train", "validation", "test"):
            numbers = np.asarray(getattr(self, name))
            object.__setattr__(self, name, numbers.astype(int).reshape(-1))
        every = np.concatenate([self.train, self.validation, self.test])
        if len(np.unique(every)) != len(every):
            counts = np.bincount(every[every >= 0])
            raise DataError(
                "The splits overlap: the test part would be seen in training.",
                given=f"sample {int(np.argmax(counts > 1))} twice",
                expected="disjoint parts",
            )

    @staticmethod
    def of(n: int, validation: float = 0.1, test: float = 0.1, *, seed: int = 0) -> Splits:
        """Random disjoint parts of `n` samples.

        `validation` and `test` are fractions of n below 1, or numbers of samples from 1 on. The same `n` and
        `seed` give the same parts. Small sets keep at least one training sample; a fraction that is not zero
        gives at least one sample where n ≥ 3.
        """
        counts = {}
        for name, part in (("validation", validation), ("test", test)):
            whole = isinstance(part, int | np.integer) and not isinstance(part, bool)
            if not part >= 0 or (not whole and part >= 1 and part != int(part)):
                raise ArgumentError(
                    f"{name} is no part of the samples.",
                    given=repr(part),
                    expected="a fraction in [0, 1), or a number of samples",
                )
            fraction = 0 < part < 1
            counts[name] = round(part * n) if fraction else int(part)
            if fraction and n >= 3:
                counts[name] = max(1, counts[name])
        if n < 1 or counts["validation"] + counts["test"] >= n:
            raise ArgumentError(
                "The splits leave nothing to train on.",
                given=f"{n} samples, {counts['validation']} for validation, {counts['test']} for testing",
                expected="at least one training sample",
            )
        order = np.random.default_rng(seed).permutation(n)
        test_part, validation_part, train = np.split(order, np.cumsum([counts["test"], counts["validation"]]))
        return Splits(np.sort(train), np.sort(validation_part), np.sort(test_part))

    def within(self, n: int) -> Splits:
        """The same splits, checked to number samples of a set of `n`."""
        every = np.concatenate([self.train, self.validation, self.test])
        if len(every) and (every.min() < 0 or every.max() >= n):
            raise DataError(
                "The splits number samples that are not there.",
                given=f"sample {int(every.max() if every.max() >= n else every.min())}",
                expected=f"numbers from 0 to {n - 1}",
            )
        return self

    def renumbered(self, samples: np.ndarray) -> Splits:
        """The splits of a subset that holds `samples` in this order."""
        place = {int(old): new for new, old in enumerate(samples)}
        parts = (self.train, self.validation, self.test)
        return Splits(*(np.array([place[int(s)] for s in part if int(s) in place], int) for part in parts))

    def __repr__(self) -> str:
        return f"Splits(train: {len(self.train)}, validation: {len(self.validation)}, test: {len(self.test)})"
