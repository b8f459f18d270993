"""`hw2 doctor`: what is there, what is missing, and how to mend it."""

import typer


def doctor() -> None:
    """Look at all that the project needs; change nothing.

    Each line is `ok`, `missing` (dvc repro makes it or does without it) or `problem`. The status
    is 1 if there is a problem: dvc repro would stop on it.
    """
    from concurrent.futures import ThreadPoolExecutor

    from hw2.doctor import machine, project, software
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
        "data": project.check_data,
        "dvc.lock": project.check_lock,
        "runs": project.check_runs,
        "judge": project.check_judge,
        "Inception": project.check_inception,
        "checkpoints": project.check_checkpoints,
        "disk": machine.check_disk,
        "memory": machine.check_memory,
    }
    with ThreadPoolExecutor() as pool:  # most of them wait for a process
        groups = list(pool.map(findings_of, checks, checks.values()))
    findings = [finding for group in groups for finding in group]
    for finding in findings:
        typer.echo(finding.line())
    if any(finding.status == "problem" for finding in findings):
        raise typer.Exit(1)
