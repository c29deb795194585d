"""`python -m benchmarks.anchors.orm`: the bare window after SQLAlchemy with 25 declared classes.

What a Python program with a database and a window pays when it imports everything first.
"""

import sys
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, configure_mappers, mapped_column, relationship

from benchmarks.anchors import bare

CLASSES, COLUMNS = 25, 10


class Base(DeclarativeBase):
    """The tables of the anchor."""


def declare_classes() -> list[type[Base]]:
    """Return 25 configured classes of ten typed columns, each referring to the one before."""
    classes: list[type[Base]] = []
    for number in range(CLASSES):
        types: dict[str, Any] = {f"text_{column}": Mapped[str] for column in range(COLUMNS)}
        members: dict[str, Any] = {
            "__tablename__": f"table_{number}",
            "__annotations__": {"id": Mapped[int], **types},
            "id": mapped_column(primary_key=True),
        }
        if number:
            members["__annotations__"]["parent_id"] = Mapped[int]
            members["parent_id"] = mapped_column(ForeignKey(f"table_{number - 1}.id"))
            members["parent"] = relationship(classes[-1])
        classes.append(type(f"Class{number}", (Base,), members))
    configure_mappers()
    return classes


if __name__ == "__main__":
    declared = declare_classes()  # kept: the registry holds them weakly
    sys.exit(bare.main())
