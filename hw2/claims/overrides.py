"""Changed values of params.yaml: as arguments of `dvc exp run`, and as DVC will write them."""

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

from hw2.core.errors import UserError
from hw2.core.params import SCALES


def arguments(changes: Mapping[str, Any], drop: Sequence[str]) -> list[str]:
    """``-S`` for each change; keys that params.yaml leaves out are added."""
    settings = [f"~{key}" for key in drop]
    settings += [f"++{key}={_in_hydra(key, value)}" for key, value in changes.items()]
    return [word for setting in settings for word in ("-S", setting)]


def applied(
    params: Mapping[str, Any], changes: Mapping[str, Any], drop: Sequence[str]
) -> dict[str, Any]:
    """The content of params.yaml after the changes; `params` stays as it is.

    Raises:
        UserError: a key leads through something that holds no keys, or is not there to be dropped.
    """
    content = copy.deepcopy(dict(params))
    for key in drop:
        section, last = _section(content, key)
        if last not in section:
            raise UserError(f"params.yaml has no '{key}' that could be dropped")
        del section[last]
    for key, value in changes.items():
        section, last = _section(content, key)
        section[last] = value
    return content


def _in_hydra(key: str, value: Any) -> str:
    """A value in the grammar of Hydra, which DVC uses: JSON, but for the keys of mappings.

    Raises:
        UserError: a mapping that is no ``{smoke: .., starter: .., full: ..}``. Hydra would merge it
            with what is there.
    """
    if not isinstance(value, dict):
        return json.dumps(value)
    if set(value) != set(SCALES):
        raise UserError(f"'{key}': give its parts one by one, '{key}.<part>: ..'")
    return "{" + ",".join(f"{scale}:{json.dumps(one)}" for scale, one in value.items()) + "}"


def _section(content: dict[str, Any], key: str) -> tuple[dict[str, Any], str]:
    """The mapping that holds the key's last part, and that part."""
    *path, last = key.split(".")
    section: Any = content
    for part in path:
        section = section.get(part) if isinstance(section, dict) else None
    if not isinstance(section, dict):
        raise UserError(f"params.yaml has no section '{'.'.join(path)}' that could hold '{last}'")
    return section, last
