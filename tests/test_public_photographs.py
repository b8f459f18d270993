"""Patches of photographs from folders and archives."""

import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from public_originals import add_to_tar, encoded, noise, write_bsds500

from hw2.core.errors import UserError
from hw2.core.seeds import numpy_generator
from hw2.raw.public.photographs import draw_patches, survey


def test_of_bsds500_only_the_photographs_count(tmp_path: Path) -> None:
    write_bsds500(tmp_path)
    photographs = survey([tmp_path / "BSR_bsds500.tgz"])
    assert len(photographs) == 3 and all("images/train" in name for name in photographs.names[0])


def test_patches_come_from_every_photograph_of_every_source(tmp_path: Path) -> None:
    (tmp_path / "folder/inner").mkdir(parents=True)
    colours = {"a": (200, 0, 0), "b": (0, 200, 0), "c": (0, 0, 200)}
    pictures = {
        name: encoded(np.full((28, 28, 3), colour, np.uint8)) for name, colour in colours.items()
    }
    (tmp_path / "folder/inner/a.png").write_bytes(pictures["a"])
    (tmp_path / "folder/notes.txt").write_text("no photograph")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("__MACOSX/._b.png", b"litter")
        archive.writestr("b.png", pictures["b"])
    with tarfile.open(tmp_path / "c.tar", "w") as tar:
        add_to_tar(tar, "./c.png", pictures["c"])
    photographs = survey([tmp_path / "folder", tmp_path / "b.zip", tmp_path / "c.tar"])
    patches = draw_patches(photographs, 50, 28, numpy_generator(0, "test"))
    assert {tuple(patch[0, 0]) for patch in patches} == set(colours.values())


def test_an_archive_reaches_nothing_outside_itself(tmp_path: Path) -> None:
    """Links are passed over; a name that climbs is only a name, for nothing is unpacked."""
    (tmp_path / "secret.png").write_bytes(encoded(noise(30, 30, 3)))
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            link = tarfile.TarInfo(f"link{kind.decode()}.png")
            link.type, link.linkname = kind, str(tmp_path / "secret.png")
            tar.addfile(link)
    with pytest.raises(UserError, match="holds no photograph"):
        survey([tmp_path / "evil.tar"])
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../climbed.png", encoded(noise(30, 30, 3)))
    (tmp_path / "in").mkdir()
    before = sorted(tmp_path.parent.rglob("*"))
    with pytest.raises(UserError, match="holds no photograph"):
        survey([tmp_path / "evil.zip"])
    assert sorted(tmp_path.parent.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bad.png", b"no image", "bad.png: damaged, or no photograph"),
        ("small.png", encoded(noise(20, 40, 3)), "small.png: smaller than 28x28"),
    ],
)
def test_a_bad_photograph_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    folder = tmp_path / "photographs"
    folder.mkdir()
    (folder / name).write_bytes(content)
    with pytest.raises(UserError, match=message):
        draw_patches(survey([folder]), 5, 28, numpy_generator(0, "test"))


@pytest.mark.parametrize(
    ("name", "message"),
    [("absent", "no such folder or archive"), ("text.txt", "not a folder, nor a tar or zip")],
)
def test_a_bad_source_is_named(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "text.txt").write_text("text")
    with pytest.raises(UserError, match=f"{name}: {message}"):
        survey([tmp_path / name])


def test_a_large_photograph_is_shrunk_to_the_size_of_bsds500(tmp_path: Path) -> None:
    """A checkerboard of single pixels is grey once it is shrunk by two."""
    board = (np.indices((962, 962)).sum(axis=0) % 2 * 255).astype(np.uint8)
    content = io.BytesIO()
    Image.fromarray(board).save(content, "PNG")
    (tmp_path / "board.png").write_bytes(content.getvalue())
    patches = draw_patches(survey([tmp_path]), 3, 28, numpy_generator(0, "test"))
    assert np.abs(patches.astype(int) - 127).max() <= 2
