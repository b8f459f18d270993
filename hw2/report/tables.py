"""The tables as Markdown files: measured beside reported, from the metrics files."""

from pathlib import Path

from hw2.core.files import write_text
from hw2.report.adapt_details import adapt_accuracy_tables, adapt_class_tables
from hw2.report.adapt_tables import adapt_tables, separation_table
from hw2.report.digit_tables import digit_class_table, digit_tables
from hw2.report.face_tables import face_tables
from hw2.report.label_free_tables import label_free_table
from hw2.report.model_tables import diffusion_models, gan_models
from hw2.report.reported_tables import reported_notes, reported_tables
from hw2.report.sampler_tables import sampler_tables
from hw2.report.sources import Measurements, RunNames, read_measurements
from hw2.report.table import Table, data_words, words
from hw2.report.truncation_tables import truncation_tables


def data_table(measured: Measurements) -> Table:
    """How many images of each domain the runs used."""
    rows = [
        [words(domain), *(f"{counts[split]:,}" for split in ("train", "val"))]
        for domain, counts in measured.data["counts"].items()
    ]
    caption = f"Images after preparation; data: {data_words(measured.data)}."
    return Table("The data", ["Domain", "Train", "Val"], rows, caption)


def write_tables(runs: RunNames, root: Path = Path(".")) -> None:
    """Write all tables of the page below `root`: metrics/{data,gan,diffusion,samplers,...}.md.

    Raises:
        UserError: a metrics file is missing; the message names the stage that makes it.
    """
    measured = read_measurements(runs, root)
    files = {
        "data": [data_table(measured)],
        "gan": [*face_tables(measured), *truncation_tables(measured), gan_models(measured)],
        "diffusion": [*digit_tables(measured), diffusion_models(measured)],
        "samplers": list(sampler_tables(measured).values()),
        "adapt": [
            *adapt_tables(measured).values(),
            *filter(None, [separation_table(measured)]),
        ],
        "label_free": [label_free_table(measured)],
        "by_digit": [
            digit_class_table(measured),
            *adapt_accuracy_tables(measured).values(),
            *adapt_class_tables(measured).values(),
        ],
    }
    texts = {name: _joined(tables) for name, tables in files.items()}
    reported = _joined(reported_tables(measured))
    texts["reported_vs_measured"] = f"{reported_notes(measured)}\n\n{reported}"
    for name, text in texts.items():
        write_text(root / "metrics" / f"{name}.md", text)


def _joined(tables: list[Table]) -> str:
    return "\n".join(table.markdown() for table in tables)
