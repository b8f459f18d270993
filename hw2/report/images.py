"""Draws every picture of the report below plots/images, from the files of earlier stages."""

from pathlib import Path

from hw2.data.arrays import ImageSet, load_images
from hw2.report.adapt_tables import by_pair
from hw2.report.confusion import confusion_matrix, draw_confusion
from hw2.report.curves import draw_curves
from hw2.report.figure import save_figure, save_image
from hw2.report.grids import digit_grid, face_grid, reverse_strip, row_of
from hw2.report.scatter import draw_maps
from hw2.report.sources import Measurements, RunNames, find, read_columns
from hw2.report.target_curves import draw_target_curves, read_target_curves

STARTER = "starter"
EXAMPLES, EXAMPLE_ZOOM = 8, {"face": 1}
DIGIT_ZOOM = 2


def image_path(family: str, name: str) -> str:
    """Where a picture lies below the root, e.g. ``plots/images/gan/dcgan_faces.png``."""
    return f"plots/images/{family}/{name}.png"


def shows_real_images(measured: Measurements) -> bool:
    """Whether real images may be shown: the licences of all sources but the starter forbid it."""
    return bool(measured.data["source"] == STARTER)


def draw_images(runs: RunNames, measured: Measurements, root: Path) -> None:
    """Write every picture of the page.

    Raises:
        UserError: a file is missing or of another form.
    """
    if shows_real_images(measured):
        for domain in measured.data["counts"]:
            _draw_examples(root, domain)
    for run in measured.faces:
        save_image(face_grid(_samples(root, "gan", run)), root / image_path("gan", f"{run}_faces"))
    for run in measured.digits:
        family = "diffusion" if run in measured.diffusion else "gan"
        samples = _samples(root, family, run)
        grid = digit_grid(samples, f"runs/{family}/{run}/samples.npz")
        save_image(grid, root / image_path(family, f"{run}_digits"))
    for run in runs.diffusion:
        _draw_strip(root, run)
        _draw_confusion(root, "diffusion", run, "digit asked for", "digit the judge read")
    for run in runs.adapt:
        _draw_confusion(root, "adapt", run, "true digit", "predicted digit")
    _draw_confusion(root, "judge", "", "true digit", "digit the judge read")
    for family, names in (("gan", runs.gan), ("diffusion", runs.diffusion), ("adapt", runs.adapt)):
        for run in names:
            _draw_curves(root, family, run)
    for pair, entries in by_pair(measured).items():
        panels = read_target_curves(entries, root)
        if panels:
            path = root / image_path("adapt", f"{pair}_training")
            save_figure(draw_target_curves(panels), path)
    for run in runs.embed:
        _draw_maps(root, run)


def _samples(root: Path, family: str, run: str) -> ImageSet:
    return load_images(find(root, f"runs/{family}/{run}/samples.npz"))


def _draw_examples(root: Path, domain: str) -> None:
    images = load_images(find(root, f"runs/prepared/{domain}_val.npz")).images[:EXAMPLES]
    picture = row_of(images, EXAMPLE_ZOOM.get(domain, DIGIT_ZOOM))
    save_image(picture, root / image_path("data", domain))


def _draw_strip(root: Path, run: str) -> None:
    relative = f"runs/diffusion/{run}/frames.npz"
    picture = reverse_strip(load_images(find(root, relative)), relative)
    save_image(picture, root / image_path("diffusion", f"{run}_reverse"))


def _draw_confusion(root: Path, family: str, run: str, asked: str, read: str) -> None:
    relative = f"plots/confusion/{family}/{run}.csv" if run else f"plots/confusion/{family}.csv"
    counts = confusion_matrix(read_columns(root, relative), relative)
    name = f"{run}_confusion" if run else "confusion"
    save_figure(draw_confusion(counts, asked, read), root / image_path(family, name))


def _draw_curves(root: Path, family: str, run: str) -> None:
    relative = f"plots/curves/{family}/{run}.csv"
    figure = draw_curves(read_columns(root, relative), relative)
    save_figure(figure, root / image_path(family, f"{run}_curves"))


def _draw_maps(root: Path, run: str) -> None:
    relative = f"plots/tsne/{run}.csv"
    figures = draw_maps(read_columns(root, relative), relative)
    for figure, colour in zip(figures, ("digit", "domain"), strict=True):
        save_figure(figure, root / image_path("adapt", f"{run}_by_{colour}"))
