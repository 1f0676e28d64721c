"""The command `sobolev`."""

from ._main import main as main
