"""How a region of the atlas relates to a region that a clinical file names."""

from collections.abc import Iterable


def is_part_of(region: str, whole: str) -> bool:
    """Whether a region is the one named, or one side or part of it: `thigh_front_left`, `thigh`."""
    return region == whole or region.startswith((f"{whole}_", f"{whole}.", f"{whole}:"))


def any_part_of(regions: Iterable[str], wholes: Iterable[str]) -> bool:
    """Whether one of the regions is, or lies in, one of those named."""
    named = tuple(wholes)
    return any(is_part_of(region, whole) for region in regions for whole in named)
