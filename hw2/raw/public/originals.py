"""The published files: their names, addresses and checksums, and where they are on this machine."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from hw2.core.download import Checksum, fetch
from hw2.core.errors import UserError
from hw2.core.vision import torchvision
from hw2.raw.public.readers import CELEBA_FOLDER

MNIST, SVHN, USPS, BSDS500, CELEBA = "MNIST", "SVHN", "USPS", "BSDS500", "CelebA"
DRIVE = "https://drive.google.com/uc?id="
# In bytes, as the hosts state them; only for the estimate of the space that is needed.
SIZES = {
    "train-images-idx3-ubyte.gz": 9_912_422,
    "train-labels-idx1-ubyte.gz": 28_881,
    "t10k-images-idx3-ubyte.gz": 1_648_877,
    "t10k-labels-idx1-ubyte.gz": 4_542,
    "train_32x32.mat": 182_040_794,
    "test_32x32.mat": 64_275_384,
    "usps.bz2": 6_579_383,
    "usps.t.bz2": 1_831_726,
    "BSR_bsds500.tgz": 70_763_455,
    "img_align_celeba.zip": 1_443_490_838,
    "list_eval_partition.txt": 2_836_386,
}
# Of Arbelaez et al. 2011. Berkeley publishes no checksum; this one and the size stand in several
# independent projects that use the archive.
BSDS500_URL = (
    "https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/BSR/BSR_bsds500.tgz"
)
BSDS500_SHA256 = "97e49d31764f3912f0c4122707d53062ac9e783ba0f095e447a4d53c1a41af8e"


class Original(NamedTuple):
    """One published file.

    Attributes:
        name: its usual name.
        folder: where torchvision keeps it, relative to a root; "" for the root itself.
        url: its address.
        checksum: the one that torchvision, or else the literature, states.
    """

    name: str
    folder: str
    url: str
    checksum: Checksum


def published() -> dict[str, list[Original]]:
    """Every file that is needed, by data set, in reading order: train before test."""
    sets = torchvision.datasets
    mnist, celeba = sets.MNIST, sets.CelebA
    return {
        MNIST: [
            Original(name, "MNIST/raw", mnist.mirrors[0] + name, Checksum("md5", md5))
            for name, md5 in mnist.resources
        ],
        SVHN: [_from_split_list(sets.SVHN, split) for split in ("train", "test")],
        USPS: [_from_split_list(sets.USPS, split) for split in ("train", "test")],
        BSDS500: [Original("BSR_bsds500.tgz", "", BSDS500_URL, Checksum("sha256", BSDS500_SHA256))],
        CELEBA: [
            Original(name, celeba.base_folder, DRIVE + drive_id, Checksum("md5", md5))
            for drive_id, md5, name in celeba.file_list
            if name in SIZES
        ],
    }


def _from_split_list(dataset: type[torchvision.datasets.VisionDataset], split: str) -> Original:
    url, name, md5 = dataset.split_list[split]
    return Original(name, "", url, Checksum("md5", md5))


def find(original: Original, root: Path) -> Path | None:
    """The file under `root`, at its top or where torchvision keeps it; None where it is not."""
    places = [root / original.name, root / original.folder / original.name]
    if original.name == f"{CELEBA_FOLDER}.zip":  # unpacked it serves as well
        places += [place.with_suffix("") for place in places]
    return next((place for place in places if place.exists()), None)


def missing_bytes(originals: Iterable[Original], root: Path) -> int:
    """About how many bytes have to be downloaded to `root`."""
    return sum(SIZES[one.name] for one in originals if find(one, root) is None)


def obtain(original: Original, root: Path, progress: bool) -> Path:
    """The path of the file under `root`, downloaded if it is not there, and checked.

    An unpacked folder of CelebA has no checksum; its images are checked as they are read.

    Raises:
        UserError: it cannot be downloaded, or what lies there is another file.
    """
    path = find(original, root)
    if path is not None and path.is_dir():
        return path
    destination = path or root / original.folder / original.name
    if path is None and original.url.startswith(DRIVE):
        _fetch_from_drive(original, destination)
    fetch(original.url, destination, original.checksum, original.name, progress)
    return destination


def _fetch_from_drive(original: Original, destination: Path) -> None:
    """CelebA lies on Google Drive, which asks back and counts downloads; torchvision knows how."""
    try:
        torchvision.datasets.utils.download_file_from_google_drive(
            original.url.removeprefix(DRIVE),
            destination.parent,
            destination.name,
            original.checksum.digits,
        )
    except Exception as error:  # noqa: BLE001  # gdown, which may be absent, has errors of its own
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise UserError(
            f"{original.name}: cannot download it from Google Drive: {reason}. Fetch "
            f"img_align_celeba.zip and list_eval_partition.txt in a browser (from "
            f"https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html), put both into "
            f"{destination.parent}, and run this again"
        ) from None
