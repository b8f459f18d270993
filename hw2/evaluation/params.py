"""The sections ``judge``, ``embed`` and ``evaluation`` of params.yaml."""

from pathlib import Path

from pydantic import Field

from hw2.core.params import Section


class JudgeSettings(Section):
    """The classifier that reads generated digits."""

    domain: str = Field(description="digits that it learns to read, e.g. 'mnistm'")
    batch: int = Field(ge=2)
    lr: float = Field(gt=0, description="highest learning rate")
    steps: int = Field(ge=1)


class EmbedSettings(Section):
    """t-SNE of features."""

    runs: list[str] = Field(min_length=1, description="adaptation runs to map")
    perplexity: float = Field(gt=0)
    steps: int = Field(ge=250, description="gradient steps of t-SNE")


class EvaluationSettings(Section):
    """How generated images are scored, and what that needs from outside."""

    seeds: int = Field(ge=1, description="draws of samples; a score is their mean and deviation")
    neighbours: int = Field(ge=1, description="k of precision, recall, density and coverage")
    kid_subsets: int = Field(ge=1, description="subsets over which KID is averaged")
    kid_subset_size: int = Field(
        ge=2, description="images in a subset, fewer where there are fewer"
    )
    inception_weights: str | None = Field(description="path to the FID Inception weights")
    judge_weights: str | None = Field(description="path to the course's digit classifier")

    @property
    def weights_path(self) -> Path | None:
        """The path of the Inception weights, where one is given."""
        return None if self.inception_weights is None else Path(self.inception_weights)
