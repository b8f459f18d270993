"""params.yaml with a few of its entries, so that a test rests on no other."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any


def only(params: Mapping[str, Any], kept: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A copy with these entries alone, in which nothing names another.

    Args:
        kept: names by their place, e.g. ``{"gan.models": ["dcgan"]}``; of a place that is not
            named all are kept, but adaptation runs whose network is gone.
    """
    content: dict[str, Any] = copy.deepcopy(dict(params))
    for place, names in kept.items():
        family, group = place.split(".")
        content[family][group] = {name: content[family][group][name] for name in names}
    adapt, embed = content["adapt"], content["embed"]
    adapt["runs"] = {
        name: run for name, run in adapt["runs"].items() if run["net"] in adapt["nets"]
    }
    embed["runs"] = _left(embed["runs"], adapt["runs"])
    for family in ("gan", "diffusion"):
        compared = content[family]["comparison"]
        compared["models"] = _left(compared["models"], content[family]["models"])
    return content


def _left(named: Sequence[str], entries: Mapping[str, Any]) -> list[str]:
    """Those that still exist; where none does, the last entry, for the list may not be empty."""
    return [name for name in named if name in entries] or list(entries)[-1:]
