"""Where: intervals, boxes and time; shapes of the plane and of space; meshes."""

from ._boundary import Boundary as Boundary
from ._box import Box as Box
from ._distances import disk_level as disk_level
from ._distances import ellipse_level as ellipse_level
from ._domain import Domain as Domain
from ._feet import middles as middles
from ._geometry import BoundaryPoints as BoundaryPoints
from ._interval import Interval as Interval
from ._interval import Time as Time
from ._mesh import Mesh as Mesh
from ._mesh_geometry import on_segments as on_segments
from ._mesh_geometry import on_triangles as on_triangles
from ._mesh_geometry import simplex_rule as simplex_rule
from ._planar_shapes import Disk as Disk
from ._planar_shapes import Ellipse as Ellipse
from ._planar_shapes import Polygon as Polygon
from ._planar_shapes import Rectangle as Rectangle
from ._region import AbstractRegion as AbstractRegion
from ._shape import AbstractShape as AbstractShape
from ._solids import Ball as Ball
from ._solids import Cuboid as Cuboid
