"""Target accuracy while training, the methods of a report in one panel: does adapting help, stably?

The accuracy is logged to be looked at. No label of the target chose a checkpoint.
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hw2.report.curves import MONITOR_PREFIX
from hw2.report.figure import STYLE, TEN_COLOURS, new_figure, numbers
from hw2.report.sources import Metrics, read_columns
from hw2.report.table import systems, words

COLUMN = f"{MONITOR_PREFIX}target accuracy"
PANELS_A_ROW = 3
PANEL_WIDTH, PANEL_HEIGHT, EDGES_HEIGHT = 2.5, 2.0, 0.5
LEAST_WIDTH = 5.2  # of the legend, which stands in one line
BLUE, ORANGE, RED, GREY, PURPLE = TEN_COLOURS[:5]
COLOURS = {
    "source_only": GREY,
    "dann": BLUE,
    "dsn": PURPLE,
    "self_training": RED,
    "target_only": ORANGE,
}
OTHER = TEN_COLOURS[5]  # of methods that are named nowhere here

# Panel title to method to (2, N): steps and accuracies in [0, 1].
Panels = dict[str, dict[str, np.ndarray]]


def read_target_curves(entries: list[Metrics], root: Path) -> Panels:
    """The logged target accuracies of the runs of one pair; empty where none was logged.

    Nets of the same report share a panel: theirs are methods over the same baselines.
    """
    lines: dict[str, dict[str, np.ndarray]] = {}
    nets: dict[str, list[str]] = {}
    for entry in entries:
        run = f"{entry['pair']}-{entry['net']}-{entry['method']}"
        columns = read_columns(root, f"plots/curves/adapt/{run}.csv")
        if COLUMN not in columns:
            continue
        points = np.stack([numbers(columns["step"]), numbers(columns[COLUMN])])  # (2, N)
        report = systems(entry)
        lines.setdefault(report, {})[entry["method"]] = points[:, np.isfinite(points[1])]
        nets.setdefault(report, []).append(entry["net"])
    titles = {report: ", ".join(dict.fromkeys(nets[report])) for report in lines}
    return {
        f"{report}: {title}" if report else title: lines[report] for report, title in titles.items()
    }


def draw_target_curves(panels: Panels, title: str) -> Figure:
    """A panel for each report, at least one, in rows of three; one scale of accuracy for all."""
    columns = min(len(panels), PANELS_A_ROW)
    rows = -(-len(panels) // columns)
    with mpl.rc_context(STYLE):
        width = max(PANEL_WIDTH * columns, LEAST_WIDTH)
        figure = new_figure(width, PANEL_HEIGHT * rows + EDGES_HEIGHT, title)
        axes = list(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
        for axis, (panel, lines) in zip(axes, panels.items(), strict=False):
            _panel(axis, panel, lines)
        for axis in axes[len(panels) :]:
            axis.set_visible(False)
        drawn = dict.fromkeys(name for lines in panels.values() for name in lines)
        known = [name for name in COLOURS if name in drawn]
        methods = [*known, *(name for name in drawn if name not in COLOURS)]
        handles = [Line2D([], [], color=COLOURS.get(name, OTHER)) for name in methods]
        figure.legend(
            handles, [*map(words, methods)], loc="outside lower center", ncols=len(methods)
        )
    return figure


def _panel(axis: Axes, title: str, lines: dict[str, np.ndarray]) -> None:
    for method, (step, accuracy) in lines.items():
        marker = "o" if len(step) < 2 else ""
        axis.plot(
            step, 100 * accuracy, color=COLOURS.get(method, OTHER), lw=1.3, marker=marker, ms=3
        )
    axis.set_title(title)
    axis.set_xlabel("training step")
    axis.set_ylim(0, 100)
    axis.grid(axis="y")
    axis.margins(x=0.02)
    if axis.get_subplotspec().is_first_col():  # type: ignore[union-attr]  # made by subplots
        axis.set_ylabel("target accuracy, %")
