"""`hw2 doctor`: what is there, what is missing, what is damaged, and how to mend it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hw2.doctor.finding import Finding


def doctor(
    deep: Annotated[
        bool, typer.Option("--deep", help="also compare all that DVC keeps with its checksums")
    ] = False,
    clean: Annotated[
        bool, typer.Option("--clean", help="only show what broken-off work left, and remove it")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="with --clean: remove, ask nothing")] = False,
) -> None:
    """Look at all that the project needs; change nothing unless told to clean.

    Each line is `ok`, `missing` (dvc repro makes it or does without it) or `problem`. The status
    is 1 if there is a problem: dvc repro would stop on it, or use what is damaged.
    """
    if clean:
        _clean(yes)
        return
    problem = _report(_ordinary())
    if deep:
        from hw2.doctor.deep import check_deep
        from hw2.doctor.finding import findings_of

        problem |= _report(findings_of("deep", check_deep))
    if problem:
        raise typer.Exit(1)


def _ordinary() -> "list[Finding]":
    from concurrent.futures import ThreadPoolExecutor

    from hw2.doctor import dvc_files, machine, project, software
    from hw2.doctor.finding import Check, findings_of

    checks: dict[str, Check] = {
        "Python": software.check_python,
        "python on PATH": software.check_path,
        "packages": software.check_packages,
        "torch": software.check_torch,
        "torchvision": software.check_torchvision,
        "dlib": software.check_dlib,
        "DVC": project.check_dvc,
        "params.yaml": project.check_params,
        "DVC's files": dvc_files.check_pipeline,
        "data": project.check_data,
        "dvc.lock": project.check_lock,
        "runs": project.check_runs,
        "judge": project.check_judge,
        "Inception": project.check_inception,
        "leftovers": project.check_leftovers,
        "disk": machine.check_disk,
        "memory": machine.check_memory,
    }
    with ThreadPoolExecutor() as pool:  # most of them wait for a process
        groups = list(pool.map(findings_of, checks, checks.values()))
    return [finding for group in groups for finding in group]


def _report(findings: "Iterable[Finding]") -> bool:
    """Print each; whether one is a problem."""
    findings = list(findings)
    for finding in findings:
        typer.echo(finding.line())
    return any(finding.status == "problem" for finding in findings)


def _clean(yes: bool) -> None:
    """Remove each leftover that the user does not want to keep."""
    from hw2.core.errors import UserError
    from hw2.doctor.leftovers import checkpoints, remove, temporary_files

    found = [*temporary_files(), *checkpoints()]
    refused = []
    for leftover in found:
        if not yes and not typer.confirm(f"{leftover.what}; remove it?"):
            continue
        try:
            remove(leftover)
            typer.echo(f"removed {leftover.path}")
        except UserError as error:
            refused.append(str(error))
    if not found:
        typer.echo("nothing is left over")
    if refused:
        raise UserError("\n".join(refused))
