"""Folders of any images: each kind becomes the right pixels, each bad file is named."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from hw2.core.errors import UserError
from hw2.data.values import resize
from hw2.raw import folder as module
from hw2.raw.any_image import decode_any
from hw2.raw.folder import open_folder
from hw2.raw.stores import BadFile

SIDE = 4
COLOURS = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def picture() -> Image.Image:
    return Image.fromarray(COLOURS)


def decoded(image: Image.Image, kind: str = "PNG", **options: object) -> np.ndarray:
    return decode_any(encoded(image, kind, **options), SIDE)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
def test_the_content_decides_and_equal_size_is_left_alone(kind: str) -> None:
    assert (decoded(picture(), kind) == COLOURS).all()


def test_grey_is_repeated() -> None:
    grey = picture().convert("L")
    assert (decoded(grey) == np.asarray(grey)[:, :, None]).all()


def test_palette_and_black_and_white() -> None:
    few = picture().quantize(4)
    assert (decoded(few) == np.asarray(few.convert("RGB"))).all()
    bits = Image.fromarray(COLOURS[..., 0] > 127)
    assert (decoded(bits) == 255 * (COLOURS[..., :1] > 127)).all()


def test_transparent_places_are_white() -> None:
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    alpha[0] = 255
    shown = decoded(Image.fromarray(np.dstack([COLOURS, alpha])))
    assert (shown[0] == COLOURS[0]).all() and (shown[1:] == 255).all()
    half = Image.new("RGBA", (SIDE, SIDE), (0, 100, 255, 51))  # 51 / 255 is a fifth
    assert np.abs(decoded(half)[0, 0].astype(int) - [204, 224, 255]).max() <= 1
    named = Image.new("P", (SIDE, SIDE))
    assert (decoded(named, transparency=0) == 255).all()


def test_16_bits_become_8() -> None:
    wide = np.array([[0, 257, 128 * 257, 65535]] * SIDE, dtype=np.uint16)
    assert decoded(Image.fromarray(wide))[0, :, 0].tolist() == [0, 1, 128, 255]


def test_cmyk() -> None:
    red = Image.new("CMYK", (SIDE, SIDE), (0, 255, 255, 0))
    assert np.abs(decoded(red, "JPEG").astype(int) - [255, 0, 0]).max() <= 3


def test_the_first_frame_of_an_animation() -> None:
    frames = [Image.new("L", (SIDE, SIDE), value) for value in (0, 255)]
    moving = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert (decode_any(moving, SIDE) == 0).all()


def test_a_cameras_orientation_is_followed() -> None:
    mark = Image.Exif()
    mark[0x0112] = 3  # upside down
    assert (decoded(picture(), exif=mark.tobytes()) == COLOURS[::-1, ::-1]).all()


@pytest.mark.parametrize("size", [3, 4, 9])
def test_other_sizes_are_stretched_as_prepared_images_are(size: int) -> None:
    wide = np.random.default_rng(1).integers(0, 256, (17, 30, 3), dtype=np.uint8)
    values = torch.from_numpy(wide).permute(2, 0, 1)[None].float()
    expected = resize(values, size)[0].permute(1, 2, 0).numpy()
    assert np.abs(decode_any(encoded(Image.fromarray(wide)), size) - expected).max() <= 1.5


def flipped(content: bytes) -> bytes:
    """A PNG with one bit of its pixels turned over."""
    at = content.index(b"IDAT") + 8
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"hello", "no image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "no image"),
        (encoded(picture())[:60], "damaged"),
        (encoded(picture(), "JPEG")[:-40], "damaged"),
        (flipped(encoded(picture())), "damaged"),
        (encoded(Image.fromarray(np.ones((2, 2), np.float32)), "TIFF"), "floating-point"),
        (encoded(Image.fromarray(np.full((2, 2), -1, np.int32)), "TIFF"), "16 bits"),
        (encoded(Image.new("1", (8000, 8000))), "pixels"),
        (encoded(Image.new("1", (20000, 20000))), "pixels"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(content: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        decode_any(content, SIDE)


def a_folder(path: Path) -> None:
    (path / "x.png").mkdir()


def a_loop(path: Path) -> None:
    (path / "x.png").symlink_to("x.png")


def a_pipe(path: Path) -> None:
    os.mkfifo(path / "x.png")


def a_foreign_name(path: Path) -> None:
    try:
        Path(os.fsdecode(bytes(path) + b"/\xff.png")).write_bytes(encoded(picture()))
    except OSError:
        pytest.skip("this file system takes no such name")


@pytest.mark.parametrize("put", [a_folder, a_loop, a_pipe, a_foreign_name])
def test_odd_entries_are_named_and_the_others_read(
    tmp_path: Path, put: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path)
    (tmp_path / "b.png").write_bytes(encoded(picture()))
    (tmp_path / "a.jpeg").write_bytes(encoded(picture(), "JPEG"))
    (tmp_path / "notes.txt").write_text("none")
    folder = open_folder(tmp_path)
    assert folder.read(SIDE).names == ["a.jpeg", "b.png"]
    folder.report()
    said = capsys.readouterr().err
    assert said.count("unreadable: ") == 1 and "1 of 3 images could not be read" in said
    assert "1 entries are no images" in said and "notes.txt" in said


def test_every_unreadable_image_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.png").write_bytes(encoded(picture()))
    for index in range(50):
        (tmp_path / f"{index:02d}.png").write_bytes(b"bad")
    folder = open_folder(tmp_path)
    folder.read(SIDE)
    folder.report()
    said = capsys.readouterr().err
    assert all(f"/{index:02d}.png: is no image" in said for index in range(50))


def test_images_come_in_chunks_in_the_order_of_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    for index in (3, 0, 4, 1, 2):
        grey = Image.new("L", (SIDE, SIDE), index)
        (tmp_path / f"{index}.png").write_bytes(encoded(grey))
    chunks = list(open_folder(tmp_path).chunks(SIDE))
    assert [chunk.names for chunk in chunks] == [["0.png", "1.png"], ["2.png", "3.png"], ["4.png"]]
    assert [int(image[0, 0, 0]) for chunk in chunks for image in chunk.images] == [0, 1, 2, 3, 4]


def test_no_image_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        open_folder(tmp_path / "none")
    with pytest.raises(UserError, match="empty"):
        open_folder(tmp_path)
    (tmp_path / "x.png").write_bytes(b"bad")
    with pytest.raises(UserError, match="is a file"):
        open_folder(tmp_path / "x.png")
    with pytest.raises(UserError, match=r"no image could be read.*\n.*x\.png"):
        list(open_folder(tmp_path).chunks(SIDE))
