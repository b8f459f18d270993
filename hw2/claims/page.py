"""metrics/claims.md: every claim with its verdict, and what each verdict rests on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hw2.claims.comparison import Measured, Outcome
from hw2.claims.definition import Claim
from hw2.claims.experiment import experiments
from hw2.claims.records import Record, load_all, measured
from hw2.claims.spread import plain
from hw2.claims.verdict import Verdict, judge
from hw2.report.images import STARTER
from hw2.report.table import NONE, Table, data_words

HEAD = """# The reports' claims, put to the test

Written by `hw2 claims show` from experiments/claims.yaml and metrics/claims/. A claim **holds** if
every comparison that confirms it is true by more than two standard errors, **fails** if one that
refutes it is, and is **undecided** otherwise, also where a comparison that it needs is not shown:
then the models of that scale are not good enough to tell. Where nothing differs, a comparison of
three values with three is shown by chance in 6 of 100 cases, of three values with a number in 9
(Student's t, 4 and 2 degrees of freedom), and one of several more often. Draws are from one trained
model: they say nothing of other trainings. With another seed the judge, too, is trained anew.

In tables ± is the standard deviation. Beside a comparison stands by how much it is true, beyond its
margin (negative: by how much it is not), with the standard error of that.
"""


@dataclass(frozen=True)
class Judged:
    """A claim, its finished experiments and what they make of it."""

    claim: Claim
    records: list[Record]
    measured: Measured
    verdict: Verdict


def judge_all(claims: Mapping[str, Claim]) -> dict[str, Judged]:
    """Each claim by its id, with what metrics/claims/ holds of it."""
    return {name: _judge(name, claim) for name, claim in claims.items()}


def _judge(name: str, claim: Claim) -> Judged:
    records = load_all(name, claim)
    found = measured(claim, records)
    return Judged(claim, records, found, judge(claim, found, starter(records)))


def starter(records: Sequence[Record]) -> bool:
    """Whether they are of the starter data."""
    return any(record.basis.data["source"] == STARTER for record in records)


def page(judged: Mapping[str, Judged]) -> str:
    """The whole file."""
    parts = [HEAD, overview(judged).markdown()]
    return "\n".join([*parts, *(details(name, one) for name, one in judged.items())])


def overview(judged: Mapping[str, Judged]) -> Table:
    """One row a claim."""
    rows = [
        [name, one.claim.report, one.claim.claim, one.verdict.word, cost(one)]
        for name, one in judged.items()
    ]
    counted = [one.verdict.word for one in judged.values()]
    caption = ", ".join(f"{counted.count(word)} {word}" for word in dict.fromkeys(counted))
    headers = ["", "report", "claim", "verdict", "cost"]
    return Table("Verdicts", headers, rows, f"{caption}.", text_columns=5)


def listing(judged: Mapping[str, Judged]) -> Table:
    """One row a claim, with how many of its experiments are on record."""
    rows = []
    for name, one in judged.items():
        wanted = len(experiments(name, one.claim))
        done = f"{len(one.records)} of {wanted}"
        rows.append([name, cost(one), done, one.verdict.word, one.claim.claim])
    return Table("Claims", ["", "cost", "done", "verdict", "claim"], rows, "", text_columns=5)


def cost(judged: Judged) -> str:
    """Minutes that its experiments took, or the class of what they will."""
    if judged.records:
        return f"{sum(record.seconds for record in judged.records) / 60:.1f} min"
    return judged.claim.cost


def details(name: str, judged: Judged) -> str:
    """What is expected, what was measured, and how the verdict follows from it."""
    claim, verdict = judged.claim, judged.verdict
    lines = [f"## {name}: {claim.claim}", f"Expected: {claim.expectation}"]
    if claim.untested:
        lines.append(f"Not compared: {claim.untested}")
    reason = f" ({verdict.reason})" if verdict.reason else ""
    lines.append(f"Verdict: **{verdict.word}**{reason}.")
    if judged.records:
        lines += [arms(claim, judged).markdown().strip(), _comparisons(claim, verdict.outcomes)]
    return "\n\n".join(lines) + "\n"


def arms(claim: Claim, judged: Judged) -> Table:
    """One row an arm: its run and its metrics, each with its spread."""
    rows = [
        [
            arm,
            claim.arms[arm].run,
            *(
                spread.words if (spread := judged.measured.get((arm, metric))) else NONE
                for metric in claim.metrics
            ),
        ]
        for arm in claim.arms
    ]
    headers = ["arm", "run", *claim.metrics]
    return Table("Measured", headers, rows, basis(judged.records), text_columns=2)


def basis(records: Sequence[Record]) -> str:
    """N, seeds, scale, data, hardware and date, each different value once."""
    first = records[0].basis
    seeds = sorted({record.experiment.changes["seed"] for record in records})
    return (
        f"N = {_each(f'{record.images:,}' for record in records)} images a value; "
        f"seed {', '.join(map(str, seeds))}; scale {first.scale}; "
        f"data: {data_words(first.data)}; "
        f"hardware: {_each(record.hardware for record in records)}; "
        f"{_each(record.day for record in records)}; experiments: {len(records)}."
    )


def _each(values: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(values))


def _comparisons(claim: Claim, outcomes: Sequence[Outcome]) -> str:
    roles = ["needed"] * len(claim.needs) + ["confirms"] * len(claim.confirmed_by)
    roles += ["refutes"] * len(claim.refuted_by)
    return "\n".join(
        f"- {role}: `{outcome.text}`: {_outcome(outcome)}"
        for role, outcome in zip(roles, outcomes, strict=True)
    )


def _outcome(outcome: Outcome) -> str:
    if outcome.difference is None or outcome.error is None:
        return outcome.lacking
    word = "shown" if outcome.shown else "not shown"
    return f"{word}, {plain(outcome.difference, 2, '+')} ± {plain(outcome.error, 2)}"
