"""Sentences about adaptation that follow from the accuracies; each says no more than they do."""

from collections.abc import Iterator
from statistics import mean

from hw2.report.adapt_tables import SEPARATION_METHODS, SEPARATION_REPORT, by_pair, order_sentence
from hw2.report.comparison import baselines, compare, is_baseline
from hw2.report.observations import CLEAR, deviations_apart
from hw2.report.reported import reported_pairs
from hw2.report.sources import Measurements, Metrics
from hw2.report.table import pair_words, percent, share_with_deviation, words

DANN, DSN = SEPARATION_METHODS[1], SEPARATION_METHODS[3]


def adapt_observations(measured: Measurements) -> list[str]:
    """For each pair what adapting gains and which run gains most; then DSN against DANN."""
    sentences = []
    for pair, entries in by_pair(measured).items():
        adapting = [entry for entry in entries if not is_baseline(entry)]
        sentences += [*_gains(pair, adapting, measured), *_most(pair, adapting, measured)]
    everything = [entry for entry in measured.adapt.values() if not is_baseline(entry)]
    order = order_sentence(everything, measured)
    return sentences + [*_separation(measured)] + ([order] if order else [])


def _gains(pair: str, adapting: list[Metrics], measured: Measurements) -> Iterator[str]:
    """How much adapting gains over source only, on average, and where it loses."""
    gains = {}
    for entry in adapting:
        triple = compare(entry, measured.adapt)
        if triple.source_only is not None and triple.adapted is not None:
            gains[f"{entry['net']} {words(entry['method'])}"] = triple.adapted - triple.source_only
    if not gains:
        return
    text = f"{pair_words(pair)}: adapting gains {percent(mean(gains.values()))} points on average"
    lost = [f"{name} ({percent(gain)})" for name, gain in gains.items() if gain < 0]
    text += f" over {len(gains)} runs" if len(gains) > 1 else ""
    yield f"{text}; {', '.join(lost)} did worse than source only." if lost else f"{text}."


def _most(pair: str, adapting: list[Metrics], measured: Measurements) -> Iterator[str]:
    """The run that closes most of its gap, and whether its gain is more than trainings differ."""
    closed = [(compare(entry, measured.adapt).closed, entry) for entry in adapting]
    known = [(share, entry) for share, entry in closed if share is not None]
    if not known:
        return
    share, best = max(known, key=lambda one: one[0])
    text = (
        f"{pair_words(pair)}: {best['net']} {words(best['method'])} closes most of its gap, "
        f"{percent(share)} %, at {share_with_deviation(best, 'accuracy')} %"
    )
    source_only = baselines(best, measured.adapt.values())["source_only"]
    apart = deviations_apart(best, source_only, "accuracy")
    if apart is not None:
        text += f", {apart:.1f} standard deviations of trainings from source only"
        text += ", which trainings alone may cause" if apart < CLEAR else ""
    yield f"{text}."


def _separation(measured: Measurements) -> Iterator[str]:
    """On which pairs of report 003 DSN beats DANN."""
    found = {
        (entry["pair"], entry["method"]): entry
        for entry in measured.adapt.values()
        if SEPARATION_REPORT in entry["report"]
    }
    compared = []
    for pair in reported_pairs(SEPARATION_REPORT):
        if (pair, DANN) in found and (pair, DSN) in found:
            dann, dsn = found[pair, DANN], found[pair, DSN]
            difference = percent(dsn["accuracy"] - dann["accuracy"])
            compared.append(f"{difference} on {pair_words(pair)}")
    if compared:
        yield f"Report {SEPARATION_REPORT}, DSN minus DANN in points: {', '.join(compared)}."
