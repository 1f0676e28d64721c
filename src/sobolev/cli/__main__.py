"""`python -m sobolev.cli`: the same as the command `sobolev`."""

from . import main

main()
