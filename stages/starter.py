"""Make the embedded data set: drawn faces and three digit domains, in the course's layout."""

from hw2.core.cores import cores
from hw2.core.params import read_section
from hw2.core.paths import STARTER
from hw2.core.stage import run_stage
from hw2.raw.params import StarterSettings
from hw2.raw.starter.write import StarterCounts, write_starter


def main() -> None:
    settings = read_section(StarterSettings, "starter")
    counts = StarterCounts(**settings.model_dump(exclude={"seed"}))
    write_starter(STARTER, counts, settings.seed, workers=cores())


if __name__ == "__main__":
    run_stage(main, __doc__)
