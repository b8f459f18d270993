"""Projects as earlier stages leave them, for every test of the report."""

from pathlib import Path

import pytest
from report_factory import write_project
from report_runs import EVERYTHING


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
