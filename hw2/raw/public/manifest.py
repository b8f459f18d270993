"""``manifest.json``: which domains of a folder are finished, by which recipe, with which checksums.

It makes a run resumable, and a folder without it is somebody else's.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hw2.core.download import Checksum
from hw2.core.errors import UserError
from hw2.core.files import read_json, write_json

MADE_BY = "hw2 data make-public"
FILE_NAME = "manifest.json"
Manifest = dict[str, Any]


def open_manifest(out: Path) -> Manifest:
    """What a folder that we began says of itself, or what a new one will; nothing is written.

    Raises:
        UserError: the folder holds anything else.
    """
    path = out / FILE_NAME
    if path.is_file():
        content = read_json(path)
        if isinstance(content, dict) and content.get("made_by") == MADE_BY:
            if not isinstance(content.get("domains"), dict):
                raise UserError(f"{path}: is damaged; delete {out} and begin again")
            return content
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(
            f"{out}: holds something that `{MADE_BY}` did not make; name a new or an empty folder"
        )
    return {"made_by": MADE_BY, "domains": {}}


def begin(out: Path, manifest: Manifest) -> None:
    """Mark the folder as ours before anything else is in it."""
    if not (out / FILE_NAME).exists():
        write_json(out / FILE_NAME, manifest)


def is_finished(out: Path, manifest: Manifest, domain: str, recipe: dict[str, Any]) -> bool:
    """Whether a domain is there, whole, and made by this recipe.

    Raises:
        UserError: it was made by another one.
    """
    if domain not in manifest["domains"]:
        return False
    entry = manifest["domains"][domain]
    differs = [key for key in recipe if recipe[key] != entry["recipe"].get(key)]
    if differs:
        raise UserError(
            f"{out}: {domain} was made with another value of {', '.join(differs)} (see "
            f"{FILE_NAME}); name a new folder, or delete this one"
        )
    return all(
        (out / name).is_file() and Checksum("sha256", digits).fits(out / name)
        for name, digits in entry["sha256"].items()
    )


def finish(
    out: Path,
    manifest: Manifest,
    domain: str,
    recipe: dict[str, Any],
    files: Iterable[str],
    unchecked: list[str],
) -> None:
    """Record a finished domain.

    Args:
        files: what was written, relative to `out`.
        unchecked: originals that have no published checksum in the form in which they were read.
    """
    sums = {name: Checksum("sha256", "").of(out / name) for name in files}
    manifest["domains"][domain] = {"recipe": recipe, "unchecked": unchecked, "sha256": sums}
    write_json(out / FILE_NAME, manifest)
