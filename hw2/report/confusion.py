"""Confusion matrices from one row an image."""

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from hw2.core.errors import UserError
from hw2.data.sizes import CLASSES
from hw2.report.figure import INK, STYLE, new_figure


def confusion_matrix(columns: dict[str, list[str]], source: str) -> np.ndarray:
    """(10, 10) int64 counts; row: actual digit, column: predicted digit.

    Args:
        columns: CSV cells of ``actual`` and ``predicted``, digits 0 to 9.
        source: the file they came from, for the error message.

    Raises:
        UserError: a column is missing or a cell is not such a digit.
    """
    counts = np.zeros((CLASSES, CLASSES), np.int64)
    try:
        pairs = [columns[name] for name in ("actual", "predicted")]
        actual, predicted = (np.array(cells, dtype=np.int64) for cells in pairs)
        if actual.size and min(actual.min(), predicted.min()) < 0:
            raise ValueError("a negative class")
        np.add.at(counts, (actual, predicted), 1)
    except (KeyError, ValueError, IndexError) as error:
        raise UserError(
            f"{source}: it needs columns actual and predicted with digits 0 to 9 ({error}); "
            "delete it and run dvc repro"
        ) from None
    return counts


def draw_confusion(counts: np.ndarray, asked: str, read: str, title: str) -> Figure:
    """Shares of each row in per cent, from (10, 10) counts; an empty row stays empty.

    Args:
        asked, read: words for the rows and the columns.
        title: of the figure.
    """
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(totals, 1)
    with mpl.rc_context(STYLE):
        figure = new_figure(3.6, 3.8, title)
        axis = figure.subplots()
        axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for row, column in zip(*np.nonzero(counts), strict=True):
            share = shares[row, column]
            ink = "white" if share > 0.5 else INK
            text = f"{100 * share:.0f}"
            if text != "0":
                axis.text(column, row, text, color=ink, ha="center", va="center", fontsize=7)
        axis.set_xticks(range(CLASSES))
        axis.set_yticks(range(CLASSES))
        axis.set_xlabel(f"{read} (% of the row)")
        axis.set_ylabel(asked)
        axis.tick_params(length=0)
        axis.spines[:].set_visible(False)
    return figure
