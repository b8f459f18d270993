"""`hw2 repro`: what `dvc repro` does, several stages at a time on one machine."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from hw2.core.errors import UserError
from hw2.jobs.side_by_side import answer, dvc, end_of, shares_here, start, stop

LOGS = Path(".work/logs")
LINE = re.compile(r'^"(?P<first>[^"]+)"(?: -> "(?P<second>[^"]+)")?;$', re.MULTILINE)
POLL_SECONDS = 0.1


Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="stages at a time")]


def repro(jobs: Jobs) -> None:
    """Do what dvc repro does, several stages at a time; each has its share of cores and GPUs.

    Stages that only follow one another are done in one go and write to .work/logs/<first>.log.
    After one that fails, all that does not need it is still built.
    """
    raise typer.Exit(build_all(jobs))


def build_all(jobs: int) -> int:
    """Build what has to be built in the current folder, as many stages at a time as `jobs`.

    Returns:
        The exit status of the `dvc repro` at the end.

    Raises:
        UserError: a stage failed, or a file of DVC is damaged.
    """
    from hw2.doctor.dvc_files import check_dvc_files

    check_dvc_files()
    _heed_a_closed_terminal()
    stale = changed(json.loads(answer(dvc("status", "--json"))))
    if stale and (failed := build(_todo(stale), shares_here(jobs))):
        raise UserError(f"failed: {', '.join(failed)}; what needs them was not built")
    return the_rest()


def _heed_a_closed_terminal() -> None:
    """Its signal stops all, as SIGTERM does; what was started is in sessions of its own.

    Where it is ignored it stays so: that is what nohup is for.
    """
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))


def _todo(stale: Iterable[str]) -> dict[str, set[str]]:
    """Each stage that has to run, and which of the others it has to wait for."""
    needs = parse_graph(answer(dvc("dag", "--dot")))
    todo = downstream(needs, stale)
    return {stage: needs[stage] & todo for stage in todo}


def parse_graph(dot: str) -> dict[str, set[str]]:
    """Every stage of `dvc dag --dot`, and those that it needs."""
    needs: dict[str, set[str]] = {}
    for line in LINE.finditer(dot):
        needs.setdefault(line["first"], set())
        if line["second"]:
            needs.setdefault(line["second"], set()).add(line["first"])
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
    """A chain of stages at work in one process of DVC, and the share that the next one gets."""

    chain: list[str]
    share: dict[str, str]
    process: subprocess.Popen[bytes]
    begun: float


def build(needs: Mapping[str, set[str]], free: list[dict[str, str]]) -> list[str]:
    """Run each stage once those that it needs are done, as many chains at a time as shares.

    Returns:
        The stages that failed.
    """
    waiting, done = set(needs), set[str]()
    failed: list[str] = []
    running: list[_Running] = []
    try:
        while True:
            ready = [stage for stage in waiting if free and needs[stage] <= done]
            chains = in_order([chain(stage, needs, done) for stage in ready], needs)
            for stages in chains[: len(free)]:
                running.append(_begin(stages, free.pop(0)))
                waiting -= set(stages)
            if not running:
                return failed
            time.sleep(POLL_SECONDS)
            for job in [each for each in running if each.process.poll() is not None]:
                running.remove(job)
                free.append(job.share)
                _tell_end(job)
                left = _left(job, needs) if job.process.returncode else []
                failed += left[:1]
                done |= set(job.chain) - set(left)
    finally:  # a signal came
        stop(job.process for job in running)


def the_rest() -> int:
    """A plain `dvc repro`, which has the last word; its exit status.

    In a process group of its own, so that a signal ends its stage too.
    """
    process = subprocess.Popen(dvc("repro"), start_new_session=True)
    try:
        return process.wait()
    finally:
        stop([process])


def chain(first: str, needs: Mapping[str, set[str]], done: set[str]) -> list[str]:
    """`first` and what can follow it one by one, each the only one that its forerunners set free.

    One process of DVC does them all, for each start of DVC costs a second or two.
    """
    stages = [first]
    while True:
        have = done | set(stages)
        freed = [each for each in needs if needs[each] <= have and not needs[each] <= done]
        following = [each for each in freed if each not in have]
        if len(following) != 1:
            return stages
        stages += following


def in_order(chains: Iterable[list[str]], needs: Mapping[str, set[str]]) -> list[list[str]]:
    """First what most stages wait for, then long chains, so that none is left over at the end."""
    return sorted(chains, key=lambda each: (-len(downstream(needs, each)), -len(each), each))


def _begin(stages: list[str], share: dict[str, str]) -> _Running:
    typer.echo(f"begin  {_arrows(stages)}")
    process = start(["repro", "--single-item", *stages], share, _log(stages))
    return _Running(stages, share, process, time.monotonic())


def _left(job: _Running, needs: Mapping[str, set[str]]) -> list[str]:
    """What a chain that failed has not done; the first of it is the stage that failed."""
    status = answer(dvc("--wait-for-lock", "status", "--json", *job.chain))
    undone = downstream(needs, changed(json.loads(status)))
    return [stage for stage in job.chain if stage in undone] or job.chain[-1:]


def _tell_end(job: _Running) -> None:
    """One line for a chain that is done; the end of its log for one that failed."""
    word = "FAILED" if job.process.returncode else "done"
    typer.echo(f"{word:6} {_arrows(job.chain)} {time.monotonic() - job.begun:.0f} s")
    if job.process.returncode:
        log = _log(job.chain)
        typer.echo(f"\n{end_of(log)}\n  all of it: {log}\n", err=True)


def _arrows(stages: list[str]) -> str:
    return " -> ".join(stages)


def _log(stages: list[str]) -> Path:
    return LOGS / f"{stages[0]}.log"
