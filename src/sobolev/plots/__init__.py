"""Pictures of fields, on plain arrays. Matplotlib is imported on use; nothing global is touched."""

from ._animation import animate_images as animate_images
from ._animation import animate_lines as animate_lines
from ._images import cell_edges as cell_edges
from ._images import draw_image as draw_image
from ._images import images as images
from ._images import space_time as space_time
from ._lines import draw_lines as draw_lines
from ._lines import lines as lines
from ._lines import spectra as spectra
from ._regions import plane_region as plane_region
from ._regions import solid_region as solid_region
from ._style import colour_bar as colour_bar
from ._style import colour_scale as colour_scale
from ._style import new_figure as new_figure
from ._style import tidy as tidy
from ._triangles import cell_image as cell_image
from ._triangles import triangle_images as triangle_images
