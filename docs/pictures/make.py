"""Draws the pictures of the README and of the geometry guide: `python docs/pictures/make.py`."""

from pathlib import Path

import sobolev as sv

here = Path(__file__).parent
solution = sv.solve(sv.problems.burgers(periodic=True), resolution=1024)
solution.plot().savefig(here / "burgers.png", dpi=90)

x, y, z = sv.coordinates("x y z")
hole = sv.Disk((x, y), (1.2, 0.5), 0.25, name="hole")
slot = sv.Ellipse((x, y), (0.5, 0.5), (0.3, 0.1)).rotated(0.6, about=(0.5, 0.5))
part = sv.Rectangle((x, 0, 2), (y, 0, 1)) - hole - slot
part.plot(part.mesh(0.08)).savefig(here / "geometry_plate.png", dpi=80)
corner = sv.Cuboid((x, 0, 1), (y, 0, 1), (z, 0, 1)) - sv.Ball((x, y, z), (1, 1, 1), 0.5)
corner.plot(corner.mesh(0.15)).savefig(here / "geometry_corner.png", dpi=80)
