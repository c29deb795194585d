"""Reads `stock.toml`: days of opened containers, warnings, clusters, the letter of a recall."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from mesodesk.domain.clinical_files import Entry, folder, load_sources, read
from mesodesk.domain.texts import LocalText

LETTER_TEXTS: Final = (
    "subject",
    "record",
    "opening",
    "why",
    "day_head",
    "area_head",
    "volume_head",
    "not_charted",
    "what_to_do",
    "closing",
)


@dataclass(frozen=True, slots=True)
class StockRules:
    """The rules of the stock, each with its source in words."""

    version: int
    open_days: int
    open_source: str
    single_source: str
    soon: timedelta
    soon_source: str
    cluster_patients: int
    cluster_back: timedelta
    cluster_source: str


@cache
def load_stock_rules(path: Path | None = None) -> StockRules:
    """Return the rules of a file, by default those shipped.

    Raises:
        ClinicalDataError: if the file is wrong; a rule without a source is.
    """
    file = read(path or folder() / "stock.toml")
    multi, single, warning, cluster = (
        file.table(name) for name in ("multi_dose", "single_dose", "warning", "cluster")
    )
    rules = StockRules(
        version=file.whole("version"),
        open_days=_above_zero(multi, "open_days"),
        open_source=_sources(multi),
        single_source=_sources(single),
        soon=timedelta(days=_above_zero(warning, "expires_within_days")),
        soon_source=_sources(warning),
        cluster_patients=_above_zero(cluster, "patients"),
        cluster_back=timedelta(days=_above_zero(cluster, "back_days")),
        cluster_source=_sources(cluster),
    )
    file.table("letter")
    for part in (multi, single, warning, cluster, file):
        part.done()
    return rules


@cache
def load_recall_letter(path: Path | None = None) -> Mapping[str, LocalText]:
    """Return the texts of the letter about a recall.

    Raises:
        ClinicalDataError: if the file is wrong.
    """
    letter = read(path or folder() / "stock.toml").table("letter")
    letter.sources(load_sources())
    texts = {name: letter.local(name) for name in LETTER_TEXTS}
    letter.done()
    return texts


def _above_zero(entry: Entry, key: str) -> int:
    number = entry.whole(key)
    if number == 0:
        raise entry.wrong(f"`{key}` must be above 0")
    return number


def _sources(entry: Entry) -> str:
    return "; ".join(str(source) for source in entry.sources(load_sources()))
