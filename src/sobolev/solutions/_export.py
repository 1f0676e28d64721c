"""Solutions as labelled arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._field import SpaceTimeField
from ._sampling import demand_box, on_grid, viewing_grid
from ._summary import Summary

if TYPE_CHECKING:
    import xarray


def to_dataset(
    field: SpaceTimeField, summary: Summary, resolution: Any, times: Any, attributes: dict
) -> xarray.Dataset:
    """One variable per unknown with dimensions (time, x, y, …), on the space's nodes or `resolution` points a side."""
    import xarray

    demand_box(field, "to_xarray")
    grid = viewing_grid(field, resolution)
    if field.times is not None:
        times = np.asarray(field.times if times is None else np.atleast_1d(times), float)
    values = on_grid(field, grid, times)
    dims = (*(() if field.times is None else (field.time_name,)), *(() if grid is None else grid.names))
    axes = {} if grid is None else {axis.name: axis.coordinates for axis in grid.axes}
    coordinates = axes if field.times is None else {field.time_name: times, **axes}
    variables = {
        name: (dims, values[..., i], {"long_name": summary.label(name).strip("$")})
        for i, name in enumerate(summary.unknowns)
    }
    return xarray.Dataset(variables, coordinates, attributes)
