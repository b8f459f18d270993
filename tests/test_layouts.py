"""Which data folder is meant, and what lies where in it."""

import os
from pathlib import Path

import pytest
from raw_folders import make, pack_all, png, write_table

from hw2.core.errors import UserError
from hw2.raw.layouts import layout_of, root_of
from hw2.raw.scan import scan

USPS = "digits/usps"


@pytest.mark.parametrize("layout", ["2022", "2021"])
@pytest.mark.parametrize("packing", [None, "", "data/"])
def test_both_layouts_are_read_from_folders_and_archives(
    tmp_path: Path, layout: str, packing: str | None
) -> None:
    make(tmp_path, layout)
    if packing is not None:
        pack_all(tmp_path, layout, top=packing)
    found = scan(tmp_path)
    assert (found.layout, found.problems, found.notes) == (layout, [], [])
    assert [(p.domain.name, p.split, len(p.names)) for p in found.parts] == [
        (domain, split, count)
        for domain in ("face", "mnistm", "svhn", "usps")
        for split, count in (("train", 3), ("val", 2))
    ]
    usps_val = found.parts[-1]
    assert usps_val.names == ["00033.png", "00034.png"]
    assert usps_val.labels is not None and usps_val.labels.tolist() == [3, 4]
    assert found.parts[0].labels is None


@pytest.mark.parametrize("layout", ["2022", "2021"])
def test_the_layout_is_recognised_with_parts_missing(tmp_path: Path, layout: str) -> None:
    make(tmp_path, layout)
    (tmp_path / USPS / "train.csv").unlink()
    os.rename(tmp_path / "digits/svhn", tmp_path / "svhn")
    assert layout_of(tmp_path) == layout


def test_a_foreign_folder_is_refused_with_what_was_expected_and_found(tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    with pytest.raises(UserError, match=r"(?s)face/train.*digits/usps.*Found: holiday"):
        scan(tmp_path)


@pytest.mark.parametrize(
    ("entries", "root", "name"),
    [
        (["starter"], "starter", "starter"),
        (["starter", ".gitignore"], "starter", "starter"),
        (["hw2_data", "__MACOSX"], "hw2_data", "own"),
        (["face", "digits"], ".", "own"),
    ],
)
def test_root_of_finds_the_data(tmp_path: Path, entries: list[str], root: str, name: str) -> None:
    for entry in entries:
        (tmp_path / entry).mkdir()
    assert root_of(tmp_path) == (tmp_path / root, name)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (["starter", "face"], r"rm -rf .*starter && dvc add "),
        (["starter", "hw2_data"], r"rm -rf .*starter && dvc add "),
        (["hw2_data", "face"], "Copy the content of hw2_data"),
    ],
)
def test_root_of_refuses_two_data_sets(tmp_path: Path, entries: list[str], message: str) -> None:
    for entry in entries:
        (tmp_path / entry).mkdir()
    with pytest.raises(UserError, match=message):
        root_of(tmp_path)


def test_root_of_refuses_what_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        root_of(tmp_path / "absent")
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="is a file"):
        root_of(tmp_path / "file")


def test_links_into_a_dvc_cache_are_fine(tmp_path: Path) -> None:
    cached = tmp_path / "cache/files/md5/ab" / ("c" * 30)
    cached.parent.mkdir(parents=True)
    image = make(tmp_path / "root") / "face/train/00000.png"
    os.rename(image, cached)
    image.symlink_to(cached)
    assert scan(tmp_path / "root").problems == []


def test_strays_and_other_files_are_notes(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / USPS / "data/stray.png").write_bytes(png(28))
    (tmp_path / USPS / "data/hidden.png").write_bytes(png(28))
    write_table(tmp_path / USPS / "test.csv", {"hidden.png": 0})
    (tmp_path / "face/train/readme.txt").touch()
    (tmp_path / "face/train/.DS_Store").touch()
    found = scan(tmp_path)
    assert found.problems == []
    assert found.notes == [
        "face/train: 1 left out (not a PNG file), e.g. readme.txt",
        "digits/usps/data: 1 left out (in no table), e.g. stray.png",
    ]
