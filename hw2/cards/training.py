"""Training in words: optimiser, rate, batch, steps; below it every setting of params.yaml."""

from collections.abc import Callable, Iterator

from hw2.cards.facts import Run, Settings
from hw2.cards.markdown import folded
from hw2.cards.settings import as_yaml, optimizer_words, settings_tables
from hw2.report.sampler_tables import guidance_words


def training(run: Run) -> str:
    """The section."""
    settings = run.at(run.scale)
    sentences = [f"At scale {run.scale}: {RECIPES[run.family](run, settings)}"]
    if "ema" in settings:
        sentences.append(_average(settings))
    if run.scores and "computed_in" in run.scores:
        sentences.append(f"Precision {run.scores['computed_in']}.")
    tables = "\n\n".join(table.markdown().strip() for table in settings_tables(run))
    return f"{' '.join(sentences)}\n\n{folded('Every setting of params.yaml', tables)}"


def _gan(run: Run, settings: Settings) -> str:
    players = settings["optimizers"]
    each = f"{settings['d_steps']} of the discriminator to each"
    return (
        f"{settings['steps']:,} steps of the generator, {each}, on batches of {_batch(settings)} "
        f"real images. Generator: {optimizer_words(players['generator'])}; "
        f"discriminator: {optimizer_words(players['discriminator'])}.{_augmented(settings)}"
    )


def _augmented(settings: Settings) -> str:
    """What changes images before the discriminator sees them; nothing where nothing does."""
    chains = settings["augment"] or {}
    told = [
        f"{whose}: {', '.join(one['kind'] for one in chains[side])}"
        for side, whose in (("real", "of the real images"), ("both", "of real and generated ones"))
        if chains.get(side)
    ]
    return f" Augmentations {'; '.join(told)} (hw2/data/augment/)." if told else ""


def _diffusion(run: Run, settings: Settings) -> str:
    dropped = settings.get("label_drop")
    drop = f" Labels are dropped with probability {dropped:g}." if dropped else ""
    return (
        f"{settings['steps']:,} steps on batches of {_batch(settings)} images. "
        f"{optimizer_words(settings['optimizer'])}.{drop} {_sampling(run, settings)}"
    )


def _sampling(run: Run, settings: Settings) -> str:
    """Sampler, evaluations of the network, guidance."""
    entry = run.scores or {}
    steps = entry.get("sample_steps")
    count = f", {steps:,} evaluations of the network an image" if steps else ""
    drawn = {**settings, **entry}
    guided = f", guidance {guidance_words(drawn)}" if drawn["guidance"] else ""
    return f"Drawn by `{drawn['sampler']}`{count}{guided}."


def _adapt(run: Run, settings: Settings) -> str:
    arguments = settings["method_args"]
    views = ", ".join([*_jitter(settings), *_views(settings)])
    augmented = f" Augmentations, in this order: {views} (hw2/data/)." if views else ""
    method = f" The method’s own settings: `{as_yaml(arguments)}`." if arguments else ""
    return (
        f"{settings['steps']:,} steps on {_batch(settings)} source images and as many of the "
        f"target. {optimizer_words(settings['optimizer'])}.{method}{augmented} The last step’s "
        "network is scored: none is chosen."
    )


def _views(settings: Settings) -> Iterator[str]:
    """The augmentations of this pair of domains, and of which side where it is one alone."""
    for view in settings.get("views") or []:
        if all(view.get(side) in (None, settings[side]) for side in ("source", "target")):
            alone = f" of the {view['sides'][0]}" if len(view["sides"]) == 1 else ""
            yield f"{view['kind']}{alone}"


def _jitter(settings: Settings) -> Iterator[str]:
    """Colour jitter, where the run's pair has it."""
    jitter = settings.get("colour_jitter")
    if jitter and jitter["target"] == settings["target"]:
        yield "colour jitter"


def _batch(settings: Settings) -> str:
    """``16``, or ``6 x 5`` where the gradients of several batches make a step."""
    parts = settings.get("accumulate", 1)
    return f"{settings['batch']}" if parts == 1 else f"{parts} x {settings['batch']}"


def _average(settings: Settings) -> str:
    average = settings["ema"]
    if average is None:
        return "No average of the weights is kept."
    return f"Images come from an exponential average of the weights (decay {average['decay']:g})."


RECIPES: dict[str, Callable[[Run, Settings], str]] = {
    "gan": _gan,
    "diffusion": _diffusion,
    "adapt": _adapt,
}
