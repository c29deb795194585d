"""All tables at once: what a write needs for its foreign keys, and migrations to compare with."""

import importlib
import pkgutil

import sqlalchemy as sa
from sqlalchemy.schema import SchemaItem

import mesodesk.db.models
from mesodesk.db.base import Base


def full_metadata() -> sa.MetaData:
    """Import every module of models and return the metadata of all their tables."""
    for module in pkgutil.iter_modules(mesodesk.db.models.__path__):
        importlib.import_module(f"{mesodesk.db.models.__name__}.{module.name}")
    return Base.metadata


def is_ours(
    _item: SchemaItem, name: str | None, kind: str, reflected: bool, _other: SchemaItem | None
) -> bool:
    """Tell tables that models describe from full-text indexes and their shadow tables."""
    return not (kind == "table" and reflected and name is not None and "_fts" in name)
