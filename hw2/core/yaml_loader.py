"""YAML as params.yaml may use it: plain values, no aliases, whatever is wrong with its line."""

import re
from functools import lru_cache
from typing import Any

import yaml

CONFLICT = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.MULTILINE)  # what git leaves of a merge
MAX_DEPTH = 30  # of lists and mappings inside one another; params.yaml has seven


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML 1.2 numbers (1e-4 is a float, as in DVC) and no duplicate keys."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError) as error:  # e.g. of the date 2020-99-99
            raise yaml.constructor.ConstructorError(
                problem=f"this is no value of its kind: {error}", problem_mark=node.start_mark
            ) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    problem="a key must be a plain word", problem_mark=key_node.start_mark
                )
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"key '{key}' stands twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)[eE][-+]?\d+$"),
    list("-+.0123456789"),
)


@lru_cache(maxsize=1)  # each section of a run is read from the same text
def parse_yaml(text: str) -> Any:
    """The content of a YAML text; the next call may return the same object.

    Raises:
        yaml.YAMLError: it is not YAML, or more of YAML than params.yaml may use.
    """
    _check_merged(text)
    _check_shape(text)
    return yaml.load(text, _Loader)


def _check_merged(text: str) -> None:
    if mark := CONFLICT.search(text):
        line = text.count("\n", 0, mark.start())
        at = yaml.Mark("params.yaml", mark.start(), line, 0, None, 0)
        problem = "an unfinished merge; choose between the marked lines and delete the marks"
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=at)


def _check_shape(text: str) -> None:
    """Refuse what would make a small file a huge or an endless value."""
    depth = 0
    event: Any
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            problem = f"the alias *{event.anchor} is not read; write the value out"
        elif depth > MAX_DEPTH:
            problem = f"more than {MAX_DEPTH} lists or mappings lie in one another"
        else:
            continue
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
