"""All of params.yaml at once: every section against its type, every name against what exists."""

from pathlib import Path
from typing import Any

import torch
from torch.nn import Parameter
from torch.optim import SGD

from hw2.adapt.shared.params import AdaptCommon, AdaptNetSettings, AdaptRun
from hw2.core.errors import UserError
from hw2.core.lookup import build, check_arguments, names
from hw2.core.params import (
    PARAMS_FILE,
    SCALES,
    Compute,
    General,
    Section,
    nearest,
    read_general,
    read_section,
    read_yaml,
    resolve_scale,
)
from hw2.diffusion.evaluations import takes_every_step
from hw2.diffusion.params import (
    DiffusionCommon,
    DiffusionModel,
    SamplerComparison,
    SamplerSettings,
)
from hw2.evaluation.params import EmbedSettings, EvaluationSettings, JudgeSettings
from hw2.gan.params import TRUNCATION, GanCommon, GanModel, TruncationComparison
from hw2.param_names import check_keys, entry_names
from hw2.raw.layouts import DOMAINS
from hw2.raw.params import PublicSettings, StarterSettings
from hw2.raw.prepare import PrepareSettings

SECTIONS: dict[str, type[Section]] = {
    "compute": Compute,
    "starter": StarterSettings,
    "public": PublicSettings,
    "prepare": PrepareSettings,
    "judge": JudgeSettings,
    "embed": EmbedSettings,
    "evaluation": EvaluationSettings,
}
FAMILIES: dict[str, dict[str, type[Section]]] = {
    "gan": {"common": GanCommon, "models": GanModel, "comparison": TruncationComparison},
    "diffusion": {
        "common": DiffusionCommon,
        "samplers": SamplerSettings,
        "models": DiffusionModel,
        "comparison": SamplerComparison,
    },
    "adapt": {"common": AdaptCommon, "nets": AdaptNetSettings, "runs": AdaptRun},
}
SINGLE = ("common", "comparison")  # groups that hold no entries under names
DOMAIN_NAMES = [domain.name for domain in DOMAINS]


def check_params(path: Path = PARAMS_FILE) -> None:
    """Check the whole file, for every scale.

    Raises:
        UserError: the first thing that is wrong, with its key and the nearest right one.
    """
    content = read_yaml(path)
    check_keys(content, [*General.model_fields, *SECTIONS, *FAMILIES], str(path))
    read_general(path)
    for family, groups in FAMILIES.items():
        check_keys(content.get(family), list(groups), family)
    for scale in SCALES:
        _check_scale(content, path, scale)


def _check_scale(content: dict[str, Any], path: Path, scale: str) -> None:
    for name, section in SECTIONS.items():
        _check_section(read_section(section, name, path=path, scale=scale), content)
    known = {key: resolve_scale(content[key], scale, key) for key in ("judge", "gan", "diffusion")}
    content = {**content, **known}
    for family, groups in FAMILIES.items():
        for group, model in groups.items():
            if group in SINGLE:
                _check_section(read_section(model, family, group, path=path, scale=scale), content)
                continue
            for run in entry_names(family, group, path):
                entry = read_section(model, family, group, run, path=path, scale=scale)
                _check_entry(f"{family}.{group}.{run}", entry, content)


def _check_section(section: Section, content: dict[str, Any]) -> None:
    if isinstance(section, JudgeSettings):
        _one_of("judge.domain", section.domain, DOMAIN_NAMES[1:])
    elif isinstance(section, EmbedSettings):
        for run in section.runs:
            _one_of("embed.runs", run, list(content["adapt"]["runs"] or {}))
    elif isinstance(section, SamplerComparison):
        _check_samplers(section, content["diffusion"])
    elif isinstance(section, TruncationComparison):
        _check_truncations(section, content["gan"]["models"])


def _check_samplers(section: SamplerComparison, diffusion: dict[str, Any]) -> None:
    key = "diffusion.comparison"
    for sampler in section.samplers:
        _one_of(f"{key}.samplers", sampler, list(diffusion["samplers"]))
    for run in section.models:
        _one_of(f"{key}.models", run, list(diffusion["models"]))
        if diffusion["models"][run]["classes"] is None:
            raise UserError(f"params.yaml: '{key}.models': {run} makes no digits to compare")
        if max(section.steps) > (most := diffusion["models"][run]["timesteps"]):
            raise UserError(
                f"params.yaml: '{key}.steps' is up to {max(section.steps)}, but {run} has {most} "
                "timesteps"
            )


def _check_truncations(section: TruncationComparison, models: dict[str, Any]) -> None:
    key = "gan.comparison.models"
    for run in section.models:
        _one_of(key, run, list(models))
        if TRUNCATION not in models[run]["net_args"]:
            raise UserError(f"params.yaml: '{key}': the net_args of {run} have no '{TRUNCATION}'")


def _check_entry(key: str, entry: Section, content: dict[str, Any]) -> None:
    """Every name in an entry must exist, and what it names must take the arguments given."""
    if isinstance(entry, GanModel):
        _one_of(f"{key}.data", entry.data, _learnt(content, bool(entry.classes)))
        _check_module("hw2.gan.nets", entry.net, f"{key}.net", entry.build_args)
        _check_module("hw2.gan.losses", entry.loss, f"{key}.loss", entry.loss_args)
        for step in entry.augmentation.steps:
            _check_built("hw2.data.augment", step.kind, f"{key}.augment", step.args)
    elif isinstance(entry, SamplerSettings):
        _check_built("hw2.diffusion.samplers", entry.method, f"{key}.method", entry.args)
        if entry.steps is not None and takes_every_step(entry.method):
            raise UserError(
                f"params.yaml: '{key}.steps': {entry.method} takes every step; set it to null"
            )
    elif isinstance(entry, DiffusionModel):
        _one_of(f"{key}.data", entry.data, _learnt(content, bool(entry.classes)))
        given = {**entry.net_args, "classes": entry.labels, "timesteps": entry.timesteps}
        _check_module("hw2.diffusion.unets", entry.net, f"{key}.net", given)
        arguments = entry.objective_args
        _check_module("hw2.diffusion.objectives", entry.objective, f"{key}.objective", arguments)
        _check_sampler(key, entry, content["diffusion"]["samplers"])
        _check_lr_schedule(key, entry)
    elif isinstance(entry, AdaptNetSettings):
        name = key.removeprefix("adapt.nets.")
        _check_module("hw2.adapt.nets", name, key, entry.net_args)
        if entry.colour_jitter is not None:
            _one_of(f"{key}.colour_jitter.target", entry.colour_jitter.target, DOMAIN_NAMES[1:])
        for view in entry.views or []:
            where = f"{key}.views.{view.kind}"
            _check_built("hw2.data.augment", view.kind, where, view.args)
            for domain in filter(None, (view.source, view.target)):
                _one_of(where, domain, DOMAIN_NAMES[1:])
        for method, arguments in entry.methods.items():
            _check_built("hw2.adapt.methods", method, f"{key}.methods.{method}", arguments)
        _check_lr_schedule(key, entry)
    elif isinstance(entry, AdaptRun):
        _check_run(key, entry, content["adapt"]["nets"])


def _check_sampler(key: str, entry: DiffusionModel, samplers: dict[str, Any]) -> None:
    _one_of(f"{key}.sampler", entry.sampler, list(samplers))
    sampler = SamplerSettings.model_validate(samplers[entry.sampler])
    if (steps := sampler.evaluations(entry.timesteps)) > entry.timesteps:
        raise UserError(
            f"params.yaml: '{key}.sampler': {entry.sampler} takes {steps} steps, but there are "
            f"{entry.timesteps} timesteps"
        )


def _learnt(content: dict[str, Any], digits: bool) -> list[str]:
    """What a generative model may learn: faces, or the digits that the judge reads."""
    return [content["judge"]["domain"]] if digits else DOMAIN_NAMES[:1]


def _check_run(key: str, entry: AdaptRun, nets: dict[str, Any]) -> None:
    for side in (entry.source, entry.target):
        _one_of(key, side, DOMAIN_NAMES[1:])
    if entry.source == entry.target:
        raise UserError(f"params.yaml: '{key}': source and target are both '{entry.source}'")
    _one_of(f"{key}.net", entry.net, list(nets))
    _one_of(f"{key}.method", entry.method, list(nets[entry.net]["methods"]))
    right = f"{entry.source}_{entry.target}-{entry.net}-{entry.method}"
    if not key.endswith(f".{right}"):
        raise UserError(f"params.yaml: '{key}' must be called '{right}', after what it holds")


def _check_lr_schedule(key: str, entry: DiffusionModel | AdaptNetSettings) -> None:
    optimizer = SGD([Parameter(torch.zeros(1))], lr=entry.optimizer.lr)
    given = {**entry.lr_schedule_args, "optimizer": optimizer, "steps": entry.steps}
    _check_built("hw2.nn.lr_schedules", entry.lr_schedule, f"{key}.lr_schedule", given)


def _check_built(package: str, name: str, key: str, arguments: dict[str, Any]) -> None:
    """`_check_module`, and the arguments' values: what costs nothing to build is built."""
    _one_of(key, name, names(package))
    build(package, name, key, **arguments)


def _check_module(package: str, name: str, key: str, arguments: dict[str, Any]) -> None:
    _one_of(key, name, names(package))
    check_arguments(package, name, key, **arguments)


def _one_of(key: str, name: str, known: list[str]) -> None:
    if name not in known:
        raise UserError(f"params.yaml: '{key}': there is no '{name}'{nearest(name, known)}")
