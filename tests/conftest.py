"""How the tests are shared out, and projects as stages leave them, for the tests of the report."""

from pathlib import Path

import pytest
from report_factory import write_project
from report_runs import EVERYTHING

LONGEST = ("test_pipeline.py", "test_same_bytes.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that build everything come first: whoever is done meanwhile takes the others."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else 9)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few runs of each family."""
    root = tmp_path_factory.mktemp("project")
    write_project(root)
    return root


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every run of the five reports, scored without the Inception weights."""
    root = tmp_path_factory.mktemp("everything")
    write_project(root, EVERYTHING, weights=False)
    return root
