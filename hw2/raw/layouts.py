"""The two course layouts: which domains there are, and where each split of each one lies."""

import os
from pathlib import Path
from typing import NamedTuple

from hw2.core.errors import UserError
from hw2.data.sizes import stored_size

SPLITS = ("train", "val")
STARTER = "starter"
COURSE_FOLDER = "hw2_data"
# What file managers leave behind; nobody means it as data.
LITTER = ("__MACOSX", "Thumbs.db", "desktop.ini")


class Domain(NamedTuple):
    """One kind of image: its folder, side in pixels, accepted Pillow modes, and labels or not."""

    name: str
    folder: str
    size: int
    modes: tuple[str, ...]
    labelled: bool


class Place(NamedTuple):
    """Where one split lies, relative to the root. A folder may instead be `images` + ".zip"."""

    split: str
    images: str
    table: str | None


class Source(NamedTuple):
    """A folder that holds face/ and digits/, and its name: "starter" or "own"."""

    root: Path
    name: str


DOMAINS = (
    Domain("face", "face", stored_size("face"), ("RGB",), False),
    *(
        Domain(n, f"digits/{n}", stored_size(n), ("L", "RGB"), True)
        for n in ("mnistm", "svhn", "usps")
    ),
)


def _places_2022(domain: Domain) -> list[Place]:
    if not domain.labelled:
        return [Place(split, f"{domain.folder}/{split}", None) for split in SPLITS]
    images = f"{domain.folder}/data"
    return [Place(split, images, f"{domain.folder}/{split}.csv") for split in SPLITS]


def _places_2021(domain: Domain) -> list[Place]:
    # The 2021 edition calls its second split "test"; it plays the part of our val.
    return [
        Place(
            split,
            f"{domain.folder}/{old}",
            f"{domain.folder}/{old}.csv" if domain.labelled else None,
        )
        for split, old in zip(SPLITS, ("train", "test"), strict=True)
    ]


LAYOUTS = {"2022": _places_2022, "2021": _places_2021}
# The 2022 digits come with a third table, for the course's own scoring; nothing here reads its
# labels, but its images are not strays.
UNUSED_TABLES = {"2022": "test.csv"}


def places(layout: str, domain: Domain) -> list[Place]:
    """Where the train and the val split of `domain` lie in `layout` ("2022" or "2021")."""
    return LAYOUTS[layout](domain)


def expected_paths(layout: str, domain: Domain) -> list[str]:
    """Every path that `domain` needs in `layout`, relative to the root, in reading order."""
    found = places(layout, domain)
    both = [place.images for place in found] + [place.table for place in found if place.table]
    return list(dict.fromkeys(both))


def present(root: Path, path: str) -> bool:
    """Whether `path`, or the zip archive that may stand in for it, is there."""
    return os.path.lexists(root / path) or os.path.lexists(root / f"{path}.zip")


def layout_of(root: Path) -> str:
    """The layout of which most expected paths are there; a tie goes to the newer one.

    Raises:
        UserError: none of them is there.
    """
    hits = {
        layout: sum(present(root, p) for domain in DOMAINS for p in expected_paths(layout, domain))
        for layout in LAYOUTS
    }
    if not any(hits.values()):
        raise UserError(
            f"{root}: neither course layout is here. Expected face/train and face/val (2022) or "
            "face/test (2021), and digits/mnistm, digits/svhn and digits/usps, each with its "
            "images and train.csv (folders of PNG files, or those names with .zip). "
            f"Found: {', '.join(_entries(root)[:10]) or 'an empty folder'}"
        )
    return max(hits, key=lambda layout: hits[layout])


def root_of(data_dir: Path) -> Source:
    """The folder in `data_dir` that holds face/ and digits/, and whether it is the starter set.

    `data_dir` itself, or the one folder in it where that is starter/ or hw2_data/. Either of
    these beside other files is refused: nobody could say which of the two data sets is meant.

    Raises:
        UserError: no such folder, or one that holds two data sets.
    """
    data_dir = Path(data_dir)
    have = _entries(data_dir)
    if STARTER in have:
        if have != [STARTER]:
            raise UserError(
                f"{data_dir}: holds files next to {STARTER}/, the embedded set. To use your own: "
                f"rm -rf {data_dir / STARTER} && dvc add {data_dir}. To use the embedded one, "
                "move the others out."
            )
        return Source(data_dir / STARTER, STARTER)
    if COURSE_FOLDER in have:
        if have != [COURSE_FOLDER]:
            raise UserError(
                f"{data_dir}: holds files next to {COURSE_FOLDER}/. Copy the content of "
                f"{COURSE_FOLDER}/ (face/ and digits/) into {data_dir}/ and remove the rest."
            )
        return Source(data_dir / COURSE_FOLDER, "own")
    return Source(data_dir, "own")


def is_litter(name: str) -> bool:
    """Whether an entry is a hidden file or a file manager's leftover."""
    return name.startswith(".") or name in LITTER


def _entries(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if not is_litter(path.name))
    except FileNotFoundError:
        raise UserError(f"{folder}: no such folder; dvc repro makes the embedded data") from None
    except NotADirectoryError:
        raise UserError(f"{folder}: is a file; give the folder of face/ and digits/") from None
    except OSError as error:
        raise UserError(f"{folder}: cannot read the folder: {error.strerror}") from None
