"""Reads `follow_up.toml`, and refuses what is wrong in it, by its id."""

from collections.abc import Mapping
from pathlib import Path

from mesodesk.domain.answers import Answer
from mesodesk.domain.clinical_files import Entry, Source, by_id, load_sources, read
from mesodesk.domain.schedule import (
    BANDS,
    Band,
    Check,
    CheckItem,
    CheckItemKind,
    CheckKind,
    DiaryLine,
    Schedule,
)


def read_schedule(path: Path) -> Schedule:
    """Return the schedule of a file.

    Raises:
        ClinicalDataError: if the file is wrong.
    """
    file = read(path)
    sources = load_sources()
    bands = by_id(file, (_band(entry, sources) for entry in file.tables("band")))
    if tuple(bands) != BANDS:
        raise file.wrong(f"the bands must be {', '.join(BANDS)}, in this order")
    items = by_id(file, (_item(entry, bands) for entry in file.tables("item")))
    checks = by_id(file, (_check(entry, items, sources) for entry in file.tables("check")))
    diary = by_id(file, (_diary_line(entry, bands, sources) for entry in file.tables("diary")))
    schedule = Schedule(
        file.text("id"),
        file.whole("version"),
        tuple(checks.values()),
        tuple(bands.values()),
        tuple(diary.values()),
    )
    file.done()
    unused = set(items) - {item.id for check in checks.values() for item in check.items}
    if unused:
        raise file.wrong(f"no check asks the item {min(unused)!r}")
    return schedule


def _band(entry: Entry, sources: Mapping[str, Source]) -> Band:
    name = entry.text("id")
    if name not in BANDS:
        raise entry.wrong(f"a band must be one of {', '.join(BANDS)}")
    band = Band(
        name,
        BANDS.index(name),
        entry.local("title"),
        entry.local("instruction"),
        entry.sources(sources),
    )
    entry.done()
    return band


def _item(entry: Entry, bands: Mapping[str, Band]) -> CheckItem:
    flag_on = entry.choice("flag_on", Answer) if entry.has("flag_on") else Answer.YES
    item = CheckItem(
        id=entry.text("id"),
        kind=entry.choice("kind", CheckItemKind) if entry.has("kind") else CheckItemKind.YES_NO,
        text=entry.local("text"),
        short=entry.local("short"),
        band=entry.optional_text("band"),
        flag_on=flag_on,
        flag_from=entry.optional_whole("flag_from"),
        calm=entry.choice("calm", Answer) if entry.has("calm") else Answer.NO,
        mild=entry.optional_text("mild"),
        mild_from=entry.optional_whole("mild_from"),
        regions=frozenset(entry.strings("regions")),
    )
    entry.done()
    if item.band is not None and item.band not in bands:
        raise entry.wrong(f"`band` names {item.band!r}, which is not known")
    if flag_on is Answer.NOT_ASKED:
        raise entry.wrong("`flag_on` must be yes or no")
    if item.calm is Answer.NOT_ASKED:
        raise entry.wrong("`calm` must be yes or no")
    if item.band is not None and item.flag_from is None and item.calm is flag_on:
        raise entry.wrong("`calm` is the very answer that raises the band")
    scale = item.kind is CheckItemKind.SCALE_0_10
    if (scale and item.band is not None) != (item.flag_from is not None):
        raise entry.wrong("`flag_from` belongs to a scale with a band, and to nothing else")
    if item.mild is not None and item.mild not in bands:
        raise entry.wrong(f"`mild` names {item.mild!r}, which is not known")
    if (scale and item.mild is not None) != (item.mild_from is not None):
        raise entry.wrong("`mild_from` belongs to a scale with a mild band, and to nothing else")
    return item


def _diary_line(
    entry: Entry, bands: Mapping[str, Band], sources: Mapping[str, Source]
) -> DiaryLine:
    levels = tuple((each.whole("from"), each.text("band")) for each in entry.tables("level"))
    line = DiaryLine(
        id=entry.text("id"),
        days=entry.whole("days"),
        title=entry.local("title"),
        text=entry.local("text"),
        levels=levels,
        sources=entry.sources(sources),
    )
    entry.done()
    for _, band in levels:
        if band not in bands:
            raise entry.wrong(f"`level` names {band!r}, which is not known")
    scores = [least for least, _ in levels]
    if scores != sorted(set(scores)) or not all(1 <= least <= 10 for least in scores):
        raise entry.wrong("`level` must hold rising scores from 1 to 10")
    return line


def _check(entry: Entry, items: Mapping[str, CheckItem], sources: Mapping[str, Source]) -> Check:
    kind = entry.choice("kind", CheckKind) if entry.has("kind") else CheckKind.PLANNED
    names = entry.strings("items")
    for name in names:
        if name not in items:
            raise entry.wrong(f"`items` names {name!r}, which is not known")
    window = () if kind is CheckKind.ANY_TIME else entry.wholes("window")
    unit = "days" if kind is CheckKind.ANY_TIME else entry.text("unit")
    check = Check(
        id=entry.text("id"),
        kind=kind,
        title=entry.local("title"),
        unit=unit,
        due=0 if kind is CheckKind.ANY_TIME else entry.whole("due"),
        window_from=window[0] if window else 0,
        window_to=window[-1] if window else 0,
        items=tuple(items[name] for name in names),
        sources=entry.sources(sources),
        only_after_last_session=entry.flag("only_after_last_session"),
        photo=entry.flag("photo"),
        measures=entry.flag("measures"),
        diary=entry.flag("diary"),
    )
    entry.done()
    _check_window(entry, check, window)
    return check


def _check_window(entry: Entry, check: Check, window: tuple[int, ...]) -> None:
    if not check.items:
        raise entry.wrong("asks nothing: `items` is empty")
    if check.kind is CheckKind.ANY_TIME:
        return
    allowed = ("minutes",) if check.kind is CheckKind.IN_SESSION else ("hours", "days")
    if check.unit not in allowed:
        raise entry.wrong(f"`unit` must be {' or '.join(allowed)}")
    if len(window) != 2 or not window[0] <= check.due <= window[1]:
        raise entry.wrong("`window` must be [from, to] with `due` between them")
