"""Read the raw data once: data/ -> one array file for each domain and split."""

from hw2.core.files import write_json
from hw2.core.lock import hold
from hw2.core.params import read_section
from hw2.core.paths import DATA, DATA_METRICS, PREPARED
from hw2.core.stage import run_stage
from hw2.raw.layouts import root_of
from hw2.raw.prepare import PrepareSettings, fingerprint, prepare


def main() -> None:
    hold("prepare")
    grey = read_section(PrepareSettings, "prepare").grey
    root, source = root_of(DATA)
    found = prepare(root, PREPARED, workers=None, progress=True, grey=grey)
    facts = {"source": source, "layout": found["layout"], "counts": found["images"]}
    facts["sha256"] = fingerprint(PREPARED)
    write_json(DATA_METRICS, facts | ({"grey": grey} if grey else {}))


if __name__ == "__main__":
    run_stage(main, __doc__)
