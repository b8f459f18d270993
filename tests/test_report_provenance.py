"""plots/provenance.js: one assignment, times of the runs of params.yaml only."""

import json
from pathlib import Path

from report_runs import RUNS

from hw2.core.files import write_json
from hw2.core.provenance import TIMES, StageTime
from hw2.report.provenance import SCRIPT, runs_table, stages_table, write_provenance


def note(stage: str, run: str = "", seconds: float = 1.0, minute: int = 0) -> StageTime:
    return StageTime(stage, run, seconds, 100.0 * seconds, f"2026-01-01T00:{minute:02}:00Z")


def written(root: Path) -> str:
    """The HTML that the script sets in."""
    write_provenance(RUNS, root)
    head, _, rest = (root / SCRIPT).read_text().partition(" = ")
    assert head == 'document.getElementById("provenance").innerHTML'
    lines: list[str] = json.loads(rest.removesuffix(".join('\\n');\n"))
    return "\n".join(lines)


def test_stages_come_in_the_order_they_ran_with_their_sums() -> None:
    times = [note("score", "b", 2, 3), note("train", "a", 3, 1), note("train", "b", 4, 2)]
    rows = stages_table(times).rows
    assert rows[0] == ["train", "2", "7.0", "4.0", "400", "2026-01-01T00:02:00Z"]
    assert [row[0] for row in rows] == ["train", "score"]
    assert "9 seconds in all" in stages_table(times).caption
    assert runs_table(times).rows[1] == ["train", "a", "3.0", "300"]


def test_a_system_that_tells_no_memory_gets_a_dash() -> None:
    assert stages_table([StageTime("train", "", 1.0, None, "now")]).rows[0][4] == "–"


def test_notes_of_runs_that_are_gone_are_left_out(tmp_path: Path) -> None:
    for run in ("acgan", "of_yesterday"):
        write_json(tmp_path / TIMES / f"train_gan@{run}.json", vars(note("train_gan", run)))
    html = written(tmp_path)
    assert "train_gan" in html and "acgan" in html and "of_yesterday" not in html


def test_facts_stand_there_without_any_note(tmp_path: Path) -> None:
    html = written(tmp_path)
    assert "came from a cache" in html and "not in a git repository" in html
    for word in ("torch", "numpy", "cores", "Page built"):
        assert word in html
