"""The committed model cards are those of params.yaml and metrics/; each run has one."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from card_runs import change_params
from report_factory import write_project
from stage_imports import ROOT
from typer.testing import CliRunner

from hw2.cards.card import FOLDER, INDEX, cards
from hw2.cards.cost import without_time
from hw2.cli import app
from hw2.core.errors import UserError
from hw2.core.files import write_text

LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)]+)\)")


def test_a_key_that_is_missing_gives_one_message(tmp_path: Path) -> None:
    write_project(tmp_path)
    change_params(tmp_path, "adapt", "nets", "conv_bn", "methods", value={})
    with pytest.raises(UserError, match="needs 'source_only', which is not there; check params"):
        cards(tmp_path)


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return cards(ROOT)


def test_committed_cards_are_up_to_date(made: dict[str, str]) -> None:
    old = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / FOLDER).iterdir()}
    assert old.keys() == made.keys(), "run: hw2 cards"
    for name, text in made.items():
        assert without_time(old[name]) == without_time(text), f"{name}: run: hw2 cards"


def test_every_run_has_a_card_and_a_line_in_the_index(made: dict[str, str]) -> None:
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    runs = {
        *(f"gan-{name}.md" for name in params["gan"]["models"]),
        *(f"diffusion-{name}.md" for name in params["diffusion"]["models"]),
        *(f"adapt-{name}.md" for name in params["adapt"]["runs"]),
    }
    assert made.keys() - {INDEX} == runs
    assert {link["target"] for link in LINK.finditer(made[INDEX])} >= runs


def test_links_lead_somewhere_and_pictures_have_words(made: dict[str, str]) -> None:
    seen = set()
    for name, text in made.items():
        for link in LINK.finditer(text):
            target = (ROOT / FOLDER / link["target"]).resolve()
            assert target.is_file() and target.is_relative_to(ROOT), (name, link["target"])
            assert link["text"], (name, link["target"])
            seen.add((link["image"], target.suffix))
    assert {("!", ".png"), ("", ".py"), ("", ".md")} <= seen


def test_no_card_shows_a_real_image(made: dict[str, str]) -> None:
    """Whatever data a card is made from: generated images and charts only."""
    for name, text in made.items():
        assert not re.search(r"images/data/|_neighbours", text), name


def test_cards_are_made_without_torch() -> None:
    code = (
        "import sys, hw2.cards.card; print(*({'torch', 'scipy', 'sklearn'} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_check_names_a_card_that_is_not_up_to_date(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    runner = CliRunner()
    assert runner.invoke(app, ["cards"]).exit_code == 0
    assert runner.invoke(app, ["cards", "--check"]).exit_code == 0
    write_text(project / FOLDER / "gan-dcgan.md", "edited")
    found = runner.invoke(app, ["cards", "--check"])
    assert "docs/models/gan-dcgan.md: not what params.yaml and metrics/ say" in str(found.exception)
    assert (project / FOLDER / "gan-dcgan.md").read_text() == "edited"


def test_a_card_is_not_written_anew_for_its_time_alone(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert CliRunner().invoke(app, ["cards"]).exit_code == 0
    path = project / FOLDER / "gan-dcgan_wide.md"
    other = path.read_text().replace("Training time: not known here", "Training time: 3.0 s")
    assert other != path.read_text()
    write_text(path, other)
    for command in (["cards", "--check"], ["cards"]):
        assert CliRunner().invoke(app, command).exit_code == 0
    assert path.read_text() == other


def test_the_card_of_a_run_that_is_gone_goes_too(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert CliRunner().invoke(app, ["cards"]).exit_code == 0
    write_text(project / FOLDER / "gan-of_yesterday.md", "")
    assert "of_yesterday" in str(CliRunner().invoke(app, ["cards", "--check"]).exception)
    assert CliRunner().invoke(app, ["cards"]).exit_code == 0
    assert not (project / FOLDER / "gan-of_yesterday.md").exists()
