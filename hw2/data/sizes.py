"""Sides of the stored images, and how many digits there are."""

CLASSES = 10


def stored_size(domain: str) -> int:
    """Side in pixels of a domain's prepared images, and of the images generated in their place."""
    return 64 if domain == "face" else 28
