"""Every network of params.yaml: its parameters, its tensors, and its layers as in the reports."""

from pathlib import Path

import pytest
from printed_layers import executed, printed
from tiny_runs import PARAMS, ROOT

from hw2.architectures.catalogue import models
from hw2.architectures.model import Network, systems
from hw2.core.lookup import names
from hw2.core.weights import trainable

# (trainable parameters, trainable tensors) of each system, or of a network of our own by its name.
# A network without a pin fails.
PINS = {
    "000_gan_A_G": (3_574_784, 5),
    "000_gan_A_D": (2_763_776, 5),
    "000_gan_B_G": (3_576_704, 13),
    "000_gan_B_D": (2_765_568, 11),
    "000_unet": (15_664_515, 177),
    "000_dann": (631_888, 24),
    "001_gan_A_G": (3_576_704, 13),
    "001_gan_A_D": (2_765_568, 11),
    "001_gan_B_G": (3_832_885, 32),
    "001_gan_B_D": (3_175_299, 24),
    "001_unet": (23_335_299, 183),
    "001_dann": (710_172, 24),
    "002_gan_A_G": (3_576_704, 13),
    "002_gan_A_D": (2_765_568, 11),
    "002_gan_B_G": (5_142_080, 13),
    "002_gan_B_D": (2_766_529, 16),
    "002_unet": (19_222_659, 315),
    "002_dann": (3_513_676, 32),
    "003_stylegan2_S": (2_101_248, 16),
    "003_stylegan2_G": (11_365_088, 81),
    "003_stylegan2_D": (22_827_713, 63),
    "003_acgan_G": (1_052_139, 15),
    "003_acgan_D": (103_531, 18),
    "003_dann": (600_490, 24),
    "003_dsn": (2_227_766, 60),
    "004_gan_A_G": (12_658_432, 13),
    "004_gan_A_D": (2_765_568, 11),
    "004_gan_B_G": (12_658_432, 13),
    "004_gan_B_D": (2_765_568, 11),
    "004_unet": (6_590_211, 86),
    "004_ddpm": (6_590_211, 86),
    "004_dann": (292_392, 14),
    "aux_digit_classifier": (44_674, 10),
    "judge": (289_706, 17),
    "edm_digits": (922_188, 85),  # at full 3.3 million
    "edm_faces": (961_136, 84),  # at full 13.3 million
    "resnet_gan_G": (2_712_739, 42),
    "resnet_gan_D": (1_874_977, 24),
    "colour_cnn": (593_196, 27),
    "grey_cnn": (591_596, 27),
}
OWN = {"judge", "colour_cnn", "grey_cnn", "edm_digits", "edm_faces", "resnet_gan_G", "resnet_gan_D"}
# Systems whose layers are those of another one; 004_ddpm is 004_unet and a loss.
LIKE = {
    "001_gan_A_G": "000_gan_B_G",
    "001_gan_A_D": "000_gan_B_D",
    "002_gan_A_G": "000_gan_B_G",
    "002_gan_A_D": "000_gan_B_D",
    "004_gan_B_G": "004_gan_A_G",
    "004_ddpm": "004_unet",
}
NOT_BUILT = {"003_dsn_alt"}  # a second, less likely reading of what report 003 used


@pytest.fixture(scope="module")
def built() -> dict[str, Network]:
    """Every network of params.yaml under its entries, or under its name where it has none."""
    return {
        key: network
        for model in models(ROOT / "params.yaml")
        for network in model.build()
        for key in network.entries or [network.name]
    }


def test_no_network_lacks_a_pin(built: dict[str, Network]) -> None:
    assert set(built) == set(PINS)


@pytest.mark.parametrize(
    ("package", "used"),
    [
        ("hw2.gan.nets", {entry["net"] for entry in PARAMS["gan"]["models"].values()}),
        ("hw2.diffusion.unets", {entry["net"] for entry in PARAMS["diffusion"]["models"].values()}),
        ("hw2.adapt.nets", set(PARAMS["adapt"]["nets"])),
    ],
)
def test_every_network_module_has_an_entry_in_params(package: str, used: set[str]) -> None:
    assert set(names(package)) == used


@pytest.mark.parametrize("key", PINS)
def test_parameters_and_tensors(key: str, built: dict[str, Network]) -> None:
    module = built[key].module
    assert (trainable(module), len(list(module.parameters()))) == PINS[key]


@pytest.mark.parametrize("entry", [key for key in PINS if key not in OWN])
def test_layers_are_those_of_the_report(entry: str, built: dict[str, Network]) -> None:
    network = built[entry]
    inputs = network.inputs()
    found = executed(network.module.eval(), lambda: network.run(*inputs))
    assert found == printed(LIKE.get(entry, entry))


def test_every_table_of_layers_is_held_against_a_network() -> None:
    tables = {path.stem for path in (Path(__file__).parent / "layers").glob("*.txt")}
    assert tables == {LIKE.get(key, key) for key in PINS if key not in OWN} | NOT_BUILT


def test_every_system_has_a_status() -> None:
    assert set(systems()) == set(PINS) - OWN
    statuses = {system["status"] for system in systems().values()}
    assert statuses == {"exact", "minor", "reconstructed", "guess", "external"}
