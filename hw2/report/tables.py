"""The tables: measured beside reported. Each function builds one from the metrics files."""

from collections.abc import Callable
from pathlib import Path

from hw2.core.files import write_text
from hw2.report.adapt_tables import adapt_class_tables, adapt_tables
from hw2.report.reported import reported_accuracy, reported_score
from hw2.report.sources import Measurements, Metrics, RunNames, read_measurements
from hw2.report.table import (
    DIGITS,
    NONE,
    Table,
    basis,
    decimal,
    pair_words,
    parameter_count,
    percent,
    words,
)

Format = Callable[[float | None], str]
# Key in the metrics file, header, format; a column is shown where some run has the score.
FACE_SCORES: tuple[tuple[str, str, Format], ...] = (
    ("face_rate", "Face rate, %", percent),
    ("fid", "FID", decimal),
    ("kid", "KID", decimal),
    ("inception_score", "Inception score", decimal),
    ("swd", "SWD", decimal),
)


def data_table(measured: Measurements) -> Table:
    """How many images of each domain the runs used."""
    rows = [
        [words(domain), *(f"{counts[split]:,}" for split in ("train", "val"))]
        for domain, counts in measured.data["counts"].items()
    ]
    caption = f"Images after preparation; data: {words(measured.data['source'])}."
    return Table("The data", ["Domain", "Train", "Val"], rows, caption)


def gan_table(measured: Measurements) -> Table:
    """Scores of the face GANs; the last row scores real train images in their place."""
    runs = measured.faces
    real = next((scores["real"] for scores in runs.values() if "real" in scores), None)
    scored = [score for score in FACE_SCORES if any(score[0] in entry for entry in runs.values())]
    headers, rows = ["Run", "Report"], [[run, e["report"]] for run, e in runs.items()]
    last = ["real train images", NONE]
    for key, header, form in scored:
        printed = [reported_score("faces", entry["report"], key) for entry in runs.values()]
        headers.append(header)
        last.append(form((real or {}).get(key)))
        for row, entry in zip(rows, runs.values(), strict=True):
            row.append(form(entry.get(key)))
        if any(figure is not None for figure in printed):
            headers.append(f"{header}, report")
            last.append(NONE)
            for row, figure in zip(rows, printed, strict=True):
                row.append(form(figure))
    for row, entry in zip(rows, runs.values(), strict=True):
        row += [parameter_count(entry["parameters"]), f"{entry['steps']:,}"]
    rows += [[*last, NONE, NONE]] if real else []
    caption = basis(runs.values(), measured.data, "generated faces a run against real val faces")
    return Table("GANs on faces", [*headers, "Parameters", "Steps"], rows, caption, 2)


def diffusion_table(measured: Measurements) -> Table:
    """How many generated digits the judge reads as the digit that was asked for."""
    rows = [
        [
            run,
            entry["report"],
            _sampler(entry),
            percent(entry["judge_accuracy"]),
            percent(reported_score("digits", entry["report"], "judge_accuracy")),
            parameter_count(entry["parameters"]),
            f"{entry['steps']:,}",
        ]
        for run, entry in measured.digits.items()
    ]
    real = percent(measured.judge["accuracy"])
    rows.append(["real images", NONE, NONE, real, NONE, NONE, NONE])
    headers = ["Run", "Report", "Sampler", "Judge accuracy, %", "Report, %", "Parameters", "Steps"]
    caption = basis(measured.digits.values(), measured.data, "generated digits a run")
    return Table("Generated digits", headers, rows, caption, 3)


def digit_class_table(measured: Measurements) -> Table:
    """Judge accuracy of generated digits for each digit."""
    rows = [[run, *map(percent, e["per_class"])] for run, e in measured.digits.items()]
    caption = basis(measured.digits.values(), measured.data, "generated digits a run")
    return Table("Generated digits, judge accuracy by digit, %", ["Run", *DIGITS], rows, caption)


def reported_table(measured: Measurements) -> Table:
    """Every figure that a report printed, and the same score measured here."""
    rows = [
        row
        for key, header, form in FACE_SCORES
        for run, entry in measured.faces.items()
        for row in _beside(
            run, entry, header, form, reported_score("faces", entry["report"], key), entry.get(key)
        )
    ]
    for run, entry in measured.digits.items():
        figure = reported_score("digits", entry["report"], "judge_accuracy")
        score = "Judge accuracy, %"
        rows += _beside(run, entry, score, percent, figure, entry["judge_accuracy"])
    for entry in measured.adapt.values():
        run = f"{pair_words(entry['pair'])}, {entry['net']}, {words(entry['method'])}"
        figure = reported_accuracy(entry["report"], entry["pair"], entry["method"])
        rows += _beside(run, entry, "Target accuracy, %", percent, figure, entry["accuracy"])
    entries = [*measured.gan.values(), *measured.diffusion.values(), *measured.adapt.values()]
    headers = ["Run", "Report", "Score", "Reported", "Measured", "N", "Steps"]
    caption = basis(entries, measured.data, "images a run") + (
        " Only scores that a report printed are listed; the reports used the course’s data."
    )
    return Table("Reported and measured", headers, rows, caption, 3)


def write_tables(runs: RunNames, root: Path = Path(".")) -> None:
    """Write metrics/{data,gan,diffusion,adapt,reported_vs_measured}.md below `root`.

    Raises:
        UserError: a metrics file is missing; the message names the stage that makes it.
    """
    measured = read_measurements(runs, root)
    files = {
        "data": [data_table(measured)],
        "gan": [gan_table(measured)],
        "diffusion": [diffusion_table(measured), digit_class_table(measured)],
        "adapt": [*adapt_tables(measured).values(), *adapt_class_tables(measured).values()],
        "reported_vs_measured": [reported_table(measured)],
    }
    for name, tables in files.items():
        text = "\n".join(table.markdown() for table in tables)
        write_text(root / "metrics" / f"{name}.md", text)


def _sampler(entry: Metrics) -> str:
    if "sampler" not in entry:
        return "one pass"
    return f"{entry['sampler']}, {entry['sample_steps']} steps, w = {entry['guidance']}"


def _beside(
    run: str,
    entry: Metrics,
    score: str,
    form: Format,
    figure: float | None,
    value: float | None,
) -> list[list[str]]:
    if figure is None:
        return []
    steps = f"{entry['steps']:,}"
    return [[run, entry["report"], score, form(figure), form(value), f"{entry['n']:,}", steps]]
