"""What a run is for and what not, and the data that it learned from."""

from hw2.cards.facts import DIGITS, DOMAINS, FACES, Run
from hw2.cards.markdown import untitled
from hw2.report.images import STARTER
from hw2.report.table import Table, data_words, words

USES = {
    FACES: (
        "For studying the method and comparing it with others on equal data, N and budget. Not for "
        "passing generated faces off as photographs, nor for anything that is decided about people."
    ),
    DIGITS: (
        "For studying the method and comparing it with others on equal data, N and budget. Not as "
        "labelled training data without a look at what the judge reads in it."
    ),
    DOMAINS: (
        "For studying adaptation between these two domains: it labels single, centred 28x28 "
        "digits. Not for reading house numbers, postcodes or forms: nothing else was ever scored, "
        "and it always answers with a digit."
    ),
}
COMMANDS = {
    FACES: "hw2 sample {run} OUT",
    DIGITS: "hw2 sample {run} OUT",
    DOMAINS: "hw2 predict {run} IMAGES OUT.csv",
}
OWN = "own"  # whatever is no starter set
LICENCES = {
    STARTER: (
        "The starter set is made of what scikit-learn and matplotlib ship, and under their "
        "licences: handwriting, fonts, two photographs; its faces are drawn and of nobody. The "
        "code is MIT; weights are not in the repository."
    ),
    OWN: (
        "The data’s own licences hold (CelebA and SVHN may not be passed on), so that only "
        "generated images are shown. The code is MIT; weights are not in the repository, and "
        "whoever passes some on has to look at the data’s terms first."
    ),
}


def use(run: Run) -> str:
    """The section on use."""
    return f"{USES[run.kind]}\n\n    {COMMANDS[run.kind].format(run=run.name)}"


def data(run: Run) -> str:
    """The section on data: which, how many images, whose labels are used, licence."""
    facts = run.project.measured.data
    domains = _domains(run)
    rows = [
        [
            words(domain),
            role,
            *(f"{facts['counts'][domain][split]:,}" for split in ("train", "val")),
        ]
        for domain, role in domains.items()
    ]
    caption = f"Images after preparation; data: {data_words(facts)}."
    licence = LICENCES[STARTER if facts["source"] == STARTER else OWN]
    table = Table("", ["Domain", "Used for", "Train", "Val"], rows, caption, 2)
    return f"{untitled(table)}\n\n{licence}"


def _domains(run: Run) -> dict[str, str]:
    """What each domain is used for."""
    settings = run.settings
    if run.kind != DOMAINS:
        return {settings["data"]: "training, with labels" if run.kind == DIGITS else "training"}
    labelled, unlabelled = "training, with labels", "training, without labels"
    by_method = {
        "source_only": (labelled, "scores alone"),
        "target_only": ("scores alone", labelled),
    }
    source, target = by_method.get(settings["method"], (labelled, unlabelled))
    return {settings["source"]: source, settings["target"]: target}
