"""What one check of `hw2 doctor` found, and how a check is run so that nothing ends the doctor."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hw2.core.errors import UserError

Status = Literal["ok", "missing", "problem"]


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes:
        status: ``ok``; ``missing``, which `dvc repro` makes or can do without; or ``problem``, on
            which it would stop.
        subject: one word or two, e.g. ``torch``.
        fact: what is there.
        mend: what to do about it, where there is something to do.
    """

    status: Status
    subject: str
    fact: str
    mend: str = ""

    def line(self) -> str:
        """The finding on one line."""
        text = " ".join(f"{self.fact}; {self.mend}".split()) if self.mend else self.fact
        return f"{self.status:8} {self.subject:14} {text}"


Check = Callable[[], list[Finding]]


def findings_of(subject: str, check: Check) -> list[Finding]:
    """Run one check; whatever it meets becomes a finding."""
    try:
        return check()
    except UserError as error:
        return [Finding("problem", subject, " ".join(str(error).split()))]
    except Exception as error:  # noqa: BLE001  # no check may keep the others from being made
        fact = " ".join(f"cannot be looked at: {type(error).__name__}: {error}".split())
        return [Finding("problem", subject, fact)]
