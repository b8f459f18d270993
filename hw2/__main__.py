"""``python -m hw2``: the command ``hw2``."""

from hw2.cli import main

main()
