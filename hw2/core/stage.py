"""The command line of a stage script; each run that ends well leaves a note of its time."""

import argparse
import gc
import sys
from collections.abc import Callable
from pathlib import Path

from hw2.core.errors import exit_on_user_error
from hw2.core.provenance import timed


def run_stage(main: Callable[[], None], description: str | None) -> None:
    """Run a stage that takes no argument."""
    _keep_what_is_imported()
    argparse.ArgumentParser(description=description).parse_args()
    with exit_on_user_error(), timed(Path(sys.argv[0])):
        main()


def run_stage_for(main: Callable[[str], None], description: str | None) -> None:
    """Run a stage that takes the name of a run in params.yaml."""
    _keep_what_is_imported()
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("run", help="the run's name in params.yaml")
    name = parser.parse_args().run
    with exit_on_user_error(), timed(Path(sys.argv[0]), name):
        main(name)


def _keep_what_is_imported() -> None:
    """Look for garbage from here on, but never among the 300,000 objects of the imports.

    stages/__init__.py has put the search off while they were made. Python's exit is faster too.
    """
    gc.freeze()
    gc.enable()
