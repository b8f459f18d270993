"""`hw2 repro`: what `dvc repro` does, several stages at a time on one machine."""

import json
import re
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Annotated

import typer

from hw2.core.errors import UserError
from hw2.jobs.side_by_side import answer, dvc, end_of, shares_here, start, stop

LOGS = Path(".work/logs")
EDGE = re.compile(r'^"(?P<needed>.+)" -> "(?P<stage>.+)";$', re.MULTILINE)
POLL_SECONDS = 0.1


def repro(
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="stages at a time")],
) -> None:
    """Do what dvc repro does, several stages at a time; each has its share of cores and GPUs.

    A stage writes to .work/logs/<stage>.log. After one that fails, all that does not need it is
    still built.
    """
    from hw2.doctor.dvc_files import check_dvc_files

    check_dvc_files()
    needs = parse_graph(answer(dvc("dag", "--dot")))
    todo = downstream(needs, changed(json.loads(answer(dvc("status", "--json")))))
    failed = build({stage: needs[stage] & todo for stage in sorted(todo)}, shares_here(jobs))
    if failed:
        raise UserError(f"failed: {', '.join(failed)}; what needs them was not built")
    raise typer.Exit(subprocess.run(dvc("repro"), check=False).returncode)


def parse_graph(dot: str) -> dict[str, set[str]]:
    """Every stage that is on an edge of `dvc dag --dot`, and those that it needs."""
    needs: dict[str, set[str]] = {}
    for edge in EDGE.finditer(dot):
        needs.setdefault(edge["needed"], set())
        needs.setdefault(edge["stage"], set()).add(edge["needed"])
    return needs


def changed(status: Mapping[str, list[object]]) -> set[str]:
    """The stages of `dvc status --json` that have to run.

    Those that run always, for they look outside the repository, are left to the last `dvc repro`:
    seldom do they find anything new, and then it builds what depends on it.
    """
    return {stage for stage, reasons in status.items() if reasons != ["always changed"]}


def downstream(needs: Mapping[str, set[str]], changed: Iterable[str]) -> set[str]:
    """The changed stages and all that need one of them, by whatever way."""
    found: set[str] = set()
    more = set(changed)
    while more:
        found |= more
        more = {stage for stage, needed in needs.items() if needed & more} - found
    return found


@dataclass
class _Running:
    """A stage at work, and the share that the next one gets."""

    process: subprocess.Popen[bytes]
    share: dict[str, str]
    begun: float


def build(needs: Mapping[str, set[str]], free: list[dict[str, str]]) -> list[str]:
    """Run each stage once those that it needs are done, as many at a time as there are shares.

    Returns:
        The stages that failed.
    """
    order = TopologicalSorter(needs)
    order.prepare()
    ready: list[str] = []
    failed: list[str] = []
    running: dict[str, _Running] = {}
    try:
        while True:
            ready += order.get_ready()
            while ready and free:
                stage, share = ready.pop(0), free.pop(0)
                process = start(["repro", "--single-item", stage], share, _log(stage))
                running[stage] = _Running(process, share, time.monotonic())
            if not running:
                return failed
            time.sleep(POLL_SECONDS)
            for stage in [name for name, job in running.items() if job.process.poll() is not None]:
                job = running.pop(stage)
                free.append(job.share)
                _tell(stage, job)
                if job.process.returncode:
                    failed.append(stage)
                else:
                    order.done(stage)
    finally:  # a signal came
        stop(job.process for job in running.values())


def _tell(stage: str, job: _Running) -> None:
    """One line for a stage that is done; the end of its log for one that failed."""
    word = "FAILED" if job.process.returncode else "done"
    typer.echo(f"{word:6} {stage} {time.monotonic() - job.begun:.0f} s")
    if job.process.returncode:
        typer.echo(f"\n{end_of(_log(stage))}\n  all of it: {_log(stage)}\n", err=True)


def _log(stage: str) -> Path:
    return LOGS / f"{stage}.log"
