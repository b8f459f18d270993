"""A run's pictures, as far as they were drawn: links from docs/models/ to plots/images/."""

from hw2.cards.facts import FACES, Run
from hw2.report.images import image_path

# The end of a picture's name, and what it shows.
KINDS = {
    "faces": "The first 32 faces, not selected",
    "digits": "The first ten of each digit, not selected; a row for each digit asked for",
    "reverse": "From noise, at the left, to the first “0”",
    "by_digit": "t-SNE map of the features of val images, coloured by digit",
    "by_domain": "The same map, coloured by domain",
    "samplers": "Judge accuracy and diversity by sampler, against evaluations of the network",
    "confusion": "Confusion matrix: the digit that was true, or asked for, and the one read",
    "curves": "Training curves",
}
# Where the runs of one kind draw something else.
OF_KIND = {(FACES, "reverse"): "From noise, at the left, to the first face"}


def pictures(run: Run) -> str:
    """The section; says so where there is no picture."""
    shown = []
    for end, of_most in KINDS.items():
        path = image_path(run.family, f"{run.name}_{end}")
        caption = OF_KIND.get((run.kind, end), of_most)
        if (run.project.root / path).is_file():
            shown.append(f"![{caption}: {run.name}](../../{path})\n\n*{caption}.*")
    return "\n\n".join(shown) or "None is drawn yet: `dvc repro report` draws them."
