"""Typed params: params.yaml is read, resolved for the scale, and checked, one section at a time."""

import copy
import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from hw2.core.errors import UserError
from hw2.core.yaml_file import read_shared

PARAMS_FILE = Path("params.yaml")
MOST_NAMED = 12
Scale = Literal["smoke", "starter", "full"]
SCALES: tuple[str, ...] = get_args(Scale)


class Section(BaseModel):
    """A checked, immutable part of params.yaml; every field is required there."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class General(Section):
    """What every stage shares."""

    scale: Scale
    seed: int = Field(ge=0, description="root of every random stream")


class Compute(Section):
    """Where and how exactly networks are computed."""

    accelerator: Literal["auto", "cpu", "cuda"]
    devices: int = Field(ge=1, description="processes that work together, one a device")
    precision: Literal["32-true", "bf16-mixed"]
    compile: Literal["default", "reduce-overhead", "max-autotune"] | None = Field(
        description="mode of torch.compile for networks that train; null: not compiled"
    )
    checkpoint_seconds: float = Field(gt=0, description="between two checkpoints of a training")


Share = Annotated[float, Field(ge=0, lt=1)]
Pair = Annotated[list[Share], Field(min_length=2, max_length=2)]
SectionT = TypeVar("SectionT", bound=Section)


def read_yaml(path: Path = PARAMS_FILE) -> dict[str, Any]:
    """The whole file as nested dicts.

    Raises:
        UserError: missing, not YAML (with the line), or not a mapping.
    """
    return copy.deepcopy(read_shared(path))


def read_general(path: Path = PARAMS_FILE) -> General:
    """`scale` and `seed`."""
    content = read_yaml(path)
    return _validate(General, {k: v for k, v in content.items() if k in General.model_fields}, "")


def read_section(
    model: type[SectionT], *keys: str, path: Path = PARAMS_FILE, scale: str | None = None
) -> SectionT:
    """The section at `keys`, e.g. ``read_section(GanModel, "gan", "models", "dcgan")``.

    A value written as ``{smoke: .., starter: .., full: ..}`` is replaced by the one for `scale`,
    by default that of the file.

    Raises:
        UserError: an unknown, missing or wrong key; the message names it and the nearest right one.
    """
    content = _at(keys, path)
    prefix = ".".join(keys)
    scale = scale or read_general(path).scale
    return _validate(model, resolve_scale(content, scale, prefix), prefix)


def read_names(*keys: str, path: Path = PARAMS_FILE) -> list[str]:
    """The names of the entries at `keys`, e.g. of all GANs: ``read_names("gan", "models")``.

    Raises:
        UserError: there is no such section, or it is no mapping from names.
    """
    content = _at(keys, path)
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        where = ".".join(keys)
        raise UserError(f"params.yaml: '{where}' must hold entries, each under its name")
    return list(content)


def _at(keys: Sequence[str], path: Path) -> Any:
    content: Any = read_shared(path)
    for depth, key in enumerate(keys):
        if not isinstance(content, dict) or key not in content:
            known = [str(name) for name in content] if isinstance(content, dict) else []
            where = ".".join(keys[:depth]) or str(path)
            raise UserError(f"{where} has no '{key}'{nearest(key, known)}")
        content = content[key]
    return copy.deepcopy(content)


def resolve_scale(value: Any, scale: str, key: str = "") -> Any:
    """Replace every ``{smoke: .., starter: .., full: ..}`` in `value` by its entry for `scale`."""
    if isinstance(value, dict):
        if set(value) & set(SCALES):
            for name in set(value) - set(SCALES):
                raise UserError(f"{key}: '{name}' is no scale{nearest(str(name), list(SCALES))}")
            if scale not in value:
                raise UserError(f"{key} has no value for scale '{scale}'")
            return value[scale]
        return {name: resolve_scale(item, scale, f"{key}.{name}") for name, item in value.items()}
    return value


def nearest(name: str, known: list[str]) -> str:
    """The end of an error message: the nearest right name, or the first of those there are."""
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean '{close[0]}'?"
    first = sorted(known)[:MOST_NAMED]
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return f"; there is {', '.join(first)}{more}" if known else ""


def check_value(annotation: Any, value: object, key: str) -> None:
    """Hold one value of params.yaml against a type.

    Raises:
        UserError: it is of another type; the message names the key.
    """
    strict = ConfigDict(strict=True, allow_inf_nan=False)
    try:
        TypeAdapter(annotation, config=strict).validate_python(value)
    except ValidationError as error:
        lines = [_explain(Section, dict(item), key) for item in error.errors()]
        raise UserError("params.yaml: " + "; ".join(lines)) from None


def _validate(model: type[SectionT], content: Any, prefix: str) -> SectionT:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        lines = [_explain(model, dict(item), prefix) for item in error.errors()]
        raise UserError("params.yaml: " + "; ".join(lines)) from None


def _explain(model: type[Section], item: dict[str, Any], prefix: str) -> str:
    parts = [str(part) for part in item["loc"]]
    key = ".".join([prefix, *parts]).strip(".")
    if item["type"] == "extra_forbidden":
        return f"unknown key '{key}'{nearest(parts[-1], _fields(model, parts[:-1]))}"
    if item["type"] == "missing":
        return f"key '{key}' is missing"
    shown = f" (it is {repr(item['input'])[:80]})" if not isinstance(item["input"], dict) else ""
    if item["type"] == "model_type":
        return f"'{key}': expected keys with values{shown}"
    message = item["msg"].removeprefix("Value error, ")
    return f"'{key}': {message[0].lower()}{message[1:]}{shown}"


def _fields(model: Any, parts: list[str]) -> list[str]:
    """The names allowed at `parts` inside `model`; descends through nested and dict sections."""
    for part in parts:
        fields = getattr(model, "model_fields", {})
        annotation = fields[part].annotation if part in fields else model
        candidates = [annotation, *get_args(annotation)]
        model = next((c for c in candidates if hasattr(c, "model_fields")), model)
    return list(getattr(model, "model_fields", {}))
