"""A YAML file read whole, and what is wrong with it said in one message."""

from pathlib import Path
from typing import Any

import yaml

from hw2.core.errors import UserError
from hw2.core.yaml_loader import parse_yaml

MAX_BYTES = 1 << 20


def read_shared(path: Path) -> dict[str, Any]:
    """The whole file as nested dicts, which all who read the same text share: copy, then change.

    Raises:
        UserError: missing, not YAML (with the line), or not a mapping.
    """
    try:
        content = parse_yaml(_text(path))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run from the repository's root") from None
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise UserError(f"{path}{line}: not valid YAML: {error.problem}") from None
    except UnicodeDecodeError as error:
        lines = error.object.count(b"\n", 0, error.start)
        raise UserError(f"{path}, line {lines + 1}: not UTF-8 text; save it as UTF-8") from None
    except (OSError, yaml.YAMLError) as error:
        raise UserError(f"{path}: cannot read it: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise UserError(f"{path}: expected keys with values, found {type(content).__name__}")
    return content


def _text(path: Path) -> str:
    if path.exists() and not path.is_file():  # a pipe would block for ever
        raise UserError(f"{path}: is not a file; restore it with git")
    with open(path, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UserError(f"{path}: is larger than {MAX_BYTES >> 20} MiB; these are no params")
    return content.decode()
