"""Whether a claim holds, by the comparisons that stand beside it."""

from dataclasses import dataclass
from typing import Literal

from hw2.claims.comparison import Measured, Outcome, parse
from hw2.claims.definition import Claim
from hw2.claims.spread import plain

Word = Literal["holds", "fails", "undecided", "not run"]


@dataclass(frozen=True)
class Verdict:
    """The word, and why.

    Attributes:
        outcomes: of the claim's comparisons: what it needs, confirms and refutes it, in that order.
    """

    word: Word
    reason: str
    outcomes: list[Outcome]


def judge(claim: Claim, measured: Measured, starter: bool = False) -> Verdict:
    """``holds`` if all that confirms it is shown, ``fails`` if anything that refutes it is.

    Else, or where something that it needs is not shown, it is undecided: with few seeds, or where
    the models are not good enough to tell.

    Args:
        starter: whether the starter data were measured, which say nothing of real ones' figures.
    """
    outcomes = [parse(text).against(measured) for text in claim.comparisons]
    if not measured:
        return Verdict("not run", "", outcomes)
    if starter and claim.real_data:
        return Verdict("undecided", "its figures are of real images; these are drawn", outcomes)
    begin, end = len(claim.needs), len(claim.needs) + len(claim.confirmed_by)
    needed, confirming, refuting = outcomes[:begin], outcomes[begin:end], outcomes[end:]
    for outcome in needed:
        if not outcome.shown:
            return Verdict("undecided", f"needs {outcome.text}; {_why(outcome)}", outcomes)
    for outcome in refuting:
        if outcome.shown:
            return Verdict("fails", f"{outcome.text}; {_why(outcome)}", outcomes)
    for outcome in confirming:
        if not outcome.shown:
            return Verdict("undecided", f"not shown: {outcome.text}; {_why(outcome)}", outcomes)
    return Verdict("holds", "", outcomes)


def _why(outcome: Outcome) -> str:
    if outcome.difference is None or outcome.error is None:
        return outcome.lacking
    return f"by {plain(outcome.difference, 2)} ± {plain(outcome.error, 2)}"
