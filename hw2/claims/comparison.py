"""``left < right``: a comparison of what was measured, shown beyond two standard errors or not."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from hw2.claims.spread import Spread

Measured = Mapping[tuple[str, str], Spread]  # by (arm, metric)

ERRORS = 2.0  # standard errors beyond which a difference counts as shown
NUMBER = r"\d+(?:\.\d+)?"
TERM = rf"{NUMBER}|sd\(\w+\.\w+\)|\w+\.\w+"
COMPARISON = re.compile(
    rf"(?P<left>{TERM}) (?P<sign>[<>]) (?P<right>{TERM})(?: (?P<margin>[+-] {NUMBER}))?"
)


@dataclass(frozen=True)
class Comparison:
    """Which of two quantities is larger, by a margin or none.

    Attributes:
        text: as written, e.g. ``reversed.accuracy < right.accuracy - 0.3``. A term is
            ``arm.metric``, a number, or ``sd(arm.metric)``: the standard deviation over seeds.
        smaller, larger: its terms.
        margin: by how much at least.
    """

    text: str
    smaller: str
    larger: str
    margin: float

    @property
    def terms(self) -> list[tuple[str, str]]:
        """(arm, metric) of each term that was measured."""
        found = (re.search(r"([a-z]\w*)\.(\w+)", term) for term in (self.smaller, self.larger))
        return [(match[1], match[2]) for match in found if match]

    def against(self, measured: Measured) -> "Outcome":
        """What the measurements say of it."""
        lacking = [f"{arm}.{metric}" for arm, metric in self.terms if (arm, metric) not in measured]
        if lacking:
            return Outcome(self.text, None, None, f"{lacking[0]} was not measured")
        if any(measured[term].n < 2 for term in self.terms):
            return Outcome(self.text, None, None, "no spread: a single value")
        (small, small_error), (large, large_error) = (
            _estimate(term, measured) for term in (self.smaller, self.larger)
        )
        error = math.hypot(small_error, large_error)
        return Outcome(self.text, large - small - self.margin, error, "")


@dataclass(frozen=True)
class Outcome:
    """What became of a comparison.

    Attributes:
        difference: by how much it is true, beyond its margin; negative: by how much it is not.
        error: standard error of the difference.
        lacking: why there is no difference; empty where there is one.
    """

    text: str
    difference: float | None
    error: float | None
    lacking: str

    @property
    def shown(self) -> bool:
        """Whether it is true by more than two standard errors."""
        if self.difference is None or self.error is None:
            return False
        return self.difference > ERRORS * self.error


def parse(text: str) -> Comparison:
    """Read a comparison.

    Raises:
        ValueError: it is none.
    """
    match = COMPARISON.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is no comparison such as 'a.x < b.x - 0.3' or 'sd(a.x) > 2'")
    margin = float((match["margin"] or "0").replace(" ", ""))
    if match["sign"] == "<":  # left < right + m: right - left > -m
        return Comparison(text, match["left"], match["right"], -margin)
    return Comparison(text, match["right"], match["left"], margin)


def _estimate(term: str, measured: Measured) -> tuple[float, float]:
    """A term's value and its standard error."""
    if re.fullmatch(NUMBER, term):
        return float(term), 0.0
    match = re.search(r"(\w+)\.(\w+)", term)
    if match is None:
        raise ValueError(f"'{term}' is no term")
    spread = measured[match[1], match[2]]
    if not term.startswith("sd("):
        return spread.mean, spread.error
    # Of a normal distribution: the standard error of a sample's standard deviation.
    return spread.std, spread.std / math.sqrt(2 * (spread.n - 1))
