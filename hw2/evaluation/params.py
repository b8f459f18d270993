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

    runs: list[str] = Field(description="adaptation runs to map")
    perplexity: float = Field(gt=0)
    steps: int = Field(ge=250, description="gradient steps of t-SNE")


class EvaluationSettings(Section):
    """What scores need from outside."""

    inception_weights: str | None = Field(description="path to the FID Inception weights")

    @property
    def weights_path(self) -> Path | None:
        """The path, where one is given."""
        return None if self.inception_weights is None else Path(self.inception_weights)
