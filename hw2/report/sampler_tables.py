"""The tables of samplers: scores of the same model's digits against evaluations of its network."""

from collections.abc import Mapping
from typing import Any

from hw2.report.scores import CONFIDENCE, DIVERSITY, JUDGE, SWD, written
from hw2.report.sources import Measurements, Metrics
from hw2.report.table import Table, basis, interval, percent, words

SAMPLERS = {
    "ancestral": "ancestral (DDIM, η = 1)",
    "ddim": "DDIM",
    "ddpm": "DDPM",
    "dpm_solver": "DPM-Solver++ (2M)",
}
HEADERS = ["Sampler", "Evaluations", JUDGE.header, "95 % interval"]
OTHERS = (CONFIDENCE, DIVERSITY, SWD)


def sampler_words(name: str) -> str:
    """An entry of ``diffusion.samplers`` as a reader knows it."""
    return SAMPLERS.get(name, words(name))


def guidance_words(settings: Mapping[str, Any]) -> str:
    """w of guidance, where it guides, and from what: w = 0.5 for σ from 0.1 to 4, from step 900."""
    if not settings["guidance"]:
        return "none"
    interval, early = settings["guidance_interval"], settings["autoguidance"]
    where = "" if interval is None else f" for σ from {interval[0]:g} to {interval[1]:g}"
    against = "" if early is None else f", away from the network of step {early:,}"
    return f"w = {settings['guidance']:g}{where}{against}"


def sampler_tables(measured: Measurements) -> dict[str, Table]:
    """Of each compared model a table: a row for each sampler and number of evaluations."""
    return {run: _table(run, entry, measured) for run, entry in measured.samplers.items()}


def _table(run: str, entry: Metrics, measured: Measurements) -> Table:
    rows = [_row(point) for point in entry["points"]]
    guidance = f"guidance {guidance_words(entry)}"
    caption = (
        f"{basis([entry], measured.data, 'digits a row')} {guidance.capitalize()}. "
        f"All begin from the same noise. The judge reads {percent(measured.judge['accuracy'])} % "
        "of real val digits; their diversity is 1."
    )
    headers = [*HEADERS, *(score.header for score in OTHERS)]
    return Table(f"Samplers of {run}", headers, rows, caption)


def _row(point: Metrics) -> list[str]:
    cells = [sampler_words(point["sampler"]), f"{point['evaluations']:,}", written(point, JUDGE)]
    return [*cells, interval(point["interval"]), *(written(point, score) for score in OTHERS)]
