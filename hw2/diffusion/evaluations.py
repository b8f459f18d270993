"""How often a sampler evaluates the network."""

from hw2.core.lookup import find

SAMPLERS = "hw2.diffusion.samplers"


def steps_and_evaluations(method: str, asked: int) -> tuple[int, int]:
    """The steps of a sampler that may evaluate the network `asked` times, and how often it does.

    The step to the image evaluates it once, each other of Heun's method twice: 20 become 19.
    """
    each = getattr(find(SAMPLERS, method), "EVALUATIONS", 1)
    steps = 1 + (asked - 1) // each
    return steps, each * (steps - 1) + 1


def takes_every_step(method: str) -> bool:
    """Whether its update is right for single steps alone, so that it leaves out none."""
    return getattr(find(SAMPLERS, method), "EVERY_STEP", False)
