"""Which regulatory status a product has in areas of the body, as the clinic entered it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mesodesk.domain.bodymap.area_groups import group_of
from mesodesk.domain.bodymap.regions import load_regions
from mesodesk.domain.records.consent import AreaStatus
from mesodesk.domain.records.stock import ProductFields, RegulatoryStatus


@dataclass(frozen=True, slots=True)
class Statuses:
    """What is said of a product in one country.

    `status` and `source` hold for any area; `by_area` is empty where that is all there is to say
    of the areas asked for, else it names each of them.
    """

    status: RegulatoryStatus
    source: str
    by_area: tuple[AreaStatus, ...] = ()


def statuses_in(
    product: ProductFields, told_in: str, jurisdiction: str, areas: Sequence[str]
) -> Statuses:
    """Return what the catalogue says of a product in a country, for areas of the body.

    What stands for one region goes before what stands for any area, a line of the country before
    the status of the product itself. What nobody entered is unknown.

    Args:
        product: of the catalogue.
        told_in: in which country the clinic was when the status of the product itself was typed;
            empty if the clinic had not said by then.
        jurisdiction: ISO 3166 code of the clinic's country, empty if it has not said.
        areas: groups of regions.
    """
    status, source = _anywhere(product, told_in, jurisdiction)
    apart = {
        each.area: (each.status, each.source)
        for each in product.statuses
        if each.jurisdiction == jurisdiction and each.area
        if (each.status, each.source) != (status, source)
    }
    told = {area: [code for code in apart if group_of(code) == area] for area in areas}
    if not any(told.values()):
        return Statuses(status, source)
    by_area: list[AreaStatus] = []
    for area, codes in told.items():
        by_area += (AreaStatus(area, code, *apart[code]) for code in codes)
        if set(_codes(area)) - set(codes):
            by_area.append(AreaStatus(area, "", status, source))
    return Statuses(status, source, tuple(by_area))


def _anywhere(
    product: ProductFields, told_in: str, jurisdiction: str
) -> tuple[RegulatoryStatus, str]:
    for each in product.statuses:
        if each.jurisdiction == jurisdiction and not each.area:
            return each.status, each.source
    if told_in in ("", jurisdiction):
        return product.status, product.status_source
    return RegulatoryStatus.UNKNOWN, ""


def _codes(area: str) -> Iterator[str]:
    return (region.code for region in load_regions().values() if region.group == area)
