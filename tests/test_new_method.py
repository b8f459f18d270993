"""The README's worked example, done to a copy of the repository: a new loss trains, is scored."""

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from few_runs import only
from stage_imports import ROOT
from test_pipeline import ENVIRONMENT, run
from tiny_runs import images
from torch import Tensor, nn

from hw2.core.params import SCALES, read_yaml
from hw2.core.paths import prepared
from hw2.gan.interface import ImageGenerator, Networks, Samples

RUN = "dcgan_lsgan"
KEPT = {  # of the copy's params.yaml, so that the example rests on no other run
    "gan.models": ["dcgan", "resnet_gan"],  # with one that can be truncated
    "diffusion.models": ["context_unet"],
    "adapt.nets": ["conv_bn"],
    "adapt.runs": ["mnistm_usps-conv_bn-dann"],
}

STAGES = ("train_gan", "sample_gan", "score_gan")
ALL_STAGES = f"""
import runpy, sys
runpy.run_path("stages/score_real.py")["main"]()
for stage in {STAGES}:
    runpy.run_path(f"stages/{{stage}}.py")["main"](sys.argv[1])
"""  # in one process, which imports torch once


def block(language: str) -> str:
    """The one block of that language in the README's section on new methods."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("\n## Adding a method\n")[1].split("\n## ")[0]
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", section, flags=re.M | re.S)
    return str(found)


def params_with_entry() -> str:
    """A few entries of params.yaml at scale smoke, and the README's under gan.models."""
    content = read_yaml(ROOT / "params.yaml") | {"scale": "smoke"}
    text = yaml.safe_dump(only(content, KEPT), sort_keys=False)
    before, after = text.split("\ndiffusion:\n")
    return f"{before}\n{block('yaml')}diffusion:\n{after}"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pipeline's files with the README's example in them, and a few images of noise."""
    folder = tmp_path_factory.mktemp("copy") / "hw2"
    for name in ("hw2", "stages"):
        skipped = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=skipped)
    (folder / ".dvc").mkdir()
    for name in (".dvc/config", "dvc.yaml", "data.dvc"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "hw2/gan/losses/lsgan.py").write_text(block("python"))
    (folder / "params.yaml").write_text(params_with_entry())
    for split in ("train", "val"):
        images(40, 64, labelled=False).save(folder / prepared("face", split))
    return folder


@pytest.fixture(scope="module")
def scored(copy: Path) -> Path:
    """The copy after the three stages of the new run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ENVIRONMENT, "TORCH_HOME", str(copy / "no_weights"))  # FID is not the matter
        patch.setitem(ENVIRONMENT, "OMP_NUM_THREADS", "1")
        run(copy, "python", "-c", ALL_STAGES, RUN)
    return copy


def test_params_accept_the_entry(copy: Path) -> None:
    assert run(copy, "python", "-m", "hw2", "params") == "params.yaml: all good\n"


def test_entry_has_the_keys_of_the_others_and_differs_from_dcgan_in_its_loss() -> None:
    models = read_yaml(ROOT / "params.yaml")["gan"]["models"]
    (entry,) = yaml.safe_load(block("yaml")).values()
    assert list(entry) == list(models["dcgan"])
    different = {key for key in entry if entry[key] != models["dcgan"][key]}
    assert different == {"report", "net_args", "loss", "loss_args"}
    assert list(entry["steps"]) == list(SCALES)


def test_curves_hold_every_term_of_the_new_loss(scored: Path) -> None:
    with open(scored / f"plots/curves/gan/{RUN}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"step", "d_loss", "d_real", "d_fake", "g_loss", "monitor.D(fake)"} <= set(rows[0])
    steps = read_yaml(scored / "params.yaml")["gan"]["models"][RUN]["steps"]["smoke"]
    assert rows[-1]["step"] == str(steps)
    assert all(float(row["d_loss"]) > 0 for row in rows)


def test_samples_and_scores_are_there(scored: Path) -> None:
    assert (scored / f"runs/gan/{RUN}/samples.npz").is_file()
    scores = json.loads((scored / f"metrics/gan/{RUN}.json").read_text())
    assert scores["report"] == [] and scores["n"] == 50 and scores["seeds"] == 2
    assert 0 <= scores["face_rate"] <= 1 and scores["swd"] > 0 and "fid" not in scores


def test_dvc_knows_the_stages(copy: Path) -> None:
    run(copy, "git", "init", "-q", "-b", "main")
    planned = run(copy, "dvc", "repro", "--dry", "--single-item", f"train_gan@{RUN}")
    assert f"> python -m stages.train_gan {RUN}" in planned
    shown = run(copy, "dvc", "stage", "list", "--name-only")
    assert {f"{stage}@{RUN}" for stage in STAGES} <= set(shown.split())


class Fixed(nn.Module):
    """A discriminator that returns what it is given: the images are the scores."""

    def forward(self, scores: Tensor) -> Tensor:
        return scores


def test_the_loss_is_the_paper_s() -> None:
    module: dict[str, Any] = {}
    exec(compile(block("python"), "lsgan.py", "exec"), module)
    loss, rng = module["build"](), torch.Generator()
    nets = Networks(ImageGenerator(), Fixed())
    real, fake = Samples(torch.tensor([1.0, 3.0])), Samples(torch.tensor([2.0, 0.0]))
    terms = loss.discriminator_terms(nets, real, fake, rng, step=0)
    # (0 + 4) / 2 and (4 + 0) / 2, halved
    assert {name: float(term) for name, term in terms.losses.items()} == {"d_real": 1, "d_fake": 1}
    assert float(loss.generator_terms(nets, fake, rng, step=0).total) == 0.5  # (1 + 1) / 2, halved
