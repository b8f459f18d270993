"""Model details: what a run is, of which report, of what modules and networks."""

import json
from functools import cache
from importlib import resources

from hw2.cards.facts import DIGITS, DOMAINS, FACES, Run
from hw2.cards.markdown import link, untitled
from hw2.cards.modules import first_paragraph
from hw2.report.table import Table, pair_words

KINDS = {
    ("gan", FACES): "A GAN that draws faces, {size}x{size}",
    ("gan", DIGITS): "A class-conditional GAN that draws the digit asked for, {size}x{size}",
    ("diffusion", FACES): "A diffusion model that draws faces, {size}x{size}",
    ("diffusion", DIGITS): (
        "A class-conditional diffusion model that draws the digit asked for, {size}x{size}"
    ),
}
# What a part is called, the package of its module, and the key of params.yaml that names it.
PARTS = {
    "gan": (("Networks", "hw2.gan.nets", "net"), ("Loss", "hw2.gan.losses", "loss")),
    "diffusion": (
        ("Network", "hw2.diffusion.unets", "net"),
        ("Objective", "hw2.diffusion.objectives", "objective"),
        ("Learning rate", "hw2.nn.lr_schedules", "lr_schedule"),
    ),
    "adapt": (
        ("Network", "hw2.adapt.nets", "net"),
        ("Method", "hw2.adapt.methods", "method"),
        ("Learning rate", "hw2.nn.lr_schedules", "lr_schedule"),
    ),
}
CLOSE = {
    "exact": "the report prints every layer",
    "minor": "a few printed lines are lost, and follow from the rest",
    "reconstructed": "its layers are mostly inferred",
    "guess": "its layers are a guess from prose alone",
}
ROLES = {"S": "mapping network", "G": "generator", "D": "discriminator"}


def details(run: Run) -> str:
    """The section, with a table of the networks."""
    shown = run.settings["net"] if run.kind == DOMAINS else run.name
    lines = [f"{what_it_is(run)}. {_origin(run)}", "", *_parts(run), ""]
    counts = (run.scores or {}).get("parameters")
    if counts:
        rows = [[part, f"{count:,}"] for part, count in counts.items()]
        lines += [untitled(Table("", ["Network", "Trainable parameters"], rows, "")), ""]
    return "\n".join([*lines, f"Every layer and its size: `hw2 show {shown}`."])


def what_it_is(run: Run) -> str:
    """One line without a full stop, e.g. "A GAN that draws faces, 64x64"."""
    if run.kind == DOMAINS:
        return f"A classifier of 28x28 digits, {pair(run)}"
    return KINDS[run.family, run.kind].format(size=run.settings["image_size"])


def pair(run: Run) -> str:
    """The domains of an adaptation run, e.g. "MNIST-M → SVHN"."""
    return pair_words(f"{run.settings['source']}_{run.settings['target']}")


def _origin(run: Run) -> str:
    """The systems that it re-creates, and how sure their layers are."""
    report = run.settings["report"]
    if not report:
        return "It is of no report: its recipe is from the literature that its modules name."
    sure = [f"{system} ({_closeness(run, system)})" for system in report]
    source = "[docs/recipes.md](../recipes.md) says of every setting where it comes from"
    return f"It re-creates, of the course reports, {' and '.join(sure)}; {source}."


def _parts(run: Run) -> list[str]:
    """A line for each module that makes the run."""
    settings = run.at(run.scale)
    found = [
        (title, package, settings[key])
        for title, package, key in PARTS[run.family]
        if key in settings
    ]
    if run.family == "diffusion":
        name = (run.scores or settings)["sampler"]
        method = run.project.params["diffusion"]["samplers"][name]["method"]
        found.append(("Sampler", "hw2.diffusion.samplers", method))
    return [
        f"* **{title}**, {link(package.replace('.', '/') + f'/{module}.py')}: "
        f"{first_paragraph(package, module)}"
        for title, package, module in found
    ]


def _closeness(run: Run, system: str) -> str:
    """How sure the layers of a system are, e.g. of ``000 B``; its networks may differ in it."""
    report, *letter = system.split()
    middle = f"gan_{letter[0]}" if letter else run.settings["net"]
    begins = {"gan": middle, "diffusion": "unet", "adapt": run.settings["net"]}[run.family]
    known = {name: status for name, status in _statuses().items() if name.startswith(report)}
    own = {name: s for name, s in known.items() if name.startswith(f"{report}_{begins}")}
    if run.family == "adapt" and not own:
        own = {name: s for name, s in known.items() if name == f"{report}_dann"}
    parts: dict[str, list[str]] = {}
    for name, status in own.items():
        parts.setdefault(CLOSE[status], []).append(ROLES.get(name.rpartition("_")[2], name))
    if len(parts) > 1:
        return "; ".join(f"{' and '.join(names)}: {close}" for close, names in parts.items())
    return next(iter(parts), "no print known")


@cache
def _statuses() -> dict[str, str]:
    """How sure the layers of each system of the reports are, by network."""
    text = resources.files("hw2.architectures").joinpath("systems.json").read_text("utf-8")
    return {name: entry["status"] for name, entry in json.loads(text).items()}
