"""Settings of params.yaml in words and in a table: one column, or one for each scale."""

from collections.abc import Iterator
from typing import Any

from hw2.cards.facts import Run, Settings
from hw2.core.params import SCALES
from hw2.report.model_tables import rate
from hw2.report.table import Table

NAMES = ("report", "source", "target", "net", "method", "loss", "objective", "data")  # said above
OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}


def settings_tables(run: Run) -> list[Table]:
    """The settings that are equal at every scale, and those that differ; a key of params.yaml each.

    Those that say which modules a run is made of are left out.
    """
    entry = {key: value for key, value in run.settings.items() if key not in NAMES}
    rows = [(f"`{key}`", values) for key, values in _rows(entry, "")]
    equal = [[key, f"`{values[0]}`"] for key, values in rows if len(values) == 1]
    differ = [[key, *values] for key, values in rows if len(values) > 1]
    tables = []
    if differ:
        tables.append(Table("Settings that depend on the scale", ["Setting", *SCALES], differ, ""))
    if equal:
        tables.append(Table("Settings at every scale", ["Setting", "Value"], equal, "", 2))
    return tables


def optimizer_words(settings: Settings) -> str:
    """``{name: adam, lr: 2e-4, betas: [..]}`` as "Adam, rate 2e−4, betas 0.5, 0.999"."""
    others = {key: value for key, value in settings.items() if key not in ("name", "lr")}
    name: str = settings["name"]
    words = [OPTIMIZERS.get(name, name), f"rate {rate(settings['lr'])}"]
    for key, value in others.items():
        shown = ", ".join(map(as_yaml, value)) if isinstance(value, list) else as_yaml(value)
        words.append(f"{key.replace('_', ' ')} {shown}")
    return ", ".join(words)


def as_yaml(value: Any) -> str:
    """A value as params.yaml might hold it, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {as_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_yaml, value)) + "]"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _rows(entry: Settings, prefix: str) -> Iterator[tuple[str, list[str]]]:
    """(key, values): one value, or one for each scale; entries inside others are ``outer.inner``.

    An entry of plain values stays whole.
    """
    for key, value in entry.items():
        inside = list(value.values()) if isinstance(value, dict) else []
        if inside and set(value) <= set(SCALES):
            yield f"{prefix}{key}", [as_yaml(value[scale]) for scale in SCALES]
        elif any(isinstance(item, dict) for item in inside):
            yield from _rows(value, f"{prefix}{key}.")
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            yield from ((f"{prefix}{key}.{n}", [as_yaml(item)]) for n, item in enumerate(value))
        else:
            yield f"{prefix}{key}", [as_yaml(value)]
