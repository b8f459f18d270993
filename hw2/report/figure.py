"""The look of every chart, and the writer of PNG files: equal content gives equal bytes."""

import io
import textwrap
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from hw2.core.files import write_bytes

# After Petroff 2021, "Accessible color sequences for data visualization"; the light colours are
# darker here, for thin lines have to read on white.
TEN_COLOURS = (
    "#3f90da", "#d98a00", "#bd1f01", "#8a9996", "#832db6",
    "#a96b59", "#e0559b", "#8f8a2e", "#5d6b7f", "#1fa3a6",
)  # fmt: skip
DOMAIN_COLOURS = {"mnistm": "#832db6", "svhn": "#e76300", "usps": "#3f90da"}
INK, SOFT, FAINT = "#222222", "#555555", "#dddddd"
DOTS_PER_INCH = 160
PALETTE_SIZE = 192
LETTER_INCHES = 0.065  # at most, of a letter of a title, on average

# Any: matplotlib types the keys as a literal of every name it knows.
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "figure.facecolor": "white",
}


def new_figure(width: float, height: float, title: str = "") -> Figure:
    """A figure of `width` x `height` inches; call it within ``rc_context(STYLE)``.

    Args:
        title: what is shown of which run, and on which data, in as many lines as it needs; empty:
            none.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    if title:
        lines = textwrap.fill(title, int(width / LETTER_INCHES))
        figure.suptitle(lines, x=0.01, ha="left", fontsize=8, color=SOFT)
    return figure


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as a PNG with a palette, without dates or versions inside."""
    buffer = io.BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    image = Image.open(buffer).convert("RGB")
    # A palette makes the file a third as large; charts have few colours.
    save_image(image.quantize(PALETTE_SIZE, dither=Image.Dither.NONE), path)


def save_image(image: Image.Image, path: Path) -> None:
    """Write an image as PNG, atomically."""
    buffer = io.BytesIO()
    image.save(buffer, format="png", optimize=True)
    write_bytes(path, buffer.getvalue())


def numbers(cells: list[str]) -> np.ndarray:
    """(N,) float64 of CSV cells; an empty cell is NaN.

    Raises:
        ValueError: a cell is neither empty nor a number.
    """
    return np.array([float(cell) if cell else np.nan for cell in cells])
