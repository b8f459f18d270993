"""Settings of augmentations that lie between two ends."""

import math


def check_bounds(low: float, high: float = math.inf, **settings: float) -> None:
    """Nothing, if each lies between `low` and `high` or is one of them.

    Raises:
        ValueError: names the first that does not.
    """
    for name, value in settings.items():
        if not low <= value <= high:
            end = f"and {high:g}" if high < math.inf else "and any number above"
            raise ValueError(f"{name} is {value:g}; it lies between {low:g} {end}")
