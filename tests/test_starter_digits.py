"""The starter digits: repeatable, balanced, with nothing in common between train and val."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits, load_sample_images

from hw2.core.errors import UserError
from hw2.raw.starter import write
from hw2.raw.starter.fonts import draw_number, font_names
from hw2.raw.starter.geometry import linear_maps, warp
from hw2.raw.starter.handwriting import BLOCK, restore_strokes, sample_indices
from hw2.raw.starter.photographs import TILE, photograph_tiles
from hw2.raw.starter.splits import balanced_labels, spread
from hw2.raw.starter.write import DIGIT_DOMAINS, StarterCounts, write_starter

SHAPES = {"mnistm": (28, 28, 3), "svhn": (28, 28, 3), "usps": (28, 28)}
COUNTS = StarterCounts(faces_train=3, faces_val=2, digits_train=20, digits_val=10)


@pytest.mark.parametrize("domain", DIGIT_DOMAINS)
def test_digits_have_the_promised_shape_and_balance(domain):
    images, labels = DIGIT_DOMAINS[domain](50, 0, "val")
    assert images.shape == (50, *SHAPES[domain]) and images.dtype == np.uint8
    assert labels.dtype == np.int64
    assert np.bincount(labels, minlength=10).tolist() == [5] * 10
    assert labels.tolist() != sorted(labels)


@pytest.mark.parametrize("domain", DIGIT_DOMAINS)
def test_digits_depend_on_seed_and_split_alone(domain):
    draw = DIGIT_DOMAINS[domain]
    images, labels = draw(20, 0, "train")
    again, labels_again = draw(20, 0, "train")
    np.testing.assert_array_equal(images, again)
    np.testing.assert_array_equal(labels, labels_again)
    assert (images != draw(20, 1, "train")[0]).any()
    assert (images != draw(20, 0, "val")[0]).any()


@pytest.mark.parametrize("domain", DIGIT_DOMAINS)
def test_an_unknown_split_is_refused(domain):
    with pytest.raises(UserError, match="'test'"):
        DIGIT_DOMAINS[domain](10, 0, "test")


def test_no_handwriting_sample_is_in_both_splits():
    train, val = sample_indices("train"), sample_indices("val")
    labels = load_digits().target
    assert sorted([*train, *val]) == list(range(len(labels)))
    assert 0.2 < len(val) / len(labels) < 0.25
    assert np.unique(labels[val]).tolist() == list(range(10))


def test_val_takes_whole_forms():
    labels, val = load_digits().target, sample_indices("val")
    begins = [index for index in val if index - 1 not in val]
    ends = [index + 1 for index in val if index + 1 not in val]
    for index in [*begins, *ends]:  # every form begins with 0 to 9 in order
        assert labels[index : index + 10].tolist() == list(range(10))


def test_no_part_of_a_photograph_is_in_both_splits():
    seen = {split: _covered(photograph_tiles(split)) for split in ("train", "val")}
    assert not (seen["train"] & seen["val"]).any()
    assert seen["train"].mean() > 2 * seen["val"].mean() > 0.4


def _covered(corners: list[tuple[int, int]]) -> np.ndarray:
    photograph = load_sample_images().images[0]
    covered = np.zeros(photograph.shape[:2], bool)
    for y, x in corners:
        assert photograph[y : y + TILE, x : x + TILE].shape == (TILE, TILE, 3)
        covered[y : y + TILE, x : x + TILE] = True
    return covered


def test_no_font_family_is_in_both_splits():
    def maker(name: str) -> str:
        return next(maker for maker in ("DejaVu", "STIX", "cm") if name.startswith(maker))

    assert not {maker(name) for name in font_names("train")} & set(map(maker, font_names("val")))


@pytest.mark.parametrize("split", ["train", "val"])
def test_fonts_draw_ten_different_digits_in_the_middle(split):
    for name in font_names(split):
        drawn = [draw_number(name, "", str(digit), "", gap=0) for digit in range(10)]
        assert len({picture.tobytes() for picture in drawn}) == 10
        for picture in drawn:
            rows, columns = np.nonzero(picture > 127)
            assert abs(rows.min() + rows.max() - 95) <= 4
            assert abs(columns.min() + columns.max() - 95) <= 4


def test_neighbours_stand_beside_the_digit():
    alone = draw_number("DejaVuSans", "", "1", "", gap=4)
    between = draw_number("DejaVuSans", "8", "1", "8", gap=4)
    np.testing.assert_array_equal(alone[:, 40:56], between[:, 40:56])
    assert between[:, :30].any() and between[:, -30:].any()
    assert not alone[:, :30].any() and not alone[:, -30:].any()


def test_restored_strokes_have_the_ink_that_was_counted():
    counts = load_digits().images[:20]
    fields = restore_strokes(counts)
    strokes = np.clip(0.5 + 1.5 * (fields - 0.5), 0, 1)
    blocks = strokes.reshape(20, 12, BLOCK, 12, BLOCK).mean((2, 4))
    assert np.abs(blocks[:, 2:10, 2:10] * BLOCK**2 - counts).mean() < 0.5


def test_warp_scales_about_the_centre():
    images = np.zeros((1, 8, 8), np.float32)
    images[0, 2:6, 2:6] = 1  # the middle half
    two, none = np.full(1, 2.0), np.zeros(1)
    shrunk = warp(images, linear_maps(two, two, none, none), 4, np.zeros((1, 2, 1, 1)))
    np.testing.assert_array_equal(shrunk[0] > 0.5, np.pad(np.ones((2, 2), bool), 1))


def test_a_quarter_turn_exchanges_the_axes():
    images = np.arange(9, dtype=np.float32).reshape(1, 3, 3)
    one, none = np.ones(1), np.zeros(1)
    turned = warp(images, linear_maps(one, one, none, one * np.pi / 2), 3, np.zeros((1, 2, 1, 1)))
    np.testing.assert_allclose(turned[0], np.rot90(images[0], -1), atol=1e-5)


def test_spread_uses_every_candidate_equally():
    generator = np.random.default_rng(0)
    labels = balanced_labels(60, generator)
    pool = np.arange(30) % 10
    chosen = spread(labels, pool, generator)
    np.testing.assert_array_equal(pool[chosen], labels)
    assert np.bincount(chosen).tolist() == [2] * 30


@pytest.fixture
def drawn_faces(monkeypatch):
    def draw_faces(count: int, seed: int, split: str, workers: int = 1) -> np.ndarray:
        return np.full((count, 64, 64, 3), seed + len(split), np.uint8)

    monkeypatch.setattr(write, "draw_faces", draw_faces)


def test_the_course_layout_is_written(tmp_path, drawn_faces):
    write_starter(tmp_path, COUNTS, seed=0, workers=1)
    files = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
    tables = ["data.zip", "test.csv", "train.csv", "val.csv"]
    digits = [f"digits/{domain}/{name}" for domain in sorted(DIGIT_DOMAINS) for name in tables]
    assert files == [*digits, "face/train.zip", "face/val.zip"]
    assert _members(tmp_path / "face/train.zip") == ["00000.png", "00001.png", "00002.png"]
    for domain, draw in DIGIT_DOMAINS.items():
        folder = tmp_path / "digits" / domain
        train, val, test = (_table(folder / f"{name}.csv") for name in ("train", "val", "test"))
        assert _members(folder / "data.zip") == [*train, *val] == sorted([*train, *val])
        assert test == dict.fromkeys(val, 0)
        for split, table in (("train", train), ("val", val)):
            images, labels = draw(len(table), 0, split)
            assert list(table.values()) == labels.tolist()
            np.testing.assert_array_equal(_image(folder / "data.zip", min(table)), images[0])


def test_the_same_seed_writes_the_same_bytes(tmp_path, drawn_faces):
    contents = []
    for name in ("first", "second"):
        write_starter(tmp_path / name, COUNTS, seed=3, workers=1)
        files = sorted(p for p in (tmp_path / name).rglob("*") if p.is_file())
        contents.append([p.read_bytes() for p in files])
    assert contents[0] == contents[1]


def test_archives_are_uncompressed_and_bear_no_time_of_making(tmp_path, drawn_faces):
    write_starter(tmp_path, COUNTS, seed=0, workers=1)
    with zipfile.ZipFile(tmp_path / "digits/usps/data.zip") as archive:
        members = archive.infolist()
    assert {member.compress_type for member in members} == {zipfile.ZIP_STORED}
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}


def _members(path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def _image(path, name: str) -> np.ndarray:
    with zipfile.ZipFile(path) as archive:
        return np.asarray(Image.open(io.BytesIO(archive.read(name))))


def _table(path) -> dict[str, int]:
    header, *rows = path.read_text().splitlines()
    assert header == "image_name,label"
    return {name: int(label) for name, label in (row.split(",") for row in rows)}
