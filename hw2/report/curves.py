"""Training curves: losses on one panel, monitors on the next."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hw2.core.errors import UserError
from hw2.report.figure import STYLE, TEN_COLOURS, new_figure, numbers

MONITOR_PREFIX = "monitor."  # the one place that tells monitors from losses
LOSSES, MONITORS = "losses", "monitors"
SMOOTHED_FROM = 40
WINDOW_SHARE = 0.05


def draw_curves(columns: dict[str, list[str]], source: str, title: str) -> Figure:
    """Every column against ``step``; columns named ``monitor.*`` on a second panel.

    Args:
        columns: CSV cells by column; empty cells are steps at which nothing was logged.
        source: the file they came from, for the error message.
        title: of the figure.

    Raises:
        UserError: no column ``step``, nothing beside it, or a cell that is not a number.
    """
    try:
        values = {name: numbers(cells) for name, cells in columns.items()}
    except ValueError as error:
        raise UserError(f"{source}: {error}; delete it and train again (dvc repro)") from None
    step = values.pop("step", None)
    if step is None or not values:
        raise UserError(f"{source}: it needs a column step and one beside it; run dvc repro")
    losses = {name: y for name, y in values.items() if not name.startswith(MONITOR_PREFIX)}
    monitors = {
        name.removeprefix(MONITOR_PREFIX): y
        for name, y in values.items()
        if name.startswith(MONITOR_PREFIX)
    }
    panels = [(name, group) for name, group in ((LOSSES, losses), (MONITORS, monitors)) if group]
    with mpl.rc_context(STYLE):
        figure = new_figure(3.6 * len(panels), 2.7, title)
        axes = np.atleast_1d(figure.subplots(1, len(panels)))
        for axis, (name, group) in zip(axes, panels, strict=True):
            _panel(axis, name, step, group)
    return figure


def running_mean(values: np.ndarray, width: int) -> np.ndarray:
    """(N,) mean of up to `width` values around each; fewer at the ends."""
    ones = np.ones(width)
    return np.convolve(values, ones, "same") / np.convolve(np.ones_like(values), ones, "same")


def _panel(axis: Axes, title: str, step: np.ndarray, group: dict[str, np.ndarray]) -> None:
    for (name, y), colour in zip(group.items(), _colours(len(group)), strict=True):
        logged = np.isfinite(y)
        _line(axis, step[logged], y[logged], name.replace("_", " "), colour)
    axis.set_ylabel(LOSSES[:-2] if title == LOSSES else _unit(list(group)))
    axis.set_xlabel("training step")
    axis.grid(axis="y")
    axis.margins(x=0.02)
    shown = np.concatenate([y[np.isfinite(y)] for y in group.values()])
    if title == MONITORS and shown.size and shown.min() >= 0 and shown.max() <= 1:
        axis.set_ylim(-0.03, 1.03)
    axis.legend(loc="best", handlelength=1.2)


def _line(axis: Axes, x: np.ndarray, y: np.ndarray, label: str, colour: str) -> None:
    width = round(len(y) * WINDOW_SHARE)
    if len(y) < SMOOTHED_FROM or width < 2:
        marker = "o" if len(y) < SMOOTHED_FROM else ""
        axis.plot(x, y, color=colour, label=label, lw=1.3, marker=marker, ms=2.5)
        return
    axis.plot(x, y, color=colour, lw=0.5, alpha=0.35)
    axis.plot(x, running_mean(y, width), color=colour, label=label, lw=1.4)


def _unit(names: list[str]) -> str:
    """What the axis of these monitors counts."""
    if all("accuracy" in name for name in names):
        return "share of images"
    return "discriminator’s output" if all(name.startswith("D(") for name in names) else "value"


def _colours(count: int) -> list[str]:
    return [TEN_COLOURS[index % len(TEN_COLOURS)] for index in range(count)]
