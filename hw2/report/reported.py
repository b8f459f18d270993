"""The figures that the five reports printed (`reported.json`), found by a run's systems.

A system is a report and, where that has several of one kind, its letter: ``003``, ``004 A``. A run
stands for one or more systems; where it stands for several, any of them may have printed a figure.
"""

import json
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any, NamedTuple


class ReportedGap(NamedTuple):
    """A difference of face rates, `better` minus `worse`, that a report states without the rates.

    `face_rate` is that difference, in [0, 1].
    """

    better: str
    worse: str
    face_rate: float


@cache
def _printed() -> Any:
    return json.loads(resources.files("hw2.report").joinpath("reported.json").read_text())


def reported_score(kind: str, systems: Iterable[str], score: str) -> float | None:
    """The figure that the first of the systems to do so printed of its generated images.

    Args:
        kind: ``faces`` or ``digits``.
        systems: as in params.yaml, e.g. ``["000 B", "001 A"]``; an unknown one printed nothing.
        score: ``face_rate``, ``fid``, ``inception_score``, ``swd`` or ``judge_accuracy``
            (shares in [0, 1]).
    """
    figures = (_printed()[kind].get(system, {}).get(score) for system in systems)
    return next((figure for figure in figures if figure is not None), None)


def reported_accuracy(systems: Iterable[str], pair: str, method: str) -> float | None:
    """Target accuracy in [0, 1] that a report printed, e.g. of ``["001"] mnistm_svhn dann``."""
    figures = (_printed()["adapt"].get(each, {}).get(pair, {}).get(method) for each in systems)
    return next((figure for figure in figures if figure is not None), None)


def reported_systems(kind: str) -> list[str]:
    """Every system of one kind, ``faces``, ``digits`` or ``adapt``, whatever it printed."""
    return list(_printed()[kind])


def reported_pairs(report: str) -> list[str]:
    """The pairs of domains in the adaptation table of a report, in its order."""
    return list(_printed()["adapt"].get(report, {}))


def reported_gaps() -> list[ReportedGap]:
    """Every such difference."""
    return [ReportedGap(**gap) for gap in _printed()["differences"]]
