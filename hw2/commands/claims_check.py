"""Experiments held against params.yaml and what has been measured, before any of them runs."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import yaml

from hw2.claims.experiment import Experiment
from hw2.claims.spread import CURVE, MINUS
from hw2.core.errors import UserError
from hw2.core.files import read_json
from hw2.core.params import nearest, read_yaml
from hw2.core.paths import metrics, plot
from hw2.params import check_params
from hw2.report.runs import read_runs


def check(wanted: Iterable[Experiment]) -> None:
    """Hold each experiment's run, values and metrics against what there is.

    Raises:
        UserError: names the experiment and the run, the key or the metric.
    """
    params, right = read_yaml(), set[str]()
    runs = asdict(read_runs())
    known = {family: sorted(_measured(family)) for family in ("gan", "diffusion", "adapt")}
    with tempfile.TemporaryDirectory() as folder:
        for one in wanted:
            path = Path(folder) / "params.yaml"
            try:
                _one_of("run", one.run, runs[one.family])
                for metric in one.metrics.values():
                    for source in _sources(metric):
                        _one_of("metric", source, known[one.family] or [source])
                text = yaml.safe_dump(one.params(params), sort_keys=False)
                if text not in right:
                    path.write_text(text)
                    check_params(path)
            except UserError as error:
                raise UserError(f"{one.name}: {error}") from None
            right.add(text)


def _one_of(kind: str, name: str, known: list[str]) -> None:
    if name not in known:
        raise UserError(f"there is no {kind} '{name}'{nearest(name, known)}")


def _sources(metric: str) -> list[str]:
    """The first key of a metrics file, or the curves without what is made of them."""
    if not metric.startswith(CURVE):
        return [metric.split(".")[0]]
    columns = metric.removeprefix(CURVE).rpartition(":")[0]
    return [f"{CURVE}{column}" for column in columns.split(MINUS)]


def _measured(family: str) -> Iterator[str]:
    """What the runs of a family have been measured by; nothing where none has been."""
    for path in metrics(family, "any").parent.glob("*.json"):
        yield from read_json(path)
    for path in plot("curves", family, "any").parent.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            yield from (f"{CURVE}{column}" for column in next(csv.reader(lines), []))
