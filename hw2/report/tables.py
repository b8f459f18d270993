"""The tables: measured beside reported. Each function builds one from the metrics files."""

from pathlib import Path

from hw2.core.files import write_text
from hw2.report.adapt_tables import adapt_class_tables, adapt_tables, separation_table
from hw2.report.reported import reported_score
from hw2.report.reported_tables import NO_WEIGHTS, reported_notes, reported_tables
from hw2.report.sources import Measurements, Metrics, RunNames, read_measurements
from hw2.report.table import (
    DIGITS,
    FACE_SCORES,
    NONE,
    Table,
    as_printed,
    basis,
    parameter_count,
    percent,
    score,
    systems,
    words,
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
    """Scores of the face GANs; the last row scores real train images in their place.

    A score has a column where some run has it, and one for the reports' figures where there is one.
    """
    runs = measured.faces.values()
    real = next((entry["real"] for entry in runs if "real" in entry), None)
    headers = ["Run", "Report"]
    rows = [[run, systems(entry)] for run, entry in measured.faces.items()]
    last = ["real train images", NONE]
    for key, header, form, printed_form in FACE_SCORES:
        if not any(key in entry for entry in runs):
            continue
        headers.append(header)
        printed = [reported_score("faces", entry["report"], key) for entry in runs]
        for row, entry in zip(rows, runs, strict=True):
            row.append(score(entry, key, form))
        last.append(score(real or {}, key, form))
        if any(figure is not None for figure in printed):
            headers.append(f"{header}, report")
            for row, figure in zip([*rows, last], [*printed, None], strict=True):
                row.append(printed_form(figure))
    for row, entry in zip(rows, runs, strict=True):
        row += [parameter_count(entry["parameters"]), f"{entry['steps']:,}"]
    rows += [[*last, NONE, NONE]] if real else []
    caption = basis(runs, measured.data, "generated faces a run against real val faces")
    if any("fid" not in entry for entry in runs):
        caption = f"{caption} {NO_WEIGHTS}"
    return Table("GANs on faces", [*headers, "Parameters", "Steps"], rows, caption, 2)


def diffusion_table(measured: Measurements) -> Table:
    """How many generated digits the judge reads as the digit that was asked for."""
    rows = [
        [
            run,
            systems(entry),
            _sampler(entry),
            percent(entry["judge_accuracy"]),
            as_printed(reported_score("digits", entry["report"], "judge_accuracy")),
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


def write_tables(runs: RunNames, root: Path = Path(".")) -> None:
    """Write metrics/{data,gan,diffusion,adapt,by_digit,reported_vs_measured}.md below `root`.

    Raises:
        UserError: a metrics file is missing; the message names the stage that makes it.
    """
    measured = read_measurements(runs, root)
    files = {
        "data": [data_table(measured)],
        "gan": [gan_table(measured)],
        "diffusion": [diffusion_table(measured)],
        "adapt": [
            *adapt_tables(measured).values(),
            *filter(None, [separation_table(measured)]),
        ],
        "by_digit": [digit_class_table(measured), *adapt_class_tables(measured).values()],
    }
    texts = {name: _joined(tables) for name, tables in files.items()}
    reported = _joined(reported_tables(measured))
    texts["reported_vs_measured"] = f"{reported_notes(measured)}\n\n{reported}"
    for name, text in texts.items():
        write_text(root / "metrics" / f"{name}.md", text)


def _joined(tables: list[Table]) -> str:
    return "\n".join(table.markdown() for table in tables)


def _sampler(entry: Metrics) -> str:
    if "sampler" not in entry:
        return "one pass"
    return f"{entry['sampler']}, {entry['sample_steps']} steps, w = {entry['guidance']}"
