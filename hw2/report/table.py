"""One table, written as Markdown or laid out by the page; and how figures are put into words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tabulate import tabulate

from hw2.report.sources import Metrics

Format = Callable[[float | None], str]

NONE = "–"
DIGITS = [str(digit) for digit in range(10)]
WORDS = {
    "face": "Faces",
    "mnistm": "MNIST-M",
    "svhn": "SVHN",
    "usps": "USPS",
    "dann": "DANN",
    "dsn": "DSN",
    "source_only": "source only",
    "target_only": "target only",
    "starter": "the built-in starter set, a stand-in for the course’s data",
    "own": "the data in data/",
}


@dataclass(frozen=True)
class Table:
    """Cells of text under headers.

    Attributes:
        title: one line, without a final full stop.
        headers: one for each column.
        rows: cells, as many in each row as there are headers.
        caption: what the figures rest on: N, seed, data, hardware.
        text_columns: how many columns at the left hold words; the others hold figures.
    """

    title: str
    headers: list[str]
    rows: list[list[str]]
    caption: str
    text_columns: int = 1

    def markdown(self) -> str:
        """The title, a pipe table and the caption."""
        figures = len(self.headers) - self.text_columns
        align = ["left"] * self.text_columns + ["right"] * figures
        body = tabulate(
            self.rows, self.headers, tablefmt="pipe", colalign=align, disable_numparse=True
        )
        return f"**{self.title}**\n\n{body}\n\n{self.caption}\n"


def words(name: str) -> str:
    """The name of a domain, method or source as a reader knows it; others without underscores."""
    return WORDS.get(name, name.replace("_", " "))


def data_words(data: Metrics) -> str:
    """Which data, of metrics/data.json, and which of its domains lost their colours."""
    grey = " and ".join(words(domain) for domain in data.get("grey", []))
    return words(data["source"]) + (f", {grey} without colours" if grey else "")


def systems(entry: Metrics) -> str:
    """The systems of the reports that a run stands for, e.g. "000 B, 001 A"."""
    return ", ".join(entry["report"])


def origin(entry: Metrics) -> str:
    """Where a run comes from, as "report 000 B, 001 A"."""
    return f"report {systems(entry)}" if entry["report"] else "of no report"


def pair_words(pair: str) -> str:
    """``mnistm_svhn`` as "MNIST-M → SVHN"."""
    return " → ".join(words(domain) for domain in pair.split("_"))


def percent(share: float | None) -> str:
    """A share in [0, 1] in per cent with one decimal; a dash for None."""
    return NONE if share is None else f"{100 * share:.1f}".replace("-", "−")


def as_printed(share: float | None) -> str:
    """A reported share in [0, 1] in per cent, not rounded; a dash for None."""
    return NONE if share is None else f"{round(100 * share, 2):g}"


def decimal(value: float | None) -> str:
    """A score with two decimals, a whole number as it is; a dash for None."""
    if value is None:
        return NONE
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def share_with_deviation(entry: Metrics, key: str) -> str:
    """A share of a metrics file in per cent, ± its standard deviation where the file holds one."""
    text, deviation = percent(entry.get(key)), entry.get(f"{key}_std")
    return text if deviation is None else f"{text} ± {percent(deviation)}"


def interval(bounds: Sequence[float] | None) -> str:
    """Two shares in [0, 1] as "41.0 to 47.1" per cent; a dash for None."""
    return NONE if bounds is None else " to ".join(percent(bound) for bound in bounds)


def parameter_count(counts: dict[str, int]) -> str:
    """Trainable parameters of each network in millions, e.g. "3.58 M + 2.77 M"."""
    return " + ".join(f"{count / 1e6:.2f} M" for count in counts.values())


def basis(entries: Iterable[Metrics], data: Metrics, counted: str) -> str:
    """The line under a table: N of what, draws, seed, data, hardware, each different value once.

    Args:
        counted: what N counts, e.g. "generated faces".
    """
    entries = list(entries)
    if not entries:
        return "No runs."
    return (
        f"{_numbers(entries, counted)}; seed {_each(entries, 'seed')}; "
        f"data: {data_words(data)}; hardware: {_each(entries, 'hardware', '; ')}."
    )


def _numbers(entries: list[Metrics], counted: str) -> str:
    """N, and over how many draws or trainings the figures are means, where there are several."""
    numbers = " or ".join(dict.fromkeys(f"{entry['n']:,}" for entry in entries))
    repeated = [entry for entry in entries if entry.get("seeds", 1) > 1]
    if not repeated:
        return f"N = {numbers} {counted}"
    repeats = sorted({entry["seeds"] for entry in repeated})
    adapting = {"pair" in entry for entry in repeated}
    unit = " or ".join(
        name for of, name in ((False, "draws"), (True, "trainings")) if of in adapting
    )
    several = " or ".join(map(str, repeats))
    once = "; one each where there is no ±" if len(repeated) < len(entries) else ""
    return (
        f"N = {numbers} {counted} in each of {several} {unit}, mean ± standard deviation over them"
        f"{once}"
    )


def _each(entries: list[Metrics], key: str, joint: str = " and ") -> str:
    return joint.join(dict.fromkeys(str(entry[key]) for entry in entries))
