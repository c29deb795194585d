"""`python -m benchmarks.anchors.orm`: the bare window after SQLAlchemy with 25 mapped classes.

What a Python program with a database and a window pays when it imports everything first.
"""

import sys
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, Text
from sqlalchemy.orm import configure_mappers, registry, relationship
from sqlalchemy.schema import Table

from benchmarks.anchors import bare

CLASSES, COLUMNS = 25, 10


class Mapped:
    """The base of the mapped classes; each refers to the one before it."""


def map_classes() -> None:
    """Declare and configure 25 classes of ten columns in a chain of references."""
    mapper = registry()
    before: type[Mapped] | None = None
    for number in range(CLASSES):
        columns: list[Column[Any]] = [Column("id", Integer, primary_key=True)]
        columns += [Column(f"text_{column}", Text) for column in range(COLUMNS)]
        if before is not None:
            columns.append(Column("parent_id", ForeignKey(f"table_{number - 1}.id")))
        table = Table(f"table_{number}", mapper.metadata, *columns)
        mapped = type(f"Class{number}", (Mapped,), {})
        properties = {} if before is None else {"parent": relationship(before)}
        mapper.map_imperatively(mapped, table, properties=properties)
        before = mapped
    configure_mappers()


if __name__ == "__main__":
    map_classes()
    sys.exit(bare.main())
