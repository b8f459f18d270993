"""The README tells the truth: its tables are those of metrics/, its paths and stages exist."""

import re
from pathlib import Path

import yaml
from stage_imports import ROOT

from hw2.commands.repository import TABLES
from hw2.report.readme import fill

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_tables_are_those_of_metrics() -> None:
    files = [path for folder in TABLES for path in (ROOT / folder).glob("*.md")]
    tables = {path.stem: path.read_text() for path in files}
    assert fill(README, tables) == README, "run: hw2 readme"


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!http|#)([^)#]+)", README)
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


def test_folders_of_the_tree_exist() -> None:
    tree = re.findall(r"^    (\w+/(?:\w+/)?)\s", README, flags=re.M)
    assert {"stages/", "hw2/core/"} <= set(tree)
    for folder in tree:
        assert (ROOT / folder).is_dir(), folder


def test_stages_of_the_graph_exist() -> None:
    drawn = set(
        re.findall(r"\b[a-z]+(?:_[a-z]+)*\b", README.split("```mermaid")[1].split("```")[0])
    )
    stages = set(yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])
    assert stages <= drawn, stages - drawn


def test_nothing_is_left_to_fill_in() -> None:
    for path in [ROOT / "README.md", *Path(ROOT / "docs").glob("*.md")]:
        assert not re.search(r"@[A-Z_]+@", path.read_text(encoding="utf-8")), path
