"""Each fault of a data folder is one line that names its path; harmless habits are accepted."""

import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_folders import make, pack, png, write_table

from hw2.raw.labels import parse_table, read_table
from hw2.raw.scan import scan

USPS = "digits/usps"
GOOD = b"image_name,label\na.png,3\nb.png,0\n"


def _remove(path: str) -> Callable[[Path], object]:
    return lambda root: os.remove(root / path)


def _table(rows: dict[str, object], header: str = "image_name,label") -> Callable[[Path], object]:
    return lambda root: write_table(root / USPS / "train.csv", rows, header)


def _raw_table(content: bytes) -> Callable[[Path], object]:
    return lambda root: (root / USPS / "train.csv").write_bytes(content)


def _zipped(extra: dict[str, bytes]) -> Callable[[Path], object]:
    return lambda root: pack(root / "face/train", extra=extra)


def _link_member(root: Path) -> None:
    archive = pack(root / "face/train")
    info = zipfile.ZipInfo("link.png")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr(info, "/etc/passwd")


def _swap_for_link(path: str) -> Callable[[Path], object]:
    def swap(root: Path) -> None:
        outside = root.with_name("outside")
        os.rename(root / path, outside)
        (root / path).symlink_to(outside)

    return swap


BAD_FOLDERS = {
    "missing image": (_remove("digits/usps/data/00031.png"), "usps/data/00031.png: is missing"),
    "missing table": (_remove("digits/usps/val.csv"), "digits/usps/val.csv: is missing"),
    "wrong header": (_table({"00030.png": 0}, "name,digit"), "the header is name,digit, not"),
    "semicolons": (_raw_table(b"image_name;label\na.png;3\n"), "the header is image_name;label"),
    "empty split": (_table({}), "train.csv: the split is empty"),
    "no content": (_raw_table(b""), "train.csv: the split is empty"),
    "not utf-8": (_raw_table(GOOD + b"\xe9.png,1\n"), "train.csv: is not UTF-8 text"),
    "utf-16": (_raw_table(GOOD.decode().encode("utf-16")), "train.csv: is not UTF-8 text"),
    "label 10": (_table({"00030.png": 10}), "line 2: 00030.png has the unknown label 10"),
    "label 1.0": (_table({"00030.png": 1.0}), "unknown label 1.0"),
    "label cat": (_table({"00030.png": "cat"}), "unknown label cat"),
    "no label": (_table({"00030.png": ""}), "unknown label nothing"),
    "arabic digit": (_table({"00030.png": "\u0663"}), "unknown label"),
    "one column": (_raw_table(b"image_name,label\n00030.png\n"), "line 2: has 1 columns, not 2"),
    "duplicate": (
        _raw_table(b"image_name,label\n00030.png,1\n00031.png,1\n00030.png,1\n"),
        "line 4: 00030.png is a duplicate of line 2",
    ),
    "leak": (_table({"00030.png": 0, "00034.png": 4}), "usps/val.csv: 00034.png is also in"),
    "climbing": (_table({"../../x.png": 0}), "line 2: ../../x.png may climb out of the folder"),
    "absolute": (_table({"/etc/x.png": 0}), "line 2: /etc/x.png may climb out"),
    "backslash": (_table({"..\\x.png": 0}), "may climb out"),
    "no images": (
        lambda root: [path.unlink() for path in (root / "face/val").iterdir()],
        "face/val: is empty; it holds no PNG file",
    ),
    "no folder": (
        lambda root: os.rename(root / "face/val", root / "elsewhere"),
        "face/val: is missing; expected a folder of PNG files or face/val.zip",
    ),
    "no domain": (
        lambda root: os.rename(root / USPS, root / "elsewhere"),
        "digits/usps: the whole domain is missing; expected digits/usps/data, digits/usps/t",
    ),
    "folder as image": (lambda root: (root / "face/train/x.png").mkdir(), "x.png: is not a file"),
    "pipe as image": (lambda root: os.mkfifo(root / "face/train/x.png"), "x.png: is not a file"),
    "linked image": (_swap_for_link("face/train/00000.png"), "00000.png: is a link out of"),
    "linked digit": (_swap_for_link("digits/usps/data/00030.png"), "00030.png: is a link out of"),
    "linked folder": (_swap_for_link("face/train"), "face/train: is a link out of"),
    "linked table": (_swap_for_link("digits/usps/train.csv"), "train.csv: is a link out of"),
    "odd name": (lambda root: (root / "face/train/a\n.png").touch(), r"a\n.png': has a name"),
    "folder and zip": (
        lambda root: (root / "face/train.zip").touch(),
        "face/train: train.zip is there too; remove one",
    ),
    "zip climbs": (_zipped({"../x.png": png(64)}), "train.zip/../x.png: may climb out"),
    "zip absolute": (_zipped({"/etc/x.png": png(64)}), "train.zip//etc/x.png: may climb out"),
    "zip backslash": (_zipped({"..\\x.png": png(64)}), "may climb out"),
    "zip link": (_link_member, "train.zip/link.png: is a link"),
    "zip damaged": (
        lambda root: pack(root / "face/train").write_bytes(b"PK no archive"),
        "face/train.zip: cannot read it: File is not a zip file",
    ),
    "zip empty": (
        lambda root: (
            [path.unlink() for path in (root / "face/val").iterdir()] + [pack(root / "face/val")]
        ),
        "face/val.zip: is empty",
    ),
}


@pytest.mark.parametrize("kind", BAD_FOLDERS)
def test_each_fault_is_one_problem_that_names_its_path(tmp_path: Path, kind: str) -> None:
    spoil, message = BAD_FOLDERS[kind]
    root = make(tmp_path / "root")
    spoil(root)
    problems = scan(root).problems
    assert len(problems) == 1, problems
    assert problems[0].startswith(("face", "digits/usps"))
    assert message in problems[0]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_in_an_archive_is_a_problem(tmp_path: Path) -> None:
    pack(make(tmp_path) / "face/train", extra={"00000.png": png(64)})
    assert ["duplicate" in line for line in scan(tmp_path).problems] == [True]


def test_unreadable_files_are_problems(tmp_path: Path) -> None:
    table = make(tmp_path) / USPS / "train.csv"
    table.chmod(0)
    if os.access(table, os.R_OK):
        pytest.skip("this user may read everything")
    assert "cannot read it: Permission denied" in scan(tmp_path).problems[0]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b"\r"),
        b'"image_name" , "label"\n "a.png", "3" \n\nb.png ,0',
    ],
)
def test_harmless_habits_of_spreadsheets_are_accepted(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(content)
    table = read_table(path, "train.csv")
    assert (table.labels, table.problems) == ({"a.png": 3, "b.png": 0}, [])


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('a.,"/\\\n\r\0 \x0c09é٣') | st.characters(), max_size=60))
def test_any_text_gives_good_rows_or_problems_but_no_exception(text: str) -> None:
    table = parse_table("image_name,label\n" + text, "t.csv")
    assert table.labels or table.problems
    assert all(0 <= label <= 9 for label in table.labels.values())
    assert not any(set(name) & set("/\\\0") for name in table.labels)
    assert all(line.startswith("t.csv") and line.isprintable() for line in table.problems)
