"""The architectures in words: `hw2 models`, `hw2 models --json` and `hw2 show`."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from tabulate import tabulate

from hw2.architectures.model import UNKNOWN, Model, Network, systems
from hw2.core.errors import UserError
from hw2.core.params import nearest
from hw2.core.weights import trainable

NONE = "–"
LEGEND = """\
exact: the report prints every layer; minor: a few printed lines are lost, and follow from the rest;
reconstructed: mostly inferred; guess: from prose alone; external: in no report; –: our own."""


def overview(models: Iterable[Model]) -> str:
    """A table for each family: what re-creates what, with how many parameters; adaptation runs."""
    blocks = []
    for family, group in groupby(models, lambda model: model.family):
        members = list(group)
        blocks.append(f"{family}\n{_table(family, members)}")
        if family == "adapt":
            runs = [run for model in members for run in model.runs]
            blocks.append("\n".join([f"{len(runs)} adapt runs", *runs]))
    return "\n\n".join([*blocks, LEGEND])


def records(models: Iterable[Model]) -> Iterator[dict[str, Any]]:
    """One JSON object for each network and each system that it re-creates; `entry` may be None.

    Each model is built and takes one batch. `shapes` are those of the trainable tensors in the
    network's order; `layers` are in the order in which they run, `output` without the batch, and
    None at the end for layers that never run.
    """
    for model in models:
        for network in model.build():
            facts = _facts(model, network)
            entries: list[str | None] = [*network.entries] or [None]
            for entry in entries:
                yield {"entry": entry, **systems().get(entry or "", UNKNOWN), **facts}


def show(models: Iterable[Model], name: str) -> str:
    """The networks of a run, or of an adaptation net, as torch prints them.

    Raises:
        UserError: there is none of that name.
    """
    models = list(models)
    chosen = [model for model in models if name in (model.name, *model.runs)]
    if not chosen:
        known = list(dict.fromkeys(known for one in models for known in (one.name, *one.runs)))
        raise UserError(f"params.yaml has no run '{name}'{nearest(name, known)}")
    return "\n\n".join(
        f"{_headline(network)}\n{network.module}" for model in chosen for network in model.build()
    )


def _table(family: str, models: list[Model]) -> str:
    """A row for each model; of adaptation, whose networks serve many runs, with their number."""
    adapt = family == "adapt"
    rows = []
    for model in models:
        networks = model.build()
        row = [model.name, ", ".join(model.report) or NONE, _sizes(networks), _statuses(networks)]
        rows.append([*row, str(len(model.runs))] if adapt else row)
    headers = ["net" if adapt else "run", "report", "parameters", "layers", "runs"]
    return tabulate(rows, headers[: len(rows[0])], tablefmt="simple", disable_numparse=True)


def _facts(model: Model, network: Network) -> dict[str, Any]:
    module = network.module
    shapes = [list(tensor.shape) for tensor in module.parameters() if tensor.requires_grad]
    return {
        "name": network.name,
        "family": model.family,
        "runs": model.runs,
        "parameters": trainable(module),
        "tensors": len(shapes),
        "shapes": shapes,
        "layers": [
            {
                "path": layer.path,
                "type": layer.kind,
                "settings": layer.settings,
                "output": None if layer.output is None else list(layer.output),
            }
            for layer in network.layers()
        ],
        "print": str(module),
    }


def _headline(network: Network) -> str:
    """The name with the number of parameters, then a line for each system that it re-creates."""
    lines = [f"{network.name}: {trainable(network.module):,} parameters"]
    for entry in network.entries:
        system = systems().get(entry, UNKNOWN)
        lines.append(f"{entry}: {system['system'] or NONE}, {system['status'] or NONE}")
    return "\n".join(lines)


def _sizes(networks: list[Network]) -> str:
    """``G 3,576,704 + D 2,765,568``."""
    return " + ".join(f"{each.part} {trainable(each.module):,}".strip() for each in networks)


def _statuses(networks: list[Network]) -> str:
    """``exact``, or where the networks differ ``S reconstructed, G exact, D exact``."""
    found = {}
    for each in networks:
        known = [systems().get(entry, UNKNOWN)["status"] or NONE for entry in each.entries]
        found[each.part] = " or ".join(dict.fromkeys(known)) or NONE
    if len(set(found.values())) == 1:
        return next(iter(found.values()))
    return ", ".join(f"{part} {status}" for part, status in found.items())
