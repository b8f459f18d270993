"""One flipped bit anywhere in an array file, weights or a checkpoint is refused or changes nothing.

A flipped bit that is read as the same content carried nothing: a time stamp, a version.
"""

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save
from torch import nn

from hw2.core.checkpoint import Checkpoint
from hw2.core.errors import UserError
from hw2.core.files import check_arrays, read_arrays, write_arrays
from hw2.core.weights import load_weights, read_weights, save_weights
from hw2.evaluation.state_file import fill

# The second name is as long as makes one flipped bit of a length hide the member from zipfile.
ARRAYS: dict[str, np.ndarray] = {
    "images": np.arange(54, dtype=np.uint8).reshape(2, 3, 3, 3),
    "x" * 14: np.ones(3),
}
BITS = range(8)


def with_flipped(content: bytes, place: int, bit: int) -> bytes:
    """`content` with one bit of one byte flipped."""
    return content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


def flips_refused(
    path: Path,
    read: Callable[[Path], Any],
    same: Callable[[Any, Any], bool],
    places: Iterable[tuple[int, int]],
) -> float:
    """The share of flips that `read` refuses; those it takes must be read as the same content."""
    whole, expected = path.read_bytes(), read(path)
    outcomes = []
    for place, bit in places:
        path.write_bytes(with_flipped(whole, place, bit))
        try:
            found = read(path)
        except UserError as error:
            assert str(path) in str(error) and "dvc repro" in str(error)
            outcomes.append(True)
        else:
            assert same(found, expected), f"byte {place} of {len(whole)}, bit {bit}"
            outcomes.append(False)
    path.write_bytes(whole)
    return sum(outcomes) / len(outcomes)


def everywhere(path: Path) -> list[tuple[int, int]]:
    rng = random.Random(0)
    return [(place, rng.choice(BITS)) for place in range(path.stat().st_size)]


def somewhere(path: Path, count: int) -> list[tuple[int, int]]:
    rng = random.Random(0)
    size = path.stat().st_size
    return [(rng.randrange(size), rng.choice(BITS)) for _ in range(count)]


def same_arrays(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> bool:
    return list(found) == list(expected) and all(
        found[name].dtype == array.dtype and np.array_equal(found[name], array)
        for name, array in expected.items()
    )


def same_tensors(found: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> bool:
    return list(found) == list(expected) and all(
        found[name].dtype == tensor.dtype and torch.equal(found[name], tensor)
        for name, tensor in expected.items()
    )


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Linear(2, 2).bfloat16())


def test_every_byte_of_an_array_file(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    write_arrays(path, ARRAYS)
    assert flips_refused(path, read_arrays, same_arrays, everywhere(path)) > 0.5


def test_a_member_that_a_flipped_length_hides(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    write_arrays(path, ARRAYS)
    whole = path.read_bytes()
    first = whole.index(b"PK\x01\x02")  # the central directory (PKWARE's APPNOTE 4.3.12)
    hidden = 46 + len("x" * 14 + ".npy")  # bytes of the second member's record
    assert hidden == 1 << 6
    path.write_bytes(with_flipped(whole, first + 32, 6))  # the length of the first one's comment
    with np.load(path) as numpy_sees:
        assert list(numpy_sees) == ["images"]
    with pytest.raises(UserError, match=r"x\.npz: damaged .*1 of 2 members"):
        check_arrays(path)


def test_an_array_that_a_flipped_bit_makes_shorter(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    write_arrays(path, {"labels": np.arange(6000)})
    whole = path.read_bytes()
    path.write_bytes(with_flipped(whole, whole.index(b"(6000,)") + 1, 1))
    with np.load(path) as numpy_sees:
        assert len(numpy_sees["labels"]) == 4000
    with pytest.raises(UserError, match="wrong checksum of labels"):
        read_arrays(path)


def test_every_byte_of_weights(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_weights(path, {"net": network()})
    assert flips_refused(path, read_weights, same_tensors, everywhere(path)) > 0.9


def test_bits_of_large_files(tmp_path: Path) -> None:
    arrays, weights = tmp_path / "x.npz", tmp_path / "w.safetensors"
    noise = np.random.default_rng(0).integers(0, 256, (200, 64, 64, 3), dtype=np.uint8)
    write_arrays(arrays, {"images": noise})
    save_weights(weights, {"net": nn.Linear(1000, 500)})
    assert flips_refused(arrays, read_arrays, same_arrays, somewhere(arrays, 40)) > 0.9
    assert flips_refused(weights, read_weights, same_tensors, somewhere(weights, 40)) > 0.9


@pytest.mark.parametrize("length", [0, 7, 8, 100, -1])
def test_weights_cut_short(tmp_path: Path, length: int) -> None:
    path = tmp_path / "w.safetensors"
    save_weights(path, {"net": network()})
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(UserError, match=r"w\.safetensors: damaged weights"):
        load_weights(path, "net", network())


def test_weights_that_state_no_checksum_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(save({f"net.{k}": v for k, v in network().state_dict().items()}))
    with pytest.raises(UserError, match="states no checksum"):
        load_weights(path, "net", network())


def test_weights_come_back_and_equal_ones_give_equal_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / "1", tmp_path / "2"]
    for path in paths:
        save_weights(path, {"net": network()})
    assert paths[0].read_bytes() == paths[1].read_bytes()
    torch.manual_seed(1)
    other = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Linear(2, 2).bfloat16())
    load_weights(paths[0], "net", other)
    assert same_tensors(other.state_dict(), network().state_dict())


def test_bits_of_a_weights_file_of_others(tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    torch.save(network().state_dict(), path)

    def read(path: Path) -> dict[str, torch.Tensor]:
        filled = network()
        fill(filled, path, "the network of this test")
        return dict(filled.state_dict())

    whole = path.read_bytes()
    data = whole.index(network().state_dict()["0.weight"].numpy().tobytes())
    for place, bit in [*somewhere(path, 150), (data, 0), (data + 3, 7)]:
        path.write_bytes(with_flipped(whole, place, bit))
        try:
            assert same_tensors(read(path), network().state_dict()), (place, bit)
        except UserError as error:
            assert str(path) in str(error)
            continue
        assert place not in (data, data + 3)


@pytest.fixture
def checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    monkeypatch.chdir(tmp_path)
    stored = Checkpoint("toy", "0" * 64, 1.0)
    stored.save({"step": 3, "rows": [{"loss": 0.5}], "net": network().state_dict()})
    return stored


def same_state(found: dict[str, Any], expected: dict[str, Any]) -> bool:
    plain = all(found[name] == expected[name] for name in ("step", "rows"))
    return plain and same_tensors(found["net"], expected["net"])


def test_bits_of_a_checkpoint(checkpoint: Checkpoint) -> None:
    places = somewhere(checkpoint.path, 400)
    assert flips_refused(checkpoint.path, lambda _: checkpoint.load(), same_state, places) > 0.3


def test_no_bit_makes_a_checkpoint_s_tensor_a_folder(checkpoint: Checkpoint) -> None:
    # torch.load leaves a tensor uninitialised whose member has the attribute of a folder.
    whole = checkpoint.path.read_bytes()
    starts = [k for k in range(len(whole)) if whole.startswith(b"PK\x01\x02", k)]
    places = [(start + 38, 4) for start in starts]
    flips_refused(checkpoint.path, lambda _: checkpoint.load(), same_state, places)
