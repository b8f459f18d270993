"""A data set in the 2022 course layout from public originals, one finished domain after another.

A run that was killed goes on with the first domain that is not finished.
"""

from collections.abc import Callable
from pathlib import Path

from hw2.core.seeds import numpy_generator
from hw2.raw.course_folder import write_digits, write_faces
from hw2.raw.layouts import Domain
from hw2.raw.public.domains import make_faces, make_mnistm, make_svhn, make_usps
from hw2.raw.public.manifest import begin, finish, is_finished, open_manifest
from hw2.raw.public.originals import missing_bytes, obtain
from hw2.raw.public.photographs import Photographs, survey
from hw2.raw.public.request import Request
from hw2.raw.public.space import check_space

PNG_OVERHEAD = 300  # bytes that a PNG file in an archive takes over its pixels, at most


def build(request: Request, say: Callable[[str], object], progress: bool) -> None:
    """Make what is not yet there; the same request gives the same bytes.

    Images lie in one uncompressed zip archive a folder, which every reader of a layout accepts.

    Args:
        say: told in a line what became of each domain.
        progress: draw bars on stderr, if that is a terminal.

    Raises:
        UserError: the folder is not ours or was begun by another recipe, an original is missing
            or is another file, or there is not enough space.
    """
    photographs = None
    if request.backgrounds and "mnistm" in request.only:
        photographs = survey(request.backgrounds)
    manifest = open_manifest(request.out)
    left = []
    for domain in request.domains():
        recipe = request.recipe(domain.name, photographs)
        if is_finished(request.out, manifest, domain.name, recipe):
            say(f"{domain.folder}: {_summary(request, domain)}, already there")
        else:
            left.append(domain)
    _check_space(request, left)
    begin(request.out, manifest)
    for domain in left:
        wanted = request.files(domain.name)
        files = {one.name: obtain(one, request.root, progress) for one in wanted}
        written = _make(request, domain, list(files.values()), photographs, progress)
        unchecked = [name for name, path in files.items() if path.is_dir()]
        recipe = request.recipe(domain.name, photographs)
        finish(request.out, manifest, domain.name, recipe, written, unchecked)
        say(f"{domain.folder}: {_summary(request, domain)}, made")


def _summary(request: Request, domain: Domain) -> str:
    return ", ".join(f"{count} {split}" for split, count in request.counts(domain.name).items())


def _check_space(request: Request, domains: list[Domain]) -> None:
    originals = [one for domain in domains for one in request.files(domain.name)]
    size = sum(
        sum(request.counts(domain.name).values()) * (3 * domain.size**2 + PNG_OVERHEAD)
        for domain in domains
    )
    check_space({request.root: missing_bytes(originals, request.root), request.out: size})


def _make(
    request: Request,
    domain: Domain,
    files: list[Path],
    photographs: Photographs | None,
    progress: bool,
) -> list[str]:
    """Make one domain from its originals; the paths of its files, relative to ``request.out``."""
    folder = request.out / domain.folder
    for litter in folder.glob(".*.tmp"):  # of a run that was killed
        litter.unlink()
    counts = request.counts(domain.name)
    generator = numpy_generator(request.seed, "public", domain.name)
    if domain.name == "face":
        images, partition = files
        faces = make_faces(images, partition, counts, domain.size, generator, progress)
        for split, cropped in faces.items():
            write_faces(folder, split, cropped, progress)
    elif domain.name == "mnistm":
        photographs = photographs or survey(files[4:])
        digits = make_mnistm(files[:4], photographs, counts, generator)
        write_digits(folder, digits["train"], digits["val"], progress)
    else:
        make = {"svhn": make_svhn, "usps": make_usps}[domain.name]
        digits = make(files, counts, domain.size, generator)
        write_digits(folder, digits["train"], digits["val"], progress)
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    return [path.relative_to(request.out).as_posix() for path in paths]
