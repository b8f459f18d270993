"""All scores of faces: their keys, what is computed once, and the stages that write them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from test_evaluation_feature_scores import SETTINGS
from tiny_runs import enter, stage

from hw2.core.errors import UserError
from hw2.core.files import read_json, write_json
from hw2.core.paths import REAL_METRICS, metrics
from hw2.data.arrays import ImageSet
from hw2.evaluation.face_scores import Networks, RealFaces, face_scores, load_networks
from hw2.evaluation.frechet import frechet_distance

RANDOM_KEYS = {
    "random_fd",
    "random_kid",
    "random_kid_subset_std",
    "random_precision",
    "random_recall",
    "random_density",
    "random_coverage",
}
INCEPTION_KEYS = {key.removeprefix("random_") for key in RANDOM_KEYS} - {"fd"} | {"fid"}
INCEPTION_SCORE_KEYS = {"inception_score", "inception_score_split_std"}


def noise(seed: int, count: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 64, 64, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def networks() -> Networks:
    return load_networks(None, torch.device("cpu"))


def with_inception(networks: Networks, passes: list[int]) -> Networks:
    """A stand-in for Inception, whose features are the first pixels, that counts its passes."""

    def extract(images: np.ndarray) -> np.ndarray:
        passes.append(len(images))
        return images[:, 0, :20, 0].astype(np.float32)

    extractors = {**networks.extractors, "inception": extract}
    return Networks(extractors, logits=lambda features: features / 255)


def scored(draws: list[np.ndarray], real: RealFaces, networks: Networks) -> list[dict[str, float]]:
    return face_scores(draws, real, networks, SETTINGS, np.random.default_rng(0))


def test_each_draw_is_scored_and_real_images_are_passed_once(networks: Networks) -> None:
    passes: list[int] = []
    both = with_inception(networks, passes)
    real = RealFaces.measure(noise(0, 16), both, 3)
    draws = [noise(1, 12), noise(2, 12)]
    found = scored(draws, real, both)
    assert passes == [16, 12, 12]
    expected = {"face_rate", "swd", "swd_by_level"}
    for scores in found:
        assert set(scores) == expected | RANDOM_KEYS | INCEPTION_KEYS | INCEPTION_SCORE_KEYS
    features = both.extractors["inception"]
    assert found[1]["fid"] == frechet_distance(features(real.images), features(draws[1]))


def test_without_weights_the_other_scores_are_the_same(networks: Networks) -> None:
    both = with_inception(networks, [])
    images, draws = noise(0, 16), [noise(1, 12), noise(2, 12)]
    without = scored(draws, RealFaces.measure(images, networks, 3), networks)
    complete = scored(draws, RealFaces.measure(images, both, 3), both)
    for bare, full in zip(without, complete, strict=True):
        assert not set(bare) & (INCEPTION_KEYS | INCEPTION_SCORE_KEYS)
        assert bare == {key: full[key] for key in bare}


def test_one_image_gets_the_scores_that_one_image_can_have(networks: Networks) -> None:
    real = RealFaces.measure(noise(0, 16), networks, 3)
    (scores,) = scored([noise(1, 1)], real, networks)
    assert set(scores) == {"face_rate", "swd", "swd_by_level"}


def test_real_statistics_are_kept(tmp_path: Path, networks: Networks) -> None:
    images, path = noise(0, 16), tmp_path / "face.npz"
    measured = RealFaces.measure(images, networks, 3)
    measured.save(path)
    kept = RealFaces.load(path, images, 3)
    assert scored([noise(1, 8)], kept, networks) == scored([noise(1, 8)], measured, networks)
    with pytest.raises(UserError, match=r"face\.npz: not the features of these images"):
        RealFaces.load(path, images[:5], 3)


def test_weights_that_have_gone_are_named(networks: Networks) -> None:
    real = RealFaces.measure(noise(0, 8), with_inception(networks, []), 3)
    with pytest.raises(UserError, match="inception network, whose weights are not at hand"):
        scored([noise(1, 8)], real, networks)


def test_stages_score_real_faces_and_each_draw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(tmp_path, monkeypatch)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))  # no weights
    stage("score_real")()
    floor = read_json(REAL_METRICS)
    assert (floor["n"], floor["seeds"], floor["n_real"]) == (40, 2, 40)  # 40 of 50 asked for
    assert floor["face_rate_val"] == 0
    assert set(floor) >= RANDOM_KEYS and "fid" not in floor
    assert {"swd_std", "random_fd_std", "face_rate_std"} <= set(floor)

    folder = Path("runs/gan/dcgan")
    write_json(folder / "training.json", {"seed": 0, "scale": "smoke"})
    names = [str(index) for index in range(100)]
    ImageSet(noise(3, 100), names).save(folder / "samples.npz")
    stage("score_gan")("dcgan")
    scores = read_json(metrics("gan", "dcgan"))
    assert (scores["n"], scores["seeds"], scores["n_real"], scores["k"]) == (50, 2, 40, 5)
    assert scores["real"] == floor
    assert "random_kid_subset_std" in scores and "random_kid_subset_std_std" not in scores

    ImageSet(noise(3, 99), names[:99]).save(folder / "samples.npz")
    with pytest.raises(UserError, match="99 images are no whole number of draws of 50"):
        stage("score_gan")("dcgan")
