"""`hw2 params` and `hw2 readme`: is what stands in the repository right?"""

from pathlib import Path
from typing import Annotated

import typer

from hw2.core.errors import UserError
from hw2.core.files import write_text

TABLES = ("metrics", "benchmarks/results")  # folders


def params() -> None:
    """Check all of params.yaml, and that DVC's own files are whole, before anything is trained.

    Every network is built, and takes one small batch.
    """
    from hw2.architectures.catalogue import models
    from hw2.doctor.dvc_files import check_dvc_files
    from hw2.params import check_params

    check_dvc_files()
    check_params()
    for model in models():
        model.build()
    typer.echo("params.yaml: all good")


def readme(
    check: Annotated[bool, typer.Option(help="only tell whether README.md is up to date")] = False,
) -> None:
    """Put the tables of metrics/*.md and benchmarks/results/*.md into README.md."""
    from hw2.report.readme import fill

    path = Path("README.md")
    try:
        old = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8 text"
        raise UserError(f"{path}: cannot read it: {why}; run from the repository's root") from None
    files = [file for folder in TABLES for file in sorted(Path(folder).glob("*.md"))]
    new = fill(old, {file.stem: file.read_text() for file in files})
    if check and new != old:
        raise UserError(f"README.md: its tables differ from {' and '.join(TABLES)}; run hw2 readme")
    if new != old:
        write_text(path, new)
    typer.echo(f"README.md: its tables are those of {' and '.join(TABLES)}")
