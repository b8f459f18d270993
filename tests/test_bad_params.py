"""Each mistake in params.yaml: `hw2 params` says in one message which key or line, and what to do.

`test_core_params` holds more of them, one for each kind of entry.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from few_runs import only
from one_message import told
from tiny_runs import PARAMS

from hw2.commands.repository import params
from hw2.core.errors import UserError
from hw2.core.lookup import build
from hw2.core.params import SCALES, read_yaml, resolve_scale
from hw2.params import check_params

GAN, UNET, NET = "gan.models.dcgan", "diffusion.models.context_unet", "adapt.nets.conv_bn"
TRUNCATED = "resnet_gan"
RUN = "adapt.runs.mnistm_usps-conv_bn-dann"
DCGAN, RESNET = PARAMS["gan"]["models"]["dcgan"], PARAMS["gan"]["models"][TRUNCATED]
LAZY = PARAMS["gan"]["models"]["stylegan2"]["loss_args"]
SHARES = PARAMS["adapt"]["nets"]["grey_cnn"]["methods"]["self_training"] | {"counts_from": 0.7}


@pytest.fixture(scope="module")
def few() -> str:
    """params.yaml with one run of each family and a GAN that can be truncated, as text."""
    kept = {place: [name] for place, name in (key.rsplit(".", 1) for key in (UNET, NET, RUN))}
    kept["gan.models"] = [GAN.rsplit(".", 1)[1], TRUNCATED]
    return yaml.safe_dump(only(PARAMS, kept), sort_keys=False, width=1000)


VALUES: dict[str, list[tuple[object, str]]] = {  # key: wrong values, each with words of the message
    "seed": [(1.5, "'seed': input should be a valid integer"), ("zero", "it is 'zero'")],
    "scale": [("big", "'smoke', 'starter' or 'full'")],
    "compute.devices": [(0, "'compute.devices'")],
    "compute.accelerator": [("gpu", "'auto', 'cpu' or 'cuda'")],
    "judge.domain": [("face", "there is mnistm, svhn, usps"), ("usp", "did you mean 'usps'")],
    "embed.runs": [([], "at least 1 item"), (["x"], "'embed.runs': there is no 'x'")],
    "embed": [([1], "'embed': expected keys with values"), (None, "'embed' is missing")],
    "evaluation.seeds": [(0, "greater than or equal to 1 (it is 0)")],
    "gans": [(1, "unknown key 'gans'; did you mean 'gan'?")],
    "gan.models": [({}, "'models' is missing or empty"), ([1], "'gan.models' must hold entries")],
    f"{GAN}.net": [("dcgam", "did you mean 'dcgan'?"), (3, "should be a valid string")],
    f"{GAN}.loss": [("bec", "did you mean 'bce'?")],
    GAN: [
        (DCGAN | {"loss": "hinge", "loss_args": {}}, "'dcgan', with these net_args, give prob"),
        (DCGAN | {"loss_args": {"real_label": 1.5}}, "must be above 0 and at most 1"),
    ],
    "gan.models.resnet_gan": [
        (
            RESNET | {"loss": "bce", "loss_args": {"real_label": 1.0}},
            "the loss 'bce' takes probabilities; the",
        ),
        (
            RESNET | {"loss": "acgan", "loss_args": {}},
            "'acgan' takes probabilities with classes; the",
        ),
        (
            RESNET | {"loss": "stylegan2", "loss_args": LAZY},
            "'stylegan2' takes scores and styles; the",
        ),
    ],
    f"{GAN}.stepz": [(1, "unknown key 'gan.models.dcgan.stepz'; did you mean 'steps'?")],
    f"{GAN}.steps": [(0, "(it is 0)"), ("many", "(it is 'many')"), ([1], "valid integer")],
    f"{GAN}.batch": [(-1, "(it is -1)"), (2.5, "(it is 2.5)")],
    f"{GAN}.classes": [(3, "greater than or equal to 10")],
    f"{GAN}.pixel_range": [([1.0, -1.0], "pixel_range must rise")],
    f"{GAN}.optimizers.generator.lr": [
        (-1e-4, "greater than 0"),
        (float("nan"), "finite"),
        (True, "number"),
    ],
    f"{GAN}.net_args.latent": [
        ("x", "dcgan.net.latent': input should be a valid integer"),
        (0, "gan.models.dcgan: the networks do not fit together, or not the images"),
    ],
    f"{GAN}.image_size": [(63, "a result is [2, 3, 64, 64], not [2, 3, 63, 63]")],
    f"{GAN}.net_args.generator_channels": [("wide", "(it is 'wide')"), ([1.5], "(it is 1.5)")],
    f"{GAN}.net_args.laten": [(3, "takes no 'laten'; did you mean 'latent'?")],
    f"{GAN}.loss_args": [({}, "'real_label'"), (None, "should be a valid dictionary")],
    "gan.comparison.models": [
        (["resnet"], "did you mean 'resnet_gan'?"),
        (["dcgan"], "the net_args of dcgan have no 'truncation'"),
    ],
    "gan.comparison.truncations": [([], "at least 1 item"), ([-0.5], "(it is -0.5)")],
    "gan.models.resnet_gan.augment": [
        ({"real": []}, "augment.both"),
        ({"real": [{"kind": "flop", "args": {}}], "both": []}, "did you mean 'flip'?"),
        ({"real": [], "both": [{"kind": "cutout", "args": {}}]}, "'share'"),
        ({"real": [], "both": [{"kind": "cutout", "args": {"share": 3.0}}]}, "share is 3; it lies"),
        ({"real": [{"kind": "draws", "args": {}}], "both": []}, "there is no 'draws'"),
    ],
    f"{UNET}.image_size": [(27, "context_unet: the networks do not fit together, or not the")],
    f"{UNET}.beta": [
        ([0.02, 1e-4], "beta must rise from above 0"),
        ([0.0, 0.0], "beta must rise from above 0"),
        ([0.02], "at least 2 items"),
        ([1.0e-4, 0.9], "the noise does not rise from step to step, or rises without end"),
    ],
    f"{UNET}.classes": [(3, "greater than or equal to 10"), (11, "equal to 10"), (None, "labels")],
    "diffusion.samplers.ddpm.steps": [(20, "ddpm takes every step; set it to null")],
    f"{UNET}.reverse_t": [([], "at least 1 item"), ([601], "goes up to 600"), ([-1], "(it is -1)")],
    f"{UNET}.sampler": [("dimm", "did you mean 'ddim'?")],
    "diffusion.samplers.ancestral.steps": [
        (601, "ancestral takes 601 steps, but there are 600"),
        (0, "greater than or equal to 1"),
    ],
    "diffusion.samplers.ddim.spacing": [("karas", "'karras'")],
    "diffusion.samplers.ddim.args": [({"eta": 5.0}, "eta is 5")],
    f"{UNET}.lr_schedule_args": [({"hold": 3.0}, "hold is 3")],
    "diffusion.samplers.ddim.method": [("dimm", "did you mean 'ddim'?")],
    "diffusion.comparison.samplers": [(["dpm"], "there is no 'dpm'"), ([], "at least 1 item")],
    "diffusion.comparison.models": [(["context"], "did you mean 'context_unet'?")],
    "diffusion.comparison.steps": [([5, 601], "is up to 601, but context_unet has 600")],
    f"{UNET}.guidance": [(-1.0, "greater than or equal to 0")],
    f"{UNET}.autoguidance": [(0, "greater than or equal to 1"), (10**9, "too late of")],
    f"{UNET}.guidance_interval": [
        ([5.0, 0.3], "guidance_interval must rise from 0 or more"),
        ([-1.0, 5.0], "guidance_interval must rise from 0 or more"),
        ([5.0], "at least 2 items"),
        ([1.0e-9, 1.0e-8], "holds no level of noise; they go from 0.01 to"),
    ],
    f"{NET}.views": [
        ([{"kind": "nois", "sides": ["source"], "args": {}}], "did you mean 'noise'?"),
        ([{"kind": "noise", "sides": ["source"], "args": {"more": 1}}], "takes no 'more'"),
        ([{"kind": "noise", "sides": ["both"], "args": {"most": 0.5}}], "'source' or 'target'"),
        ([{"kind": "sign", "sides": ["source"], "args": {"probability": 2.0}}], "probability is 2"),
        (
            [{"kind": "noise", "sides": ["source"], "target": "mnist", "args": {"most": 0.5}}],
            "views.noise': there is no 'mnist'; did you mean 'mnistm'?",
        ),
    ],
    f"{NET}.methods": [({"dan": {}}, "did you mean 'dann'?"), ([], "valid dictionary")],
    f"{NET}.methods.self_training": [(SHARES, "counts_from and counts_fully_from lie between")],
    f"{NET}.methods.dann.domain_weight": [(-1.0, "domain_weight is -1; it lies")],
    f"{NET}.methods.dann.last_progress": [(5.0, "last_progress is 5; it lies")],
    f"{NET}.methods.dann.gamma": [
        (-1000.0, "gamma is -1000; it lies"),
        ("x", "methods.dann.gamma': input should be a valid number"),
    ],
    f"{RUN}.source": [("usps", "source and target are both 'usps'"), ("mnist", "'mnistm'")],
    f"{RUN}.method": [("dan", "did you mean 'dann'?")],
    "adapt.common.seeds": [(0, "(it is 0)")],
}
CASES = [(key, value, words) for key, cases in VALUES.items() for value, words in cases]


@pytest.mark.parametrize(("key", "value", "words"), CASES)
def test_a_wrong_value_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    few: str,
    key: str,
    value: object,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    content: dict[str, Any] = yaml.safe_load(few)
    section = content
    *parents, last = key.split(".")
    for part in parents:
        section = section[part]
    section[last] = value
    Path("params.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    assert words in told(params, tmp_path)


def test_settings_of_a_network_may_all_differ_by_scale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: str
) -> None:
    monkeypatch.chdir(tmp_path)
    content = yaml.safe_load(few)
    model = content["gan"]["models"][TRUNCATED]
    arguments = {scale: resolve_scale(model["net_args"], scale) for scale in SCALES}
    model["net_args"] = arguments
    Path("params.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    check_params()


@pytest.mark.parametrize("name", ["../x", "a/b", "", "a b", "<b>", "a;b", "-x", "$(x)", "é"])
def test_a_run_s_name_is_no_path_no_option_and_no_markup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: str, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    content = yaml.safe_load(few)
    content["gan"]["models"][name] = DCGAN
    Path("params.yaml").write_text(yaml.safe_dump(content))
    assert "a name is made of letters, digits" in told(params, tmp_path)


TEXTS: dict[str, tuple[str | bytes, str]] = {
    "unclosed": ("a: 1\nb: [1, 2\nc: 3\n", "params.yaml, line 3: not valid YAML"),
    "tab": ("a: 1\n\tb: 2\n", "line 2: not valid YAML"),
    "twice": ("seed: 1\nseed: 2\n", "line 2: not valid YAML: key 'seed' stands twice"),
    "date": ("seed: 2020-99-99\n", "line 1: not valid YAML: this is no value of its kind: month"),
    "number": (f"a: 1\nseed: {'9' * 5000}\n", "line 2: not valid YAML: this is no value"),
    "kind": ("a: !!int x\n", "line 1: not valid YAML: this is no value of its kind"),
    "code": ("a: !!python/object/apply:os.system ['touch ran']", "could not determine a constr"),
    "alias": ("a: &x [1]\nb: *x\n", "line 2: not valid YAML: the alias *x is not read; write"),
    "endless": ("a: &x [*x]\n", "the alias *x is not read"),
    "merge": ("a: 1\n<<<<<<< HEAD\nb: 1\n", "line 2: not valid YAML: an unfinished merge; choose"),
    "deep": ("a: " + "[" * 5000 + "]" * 5000, "more than 30 lists or mappings"),
    "two documents": ("a: 1\n---\nb: 1\n", "line 2: not valid YAML"),
    "latin-1": (b"a: 1\nb: \xe9\n", "params.yaml, line 2: not UTF-8 text; save it as UTF-8"),
    "utf-16": ("a: 1".encode("utf-16"), "line 1: not UTF-8 text"),
    "nul": (b"a: \0", "cannot read it"),
    "empty": ("", "expected keys with values, found NoneType"),
    "list": ("- a\n", "expected keys with values, found list"),
    "huge": (b"#" * ((1 << 20) + 1), "is larger than 1 MiB"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_file_that_is_no_params_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    content, words = TEXTS[kind]
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    message = told(params, tmp_path)
    assert message.startswith("params.yaml") and words in message and message.count("\n") == 1


@pytest.mark.parametrize(
    ("put", "words"),
    [
        (lambda path: None, "no such file; run from the repository's root"),
        (lambda path: path.mkdir(), "is not a file"),
        (os.mkfifo, "is not a file"),
        (lambda path: path.symlink_to(path), "cannot read it"),
    ],
)
def test_what_is_no_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put: Callable[[Path], object], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    put(Path("params.yaml"))
    message = told(params, tmp_path)
    assert message.startswith("params.yaml: ") and words in message


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_and_line_ends_of_other_systems_are_read(
    tmp_path: Path, start: bytes, end: str, few: str
) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(start + few.replace("\n", end).encode())
    assert read_yaml(path) == yaml.safe_load(few)


@pytest.mark.parametrize("channels", [[], [-4, 8, 8, 8]])
def test_a_network_that_cannot_be_built_names_its_key(channels: list[int]) -> None:
    arguments = {**DCGAN["net_args"], "generator_channels": channels}
    with pytest.raises(UserError, match=r"params\.yaml: here: 'dcgan' cannot be built with these"):
        build("hw2.gan.nets", "dcgan", "here", **arguments)
