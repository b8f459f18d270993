"""What a run's scores and data cannot tell: sentences that follow from its figures, and no others.

A run that was not measured has no figures; then only what holds for its kind is said.
"""

from collections.abc import Iterator
from math import hypot

from hw2.cards.cost import LONGEST, images_seen
from hw2.cards.facts import DOMAINS, FACES, Run
from hw2.cards.scores import command, real_scores
from hw2.report.comparison import BASELINES, compare
from hw2.report.images import STARTER
from hw2.report.scores import DIVERSITY, FACE_RATE, FID, JUDGE, figure
from hw2.report.sources import GUIDANCE_KEYS, Metrics
from hw2.report.table import percent, words

CHANCE = 0.1  # of reading one of ten digits right
COURSE_N = 1000  # generated images that the course's scores are computed of
CLEAR = 2.0  # standard deviations
# which metrics files and params.yaml both have
COMPARED = ("steps", "sampler", *GUIDANCE_KEYS)


def limits(run: Run) -> str:
    """The section: a line for each limit."""
    entry = run.scores
    found = [] if entry is None else [*_of_any(run, entry)]
    if entry is not None:
        found += _of_domains(run, entry) if run.kind == DOMAINS else _of_images(run, entry)
    return "\n".join(f"* {sentence}" for sentence in [*found, *_of_kind(run)])


def _of_any(run: Run, entry: Metrics) -> Iterator[str]:
    """Data, budget, the spread that is not known, how far the report's figures compare."""
    settings = run.at(run.scale)
    changed = [key for key in COMPARED if key in entry and entry[key] != settings.get(key)]
    if changed:
        yield (
            f"params.yaml has changed since it was measured ({', '.join(changed)}): "
            f"`{command(run)}` measures it anew."
        )
    if run.project.measured.data["source"] == STARTER:
        yield (
            "The figures are of the starter set, drawn stand-ins: they show that the run works, "
            "and say nothing of real images."
        )
    seen, full = (images_seen(run, scale) for scale in (run.scale, LONGEST))
    if seen < full:
        yield (
            f"A training saw {seen:,} images, 1 in {full / seen:,.0f} of those at scale {LONGEST}: "
            "what the method reaches when it is trained to the end does not follow from it."
        )
    trainings = entry["seeds"] if run.kind == DOMAINS else 1
    if trainings == 1:
        known = "the interval" if run.kind == DOMAINS else "the ±, between draws of images,"
        yield f"One training (seed {entry['seed']}): {known} does not hold what a seed changes."
    if entry["report"]:
        yield (
            "The report used the course’s own data, and a budget of its own: what it printed "
            "differs from this run in more than the code."
        )


def _of_images(run: Run, entry: Metrics) -> Iterator[str]:
    if run.kind == FACES and figure(entry, FID.key) is None:
        yield (
            "FID, KID and inception score are not measured, for want of the Inception weights; "
            "the random-weight figures compare with one another only."
        )
    if entry["n"] < COURSE_N:
        yield (
            f"Scored with N = {entry['n']:,} where the course counts {COURSE_N:,}: distances and "
            "coverage depend on N, so compare at equal N, and with the column of real images."
        )
    yield from _of_faces(entry) if run.kind == FACES else _of_digits(run, entry)


def _of_faces(entry: Metrics) -> Iterator[str]:
    real = entry.get("real", {})
    rate, of_val = figure(entry, FACE_RATE.key), real.get("face_rate_val")
    if rate is not None and of_val is not None:
        yield (
            f"A HOG detector finds exactly one face in {percent(rate)} % of its images, and in "
            f"{percent(of_val)} % of real val faces; it does not see whether a face looks real."
        )
    reached, possible = entry.get("random_coverage"), real.get("random_coverage")
    if reached is not None and possible is not None and reached < possible:
        yield (
            f"Of the real val faces {percent(reached)} % have a generated one near them, in random "
            f"features; with real train faces {percent(possible)} % have: the others are missed."
        )


def _of_digits(run: Run, entry: Metrics) -> Iterator[str]:
    real = real_scores(run, entry)
    right, deviation = entry[JUDGE.key], entry.get(f"{JUDGE.key}_std", 0)
    guessed = "; that is no more than chance" if right - CLEAR * deviation <= CHANCE else ""
    yield (
        f"The judge reads {percent(right)} % of its digits as asked, and "
        f"{percent(real[JUDGE.key])} % of real val digits (guessing: 10 %){guessed}. It cannot see "
        "whether a digit looks real."
    )
    spread, of_real = figure(entry, DIVERSITY.key), real.get(DIVERSITY.key, 1)
    if spread is not None and spread - of_real > CLEAR * _deviation(entry, real, DIVERSITY.key):
        yield (
            f"Diversity {spread:.2f} is above that of real digits, {of_real:.2f}: noise, or digits "
            "of another class among those asked for, spread wider than handwriting does."
        )
    yield _weakest(entry)


def _deviation(one: Metrics, other: Metrics, key: str) -> float:
    """Of the difference of two scores, each with a spread over draws."""
    return hypot(one.get(f"{key}_std", 0), other.get(f"{key}_std", 0))


def _of_domains(run: Run, entry: Metrics) -> Iterator[str]:
    compared = compare(entry, run.project.measured.adapt)
    low, ours = compared.source_only, compared.adapted
    if low is not None and ours is not None and ours < low:
        yield (
            f"It is below source only of its network ({percent(ours)} against {percent(low)} %): "
            "here adapting did not help."
        )
    yield _weakest(entry)


def _weakest(entry: Metrics) -> str:
    """The digit that is read worst."""
    known = {digit: share for digit, share in enumerate(entry["per_class"]) if share is not None}
    digit = min(known, key=known.__getitem__)
    return f"The weakest digit is {digit}, {percent(known[digit])} %."


def _of_kind(run: Run) -> Iterator[str]:
    """What holds for every run of its kind."""
    if run.kind == FACES:
        yield "No score is split by groups of people: the data’s layout has no such labels."
    if run.kind != DOMAINS:
        missed = "moved" if run.kind == FACES else "moved or mirrored"
        yield (
            "Copies of training images are looked for by pixels, whatever their brightness and "
            f"contrast: a {missed} copy would not be found."
        )
        return
    target = words(run.settings["target"])
    if run.settings["method"] == BASELINES[1]:
        yield f"It learns from the labels of {target}: a bound to compare with, no adaptation."
    else:
        yield f"No label of {target} is used but to score the last step’s network."
    yield "Every image is a digit, and both domains hold all ten: nothing is known of other images."
