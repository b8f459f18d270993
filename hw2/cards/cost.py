"""What a run costs: steps, images seen, trainings, and where it is known the time."""

from collections.abc import Mapping
from typing import Any

from hw2.cards.facts import DOMAINS, Run
from hw2.cards.markdown import untitled
from hw2.report.table import Table

LONGEST = "full"
TIME = "Training time:"


def cost(run: Run) -> str:
    """The section: a column for the scale that was measured, and one for `full`."""
    scales = list(dict.fromkeys([run.scale, LONGEST]))
    columns = [_column(run, scale) for scale in scales]
    rows = [[key, *(column[key] for column in columns)] for key in columns[0]]
    of_both = " of each domain that the method looks at" if run.kind == DOMAINS else ""
    caption = f"Images seen: real training images{of_both}, with repetitions."
    return f"{untitled(Table('', ['', *scales], rows, caption))}\n\n{_time(run)}"


def images_seen(run: Run, scale: str) -> int:
    """Real images that a training looks at, of each domain, with repetitions."""
    return images_of(run.at(scale))


def images_of(settings: Mapping[str, Any]) -> int:
    """The same of a training with such settings."""
    batches = settings["steps"] * settings.get("d_steps", 1) * settings.get("accumulate", 1)
    return int(batches * settings["batch"])


def _column(run: Run, scale: str) -> dict[str, str]:
    counts, seen = run.project.measured.data["counts"], images_seen(run, scale)
    domain = run.settings["source" if run.kind == DOMAINS else "data"]
    train = counts[domain]["train"]
    return {
        "Steps": f"{run.at(scale)['steps']:,}",
        "Images seen": f"{seen:,}",
        f"Epochs of {train:,}": f"{seen / train:,.1f}",
    }


def without_time(card: str) -> str:
    """The card but for its line of training time, which differs whenever a run is trained anew."""
    return "\n".join(line for line in card.splitlines() if not line.startswith(TIME))


def _time(run: Run) -> str:
    """Seconds and hardware, as far as they were kept."""
    seconds, entry = run.project.seconds.get((run.family, run.name)), run.scores
    if seconds is None or entry is None:
        return f"{TIME} not known here."
    trainings = entry["seeds"] if run.kind == DOMAINS else 1
    several = f" for {trainings} trainings" if trainings > 1 else ""
    return (
        f"{TIME} {seconds:,.1f} s{several} on {entry['hardware']} (when this card was "
        "written; beside whatever else the machine did, and of a training that was resumed the "
        "last part alone)."
    )
