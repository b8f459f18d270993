"""Generated faces and digits beside real ones: what trained runs reach, as a file and as tables.

    python -m benchmarks.real_generation [CHECKOUT RUN [--note WORDS]]

CHECKOUT is one in which RUN, a GAN or diffusion model, was trained and scored on real images. Its
scores go to docs/real_generation.csv, in place of older ones of the same run, note, steps, batch
and guidance; then the tables of the pages in docs/ are written anew; without arguments, that alone.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.real_generation_tables import SCORES
from benchmarks.real_pages import GENERATED, write_pages
from hw2.cards.cost import images_of
from hw2.core.errors import UserError, exit_on_user_error
from hw2.core.files import read_json, write_text
from hw2.core.params import read_yaml, resolve_scale
from hw2.report.images import STARTER
from hw2.report.sampler_tables import guidance_words

SCALE = "full"
KEYS = ["family", "run", "note", "steps", "batch", "guidance"]
FAMILIES = ["gan", "diffusion", "real"]
SORTED = ["run", "passes", "steps", "guidance", "note"]


def main() -> None:
    """Read the command line, add what the checkout holds, write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", nargs="?", type=Path, metavar="CHECKOUT")
    parser.add_argument("run", nargs="?", metavar="RUN")
    parser.add_argument("--note", default="", metavar="WORDS", help="how it differs from others")
    given = parser.parse_args()
    with exit_on_user_error():
        if given.checkout is not None:
            if given.run is None:
                raise UserError("name a RUN after the CHECKOUT")
            found = merged(pd.read_csv(GENERATED), row(given.checkout, given.run, given.note))
            write_text(
                GENERATED, found.to_csv(index=False, float_format="%.6g", lineterminator="\n")
            )
        print(", ".join(map(str, write_pages())))


def row(checkout: Path, run: str, note: str) -> dict[str, Any]:
    """What a checkout holds of a run that was trained and scored there.

    Raises:
        UserError: there is none, of another scale, or of the starter data.
    """
    paths = [checkout / f"metrics/{family}/{run}.json" for family in ("gan", "diffusion")]
    path = next((path for path in paths if path.exists()), None)
    if path is None:
        raise UserError(f"{checkout}: no scores of {run} ({' or '.join(map(str, paths))})")
    entry, data = read_json(path), read_json(checkout / "metrics/data.json")
    if entry["scale"] != SCALE or data["source"] == STARTER:
        raise UserError(f"{path}: of scale {entry['scale']} and data '{data['source']}'")
    family = path.parent.name
    params = resolve_scale(read_yaml(checkout / "params.yaml")[family], SCALE, family)
    settings = params["models"][run]
    seen = images_of({**settings, "steps": entry["steps"]})
    return {
        **{"family": family, "run": run, "note": note},
        "passes": seen / data["counts"][settings["data"]]["train"],
        **{"steps": entry["steps"], "batch": settings["batch"], "seed": entry["seed"]},
        **{"guidance": _guidance(entry), "evaluations": entry.get("sample_steps")},
        **{"n": entry["n"], "draws": entry["seeds"], "n_real": entry["n_real"]},
        **{key: entry.get(key) for score in SCORES for key in (score.key, f"{score.key}_std")},
        "hardware": entry["hardware"],
    }


def merged(old: pd.DataFrame, new: Mapping[str, Any]) -> pd.DataFrame:
    """Both, by family and run; of two of the same keys the new one."""
    both = pd.concat([old.fillna({"note": "", "guidance": ""}), pd.DataFrame([new])])
    # A figure that the new row lacks (None) must not make a column of numbers one of objects.
    both = both.infer_objects().drop_duplicates(KEYS, keep="last")
    order = both.family.map(FAMILIES.index)
    return both.assign(order=order).sort_values(["order", *SORTED]).drop(columns="order")


def _guidance(entry: Mapping[str, Any]) -> str:
    """In words; empty where the model has none to tell of."""
    if "guidance" not in entry:
        return ""
    return guidance_words({"guidance_interval": None, "autoguidance": None, **entry})


if __name__ == "__main__":
    main()
