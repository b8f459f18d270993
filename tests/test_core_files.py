"""Files are written whole or not at all, and damage is noticed when they are read."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hw2.core.errors import UserError
from hw2.core.files import atomic, read_arrays, read_json, write_arrays, write_json, write_text
from hw2.data.arrays import ImageSet, load_images


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a/b/c.json"
    write_json(path, {"x": [1, 2.5]})
    assert read_json(path) == {"x": [1, 2.5]}
    assert path.read_text().endswith("\n")
    assert list(path.parent.iterdir()) == [path]


def test_the_old_file_stays_when_the_block_raises(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    write_text(path, "old")
    with pytest.raises(ZeroDivisionError), atomic(path) as file:
        file.write(b"half of the ne")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(UserError, match=r"runs/x\.json: cannot write it"):
        write_json(tmp_path / "runs/x.json", {})


def test_json_refuses_nan(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "x.json", {"fid": float("nan")})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("read", [read_json, read_arrays])
def test_a_missing_file_names_its_cure(tmp_path: Path, read: Callable[[Path], object]) -> None:
    with pytest.raises(UserError, match=r"absent: no such file; .*dvc repro"):
        read(tmp_path / "absent")


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    write_text(tmp_path / "x.json", '{"a": ')
    with pytest.raises(UserError, match=r"x\.json: cannot read it as JSON: .*line 1"):
        read_json(tmp_path / "x.json")


def test_equal_arrays_give_equal_bytes_and_come_back(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6).reshape(2, 3), "names": np.asarray(["x", "yy"])}
    for name in ("1", "2"):
        write_arrays(tmp_path / name, arrays)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    back = read_arrays(tmp_path / "1")
    assert list(back) == ["a", "names"]
    np.testing.assert_equal(back, arrays)


def test_the_bytes_of_arrays_are_the_same_whatever_python_writes_them(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6, dtype="<i8").reshape(2, 3), "names": np.asarray(["x", "yy"])}
    write_arrays(tmp_path / "x", arrays)
    digest = hashlib.sha256((tmp_path / "x").read_bytes()).hexdigest()
    assert digest == "773824f7bf7df6a3f594b44313dbe3fb95117539f67fa19491f1dfea30878e9c"


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + b"\0" * 50])
def test_a_file_that_holds_no_arrays_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(UserError, match=r"x\.npz: damaged or not an array file"):
        read_arrays(tmp_path / "x.npz")


def test_compressed_arrays_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "bomb.npz", images=np.zeros(1 << 20, np.uint8))
    with pytest.raises(UserError, match="bomb.npz: damaged .*it is compressed"):
        read_arrays(tmp_path / "bomb.npz")


def test_a_single_array_is_not_a_file_of_arrays(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros(3))
    with pytest.raises(UserError, match=r"x\.npy: damaged or not an array file"):
        read_arrays(tmp_path / "x.npy")


def test_a_file_of_other_arrays_is_no_image_set(tmp_path: Path) -> None:
    write_arrays(tmp_path / "x.npz", {"images": np.zeros((1, 2, 2, 3), np.uint8)})
    with pytest.raises(UserError, match=r"x\.npz: not a file of images: .*names"):
        load_images(tmp_path / "x.npz")


def test_a_flipped_bit_is_never_read_as_an_image(tmp_path: Path) -> None:
    images = np.arange(2 * 8 * 8 * 3, dtype=np.uint8).reshape(2, 8, 8, 3)
    path = tmp_path / "x.npz"
    ImageSet(images, ["a.png", "b.png"], np.asarray([3, 4])).save(path)
    whole = path.read_bytes()
    refused = 0
    for place in range(0, len(whole), 5):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        try:
            found = load_images(path)
        except UserError:
            refused += 1
        else:  # the bit was one that carries nothing, e.g. of a time stamp
            np.testing.assert_array_equal(found.images, images)
    assert refused > len(whole) / 5 / 2
