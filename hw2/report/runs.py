"""Which runs params.yaml names: what summarize and report iterate, never what lies in a folder."""

from pathlib import Path

from hw2.core.errors import UserError
from hw2.core.params import PARAMS_FILE, read_yaml
from hw2.report.sources import RunNames


def read_runs(path: Path = PARAMS_FILE) -> RunNames:
    """The names of all runs, family by family, in the order of params.yaml.

    Raises:
        UserError: a section is missing.
    """
    content = read_yaml(path)
    try:
        return RunNames(
            gan=list(content["gan"]["models"]),
            diffusion=list(content["diffusion"]["models"]),
            adapt=list(content["adapt"]["runs"]),
            embed=list(content["embed"]["runs"]),
            compared=list(content["diffusion"]["comparison"]["models"]),
            truncated=list(content["gan"]["comparison"]["models"]),
        )
    except (KeyError, TypeError) as error:
        raise UserError(f"{path}: the section with {error} is missing") from None
