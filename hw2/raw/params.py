"""The section ``starter`` of params.yaml."""

from pydantic import Field

from hw2.core.params import Section


class StarterSettings(Section):
    """Sizes of the embedded data set; digits are counted for each of the three domains.

    Attributes:
        seed: of the drawings. It is not that of the trainings, so that those with another seed
            have the same data.
    """

    seed: int = Field(ge=0)
    faces_train: int = Field(ge=1)
    faces_val: int = Field(ge=1)
    digits_train: int = Field(ge=10)
    digits_val: int = Field(ge=10)


class PublicSettings(Section):
    """Sizes of the data set that `hw2 data make-public` builds, by default those of 2022."""

    faces_train: int = Field(ge=1)
    faces_val: int = Field(ge=1)
    mnistm_train: int = Field(ge=1)
    mnistm_val: int = Field(ge=1)
    svhn_train: int = Field(ge=1)
    svhn_val: int = Field(ge=1)
    usps_train: int = Field(ge=1)
    usps_val: int = Field(ge=1)
