"""Schemas of which a vault is kept; see `tools/golden_vault.py`."""

from pathlib import Path

import pytest

from mesodesk.db.upgrade import head_revision

KEPT = tuple(
    sorted(path.stem for path in (Path(__file__).parents[1] / "data" / "schemas").glob("*.zip"))
)
OLDER = tuple(one for one in KEPT if one < head_revision())
NEWEST_OLD = OLDER[-1]

EACH_OLDER = (
    *(pytest.param(one, marks=pytest.mark.long) for one in OLDER if one != NEWEST_OLD),
    NEWEST_OLD,
)
"""All that are older than the program's: the newest of them always, the rest in the long set."""
