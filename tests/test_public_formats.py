"""Reading the original formats and photographs, and the recipes, on cases solvable by hand."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from public_originals import (
    COUNT,
    encoded,
    noise,
    write_celeba,
    write_mnist,
    write_svhn,
    write_usps,
)

from hw2.core.errors import UserError
from hw2.core.seeds import numpy_generator
from hw2.raw.public.domains import blend, draw_splits, make_faces, make_mnistm
from hw2.raw.public.photographs import survey
from hw2.raw.public.readers import (
    celeba_images,
    crop_face,
    read_mnist,
    read_partition,
    read_svhn,
    read_usps,
    resize,
)


def test_mnist(tmp_path: Path) -> None:
    images, labels = write_mnist(tmp_path)[2:]
    pixels, digits = read_mnist(tmp_path / images, tmp_path / labels)
    assert np.array_equal(pixels, noise(COUNT, 28, 28, seed=1))
    assert digits.tolist() == list(range(COUNT))


def test_svhn_calls_the_digit_0_10(tmp_path: Path) -> None:
    name = write_svhn(tmp_path)[0]
    images, digits = read_svhn(tmp_path / name)
    assert np.array_equal(images[3], noise(32, 32, 3, COUNT)[..., 3])
    assert digits.tolist() == list(range(COUNT))


def test_usps(tmp_path: Path) -> None:
    name = write_usps(tmp_path)[0]
    images, digits = read_usps(tmp_path / name, train=True)
    difference = images.astype(int) - noise(COUNT, 16, 16)  # the text holds six decimals
    assert images.shape == (COUNT, 16, 16) and np.abs(difference).max() <= 1
    assert digits.tolist() == list(range(COUNT))


@pytest.mark.parametrize("name", ["usps.bz2", "train_32x32.mat", "train-images-idx3-ubyte.gz"])
def test_a_damaged_original_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(UserError, match=f"{name}: damaged, or not in its published format"):
        if "usps" in name:
            read_usps(path, train=True)
        elif "mat" in name:
            read_svhn(path)
        else:
            read_mnist(path, path)


def test_celeba_is_parted_by_its_own_list(tmp_path: Path) -> None:
    images, partition = write_celeba(tmp_path)
    assert read_partition(tmp_path / partition)["val"] == ["000007.jpg", "000008.jpg", "000009.jpg"]
    with zipfile.ZipFile(tmp_path / images) as archive:
        archive.extractall(tmp_path)
    with (
        celeba_images(tmp_path / images) as packed,
        celeba_images(tmp_path / "img_align_celeba") as unpacked,
    ):
        assert packed("000002.jpg") == unpacked("000002.jpg")


def test_a_face_is_the_middle_square() -> None:
    image = np.zeros((218, 178, 3), dtype=np.uint8)
    image[20:198] = 200  # rows 20 to 197 are the middle 178
    face = crop_face(encoded(image), 64)
    assert face.shape == (64, 64, 3) and np.unique(face).tolist() == [200]


def test_a_missing_or_odd_face_is_named(tmp_path: Path) -> None:
    images, partition = (tmp_path / name for name in write_celeba(tmp_path))
    counts, generator = {"train": 6}, numpy_generator(0, "test")
    with zipfile.ZipFile(images) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "img_align_celeba"
    (folder / "000004.jpg").write_bytes(encoded(noise(64, 64, 3)))
    with pytest.raises(UserError, match=r"000004\.jpg: has size 64x64, not 178x218"):
        make_faces(folder, partition, counts, 64, generator, progress=False)
    (folder / "000004.jpg").unlink()
    with pytest.raises(UserError, match=r"000004\.jpg.*No such file"):
        make_faces(folder, partition, counts, 64, generator, progress=False)


def test_resizing_a_constant_changes_nothing() -> None:
    assert np.unique(resize(np.full((2, 16, 16), 77, np.uint8), 28)).tolist() == [77]
    colour = resize(np.full((2, 32, 32, 3), 77, np.uint8), 28)
    assert colour.shape == (2, 28, 28, 3) and np.unique(colour).tolist() == [77]


def test_the_blend_is_the_absolute_difference_in_each_channel() -> None:
    digit = np.array([[[0, 255, 100]]], dtype=np.uint8)
    background = np.array([[[[30, 40, 250], [30, 40, 250], [30, 100, 250]]]], dtype=np.uint8)
    expected = [[[30, 40, 250], [225, 215, 5], [70, 0, 150]]]
    assert blend(digit, background)[0].tolist() == expected


def test_on_black_photographs_mnistm_is_mnist(tmp_path: Path) -> None:
    files = [tmp_path / name for name in write_mnist(tmp_path)]
    (tmp_path / "photographs").mkdir()
    (tmp_path / "photographs/black.png").write_bytes(encoded(np.zeros((30, 30, 3), np.uint8)))
    photographs = survey([tmp_path / "photographs"])
    counts = {"train": 14, "val": 6}
    made = make_mnistm(files, photographs, counts, numpy_generator(0, "test"))
    pool = [image.tobytes() for part in (0, 1) for image in noise(COUNT, 28, 28, seed=part)]
    places = [pool.index(image[..., 1].tobytes()) for split in counts for image in made[split][0]]
    assert sorted(places) == list(range(20)), "each digit is in one split, once"
    labels = [label for split in counts for label in made[split][1]]
    assert labels == [place % COUNT for place in places], "each with its own label"


def test_splits_are_disjoint_and_repeatable() -> None:
    counts = {"train": 5, "val": 3}
    found = draw_splits("usps", 10, counts, numpy_generator(0, "test"))
    again = draw_splits("usps", 10, counts, numpy_generator(0, "test"))
    assert [len(part) for part in found.values()] == [5, 3]
    assert len({*found["train"], *found["val"]}) == 8
    assert all(np.array_equal(found[split], again[split]) for split in counts)
    with pytest.raises(UserError, match=r"public\.usps_train \+ public\.usps_val is 8; .* hold 7"):
        draw_splits("usps", 7, counts, numpy_generator(0, "test"))
