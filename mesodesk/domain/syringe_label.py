"""The label of a syringe: what is in it, of which lots, how strong, for whom, when and by whom."""

from datetime import datetime

from mesodesk.domain.dosing import Concentration, to_decimal
from mesodesk.domain.limit_facts import drawn_up
from mesodesk.domain.records.session import SyringeRecord
from mesodesk.domain.units import plain

_PLACES = 3


def label_lines(
    syringe: SyringeRecord, record_number: str, drawn_at: datetime, by: str
) -> tuple[str, ...]:
    """Return the lines of a label, short enough for a strip of paper.

    The patient is named by record number: a label lies about where others see it.

    Args:
        syringe: as it is on record.
        record_number: of the patient.
        drawn_at: at the clinic.
        by: initials of who drew it up.
    """
    name = f" {syringe.label}" if syringe.label else ""
    parts = tuple(
        f"{part.product_name} {plain(part.volume_ml)} mL, lot {part.lot_number},"
        f" exp {part.expires_on.isoformat()}"
        for part in syringe.components
    )
    (drawn,) = drawn_up((syringe,))
    strengths = tuple(_strength(each) for each in drawn.mixture.concentrations())
    return (
        f"Syringe {syringe.digit}{name}: {plain(syringe.drawn_ml)} mL",
        f"Record {record_number}",
        *parts,
        *(("Per mL: " + ", ".join(strengths),) if strengths else ()),
        f"Drawn up {drawn_at:%Y-%m-%d %H:%M} {by}".rstrip(),
    )


def _strength(active: Concentration) -> str:
    if active.per_ml is None:
        return f"{active.name} strength not known"
    unit = {"[iU]": "IU", "[USP'U]": "USP U"}.get(active.unit, active.unit)
    return f"{active.name} {plain(to_decimal(active.per_ml, _PLACES))} {unit}"
