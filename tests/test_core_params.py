"""params.yaml: what is read for each scale, and what a mistake in it says."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from few_runs import only
from pydantic import Field
from tiny_runs import PARAMS, ROOT

from hw2.core.errors import UserError
from hw2.core.params import SCALES, Section, read_general, read_section, read_yaml, resolve_scale
from hw2.gan.params import GanModel
from hw2.params import check_params


class Toy(Section):
    """A small section."""

    lr: float = Field(gt=0)
    steps: int = Field(ge=1)
    net_args: dict[str, Any]


TOY = """\
scale: starter
seed: 0
toy:
  lr: 1e-4
  steps: {smoke: 2, starter: 30, full: 400}
  net_args: {width: {smoke: 1, starter: 2, full: 3}, deep: {name: x}}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "params.yaml"
    path.write_text(text)
    return path


def test_values_are_those_of_the_scale_at_every_depth(tmp_path: Path) -> None:
    toy = read_section(Toy, "toy", path=written(tmp_path, TOY))
    assert toy == Toy(lr=1e-4, steps=30, net_args={"width": 2, "deep": {"name": "x"}})
    full = written(tmp_path, TOY.replace("scale: starter", "scale: full"))
    assert read_section(Toy, "toy", path=full).net_args["width"] == 3


def test_an_entry_without_the_scale_is_named() -> None:
    with pytest.raises(UserError, match=r"gan\.x\.steps has no value for scale 'full'"):
        resolve_scale({"x": {"steps": {"smoke": 1, "starter": 2}}}, "full", "gan")


def test_misspelt_scale_is_named_with_the_right_one() -> None:
    with pytest.raises(UserError, match=r"steps: 'stater' is no scale; did you mean 'starter'"):
        resolve_scale({"steps": {"smoke": 1, "stater": 2}}, "starter")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-4", 1e-4), ("2e-05", 2e-5), ("1.0e-4", 1e-4), ("3E6", 3e6), ("-1.5e+2", -150.0)],
)
def test_numbers_with_exponents_are_floats(tmp_path: Path, text: str, value: float) -> None:
    read = read_yaml(written(tmp_path, f"lr: {text}"))["lr"]
    assert read == value and isinstance(read, float)


@pytest.mark.parametrize("text", ["e4", "1e", "a1e4", "1e-4x"])
def test_words_that_look_like_numbers_stay_words(tmp_path: Path, text: str) -> None:
    assert read_yaml(written(tmp_path, f"name: {text}"))["name"] == text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  steps:", "  stpes:", r"unknown key 'toy\.stpes'; did you mean 'steps'\?"),
        ("  steps:", "  stpes:", r"key 'toy\.steps' is missing"),
        ("1e-4", "fast", r"'toy\.lr': .*number.*it is 'fast'"),
        ("1e-4", "true", r"'toy\.lr': .*number.*it is True"),
        ("1e-4", "0", r"'toy\.lr': .*greater than 0.*it is 0"),
        ("1e-4", ".inf", r"'toy\.lr': .*finite"),
        ("starter: 30", "starter: 30.5", r"'toy\.steps': .*integer.*it is 30\.5"),
        ("starter: 30", "starter: '30'", r"'toy\.steps': .*integer.*it is '30'"),
        ("starter: 30", "starter: 0", r"'toy\.steps': .*it is 0"),
        ("toy:", "toys:", r"has no 'toy'; did you mean 'toys'\?"),
        ("scale: starter", "scale: medium", r"'scale': .*'smoke', 'starter' or 'full'"),
    ],
)
def test_a_wrong_section_is_explained(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_section(Toy, "toy", path=written(tmp_path, TOY.replace(old, new)))


def test_an_unknown_run_is_answered_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"gan\.models has no 'dcgn'; did you mean 'dcgan'\?"):
        read_section(GanModel, "gan", "models", "dcgn", path=ROOT / "params.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", r"params\.yaml, line 3: not valid YAML"),
        ("a: 1\n\tb: 2\n", r"params\.yaml, line 2: not valid YAML"),
        ("a: 1\nb:\n  c: 2\n  c: 3\n", r"params\.yaml, line 4: .*key 'c' stands twice"),
        ("a: 1\n{x: 1}: 2\n", r"params\.yaml, line 2: .*a key must be a plain word"),
        ("", r"expected keys with values, found NoneType"),
        ("- a\n", r"expected keys with values, found list"),
        ("a: \x00", r"cannot read it"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_yaml(written(tmp_path, text))


def test_a_missing_file_says_where_to_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"params\.yaml: no such file; run from the repository"):
        read_general(tmp_path / "params.yaml")


@pytest.mark.parametrize("scale", SCALES)
def test_the_repository_s_own_params_are_right(tmp_path: Path, scale: str) -> None:
    text = yaml.safe_dump({**PARAMS, "scale": scale})
    check_params(written(tmp_path, text))


DANN = "mnistm_usps-conv_bn-dann"
OPTIMIZER = ["gan", "models", "dcgan", "optimizers", "generator"]
UNET = "context_unet"
BAD = [  # keys of the value, the new value, what the message names
    (["gans"], {"x": 1}, r"unknown key 'gans'; did you mean 'gan'"),
    (["seed"], 1.5, r"'seed': .*integer"),
    (["seed"], -1, r"'seed'"),
    (["scale"], "big", r"'scale'"),
    (["judge"], None, r"'judge' is missing or empty"),
    (["judge"], {}, r"'judge' is missing or empty"),
    (["judge", "domain"], "mnits", r"'judge\.domain': .*did you mean 'mnistm'"),
    (["compute", "precision"], "16", r"'compute\.precision'"),
    (["evaluation", "weights"], "x", r"unknown key 'evaluation\.weights'"),
    (["gan"], None, r"'gan' is missing or empty"),
    (["gan", "model"], {"x": 1}, r"unknown key 'model'; did you mean 'models'"),
    (["gan", "models"], {}, r"'models' is missing or empty"),
    (["gan", "models"], 3, r"'gan\.models' must hold entries"),
    (["gan", "models"], {4: PARAMS["gan"]["models"]["dcgan"]}, r"'gan\.models' must hold"),
    (["gan", "models", "dcgan"], None, r"'gan\.models\.dcgan'"),
    (["gan", "models", "dcgan", "net"], "dcgam", r"'gan\.models\.dcgan\.net': .*'dcgan'"),
    (["gan", "models", "dcgan", "loss"], "bec", r"'gan\.models\.dcgan\.loss': .*'bce'"),
    (["gan", "models", "dcgan", "data"], "faces", r"'gan\.models\.dcgan\.data': .*'face'"),
    (["gan", "models", "dcgan", "steps"], 0, r"'gan\.models\.dcgan\.steps'"),
    ([*OPTIMIZER, "betas"], [0.5], r"optimizers\.generator\.betas'"),
    ([*OPTIMIZER, "betas"], [0.5, 1.5], r"optimizers\.generator\.betas\.1'"),
    ([*OPTIMIZER, "name"], "adan", r"optimizers\.generator\.name'"),
    ([*OPTIMIZER, "momentum"], 0.9, r"unknown key '.*generator\.momentum'"),
    (["gan", "models", "dcgan", "net_args", "latents"], 100, r"dcgan\.net: .*'latents'.*'latent'"),
    (["gan", "models", "dcgan", "loss_args"], {}, r"dcgan\.loss: .*'real_label'"),
    (["gan", "models", "dcgan", "steps"], {"smoke": 1, "starter": 1, "full": 0}, r"steps'"),
    (["gan", "models", "dcgan", "report"], 0, r"'gan\.models\.dcgan\.report'"),
    (["diffusion", "models", "context_unet", "sampler"], "ddmp", r"sampler': .*'ddpm'"),
    (["diffusion", "models", "context_unet", "net"], "unet", r"context_unet\.net'"),
    (["diffusion", "models", "context_unet", "objective"], "mse", r"context_unet\.objective'"),
    (["diffusion", "models", "context_unet", "data"], "face", r"context_unet\.data'"),
    (["diffusion", "models", "context_unet", "beta"], [0.1, 2.0], r"context_unet\.beta\.1'"),
    (["diffusion", "comparison", "models"], ["edm_faces"], r"edm_faces makes no digits"),
    (["diffusion", "models", "edm_faces", "beta"], [1e-4, 0.02], r"set one of beta and edm"),
    (["diffusion", "models", "edm_faces", "classes"], 10, r"edm_faces\.data'"),
    (["diffusion", "models", "edm_faces", "objective"], "epsilon_mse", r"no 'sigma_data'"),
    (["diffusion", "models", "edm_faces", "edm", "sigma"], [80.0, 0.002], r"sigma must rise"),
    (["diffusion", "common", "sample"], 10, r"'diffusion\.common\.sample'; there is samples_per"),
    (["adapt", "runs", DANN, "target"], "uspss", r"did you mean 'usps'"),
    (["adapt", "runs", DANN, "net"], "conv_nb", r"conv_bn-dann\.net': .*'conv_bn'"),
    (["adapt", "runs", DANN, "method"], "dan", r"conv_bn-dann\.method': .*'dann'"),
    (["adapt", "runs", DANN, "source"], "svhn", r"must be called 'svhn_usps-conv_bn-dann'"),
    (["adapt", "nets", "conv"], PARAMS["adapt"]["nets"]["conv_bn"], r"'adapt\.nets\.conv'"),
    (["adapt", "nets", "conv_bn", "methods", "dan"], {}, r"conv_bn\.methods\.dan'.*'dann'"),
    (["adapt", "nets", "conv_bn", "methods", "dann"], {"gama": 1.0}, r"methods\.dann: .*'gama'"),
    (["adapt", "nets", "dsn", "lr_schedule"], "exp", r"dsn\.lr_schedule'"),
    (["adapt", "nets", "dsn", "lr_schedule_args"], {"factor": 0.9}, r"lr_schedule: .*'every'"),
    (["diffusion", "samplers", "ddim", "args"], {"eta": 0.0, "x": 1}, r"method: .*'x'"),
    (["diffusion", "comparison", "model"], UNET, r"unknown key '.*comparison\.model'.*'models'"),
    (["diffusion", "models", UNET, "label_drop"], 0.0, r"guidance needs label_drop above 0"),
    (["embed", "runs"], ["mnistm_usps-conv_bn-dan"], rf"'embed\.runs': .*did you mean '{DANN}'"),
]


@pytest.mark.parametrize(("keys", "value", "message"), BAD)
def test_each_wrong_edit_is_named(
    tmp_path: Path, keys: list[str], value: object, message: str
) -> None:
    content = only(read_yaml(ROOT / "params.yaml"), {"adapt.runs": [DANN]})  # one is enough
    section = content
    for key in keys[:-1]:
        section = section[key]
    section[keys[-1]] = value
    with pytest.raises(UserError, match=message):
        check_params(written(tmp_path, yaml.safe_dump(content)))
