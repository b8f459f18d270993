"""The figures in the tables of images, and reported beside measured."""

from pathlib import Path

import pytest
from report_factory import change_scores, write_project
from report_runs import EVERYTHING, RUNS

from hw2.core.errors import UserError
from hw2.report.digit_tables import digit_tables
from hw2.report.face_tables import face_tables
from hw2.report.model_tables import rate
from hw2.report.readme import fill
from hw2.report.reported import reported_accuracy, reported_score
from hw2.report.reported_tables import reported_notes, reported_tables
from hw2.report.sources import RunNames, read_measurements
from hw2.report.table import as_printed, basis, data_words, percent
from hw2.report.tables import write_tables


def test_reported_figures_are_found_by_the_systems_of_a_run() -> None:
    assert reported_accuracy(["001"], "mnistm_svhn", "dann") == 0.49
    assert reported_accuracy(["003"], "usps_svhn", "dsn") == 0.4282
    assert reported_accuracy(["001"], "usps_svhn", "dann") is None
    assert reported_score("faces", ["004 A"], "fid") == 25
    assert reported_score("faces", ["000 B", "001 A"], "fid") is None
    assert reported_score("faces", ["000 B", "004 B"], "fid") == 67
    assert reported_score("digits", ["003"], "judge_accuracy") == 0.825
    assert reported_score("faces", ["a new one"], "fid") is None


def test_captions_say_what_the_figures_rest_on(project: Path) -> None:
    write_tables(RUNS, project)
    text = (project / "metrics/gan.md").read_text()
    for words in ("N = 1,000", "seed 0", "starter set", "hardware: 2 CPU cores"):
        assert words in text


def test_captions_say_how_many_draws_and_which_k(project: Path) -> None:
    scores, spread, _ = face_tables(read_measurements(RUNS, project))
    assert "each of 3 draws, mean ± standard deviation" in scores.caption
    assert "Face rate of val: 96.0 %" in scores.caption and "k = 5" in spread.caption


def test_captions_say_which_figures_are_of_one_training() -> None:
    """Draws and a single training in one table: no figure is said to be a mean that is none."""
    draws = {"n": 100, "seeds": 3, "seed": 0, "hardware": "a CPU"}
    training = {**draws, "pair": "mnistm_usps", "seeds": 1}
    data = {"source": "starter"}
    mixed = basis([draws, training], data, "images")
    assert "in each of 3 draws, mean ± standard deviation over them; one each where there" in mixed
    assert "one each" not in basis([draws], data, "images")
    assert basis([training], data, "images").startswith("N = 100 images; seed 0")
    both = basis([draws, {**training, "seeds": 5}], data, "images")
    assert "in each of 3 or 5 draws or trainings, mean" in both


def test_captions_name_the_domains_that_lost_their_colours() -> None:
    data = {"source": "own", "grey": ["mnistm", "svhn"]}
    assert data_words(data) == "the data in data/, MNIST-M and SVHN without colours"
    assert data_words({"source": "own"}) == "the data in data/"


def test_scores_stand_with_their_deviation_beside_the_reports_figure(project: Path) -> None:
    table, spread, random = face_tables(read_measurements(RUNS, project))
    wanted = ["Run", "Report", "Face rate, %", "FID", "reported", "KID × 10³", "Inception score"]
    assert table.headers == [*wanted, "SWD"]
    fid, kid = "50.1 ± 5.0", "12.3 ± 1.2"
    assert table.rows[0][1:] == [
        "004 A",
        "71.2 ± 7.1",
        fid,
        "25",
        kid,
        "1.90 ± 0.19",
        "20.1 ± 2.0",
    ]
    assert table.rows[-1][:4] == ["real images", "–", "95.0 ± 0.9", "50.1 ± 0.5"]
    assert spread.headers == ["Run", "Precision", "Recall", "Density", "Coverage"]
    assert random.headers == ["Run", "Random FD", "Random KID", *spread.headers[1:]]


def test_a_score_that_no_run_has_gets_no_column(everything: Path) -> None:
    tables = face_tables(read_measurements(EVERYTHING, everything))
    assert [len(table.headers) for table in tables] == [6, 7]
    assert not {"FID", "KID × 10³", "Inception score"} & set(tables[0].headers)
    assert tables[0].caption.count("are not measured") == 1


def test_no_table_of_images_is_wider_than_nine_columns(project: Path, everything: Path) -> None:
    for root, runs in ((project, RUNS), (everything, EVERYTHING)):
        measured = read_measurements(runs, root)
        for table in [*face_tables(measured), *digit_tables(measured)]:
            assert len(table.headers) <= 9 and {len(row) for row in table.rows} == {
                len(table.headers)
            }


def test_the_word_of_a_trainings_precision_is_no_score(tmp_path: Path) -> None:
    write_project(tmp_path, weights=False)
    change_scores(tmp_path, "gan/dcgan_wide", precision="bf16-mixed")
    tables = face_tables(read_measurements(RUNS, tmp_path))
    assert [table.title for table in tables][1:] == [
        "Generated faces, in a network of random weights"
    ]


def test_the_courses_judge_has_a_column_where_it_was_given(tmp_path: Path) -> None:
    write_project(tmp_path)
    measured = read_measurements(RUNS, tmp_path)
    assert "Course’s judge, %" not in digit_tables(measured)[0].headers
    change_scores(tmp_path, "diffusion/context_unet", course_judge_accuracy=0.75)
    table = digit_tables(read_measurements(RUNS, tmp_path))[0]
    column = table.headers.index("Course’s judge, %")
    assert [row[column] for row in table.rows] == ["75.0", "–", "–"]


def test_rates_are_short() -> None:
    assert [rate(value) for value in (2e-4, 0.0015, 1.0)] == ["2e−4", "1.5e−3", "1e0"]


def test_reported_tables_have_a_row_for_each_system_and_score(everything: Path) -> None:
    tables = reported_tables(read_measurements(EVERYTHING, everything))
    assert [table.title for table in tables] == [f"Report 00{n}" for n in range(5)]
    rows = [row for table in tables for row in table.rows]
    scores, adapted, gaps = 9 * 4 + 4 + 1, len(EVERYTHING.adapt), 1
    assert len(rows) == scores + adapted + gaps
    assert len({tuple(row[:3]) for row in rows}) == len(rows)
    for system in ("000 B", "001 A"):
        assert [row[1] for row in rows if row[0] == system] == ["GAN dcgan"] * 4
    assert ["004 A", "GAN dcgan_wide", "FID", "25", "–", "1,000", "300"] in rows
    assert ["003", "GAN acgan", "Judge accuracy, %", "82.5", "61.0 ± 6.1", "1,000", "400"] in rows


def test_reported_tables_are_ordered_by_family(everything: Path) -> None:
    rows = reported_tables(read_measurements(EVERYTHING, everything))[4].rows
    families = [row[1].split()[0] for row in rows]
    assert families == ["GAN"] * 9 + ["diffusion"] + ["MNIST-M"] * 6


def test_the_gap_of_face_rates_that_report_004_states_is_set_beside_ours(everything: Path) -> None:
    rows = reported_tables(read_measurements(EVERYTHING, everything))[4].rows
    gap = next(row for row in rows if row[0] == "004 A − 004 B")
    runs = "GAN dcgan_wide − wgan_clip"
    assert gap[1:5] == [runs, "Face rate, points", "about 3", percent(0.712 - 0.7)]


def test_one_of_two_systems_makes_no_gap(project: Path) -> None:
    rows = [row for t in reported_tables(read_measurements(RUNS, project)) for row in t.rows]
    assert any(row[0] == "004 A" for row in rows) and not any("−" in row[0] for row in rows)


def test_missing_weights_are_explained_once(project: Path, everything: Path) -> None:
    write_tables(EVERYTHING, everything)
    text = (everything / "metrics/reported_vs_measured.md").read_text()
    assert text.count("not at hand") == 1
    assert "not at hand" not in reported_notes(read_measurements(RUNS, project))


def test_tables_of_a_project_without_runs_are_written(project: Path) -> None:
    write_tables(RunNames(), project)
    assert "No runs." in (project / "metrics/gan.md").read_text()


def test_percent_writes_a_dash_for_nothing() -> None:
    assert [percent(0.5), percent(None), percent(-0.1)] == ["50.0", "–", "−10.0"]


def test_reported_shares_are_not_rounded() -> None:
    assert [as_printed(x) for x in (0.4735, 0.39, 0.504, None)] == ["47.35", "39", "50.4", "–"]


README = "before\n<!-- table: adapt -->\nold\n<!-- /table -->\nafter\n"


def test_readme_gets_its_table_once() -> None:
    filled = fill(README, {"adapt": "| new |\n"})
    assert filled == "before\n<!-- table: adapt -->\n| new |\n<!-- /table -->\nafter\n"
    assert fill(filled, {"adapt": "| new |\n"}) == filled


def test_readme_refuses_unknown_and_unclosed_markers() -> None:
    with pytest.raises(UserError, match="'adapt'.*gan"):
        fill(README, {"gan": ""})
    unclosed = "<!-- table: gan -->\n" + README
    with pytest.raises(UserError, match="docs/a.md: table 'gan' is not closed"):
        fill(unclosed, {"gan": "", "adapt": ""}, "docs/a.md")
