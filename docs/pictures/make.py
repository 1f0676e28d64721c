"""Draws the pictures of the README: `python docs/pictures/make.py`."""

from pathlib import Path

import sobolev as sv

solution = sv.solve(sv.problems.burgers(periodic=True), resolution=1024)
solution.plot().savefig(Path(__file__).with_name("burgers.png"), dpi=90)
