"""The views of `photo_views.toml`: what a photograph shows, and from where."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mesodesk.domain.clinical_files import (
    Entry,
    Source,
    by_id,
    folder,
    load_sources,
    need_known,
    read,
)
from mesodesk.domain.texts import LocalText


@dataclass(frozen=True, slots=True)
class Angle:
    """From where a photograph is taken; left and right are the patient's own."""

    id: str
    name: LocalText
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """What a photograph shows, and the angles that are offered for it, in their order."""

    id: str
    name: LocalText
    angles: tuple[Angle, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class PhotoViews:
    """All views; `same_again` is what makes two photographs comparable, in words."""

    areas: Mapping[str, Area]
    angles: Mapping[str, Angle]
    same_again: LocalText

    def name(self, area: str, angle: str, language: str) -> str:
        """Return what a view is called; ids that are not known any more stand for themselves."""
        shown, seen = self.areas.get(area), self.angles.get(angle)
        return (
            f"{shown.name.get(language) if shown else area}"
            f" · {seen.name.get(language) if seen else angle}"
        )

    def order(self, area: str, angle: str) -> tuple[int, int]:
        """Return the place of a view among all, for sorting."""
        areas, angles = [*self.areas], [*self.angles]
        return (
            areas.index(area) if area in self.areas else len(areas),
            angles.index(angle) if angle in self.angles else len(angles),
        )


@cache
def load_photo_views(path: Path | None = None) -> PhotoViews:
    """Return the views of a file; by default those shipped.

    Raises:
        ClinicalDataError: if the file is wrong.
    """
    file = read(path or folder() / "photo_views.toml")
    sources = load_sources()
    angles = by_id(file, (_angle(entry, sources) for entry in file.tables("angle")))
    areas = by_id(file, (_area(entry, angles, sources) for entry in file.tables("area")))
    again = file.table("same_again")
    again.sources(sources)
    text = again.local("text")
    again.done()
    file.whole("version")
    file.done()
    return PhotoViews(areas, angles, text)


def _angle(entry: Entry, sources: Mapping[str, Source]) -> Angle:
    angle = Angle(entry.text("id"), entry.local("name"), entry.sources(sources))
    entry.done()
    return angle


def _area(entry: Entry, angles: Mapping[str, Angle], sources: Mapping[str, Source]) -> Area:
    named = entry.strings("angles")
    if not named:
        raise entry.wrong("has no `angles`")
    need_known(entry, "angles", named, angles)
    area = Area(
        entry.text("id"),
        entry.local("name"),
        tuple(angles[each] for each in named),
        entry.sources(sources),
    )
    entry.done()
    return area
