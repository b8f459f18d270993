"""`hw2 sample`: its images are those of the pipeline, its folders are whole, mistakes are told."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image
from tiny_runs import enter, stage

from hw2.commands.sample import Format, sample
from hw2.core.errors import UserError
from hw2.core.generators import seeded
from hw2.core.lookup import build
from hw2.core.params import read_section, read_yaml
from hw2.core.paths import run_folder
from hw2.core.weights import save_weights
from hw2.data.arrays import load_images
from hw2.data.export import write_folder
from hw2.diffusion.build import build_unet
from hw2.diffusion.params import DiffusionModel
from hw2.gan.params import GanModel

NARROW: dict[str, dict[str, Any]] = {  # of params.yaml, so that the networks are small
    "gan.dcgan": {"net_args": {"generator_channels": [8, 8, 8, 8]}},
    "diffusion.context_unet": {"net_args": {"features": 8}},
}


def change_params(changes: dict[str, dict[str, Any]]) -> None:
    """Replace values of models, or parts of dicts, in the working directory's params.yaml."""
    content = read_yaml()
    for model, values in changes.items():
        family, name = model.split(".")
        entry = content[family]["models"][name]
        entry |= {k: entry[k] | v if k == "net_args" else v for k, v in values.items()}
    Path("params.yaml").write_text(yaml.safe_dump(content, sort_keys=False))


def weights_file(family: str, run: str) -> Path:
    return run_folder(family, run) / "weights.safetensors"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs that look trained: weights of networks as they are initialised."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        enter(folder, patch)
        change_params(NARROW)
        with seeded(0, "tests"):
            for name in ("dcgan", "acgan"):
                gan = read_section(GanModel, "gan", "models", name)
                nets = build("hw2.gan.nets", gan.net, "net_args", **gan.build_args)
                save_weights(weights_file("gan", name), {gan.sampled: nets.generator})
            diffusion = read_section(DiffusionModel, "diffusion", "models", "context_unet")
            unet = build_unet("context_unet", diffusion)
            save_weights(weights_file("diffusion", "context_unet"), {diffusion.sampled: unet})
    return folder


@pytest.fixture(autouse=True)
def project(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of that folder, as the working directory."""
    shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


def read_folder(folder: str) -> dict[str, np.ndarray]:
    return {path.name: np.asarray(Image.open(path)) for path in sorted(Path(folder).iterdir())}


def assert_same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert found and found.keys() <= expected.keys()
    for name, image in found.items():
        np.testing.assert_array_equal(image, expected[name], err_msg=name)


def pipeline(family: str, run: str, file: str = "samples") -> dict[str, np.ndarray]:
    samples = load_images(run_folder(family, run) / f"{file}.npz")
    return dict(zip(samples.names, samples.images, strict=True))


@pytest.mark.parametrize(
    ("family", "run", "count"), [("gan", "acgan", 50), ("diffusion", "context_unet", 40)]
)
def test_images_are_those_of_the_pipeline(family: str, run: str, count: int) -> None:
    stage(f"sample_{family}")(run)
    expected = pipeline(family, run)
    assert len(expected) == 2 * count  # two draws at scale smoke
    sample(run, Path("draw"), n=count, seed=0)
    found, each = read_folder("draw"), count // 10
    assert list(found) == [f"{d}_{k:03d}.png" for d in range(10) for k in range(1, each + 1)]
    assert_same(found, expected)
    sample(run, Path("sevens"), n=each + 2, digit=7)
    assert list(read_folder("sevens")) == [f"7_{k:03d}.png" for k in range(1, each + 3)]
    assert_same(read_folder("sevens"), expected)


def test_faces_are_those_of_the_pipeline_and_their_number_changes_none() -> None:
    stage("sample_gan")("dcgan")
    sample("dcgan", Path("new/few"), n=3)
    few = read_folder("new/few")
    assert list(few) == ["00001.png", "00002.png", "00003.png"]
    assert_same(few, pipeline("gan", "dcgan"))
    sample("dcgan", Path("other"), n=3, seed=1)
    assert all((few[name] != image).any() for name, image in read_folder("other").items())


def test_the_way_to_the_first_digits_is_kept_by_the_stage() -> None:
    stage("sample_diffusion")("context_unet")
    images, film = (pipeline("diffusion", "context_unet", f) for f in ("samples", "process"))
    assert list(film) == [f"t={t}/{digit}" for t in (600, 300, 0) for digit in range(10)]
    for digit in range(10):
        np.testing.assert_array_equal(film[f"t=0/{digit}"], images[f"{digit}_001.png"])
    strip = pipeline("diffusion", "context_unet", "frames")
    assert_same({f"{name}/0": state for name, state in strip.items()}, film)


def draw(file: str, **changes: Any) -> np.ndarray:
    """The first '0' of the diffusion model."""
    sample("context_unet", Path(file), n=1, digit=0, form=Format.npz, **changes)
    return load_images(Path(file)).images


def test_steps_and_guidance_are_the_user_s() -> None:
    own = draw("own.npz")
    np.testing.assert_array_equal(own, draw("same.npz", steps=2, guidance=0.5))
    assert (own != draw("steps.npz", steps=3)).any()
    assert (own != draw("guided.npz", guidance=3.0)).any()


def test_steps_that_miss_all_noise_to_guide_in_are_refused() -> None:
    change_params({"diffusion.context_unet": {"guidance_interval": [0.1, 1.0]}})
    with pytest.raises(UserError, match="visits no noise in guidance_interval"):
        draw("guided.npz", steps=1)
    draw("unguided.npz", steps=1, guidance=0.0)


def test_fewer_steps_of_ddpm_are_ddim_s() -> None:
    by_ddim = draw("ddim.npz", sampler="ddim", steps=3)
    change_params({"diffusion.context_unet": {"sampler": "ddpm"}})
    np.testing.assert_array_equal(draw("ddpm.npz", steps=3), by_ddim)


def test_fewer_steps_of_another_sampler_are_its_own() -> None:
    """Though it takes all of them, like DDPM, where it is not told otherwise."""
    by_dpm = draw("dpm.npz", sampler="dpm_solver", steps=3)
    content = yaml.safe_load(Path("params.yaml").read_text())
    content["diffusion"]["samplers"]["dpm_solver"]["steps"] = None
    Path("params.yaml").write_text(yaml.safe_dump(content))
    np.testing.assert_array_equal(draw("same.npz", sampler="dpm_solver", steps=3), by_dpm)


def test_another_sampler_is_named_alone() -> None:
    """Its own arguments and steps come with it, whatever the run's sampler has."""
    by_dpm = draw("dpm.npz", sampler="dpm_solver")
    change_params({"diffusion.context_unet": {"sampler": "dpm_solver"}})
    np.testing.assert_array_equal(draw("same.npz"), by_dpm)
    assert (by_dpm != draw("more.npz", steps=4)).any()


def test_an_array_file_holds_labels_and_names() -> None:
    sample("acgan", Path("few.npz"), n=12, form=Format.npz)
    found = load_images(Path("few.npz"))
    assert found.images.shape == (12, 28, 28, 3)
    assert np.bincount(found.digits, minlength=10).tolist() == [2, 1, 1, 1, 1, 2, 1, 1, 1, 1]
    assert found.names[:3] == ["0_001.png", "0_002.png", "1_001.png"]


@pytest.mark.parametrize(
    ("run", "options", "message"),
    [
        ("dcgam", {}, "no GAN or diffusion run is named 'dcgam'; did you mean 'dcgan'?"),
        ("mnistm_usps-vgg-dann", {}, "it reads them; try: hw2 predict mnistm_usps-vgg-dann"),
        ("sagan", {}, "not been trained; run: dvc repro train_gan@sagan"),
        ("dcgan", {"n": 0}, "--n is 0"),
        ("dcgan", {"steps": 5}, "it has no sampler, steps or guidance"),
        ("dcgan", {"sampler": "ddim"}, "it has no sampler, steps or guidance"),
        ("context_unet", {"sampler": "dimm"}, "no 'dimm'; did you mean 'ddim'?"),
        ("dcgan", {"digit": 3}, "makes faces, no digits"),
        ("acgan", {"digit": 10}, "choose from 0 to 9"),
        ("context_unet", {"digit": -1}, "choose from 0 to 9"),
        ("context_unet", {"steps": 601}, "choose from 1 to 600"),
        ("context_unet", {"guidance": -1.0}, "guidance cannot be -1.0"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(
    run: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message.replace("?", r"\?")):
        sample(run, Path("out"), **options)
    assert not list(Path().glob("*out*"))


def test_nothing_is_overwritten_unless_that_is_asked_for() -> None:
    sample("dcgan", Path("out"), n=3)
    with pytest.raises(UserError, match="out: is not empty; .* --overwrite"):
        sample("dcgan", Path("out"))
    sample("dcgan", Path("out"), n=2, overwrite=True)
    assert len(read_folder("out")) == 2
    Path("out/notes.txt").touch()
    with pytest.raises(UserError, match=r"holds more than images \('notes.txt'\)"):
        sample("dcgan", Path("out"), n=1, overwrite=True)
    Path("file").touch()
    for form in Format:
        with pytest.raises(UserError, match="file: is"):
            sample("dcgan", Path("file"), form=form)


def test_an_interrupted_folder_is_not_there_and_the_old_one_stays() -> None:
    def interrupted() -> Iterator[np.ndarray]:
        yield np.zeros((2, 4, 4, 3), np.uint8)
        assert len(list(Path().glob(".out.*/*.png"))) == 2  # written as they come
        raise KeyboardInterrupt

    sample("dcgan", Path("out"), n=1)
    before = read_folder("out")
    with pytest.raises(KeyboardInterrupt):
        write_folder(Path("out"), ["1.png", "2.png", "3.png"], interrupted())
    assert_same(before, read_folder("out"))
    assert not list(Path().glob(".out*"))
