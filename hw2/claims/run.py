"""Experiments through `dvc exp run --temp`, those that are not done yet, and their records."""

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from hw2.claims.experiment import Experiment
from hw2.claims.records import Basis, Record, load, spreads
from hw2.core.errors import UserError
from hw2.core.provenance import now
from hw2.jobs.side_by_side import answer, dvc, end_of, start, stop

LOGS = Path(".work/logs/claims")


def todo(wanted: Sequence[Experiment], basis: Basis) -> list[Experiment]:
    """Those without a record of this definition, scale and data."""
    return [experiment for experiment in wanted if load(experiment, basis) is None]


def run_all(
    wanted: Sequence[Experiment],
    basis: Basis,
    shares: Sequence[Mapping[str, str]],
    tell: Callable[[str], None],
) -> list[str]:
    """Run the experiments, as many at a time as there are shares; one that ends is on record.

    Args:
        shares: environment variables of each worker: its cores and GPUs.
        tell: gets a line for each that ended.

    Returns:
        The names of those that failed.
    """
    at_work = AtWork()
    free: SimpleQueue[Mapping[str, str]] = SimpleQueue()
    for share in shares:
        free.put(share)

    def work(experiment: Experiment) -> str | None:
        share = free.get()
        try:
            run(experiment, basis, share, at_work)
            tell(f"done   {experiment.name}")
        except UserError as error:
            tell(f"FAILED {experiment.name}: {error}")
            return experiment.name
        finally:
            free.put(share)
        return None

    pool = ThreadPoolExecutor(len(shares))
    try:
        return [name for name in pool.map(work, wanted) if name is not None]
    finally:  # a signal came: no other is begun
        pool.shutdown(wait=False, cancel_futures=True)
        at_work.stop()


class AtWork:
    """Processes of several threads, which one of them may stop at any moment."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._stopped = False

    def add(self, process: subprocess.Popen[bytes]) -> None:
        """One that was begun while all others were stopped is stopped as well."""
        self._processes.append(process)
        if self._stopped:
            stop([process])

    def stop(self) -> None:
        """All that there are and all that will come."""
        self._stopped = True
        stop(self._processes)


def run(
    experiment: Experiment,
    basis: Basis,
    share: Mapping[str, str],
    at_work: AtWork,
) -> None:
    """Run one experiment in a folder of its own, and save its record.

    Args:
        at_work: gets its process.

    Raises:
        UserError: it failed; the message has the end of its log.
    """
    head = answer(["git", "rev-parse", "HEAD"]).strip()  # another commit may come meanwhile
    if experiment.name in _refs(head):  # of another definition, or its record is lost
        answer(dvc("exp", "remove", experiment.name))
    begin = time.monotonic()
    log = LOGS / f"{experiment.name}.log"
    process = start(["exp", "run", *experiment.words()], share, log)
    at_work.add(process)
    if process.wait():
        raise UserError(f"see {log}\n{end_of(log)}")
    _record(experiment, basis, head, time.monotonic() - begin).save()


def _record(experiment: Experiment, basis: Basis, head: str, seconds: float) -> Record:
    """What the experiment's commit holds; it was begun at commit `head`."""
    ref = _refs(head).get(experiment.name)
    if ref is None:
        raise UserError(f"DVC kept no experiment '{experiment.name}'; see dvc exp list")
    place = f"{experiment.family}/{experiment.run}"
    scores = json.loads(answer(["git", "show", f"{ref}:./metrics/{place}.json"]))
    curves = answer(["git", "show", f"{ref}:./plots/curves/{place}.csv"])
    return Record(
        experiment,
        basis,
        spreads(experiment.metrics, scores, curves),
        scores["n"],
        scores["hardware"],
        head,
        round(seconds, 1),
        now()[:10],
    )


def _refs(head: str) -> dict[str, str]:
    """Git's name of each experiment that begins at a commit, by its own."""
    folder = f"refs/exps/{head[:2]}/{head[2:]}/"
    found = answer(["git", "for-each-ref", "--format=%(refname)", folder]).split()
    return {ref.removeprefix(folder): ref for ref in found}
