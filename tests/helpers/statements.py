"""Has every vault that a test opens use what was compiled of statements for those before it.

The program compiles a statement once for each opening of a vault, and lets go of it with the vault:
what was compiled first holds the values it was asked with. Tests open a vault each, so compiling
took them more time than asking. The SQL and what it is sent with are the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_MOST = 5000


def _is_same(one: object, other: object) -> bool:
    return type(one) is type(other)


def _class_hash(dialect: object) -> int:
    return hash(type(dialect))


@contextmanager
def compiled_once() -> Iterator[None]:
    """Share one cache between all engines: the dialects in its keys count as one."""
    cache: LRUCache[Any, Any] = LRUCache(_MOST)

    create_engine = sqlalchemy.create_engine

    def share(*given: Any, **options: Any) -> Engine:
        made = create_engine(*given, **options)
        made.update_execution_options(compiled_cache=cache)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLiteDialect_pysqlite, "__eq__", _is_same)
        patch.setattr(SQLiteDialect_pysqlite, "__hash__", _class_hash)
        patch.setattr(sqlalchemy, "create_engine", share)
        yield
