"""Judge accuracy and diversity of one model's digits against evaluations of its network."""

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hw2.report.figure import SOFT, STYLE, TEN_COLOURS, new_figure
from hw2.report.sampler_tables import sampler_words
from hw2.report.sources import Metrics


def draw_samplers(entry: Metrics, judge_accuracy: float, title: str) -> Figure:
    """A line for each sampler; where it was drawn from once, a point.

    Args:
        entry: of metrics/samplers: its `points`.
        judge_accuracy: on real digits, in [0, 1]; a dashed line, as is their diversity, 1.
    """
    with mpl.rc_context(STYLE):
        figure = new_figure(7.2, 3.1, title)
        left, right = figure.subplots(1, 2)
        names = list(dict.fromkeys(point["sampler"] for point in entry["points"]))
        for name, colour in zip(names, TEN_COLOURS, strict=False):
            points = [point for point in entry["points"] if point["sampler"] == name]
            points.sort(key=lambda point: int(point["evaluations"]))
            _accuracy(left, points, colour)
            _diversity(right, points, colour)
        ticks = sorted({int(point["evaluations"]) for point in entry["points"]})
        _finish(left, "judge accuracy, %", 100 * judge_accuracy, ticks)
        _finish(right, "diversity, real digits = 1", 1, ticks)
        left.set_ylim(-3, 103)
        handles = left.get_lines()[: len(names)]
        labels = [sampler_words(name) for name in names]
        figure.legend(handles, labels, loc="outside lower center", ncols=len(names))
    return figure


def _accuracy(axis: Axes, points: list[Metrics], colour: str) -> None:
    """With the 95 % interval over images as a band, or a bar at a single point."""
    steps = [point["evaluations"] for point in points]
    axis.plot(steps, [100 * point["judge_accuracy"] for point in points], **_line(colour))
    low, high = 100 * np.array([point["interval"] for point in points]).T
    if len(points) > 1:
        axis.fill_between(steps, low, high, color=colour, alpha=0.12, linewidth=0)
    else:
        axis.vlines(steps, low, high, color=colour, lw=0.8)


def _diversity(axis: Axes, points: list[Metrics], colour: str) -> None:
    known = [point for point in points if point.get("diversity") is not None]
    steps = [point["evaluations"] for point in known]
    axis.plot(steps, [point["diversity"] for point in known], **_line(colour))


def _line(colour: str) -> dict[str, Any]:
    return {"color": colour, "lw": 1.3, "marker": "o", "ms": 3}


def _finish(axis: Axes, label: str, real: float, ticks: list[int]) -> None:
    axis.axhline(real, color=SOFT, lw=0.8, ls="--")
    axis.set_xscale("log", base=2)
    axis.set_xticks(ticks, [f"{tick}" for tick in ticks])
    axis.minorticks_off()
    axis.set_xlabel("evaluations of the network")
    axis.set_ylabel(label)
    axis.grid(axis="y")
