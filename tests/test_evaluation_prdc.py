"""Precision, recall, density, coverage: by hand, against their definitions, and in blocks."""

import numpy as np
import pytest

from hw2.evaluation import prdc as module
from hw2.evaluation.prdc import Balls, Prdc, prdc


def line(*places: float) -> np.ndarray:
    """Points on a line, (N, 1)."""
    return np.array(places, dtype=np.float32)[:, None]


def scores(real: np.ndarray, generated: np.ndarray, k: int) -> Prdc:
    return prdc(Balls.around(real, k), Balls.around(generated, k))


def by_definition(real: np.ndarray, generated: np.ndarray, k: int) -> Prdc:
    """The published sums, over the full matrices of distances."""

    def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.linalg.norm(a[:, None].astype(float) - b[None].astype(float), axis=2)

    real_radii = np.sort(distances(real, real), axis=1)[:, k]
    radii = np.sort(distances(generated, generated), axis=1)[:, k]
    across = distances(real, generated)
    inside = across < real_radii[:, None]
    return Prdc(
        precision=float(inside.any(axis=0).mean()),
        recall=float((across < radii).any(axis=1).mean()),
        density=float(inside.sum(axis=0).mean() / k),
        coverage=float((across.min(axis=1) < real_radii).mean()),
    )


def test_a_line_by_hand() -> None:
    # k = 1. Real balls: (-1, 1) at 0, (0, 2) at 1, (-2, 8) at 3 has radius 2: (1, 5), (3, 17) at 10
    # with radius 7. Generated 0.5 and 4: radii 3.5, balls (-3, 4) and (0.5, 7.5).
    found = scores(line(0, 1, 3, 10), line(0.5, 4), k=1)
    assert found == Prdc(
        precision=1.0,  # 0.5 is in the balls of 0 and 1; 4 in those of 3 and 10
        recall=0.75,  # all but 10
        density=2.0,  # two balls around each, over k
        coverage=1.0,
    )


def test_an_image_far_away_lowers_precision_alone() -> None:
    real = line(0, 1, 2, 3)
    found = scores(real, line(0.5, 1.5, 2.5, 50), k=1)
    assert found.precision == 0.75
    assert found.coverage == 1


def test_one_mode_of_two_halves_recall_and_coverage() -> None:
    real = line(0, 1, 2, 100, 101, 102)
    found = scores(real, line(0.5, 1.5, 1.1), k=2)
    assert (found.precision, found.recall, found.coverage) == (1, 0.5, 0.5)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_equals_the_definitions(k: int) -> None:
    rng = np.random.default_rng(k)
    real = rng.normal(size=(60, 5)).astype(np.float32)
    generated = rng.normal(0.7, 0.8, size=(45, 5)).astype(np.float32)
    assert vars(scores(real, generated, k)) == pytest.approx(
        vars(by_definition(real, generated, k))
    )


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(50, 4)), rng.normal(0.5, 1, size=(40, 4))
    whole = scores(real, generated, k=5)
    monkeypatch.setattr(module, "BLOCK", 7)
    assert scores(real, generated, k=5) == whole
    monkeypatch.setattr(module, "BLOCK", 3)  # fewer columns than neighbours in a block
    assert scores(real, generated, k=5) == whole


def test_shuffled_copies_are_perfect_however_far_from_the_origin() -> None:
    rng = np.random.default_rng(0)
    real = (1000 + rng.normal(size=(80, 30))).astype(np.float32)
    found = scores(real, rng.permutation(real), k=5)
    # In a ball are its centre and k - 1 neighbours; the k-th lies on the boundary, outside.
    assert found == Prdc(precision=1, recall=1, density=1, coverage=1)


def test_copies_of_one_image_have_no_recall() -> None:
    real = np.random.default_rng(0).normal(size=(30, 6)).astype(np.float32)
    found = scores(real, np.repeat(real[:1], 20, axis=0), k=5)
    assert found.precision == 1
    assert found.recall == 0  # balls of radius 0 hold nothing, not even their centre


def test_too_few_images_and_mismatches_are_refused() -> None:
    with pytest.raises(ValueError, match="k = 5"):
        Balls.around(np.zeros((5, 2)), 5)
    with pytest.raises(ValueError, match="width or k"):
        prdc(Balls.around(line(0, 1, 2), 1), Balls.around(line(0, 1, 2), 2))
    with pytest.raises(ValueError, match="width or k"):
        prdc(Balls.around(line(0, 1), 1), Balls.around(np.zeros((2, 2)), 1))
