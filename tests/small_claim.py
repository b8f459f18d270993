"""A claim about two arms, whose verdict can be worked out by hand."""

from typing import Any

from hw2.claims.definition import Claim

SMALL: dict[str, Any] = {
    "report": "004",
    "claim": "Skipping breaks DDPM.",
    "expectation": "The judge reads badly.",
    "family": "diffusion",
    "cost": "sampling",
    "seeds": [0, 1],
    "metrics": {"accuracy": "judge_accuracy"},
    "arms": {
        "right": {"run": "context_unet"},
        "naive": {"run": "context_unet", "set": {"diffusion.models.context_unet.guidance": 1.0}},
    },
    "needs": ["right.accuracy > 0.5"],
    "confirmed_by": ["naive.accuracy < right.accuracy - 0.3"],
    "refuted_by": ["naive.accuracy > right.accuracy - 0.1"],
}


def small(**changes: Any) -> Claim:
    return Claim.model_validate({**SMALL, **changes})
