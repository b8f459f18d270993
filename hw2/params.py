"""All of params.yaml at once: every section against its type, every name against what exists."""

from pathlib import Path
from typing import Any

from hw2.adapt.params import AdaptMethodSettings, AdaptNetSettings, AdaptRun
from hw2.core.errors import UserError
from hw2.core.lookup import names
from hw2.core.params import (
    PARAMS_FILE,
    Compute,
    General,
    Section,
    nearest,
    read_general,
    read_section,
    read_yaml,
)
from hw2.data.layouts import DOMAINS
from hw2.data.params import StarterSettings
from hw2.diffusion.params import DiffusionCommon, DiffusionModel
from hw2.evaluation.params import EmbedSettings, EvaluationSettings, JudgeSettings
from hw2.gan.params import GanCommon, GanModel

SECTIONS: dict[str, type[Section]] = {
    "compute": Compute,
    "starter": StarterSettings,
    "judge": JudgeSettings,
    "embed": EmbedSettings,
    "evaluation": EvaluationSettings,
}
FAMILIES: dict[str, dict[str, type[Section]]] = {
    "gan": {"common": GanCommon, "models": GanModel},
    "diffusion": {"common": DiffusionCommon, "models": DiffusionModel},
    "adapt": {"nets": AdaptNetSettings, "methods": AdaptMethodSettings, "runs": AdaptRun},
}
DOMAIN_NAMES = [domain.name for domain in DOMAINS]


def check_params(path: Path = PARAMS_FILE) -> None:
    """Check the whole file.

    Raises:
        UserError: the first thing that is wrong, with its key and the nearest right one.
    """
    content = read_yaml(path)
    _known(content, [*General.model_fields, *SECTIONS, *FAMILIES], str(path))
    read_general(path)
    for name, section in SECTIONS.items():
        read_section(section, name, path=path)
    _one_of("judge.domain", content["judge"]["domain"], DOMAIN_NAMES[1:])
    for family, groups in FAMILIES.items():
        _known(content.get(family), list(groups), family)
        for group, model in groups.items():
            if group == "common":
                read_section(model, family, group, path=path)
                continue
            for run in _entries(content[family][group], f"{family}.{group}"):
                key = f"{family}.{group}.{run}"
                _check_names(key, read_section(model, family, group, run, path=path), content)
    for run in content["embed"]["runs"]:
        _one_of("embed.runs", run, list(content["adapt"]["runs"]))


def _entries(group: object, where: str) -> list[str]:
    if not isinstance(group, dict) or not all(isinstance(name, str) for name in group):
        raise UserError(f"params.yaml: '{where}' must hold entries, each under its name")
    return list(group)


def _check_names(key: str, entry: Section, content: dict[str, Any]) -> None:
    """Every name in an entry must be that of a module, a domain or another entry."""
    if isinstance(entry, GanModel):
        _one_of(f"{key}.net", entry.net, names("hw2.gan.nets"))
        _one_of(f"{key}.loss", entry.loss, names("hw2.gan.losses"))
        _one_of(f"{key}.data", entry.data, DOMAIN_NAMES)
    elif isinstance(entry, DiffusionModel):
        _one_of(f"{key}.net", entry.net, names("hw2.diffusion.unets"))
        _one_of(f"{key}.objective", entry.objective, names("hw2.diffusion.objectives"))
        _one_of(f"{key}.sampler", entry.sampler, names("hw2.diffusion.samplers"))
        _one_of(f"{key}.data", entry.data, DOMAIN_NAMES[1:])
    elif isinstance(entry, AdaptNetSettings):
        _one_of(key, key.removeprefix("adapt.nets."), names("hw2.adapt.nets"))
    elif isinstance(entry, AdaptMethodSettings):
        _one_of(key, key.removeprefix("adapt.methods."), names("hw2.adapt.methods"))
    elif isinstance(entry, AdaptRun):
        for side in (entry.source, entry.target):
            _one_of(key, side, DOMAIN_NAMES[1:])
        _one_of(f"{key}.net", entry.net, list(content["adapt"]["nets"]))
        _one_of(f"{key}.method", entry.method, list(content["adapt"]["methods"]))
        right = f"{entry.source}_{entry.target}-{entry.net}-{entry.method}"
        if not key.endswith(f".{right}"):
            raise UserError(f"params.yaml: '{key}' must be called '{right}', after what it holds")


def _known(section: object, allowed: list[str], where: str) -> None:
    if not isinstance(section, dict):
        raise UserError(f"params.yaml: the section '{where}' is missing or empty")
    for key in section:
        if key not in allowed:
            raise UserError(f"{where}: unknown key '{key}'{nearest(str(key), allowed)}")
    for key in allowed:
        if not section.get(key) and section.get(key) != 0:
            raise UserError(f"{where}: '{key}' is missing or empty")


def _one_of(key: str, name: str, known: list[str]) -> None:
    if name not in known:
        raise UserError(f"params.yaml: '{key}': there is no '{name}'{nearest(name, known)}")
