"""docs/recipes.md: no network or run is missing, and its values at `full` are params.yaml's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml
from stage_imports import ROOT
from tiny_runs import PARAMS

from hw2.core.files import read_json
from hw2.core.params import resolve_scale

TEXT = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
SYSTEMS = read_json(ROOT / "hw2/architectures/systems.json")
SOURCES = ("stated", "implied", "cited", "paper", "ours")
GROUPS = {"gan": "models", "diffusion": "models", "adapt": "nets"}
NO_REPORT = "Of no report"
# What the row "network" and the heading tell: what the run is, not how it is trained.
NO_SETTINGS = {"report", "data", "classes", "net", "net_args"}


@dataclass
class Recipe:
    """One heading's table: its rows are (setting, value, source)."""

    report: str | None
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def cell(self, setting: str) -> str:
        (value,) = [value for name, value, _ in self.rows if name == setting]
        return value

    def values(self) -> dict[str, Any]:
        """Each key of params.yaml in the table, with its value; a row may hold several."""
        found: dict[str, Any] = {}
        for setting, value, _ in self.rows:
            if keys := re.findall(r"`(.+?)`", setting):
                found |= dict(zip(keys, yaml.safe_load(f"[{value}]"), strict=True))
        return found


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def recipes() -> dict[str, Recipe]:
    """The table of every network and run that a heading names."""
    found: dict[str, Recipe] = {}
    for section in re.split(r"^## ", TEXT, flags=re.M):
        if not section.startswith(("Report ", NO_REPORT)):
            continue
        title, *parts = re.split(r"^### ", section, flags=re.M)
        report = title.split()[1] if title.startswith("Report ") else None
        for part in parts:
            heading, *lines = part.splitlines()
            recipe = Recipe(report)
            table = [cells(line) for line in lines if line.startswith("|")]
            recipe.rows = [(name, value, source) for name, value, source in table[2:]]
            found |= {name: recipe for name in re.findall(r"`(\w+)`", heading)}
    return found


def entries() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(family, name, entry) of every network and run."""
    for family, group in GROUPS.items():
        for name, entry in PARAMS[family][group].items():
            yield family, name, entry


RECIPES, ENTRIES = recipes(), list(entries())
NAMES = [name for _, name, _ in ENTRIES]
each_entry = pytest.mark.parametrize(("family", "name", "entry"), ENTRIES, ids=NAMES)


def test_every_network_and_run_has_a_table_and_no_table_is_left_over() -> None:
    assert sorted(RECIPES) == sorted(NAMES)


@each_entry
def test_values_are_those_of_params_at_full(family: str, name: str, entry: dict[str, Any]) -> None:
    full = resolve_scale(entry, "full")
    for key, value in RECIPES[name].values().items():
        expected: Any = full
        for part in key.split("."):
            expected = expected[part]
        assert value == expected, f"docs/recipes.md, {name}: {key}"


@each_entry
def test_no_setting_is_left_out(family: str, name: str, entry: dict[str, Any]) -> None:
    told = RECIPES[name].values()
    assert set(entry) - {key.split(".")[0] for key in told} <= NO_SETTINGS
    for key in ("optimizers", "loss_args", "methods"):  # where rows tell one part each
        parts = {told_key.split(".")[1] for told_key in told if told_key.startswith(f"{key}.")}
        if parts:
            baselines = {"source_only", "target_only"}
            assert parts == set(entry[key]) - baselines, f"{name}: {key}"


@each_entry
def test_every_value_has_a_source(family: str, name: str, entry: dict[str, Any]) -> None:
    for setting, _, source in RECIPES[name].rows:
        assert setting == "network" or re.match(rf"({'|'.join(SOURCES)})\b", source), setting


@each_entry
def test_reports_and_status_of_the_layers_are_the_systems(
    family: str, name: str, entry: dict[str, Any]
) -> None:
    if not entry["report"]:
        assert RECIPES[name].report is None and RECIPES[name].cell("network") == "ours"
        return
    assert RECIPES[name].report in {system.split()[0] for system in entry["report"]}
    found = set()
    for system in entry["report"]:
        report, *letter = system.split()
        kind = {"gan": name, "diffusion": "unet", "adapt": "dsn" if name == "dsn" else "dann"}
        start = f"{report}_gan_{letter[0]}" if letter else f"{report}_{kind[family]}"
        found |= {SYSTEMS[system]["status"] for system in SYSTEMS if system.startswith(start)}
    assert set(RECIPES[name].cell("network").split(", ")) == found


def test_every_adaptation_run_is_in_the_table_of_its_network() -> None:
    pairs: dict[str, set[str]] = {}
    for run in PARAMS["adapt"]["runs"].values():
        pairs.setdefault(run["net"], set()).add(f"{run['source']}_{run['target']}")
    for net, runs in pairs.items():
        assert set(RECIPES[net].cell("pairs").split(", ")) == runs, net


def test_starter_is_told_as_it_is() -> None:
    section = TEXT.split("## What `starter` shortens")[1]
    told = {}
    for line in section.splitlines():
        if line.startswith("| `"):
            run, different, _ = cells(line)
            told[run.strip("`")] = set(re.findall(r"`(\w+)`", different))
    expected: dict[str, set[str]] = {}
    share = {"gan": 0.0, "diffusion": 0.0, "adapt": 0.0}
    for family, name, entry in ENTRIES:
        starter, full = resolve_scale(entry, "starter"), resolve_scale(entry, "full")
        changed = {key for key in entry if starter[key] != full[key]} - {"batch", "steps"}
        expected |= {name: changed} if changed else {}
        share[family] = max(share[family], images(starter) / images(full))
    assert told == expected
    for claim, families in (
        ("no run sees more than", share),
        ("see less than", share.keys() - {"adapt"}),
    ):
        (percent,) = re.findall(rf"{claim} (\d+) %", section)
        assert max(share[family] for family in families) <= int(percent) / 100, claim


def images(entry: dict[str, Any]) -> int:
    """How many a training sees, of one domain."""
    return int(entry["batch"] * entry.get("accumulate", 1) * entry["steps"])
