"""A map of a user's own images: the same points coloured by predicted digit and by folder."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hw2.report.figure import STYLE, TEN_COLOURS, new_figure

MAX_FOLDERS = len(TEN_COLOURS)
LONGEST = 36  # letters of a folder's name in the legend; of a longer one the end is shown


def draw_image_map(
    points: np.ndarray, digits: np.ndarray, folders: Sequence[str], rng: np.random.Generator
) -> Figure:
    """Two panels of the same (N, 2) points.

    Args:
        points: x and y, which have no unit.
        digits: (N,) predicted labels in 0..9.
        folders: of each point the folder of its image; `MAX_FOLDERS` different ones at most.
        rng: for the order of drawing, so that the last folder does not cover the others.
    """
    order = rng.permutation(len(points))
    known = list(dict.fromkeys(folders))
    places = np.array([known.index(folder) for folder in folders])
    with mpl.rc_context(STYLE):
        figure = new_figure(7.2, 4.2)
        left, right = figure.subplots(1, 2)
        _panel(left, points[order], digits[order], [str(digit) for digit in range(10)], 10)
        left.set_title("by predicted digit")
        _panel(right, points[order], places[order], [_short(name) for name in known], 2)
        right.set_title("by folder")
    return figure


def _panel(
    axis: Axes, points: np.ndarray, kinds: np.ndarray, names: Sequence[str], columns: int
) -> None:
    colours = [TEN_COLOURS[kind] for kind in kinds]
    axis.scatter(points[:, 0], points[:, 1], s=6, c=colours, alpha=0.75, linewidths=0)
    axis.set_aspect("equal", adjustable="datalim")
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)
    for colour, name in zip(TEN_COLOURS, names, strict=False):
        axis.scatter([], [], s=14, color=colour, label=name)
    style = {"handlelength": 1.0, "handletextpad": 0.1, "columnspacing": 0.7, "borderpad": 0.1}
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=columns, **style)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"…{name[1 - LONGEST :]}"
