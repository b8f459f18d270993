"""Methods are found by module name, and wrong arguments are wrong keys of params.yaml."""

import subprocess
import sys

import pytest

from hw2.core.errors import UserError
from hw2.core.lookup import build, find, names

PACKAGES = [
    ("hw2.gan.nets", "dcgan"),
    ("hw2.gan.losses", "bce"),
    ("hw2.diffusion.unets", "context_unet"),
    ("hw2.diffusion.objectives", "epsilon_mse"),
    ("hw2.diffusion.samplers", "ddpm"),
    ("hw2.adapt.nets", "conv_bn"),
    ("hw2.adapt.methods", "dann"),
]


@pytest.mark.parametrize(("package", "name"), PACKAGES)
def test_modules_are_listed_and_found(package: str, name: str) -> None:
    assert name in names(package)
    assert names(package) == sorted(names(package))
    assert find(package, name).__name__ == f"{package}.{name}"


def test_finding_one_imports_no_other() -> None:
    code = (
        "import sys; from hw2.core.lookup import find; find('hw2.adapt.methods', 'source_only');"
        "print(*(name for name in sys.modules if name.startswith('hw2.adapt.methods.')))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["hw2.adapt.methods.source_only"]


@pytest.mark.parametrize("name", ["dcgn", "dcgan.py", "../dcgan", "", "__init__"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="gan.nets has no"):
        find("hw2.gan.nets", name)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"gan\.nets has no 'dcgn'; did you mean 'dcgan'\?"):
        find("hw2.gan.nets", "dcgn")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"real_lable": 1.0}, "'bce' takes no 'real_lable'; did you mean 'real_label'"),
        ({}, "missing a required argument: 'real_label'; 'bce' takes: real_label"),
        ({"real_label": 1.0, "smooth": 1}, "'bce' takes no 'smooth'; there is real_label"),
        ({"real_label": 1.0, "name": 1}, "'bce' takes no 'name'; there is real_label"),
        ({"real_label": 1.0, "key": 1}, "'bce' takes no 'key'; there is real_label"),
    ],
)
def test_wrong_arguments_name_the_key_and_the_right_ones(
    arguments: dict[str, object], message: str
) -> None:
    pattern = rf"params\.yaml: gan\.models\.x\.loss_args: {message}"
    with pytest.raises(UserError, match=pattern):
        build("hw2.gan.losses", "bce", "gan.models.x.loss_args", **arguments)


def test_right_arguments_build() -> None:
    assert build("hw2.gan.losses", "bce", "key", real_label=0.9).lowest == 0.9
