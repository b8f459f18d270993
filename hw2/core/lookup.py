"""Look-up of methods by module name: a new method is a new file, no table lists them."""

import importlib
import importlib.util
import inspect
import pkgutil
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, NoneType
from typing import Any, get_args, get_type_hints

from hw2.core.errors import UserError
from hw2.core.params import check_value, nearest


def find(package: str, name: str) -> ModuleType:
    """The module `name` of `package`, the only one imported: ``find("hw2.gan.nets", "dcgan")``.

    Raises:
        UserError: there is no such module; the message names the nearest one.
    """
    if name not in (known := names(package)):
        kind = package.removeprefix("hw2.")
        raise UserError(f"{kind} has no '{name}'{nearest(name, known)}")
    return importlib.import_module(f"{package}.{name}")


def names(package: str) -> list[str]:
    """The modules of a package, sorted, none of them imported."""
    spec = importlib.util.find_spec(package)
    locations = spec.submodule_search_locations if spec else None
    return sorted(module.name for module in pkgutil.iter_modules(locations))


def build(package: str, name: str, key: str, /, **arguments: object) -> Any:
    """Call ``build(**arguments)`` of the module; a wrong argument is a wrong key of params.yaml.

    Args:
        key: where the arguments stand in params.yaml, for the message.
    """
    check_arguments(package, name, key, **arguments)
    with blaming(key, f"'{name}' cannot be built with these values"):
        return find(package, name).build(**arguments)


@contextmanager
def blaming(key: str, complaint: str) -> Iterator[None]:
    """What goes wrong inside the block is a fault of params.yaml.

    Raises:
        UserError: names the key, with the complaint and what was raised where.
    """
    try:
        yield
    except (ValueError, TypeError, LookupError, ArithmeticError, RuntimeError) as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise UserError(
            f"params.yaml: {key}: {complaint}: {error} "
            f"({type(error).__name__} in {Path(place.filename).name}, line {place.lineno})"
        ) from error


def check_arguments(package: str, name: str, key: str, /, **arguments: object) -> None:
    """Hold the arguments against the signature of the module's ``build``, without calling it.

    Raises:
        UserError: one is missing, unknown, or of the wrong type.
    """
    function = find(package, name).build
    signature, types = inspect.signature(function), get_type_hints(function)
    for argument in arguments:
        if argument not in signature.parameters:
            hint = nearest(argument, list(signature.parameters)) or "; it takes none"
            raise UserError(f"params.yaml: {key}: '{name}' takes no '{argument}'{hint}")
    try:
        signature.bind(**arguments)
    except TypeError as error:
        allowed = ", ".join(signature.parameters)
        raise UserError(f"params.yaml: {key}: {error}; '{name}' takes: {allowed}") from None
    for argument, value in arguments.items():
        # An optimiser, say, is what the caller passes besides the values of params.yaml.
        if _is_plain(expected := types.get(argument, Any)):
            check_value(expected, value, f"{key}.{argument}")


def _is_plain(annotation: Any) -> bool:
    """Whether a type is made of what YAML can hold: numbers, words, and lists of them."""
    parts = get_args(annotation) or (annotation,)
    return all(part in (int, float, bool, str, NoneType) for part in parts)
