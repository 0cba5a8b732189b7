"""Where markers and labels of the printed map go, so that none hides another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_NEIGHBOUR_SHARE = 1.02
_PUSHES = 80
_CHOICES = 30
_OUTSIDE_COST = 3.0
_OVERLAP_COST = 30.0


def spread(
    points: NDArray[np.float64], distance: float, fixed: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Push points apart, and off the ``fixed`` ones, until none are closer than ``distance``.

    Deterministic; after a fixed number of rounds what still overlaps stays so. Points that coincide part
    along a fixed fan.
    """
    placed = points.astype(float).copy()
    fan = np.arange(len(points)) * 2.399963  # the golden angle keeps directions apart
    placed += 1e-6 * distance * np.column_stack([np.cos(fan), np.sin(fan)])
    obstacles = np.empty((0, 2)) if fixed is None else fixed
    part = np.concatenate([np.full(len(points), 0.5), np.ones(len(obstacles))])
    for _ in range(_PUSHES):
        gap = placed[:, None, :] - np.concatenate([placed, obstacles])[None, :, :]
        length = np.hypot(gap[..., 0], gap[..., 1])
        np.fill_diagonal(length, np.inf)
        short = np.clip(distance * _NEIGHBOUR_SHARE - length, 0, None)
        if not short.any():
            break
        placed += np.sum(gap / np.maximum(length, 1e-12)[..., None] * (short * part)[..., None], axis=1)
    return placed


def place_labels(
    shapes: Sequence[shapely.Geometry],
    sizes: NDArray[np.float64],
    points: NDArray[np.float64],
    radius: float,
) -> NDArray[np.float64]:
    """Return a place for the label of each shape, off the ``points`` and off the other labels.

    Of a grid of places in the shape and its inner point, each label takes the one with the least cost: the
    share of the label that markers and earlier labels cover counts most, then the share outside its shape,
    then the distance from the inner point. Shapes with the least room for their label choose first.

    Parameters
    ----------
    shapes, sizes
        Areas, and width and height of their labels, shape (labels, 2), in the same unit.
    points, radius
        Shape (points, 2): centres of square markers, and half their side.

    Returns
    -------
    ndarray
        Shape (labels, 2): centres of the labels.
    """
    blocked = [shapely.box(x - radius, y - radius, x + radius, y + radius) for x, y in points]
    placed = np.empty((len(shapes), 2))
    room = [shape.area / (width * height) for shape, (width, height) in zip(shapes, sizes, strict=True)]
    for number in np.argsort(room, kind="stable"):
        shape, (width, height) = shapes[number], sizes[number]
        inner = shapely.get_coordinates(shapely.point_on_surface(shape))
        places = np.concatenate([inner, _grid(shape)])
        x, y = places.T
        labels = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        covered = shapely.area(shapely.intersection(labels, shapely.union_all(blocked)))
        outside = shapely.area(shapely.difference(labels, shape))
        far = np.hypot(*(places - inner).T) / np.sqrt(shape.area)
        cost = (_OVERLAP_COST * covered + _OUTSIDE_COST * outside) / (width * height) + far
        best = int(np.argmin(cost))
        placed[number] = places[best]
        blocked.append(labels[best])
    return placed


def _grid(shape: shapely.Geometry) -> NDArray[np.float64]:
    west, south, east, north = shape.bounds
    x, y = np.meshgrid(np.linspace(west, east, _CHOICES), np.linspace(south, north, _CHOICES))
    spots = np.column_stack([x.ravel(), y.ravel()])
    inside: NDArray[np.float64] = spots[shapely.contains_xy(shape, spots[:, 0], spots[:, 1])]
    return inside
