"""Draws the pictures and writes the page: what the report stage calls."""

from pathlib import Path

from hw2.core.files import write_text
from hw2.report.images import draw_images
from hw2.report.page import render_page
from hw2.report.sources import RunNames, read_measurements

PAGE = "plots/report/index.html"


def build_report(runs: RunNames, root: Path = Path(".")) -> None:
    """Write plots/images/*/*.png, plots/animations/*.webp and plots/report/index.html below `root`.

    Equal inputs give equal bytes.

    Raises:
        UserError: an input is missing or damaged; the message names the file and the stage.
    """
    measured = read_measurements(runs, root)
    draw_images(runs, measured, root)
    write_text(root / PAGE, render_page(runs, measured, root))
