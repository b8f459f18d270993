"""`hw2 smoke`: every stage once, at scale smoke, in a copy of the project."""

import os
import shutil
from contextlib import chdir
from pathlib import Path

import typer
import yaml

from hw2.commands.repro import Jobs, build_all
from hw2.core.errors import UserError
from hw2.core.files import write_text
from hw2.core.params import PARAMS_FILE, read_yaml
from hw2.core.paths import DATA
from hw2.doctor.dvc_files import DATA_FILE, LOCK, read_dvc_file
from hw2.jobs.side_by_side import answer


def smoke(jobs: Jobs = 2) -> None:
    """Prove that every stage runs: build all at scale smoke in a copy; what is here stays.

    The copy lies under .work; it is removed when all went well.
    """
    folder = Path(f".work/.smoke.{os.getpid()}.tmp")  # of a name that hw2 doctor --clean removes
    copy_at_smoke(folder)
    typer.echo(f"in {folder}; where it stays behind, hw2 doctor --clean removes it")
    with chdir(folder):
        status = build_all(jobs)
    if status:
        raise typer.Exit(status)
    shutil.rmtree(folder)
    typer.echo("smoke: every stage runs")


def copy_at_smoke(folder: Path) -> None:
    """Make a repository of this one's files, new and changed ones included, at scale smoke.

    Without dvc.lock, which DVC would read and write, for another scale, with each stage. Data of
    the user's own are copied; the embedded ones are drawn anew, for they are fewer at this scale.

    Raises:
        UserError: this is not the root of a repository, or the copy cannot be written.
    """
    params = {**read_yaml(), "scale": "smoke"}
    own_data = "deps" not in read_dvc_file(DATA_FILE)
    listed = answer(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    files = {Path(name) for name in listed.split("\0")} - {LOCK}
    try:
        for path in filter(Path.is_file, files):  # what was deleted is listed too
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / path)
        if own_data:
            shutil.copytree(DATA, folder / DATA)
    except (OSError, shutil.Error) as error:
        raise UserError(f"{folder}: cannot copy the project there: {error}") from None
    write_text(folder / PARAMS_FILE, yaml.safe_dump(params, sort_keys=False))
    answer(["git", "init", "--quiet", "--initial-branch=main", str(folder)])
