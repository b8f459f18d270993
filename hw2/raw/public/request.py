"""What is asked for: which domains, how many images, from which originals, by which recipe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw2.raw.layouts import DOMAINS, SPLITS, Domain
from hw2.raw.params import PublicSettings
from hw2.raw.public.originals import BSDS500, CELEBA, MNIST, SVHN, USPS, Original
from hw2.raw.public.photographs import Photographs

# Small ones first; faces, whose originals may have to be fetched by hand, last.
SOURCES = {"usps": USPS, "mnistm": MNIST, "svhn": SVHN, "face": CELEBA}
RECIPES = {
    "usps": "train and test part pooled, drawn at random, resized to 28x28 (bilinear)",
    "mnistm": "train and test part pooled, drawn at random, |background - digit| in each channel, "
    "the background a random 28x28 patch of a random photograph",
    "svhn": "train and test part pooled, drawn at random, resized to 28x28 (bilinear)",
    "face": "drawn at random from CelebA's train part (train) and valid part (val), the middle "
    "178x178 of 178x218, resized to 64x64 (bilinear)",
}


@dataclass(frozen=True)
class Request:
    """What is to be built, and from what.

    Attributes:
        out: the folder that is to hold face/ and digits/.
        only: names of domains (face, mnistm, svhn, usps).
        settings: how many images of each.
        seed: which ones.
        originals: the published files, by data set.
        root: the folder where they are, or are downloaded to.
        backgrounds: folders or archives of photographs; empty for BSDS500.
    """

    out: Path
    only: Sequence[str]
    settings: PublicSettings
    seed: int
    originals: Mapping[str, list[Original]]
    root: Path
    backgrounds: list[Path]

    def domains(self) -> list[Domain]:
        """The wanted domains, in the order in which they are made."""
        order = list(SOURCES)
        wanted = [domain for domain in DOMAINS if domain.name in self.only]
        return sorted(wanted, key=lambda domain: order.index(domain.name))

    def counts(self, name: str) -> dict[str, int]:
        """Images wanted of a domain: split -> count."""
        prefix = "faces" if name == "face" else name
        return {split: getattr(self.settings, f"{prefix}_{split}") for split in SPLITS}

    def files(self, name: str) -> list[Original]:
        """The originals that a domain is made from, in reading order."""
        extra = self.originals[BSDS500] if name == "mnistm" and not self.backgrounds else []
        return [*self.originals[SOURCES[name]], *extra]

    def recipe(self, name: str, photographs: Photographs | None) -> dict[str, Any]:
        """Everything that decides a domain's bytes, as JSON holds it."""
        originals = {one.name: ":".join(one.checksum) for one in self.files(name)}
        if name == "mnistm" and photographs is not None:
            originals["backgrounds"] = f"sha256:{photographs.sha256}"
        counts = self.counts(name)
        return {"how": RECIPES[name], "seed": self.seed, "images": counts, "originals": originals}
