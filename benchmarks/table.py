"""The tables of the results, from the results alone."""

from collections.abc import Mapping
from statistics import median
from typing import Any

from tabulate import tabulate

PEAK_OF = {"bf16-mixed": "bfloat16", "32-true": "float32"}
GIGA = 1e9
LIMITS = ("work", "GFLOP", "GB", "limit s", "by", "measured s", "share")
RATIOS = ("work", "ours s", "plain s", "times as fast", "aim")


def markdown(results: Mapping[str, Any]) -> str:
    """Machine, limits, ratios, and the parts of scoring, as Markdown."""
    measured = results["measured"]
    limits = [limit_row(each, results["peaks"]) for each in measured.values() if "work" in each]
    ratios = [ratio_row(each) for each in measured.values() if "plain" in each]
    parts = [
        [name, f"{value:.3g}"]
        for each in measured.values()
        for name, value in each.get("parts", {}).items()
    ]
    blocks = [
        f"{results['hardware']}; torch {results['torch']}; {results['date']}; commit "
        f"{results['commit']}; load before: {results['load']:.1f}. {peaks_text(results['peaks'])}",
        _table(limits, LIMITS),
        _table(ratios, RATIOS),
        _table(parts, ("scoring 1,000 faces", "s")),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def limit_row(entry: Mapping[str, Any], peaks: Mapping[str, list[float]]) -> list[str]:
    """Work, the time that it takes at the peaks, which of them decides, and the share reached."""
    work = entry["work"]
    by = {
        PEAK_OF[entry["precision"]]: work["flops"] / max(peaks[PEAK_OF[entry["precision"]]]),
        "copy": work["bytes"] / max(peaks["copy"]),
    }
    slowest = max(by, key=lambda name: by[name])
    limit, measured = by[slowest], median(entry["ours"])
    return [
        f"{entry['what']}, {entry['batch']} images",
        f"{work['flops'] / GIGA:.4g}",
        f"{work['bytes'] / GIGA:.3g}",
        f"{limit:.3g}",
        slowest,
        f"{measured:.3g}",
        f"{limit / measured:.0%}",
    ]


def ratio_row(entry: Mapping[str, Any]) -> list[str]:
    """Medians of both sides, their ratio, and the aim."""
    ours, plain = median(entry["ours"]), median(entry["plain"])
    aim = f"{entry['aim']:g}"
    return [entry["what"], f"{ours:.3g}", f"{plain:.3g}", f"{plain / ours:.1f}", aim]


def peaks_text(peaks: Mapping[str, list[float]]) -> str:
    """The best repetition of each."""
    best = {name: max(values) / GIGA for name, values in peaks.items()}
    return (
        f"Peaks: {best['float32']:.0f} GFLOP/s in float32, {best['bfloat16']:.0f} in bfloat16, "
        f"{best['copy']:.1f} GB/s copied."
    )


def _table(rows: list[list[str]], header: tuple[str, ...]) -> str:
    return tabulate(rows, header, "github", disable_numparse=True) if rows else ""
