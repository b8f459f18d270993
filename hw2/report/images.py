"""Draws every picture of the report below plots/, from the files of earlier stages."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from hw2.core.cores import cores
from hw2.core.errors import UserError
from hw2.core.files import read_arrays
from hw2.data.arrays import ImageSet, load_images
from hw2.report.adapt_tables import by_pair
from hw2.report.animation import process_frames, save_animation
from hw2.report.confusion import confusion_matrix, draw_confusion
from hw2.report.curves import draw_curves
from hw2.report.figure import save_figure, save_image
from hw2.report.grids import digit_grid, face_grid, pairs_grid, reverse_strip, row_of
from hw2.report.sampler_figure import draw_samplers
from hw2.report.scatter import draw_maps
from hw2.report.sources import Measurements, Metrics, RunNames, find, read_columns
from hw2.report.table import pair_words, words
from hw2.report.target_curves import draw_target_curves, read_target_curves

STARTER = "starter"
EXAMPLES, EXAMPLE_ZOOM = 8, {"face": 1}
DIGIT_ZOOM = 2
STRIP_SIDE = 128  # at most, of an image in the strip of the reverse process


def image_path(family: str, name: str) -> str:
    """Where a picture lies below the root, e.g. ``plots/images/gan/dcgan_faces.png``."""
    return f"plots/images/{family}/{name}.png"


def animation_path(run: str) -> str:
    """Where a diffusion run's moving picture lies below the root.

    Not among the images: `dvc plots` shows that folder and does not know WebP.
    """
    return f"plots/animations/{run}.webp"


def shows_real_images(measured: Measurements) -> bool:
    """Whether real images may be shown: the licences of all sources but the starter forbid it."""
    return bool(measured.data["source"] == STARTER)


def draw_images(runs: RunNames, measured: Measurements, root: Path) -> None:
    """Write every picture of the page, on all cores.

    Raises:
        UserError: a file is missing or of another form.
    """
    pictures = list(_pictures(runs, measured, root))
    with ProcessPoolExecutor(max_workers=cores()) as workers:
        drawn = [workers.submit(draw) for draw in pictures]
        for one in tqdm(drawn, desc="report", unit="picture", disable=None):
            one.result()


def _pictures(runs: RunNames, measured: Measurements, root: Path) -> Iterator[Callable[[], None]]:
    """One function a picture, that draws it; none needs another."""
    data = f"{measured.data['source']} data"
    if shows_real_images(measured):
        for domain in measured.data["counts"]:
            yield partial(_draw_examples, root, domain)
    for run in measured.faces:
        family = measured.family(run)
        yield partial(_draw_faces, root, family, run)
        if shows_real_images(measured):
            yield partial(_draw_neighbours, root, family, run, 1)
    for run in measured.digits:
        family = measured.family(run)
        yield partial(_draw_digits, root, family, run)
        if shows_real_images(measured):
            yield partial(_draw_neighbours, root, family, run, DIGIT_ZOOM)
    for run in runs.diffusion:
        yield partial(_draw_strip, root, run)
        yield partial(_draw_process, root, run)
    yield from _charts(runs, measured, root, data)


def _charts(
    runs: RunNames, measured: Measurements, root: Path, data: str
) -> Iterator[Callable[[], None]]:
    """The drawn ones, whose titles name the data."""
    judged = "digit the judge read"
    for run in (run for run in runs.diffusion if run in measured.digits):
        title = f"{run}, {data}"
        yield partial(_draw_confusion, root, f"diffusion/{run}", "digit asked for", judged, title)
    for run in runs.adapt:
        read = "predicted digit"
        title = f"{_adapt_title(measured.adapt[run])}, {data}"
        yield partial(_draw_confusion, root, f"adapt/{run}", "true digit", read, title)
    title = f"judge on real {words(measured.params['judge']['domain'])} val digits, {data}"
    yield partial(_draw_confusion, root, "judge", "true digit", judged, title)
    for family in ("gan", "diffusion", "adapt"):
        for run in getattr(runs, family):
            name = _adapt_title(measured.adapt[run]) if family == "adapt" else run
            yield partial(_draw_curves, root, f"{family}/{run}", f"{name}, {data}")
    for pair, entries in by_pair(measured).items():
        yield partial(_draw_target_curves, root, pair, entries, f"{pair_words(pair)}, {data}")
    for run in runs.compared:
        yield partial(_draw_samplers, root, run, measured, f"samplers of {run}, {data}")
    for run in runs.embed:
        yield partial(_draw_maps, root, run, f"{_adapt_title(measured.adapt[run])}, {data}")


def _adapt_title(entry: Metrics) -> str:
    return f"{entry['net']} {words(entry['method'])}, {pair_words(entry['pair'])}"


def _draw_faces(root: Path, family: str, run: str) -> None:
    save_image(face_grid(_samples(root, family, run)), root / image_path(family, f"{run}_faces"))


def _draw_digits(root: Path, family: str, run: str) -> None:
    grid = digit_grid(_samples(root, family, run), f"runs/{family}/{run}/samples.npz")
    save_image(grid, root / image_path(family, f"{run}_digits"))


def _draw_neighbours(root: Path, family: str, run: str, zoom: int) -> None:
    relative = f"runs/{family}/{run}/neighbours.npz"
    arrays = read_arrays(find(root, relative))
    if not {"generated", "nearest"} <= set(arrays):
        raise UserError(f"{relative}: no arrays generated and nearest; delete it, run dvc repro")
    picture = pairs_grid(arrays["generated"], arrays["nearest"], zoom)
    save_image(picture, root / image_path(family, f"{run}_neighbours"))


def _draw_target_curves(root: Path, pair: str, entries: list[Metrics], title: str) -> None:
    panels = read_target_curves(entries, root)
    if panels:
        figure = draw_target_curves(panels, title)
        save_figure(figure, root / image_path("adapt", f"{pair}_training"))


def _samples(root: Path, family: str, run: str) -> ImageSet:
    return load_images(find(root, f"runs/{family}/{run}/samples.npz"))


def _draw_examples(root: Path, domain: str) -> None:
    images = load_images(find(root, f"runs/prepared/{domain}_val.npz")).images[:EXAMPLES]
    picture = row_of(images, EXAMPLE_ZOOM.get(domain, DIGIT_ZOOM))
    save_image(picture, root / image_path("data", domain))


def _draw_strip(root: Path, run: str) -> None:
    relative = f"runs/diffusion/{run}/frames.npz"
    frames = load_images(find(root, relative))
    picture = reverse_strip(frames, relative, STRIP_SIDE // frames.images.shape[1])
    save_image(picture, root / image_path("diffusion", f"{run}_reverse"))


def _draw_process(root: Path, run: str) -> None:
    relative = f"runs/diffusion/{run}/process.npz"
    frames = process_frames(load_images(find(root, relative)), relative)
    save_animation(frames, root / animation_path(run))
    save_image(Image.fromarray(frames[-1]), root / image_path("diffusion", f"{run}_process"))


def _draw_confusion(root: Path, name: str, asked: str, read: str, title: str) -> None:
    relative = f"plots/confusion/{name}.csv"
    counts = confusion_matrix(read_columns(root, relative), relative)
    family, _, run = name.partition("/")
    picture = image_path(family, f"{run}_confusion" if run else "confusion")
    save_figure(draw_confusion(counts, asked, read, title), root / picture)


def _draw_curves(root: Path, name: str, title: str) -> None:
    relative = f"plots/curves/{name}.csv"
    figure = draw_curves(read_columns(root, relative), relative, title)
    family, _, run = name.partition("/")
    save_figure(figure, root / image_path(family, f"{run}_curves"))


def _draw_samplers(root: Path, run: str, measured: Measurements, title: str) -> None:
    figure = draw_samplers(measured.samplers[run], measured.judge["accuracy"], title)
    save_figure(figure, root / image_path("diffusion", f"{run}_samplers"))


def _draw_maps(root: Path, run: str, title: str) -> None:
    relative = f"plots/tsne/{run}.csv"
    figures = draw_maps(read_columns(root, relative), relative, title)
    for figure, colour in zip(figures, ("digit", "domain"), strict=True):
        save_figure(figure, root / image_path("adapt", f"{run}_by_{colour}"))
