"""What `hw2 models` and `hw2 show` tell of the networks in a params.yaml."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from few_runs import only
from tiny_runs import PARAMS

from hw2.architectures.catalogue import models
from hw2.architectures.listing import overview, records, show
from hw2.core.errors import UserError

KEPT = {  # few and small networks of the real file
    "gan.models": ["dcgan", "acgan"],
    "diffusion.models": ["context_unet"],
    "adapt.nets": ["conv_bn", "dsn"],
    "adapt.runs": [
        "mnistm_svhn-conv_bn-source_only",
        "mnistm_svhn-conv_bn-dann",
        "mnistm_usps-dsn-dsn",
    ],
}


@pytest.fixture
def params() -> dict[str, Any]:
    return only(PARAMS, KEPT)


def write(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "params.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def by_entry(path: Path) -> dict[Any, dict[str, Any]]:
    return {record["entry"]: record for record in records(models(path))}


def test_every_system_has_a_record_of_its_own(tmp_path: Path, params: dict[str, Any]) -> None:
    found = [(one["entry"], one["name"]) for one in records(models(write(tmp_path, params)))]
    assert found == [
        ("000_gan_B_G", "dcgan_G"),
        ("001_gan_A_G", "dcgan_G"),
        ("000_gan_B_D", "dcgan_D"),
        ("001_gan_A_D", "dcgan_D"),
        ("003_acgan_G", "acgan_G"),
        ("003_acgan_D", "acgan_D"),
        ("004_unet", "context_unet"),
        ("004_ddpm", "context_unet"),
        ("001_dann", "conv_bn"),
        ("003_dsn", "dsn"),
        (None, "judge"),
        ("aux_digit_classifier", "course_judge"),
    ]


def test_a_record_holds_what_its_network_is(tmp_path: Path, params: dict[str, Any]) -> None:
    record = by_entry(write(tmp_path, params))["000_gan_B_G"]
    assert record == json.loads(json.dumps(record))
    assert (record["family"], record["runs"], record["status"]) == ("gan", ["dcgan"], "exact")
    assert record["shapes"][:3] == [[100, 512, 4, 4], [512], [512]]
    assert record["tensors"] == len(record["shapes"]) == 13
    assert record["parameters"] == sum(math.prod(shape) for shape in record["shapes"])
    assert record["layers"][0] == {
        "path": "main.0",
        "type": "ConvTranspose2d",
        "settings": "100→512, k4 s1 p0, no bias",
        "output": [512, 4, 4],
    }
    assert record["print"].startswith("Generator(")


def test_layers_that_never_run_stand_last(tmp_path: Path, params: dict[str, Any]) -> None:
    layers = by_entry(write(tmp_path, params))["003_dsn"]["layers"]
    never = [layer["output"] is None for layer in layers]
    assert never == [False] * 47 + [True] * 13, "the private encoder of the target is left out"


def test_a_mapping_network_is_listed_once_however_often_styles_are_mixed(
    tmp_path: Path, params: dict[str, Any]
) -> None:
    entry = PARAMS["gan"]["models"]["stylegan2"]
    entry = entry | {"net_args": entry["net_args"] | {"mixing_probability": 1.0}}
    params["gan"]["models"] = {"stylegan2": entry}
    assert len(by_entry(write(tmp_path, params))["003_stylegan2_S"]["layers"]) == 16


def test_the_runs_of_an_adaptation_net(tmp_path: Path, params: dict[str, Any]) -> None:
    found = by_entry(write(tmp_path, params))
    assert found["001_dann"]["runs"] == KEPT["adapt.runs"][:2]
    assert found["003_dsn"]["runs"] == KEPT["adapt.runs"][2:]


def test_a_network_of_ones_own_has_no_entry(tmp_path: Path, params: dict[str, Any]) -> None:
    params["gan"]["models"] = {"mine": params["gan"]["models"]["dcgan"] | {"report": []}}
    path = write(tmp_path, params)
    mine = [one for one in records(models(path)) if one["runs"] == ["mine"]]
    assert [one["name"] for one in mine] == ["mine_G", "mine_D"]
    assert {(one["entry"], one["system"], one["status"]) for one in mine} == {(None, None, None)}
    row = next(line for line in overview(models(path)).splitlines() if line.startswith("mine"))
    assert row.split() == ["mine", "–", "G", "3,576,704", "+", "D", "2,765,568", "–"]
    assert show(models(path), "mine").startswith("mine_G: 3,576,704 parameters\nGenerator(")


def test_a_system_of_another_report_is_named_though_nothing_is_known_of_it(
    tmp_path: Path, params: dict[str, Any]
) -> None:
    params["gan"]["models"] = {"dcgan": params["gan"]["models"]["dcgan"] | {"report": ["005 C"]}}
    path = write(tmp_path, params)
    assert by_entry(path)["005_gan_C_G"]["status"] is None
    assert "005_gan_C_G: –, –" in show(models(path), "dcgan")


def test_the_overview_names_every_run_with_its_size(tmp_path: Path, params: dict[str, Any]) -> None:
    text = overview(models(write(tmp_path, params)))
    cells = [line.split() for line in text.splitlines()]
    dcgan = ["000", "B,", "001", "A", "G", "3,576,704", "+", "D", "2,765,568", "exact"]
    assert ["dcgan", *dcgan] in cells
    assert ["context_unet", "004", "6,590,211", "exact"] in cells
    assert ["conv_bn", "001", "710,172", "exact", "2"] in cells
    assert ["dsn", "003", "2,227,766", "reconstructed", "1"] in cells
    for run in KEPT["adapt.runs"]:
        assert [run] in cells


def test_statuses_that_differ_are_told_by_network(tmp_path: Path, params: dict[str, Any]) -> None:
    params["gan"]["models"] = {"wgan_gp": PARAMS["gan"]["models"]["wgan_gp"]}
    assert "G minor, D reconstructed" in overview(models(write(tmp_path, params)))


def test_a_run_is_shown_as_torch_prints_it(tmp_path: Path, params: dict[str, Any]) -> None:
    found = models(write(tmp_path, params))
    headline, system, *printed = show(found, "mnistm_svhn-conv_bn-dann").splitlines()
    assert headline == "conv_bn: 710,172 parameters"
    assert system == "001_dann: DANN, exact"
    module = next(model for model in found if model.name == "conv_bn").build()[0].module
    assert "\n".join(printed) == str(module)
    assert show(found, "conv_bn") == show(found, "mnistm_svhn-conv_bn-dann")
    assert "\n\nacgan_D: 103,531 parameters\n" in show(found, "acgan")


def test_an_unknown_run_is_answered_with_the_nearest(
    tmp_path: Path, params: dict[str, Any]
) -> None:
    with pytest.raises(UserError, match="no run 'dcgna'; did you mean 'dcgan'?"):
        show(models(write(tmp_path, params)), "dcgna")


def test_a_missing_group_and_a_wrong_argument_are_named(
    tmp_path: Path, params: dict[str, Any]
) -> None:
    params["gan"]["models"]["dcgan"]["net_args"]["latnt"] = 100
    with pytest.raises(UserError, match=r"gan\.models\.dcgan\.net_args: .*'latnt'"):
        overview(models(write(tmp_path, params)))
    params["gan"]["models"] = None
    with pytest.raises(UserError, match=r"'gan\.models' must hold entries"):
        models(write(tmp_path, params))
