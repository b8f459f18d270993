"""What belongs where: a data folder to the list of images that each domain and split holds."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hw2.raw.labels import Table, read_table
from hw2.raw.layouts import (
    DOMAINS,
    UNUSED_TABLES,
    Domain,
    Place,
    expected_paths,
    layout_of,
    places,
    present,
)
from hw2.raw.stores import Store, leaves, open_store, shown


@dataclass(frozen=True)
class Part:
    """The images of one domain and split, found but not yet decoded.

    Attributes:
        names: N file names in `store`, sorted.
        labels: (N,) int64 in 0..9, or None for faces.
    """

    domain: Domain
    split: str
    store: Store
    names: list[str]
    labels: np.ndarray | None


@dataclass
class Scan:
    """What a data folder holds.

    Attributes:
        layout: "2022" or "2021".
        parts: the domains and splits that can be read, wholly or in part.
        problems: one line for each, starting with the path relative to the root.
        notes: oddities that stop nothing.
    """

    layout: str
    parts: list[Part] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def scan(root: Path) -> Scan:
    """List what `root` (the folder of face/ and digits/) holds; no image is opened yet.

    Raises:
        UserError: there is nothing of either layout. All else is a line in `problems`.
    """
    root = Path(root)
    result = Scan(layout_of(root))
    for domain in DOMAINS:
        expected = expected_paths(result.layout, domain)
        folder = root / domain.folder
        if any(present(root, path) for path in expected):
            _scan_domain(root, domain, result)
        elif os.path.isdir(folder) and not os.access(folder, os.R_OK | os.X_OK):
            result.problems.append(f"{domain.folder}: cannot read it: Permission denied")
        else:
            result.problems.append(
                f"{domain.folder}: the whole domain is missing; expected {', '.join(expected)}"
            )
    return result


def _scan_domain(root: Path, domain: Domain, result: Scan) -> None:
    wanted = places(result.layout, domain)
    stores = {path: _store(root, path, result) for path in dict.fromkeys(p.images for p in wanted)}
    tables = {p.split: _table(root, p.table, result) for p in wanted if p.table is not None}
    if len(stores) == 1:
        _check_leak(wanted, tables, result)
    for place in wanted:
        store = stores[place.images]
        if store is not None and store.members:
            part = _part(domain, place, store, tables.get(place.split), result)
            if part.names:
                result.parts.append(part)
    if not any(table.problems for table in tables.values()):
        _note_strays(root, domain, wanted, stores, tables, result)


def _store(root: Path, path: str, result: Scan) -> Store | None:
    store = open_store(root, path)
    if store is None:
        result.problems.append(f"{path}: is missing; expected a folder of PNG files or {path}.zip")
        return None
    result.problems += store.problems
    if not store.members and not store.problems:
        result.problems.append(f"{store.place}: is empty; it holds no PNG file")
    if store.skipped:
        result.notes.append(_left_out(store, store.skipped, "not a PNG file"))
    return store


def _table(root: Path, path: str, result: Scan) -> Table:
    if leaves(root / path, root):
        table = Table(problems=[f"{path}: is a link out of the data folder; copy the file in"])
    else:
        table = read_table(root / path, path)
    result.problems += table.problems
    return table


def _check_leak(wanted: list[Place], tables: dict[str, Table], result: Scan) -> None:
    """Where splits share one folder, a name in both tables is one image in both splits."""
    first, second = (tables[place.split].labels for place in wanted)
    result.problems += [
        f"{wanted[1].table}: {shown(name)} is also in {wanted[0].table}; an image is in one split"
        for name in second
        if name in first
    ]


def _part(domain: Domain, place: Place, store: Store, table: Table | None, result: Scan) -> Part:
    if table is None:
        return Part(domain, place.split, store, sorted(store.members), None)
    result.problems += [
        f"{store.place}/{shown(name)}: is missing; {place.table} lists it"
        for name in table.labels
        if name not in store.members and name not in store.refused
    ]
    names = sorted(name for name in table.labels if name in store.members)
    labels = np.array([table.labels[name] for name in names], dtype=np.int64)
    return Part(domain, place.split, store, names, labels)


def _note_strays(
    root: Path,
    domain: Domain,
    wanted: list[Place],
    stores: dict[str, Store | None],
    tables: dict[str, Table],
    result: Scan,
) -> None:
    """Note the images that no table lists."""
    unused = UNUSED_TABLES.get(result.layout)
    for path, store in stores.items():
        listed = [tables[p.split] for p in wanted if p.images == path and p.table]
        if store is None or not listed:
            continue
        if unused:
            listed.append(read_table(root / domain.folder / unused, unused))
        known = {name for table in listed for name in table.labels}
        strays = sorted(store.members.keys() - known)
        if strays:
            result.notes.append(_left_out(store, strays, "in no table"))


def _left_out(store: Store, names: list[str], why: str) -> str:
    return f"{store.place}: {len(names)} left out ({why}), e.g. {shown(names[0])}"
