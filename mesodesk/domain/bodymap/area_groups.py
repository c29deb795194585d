"""Groups of regions: the parts of the body as a patient names them, from scalp to foot."""

import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from mesodesk.assets import resources
from mesodesk.domain.bodymap.regions import UNREADABLE, AtlasError, load_regions
from mesodesk.domain.texts import LocalText


@cache
def load_groups() -> Mapping[str, LocalText]:
    """Return what the groups are called, by their ids, from head to foot.

    Raises:
        AtlasError: if the file is missing or damaged.
    """
    try:
        text = tomllib.loads((resources() / "bodymap" / "regions.toml").read_text("utf-8"))
        names = {group: LocalText.of(names) for group, names in text["groups"].items()}
        return MappingProxyType(names)
    except (OSError, ValueError, KeyError) as error:
        raise AtlasError(UNREADABLE) from error


def group_name(group: str, language: str) -> str:
    """Return what a group is called; one that the atlas no longer knows keeps its id."""
    known = load_groups().get(group)
    return group if known is None else known.get(language)


def group_of(region_key: str) -> str:
    """Return the group of a region, on whichever side; empty if the atlas no longer knows it."""
    return _groups_by_code().get(region_key.partition(".")[0], "")


@cache
def _groups_by_code() -> Mapping[str, str]:
    return MappingProxyType({region.code: region.group for region in load_regions().values()})
