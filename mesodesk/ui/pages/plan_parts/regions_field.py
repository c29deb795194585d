"""Regions of the body, chosen by name: a line to search in, a chip for each that was taken."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.bodymap.regions import Region, Side, load_regions, named, named_together
from mesodesk.ui.widgets.choices import Option
from mesodesk.ui.widgets.chosen import ChosenField

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class RegionsField(ChosenField):
    """Any number of regions; one of both sides can be taken at once. `edited` tells of a change."""

    def __init__(self, object_name: str, language: str, parent: QWidget | None = None) -> None:
        super().__init__(
            object_name,
            _tr("Add a region"),
            _options(language),
            partial(_name, language=language),
            _tr("Abdomen, outer thigh ..."),
            parent,
        )


def _name(key: str, *, language: str) -> str:
    return named((key,), language)[0]


def _options(language: str) -> list[Option]:
    """Return each region, and before the two sides of one both at once."""
    by_code: dict[str, list[Region]] = {}
    for region in load_regions().values():
        by_code.setdefault(region.code, []).append(region)
    options: list[Option] = []
    for regions in by_code.values():
        if any(each.side is Side.LEFT for each in regions):
            keys = tuple(each.key for each in regions)
            options.append(Option(keys, named_together(keys, language)[0]))
        options += [Option((each.key,), each.name(language)) for each in regions]
    return options


def _tr(text: str) -> str:
    return QCoreApplication.translate("plans", text)
