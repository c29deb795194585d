"""The label of a syringe: everything in it, nobody's name."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from mesodesk.domain.ids import new_id
from mesodesk.domain.records.session import ComponentRecord, SyringeRecord
from mesodesk.domain.records.stock import ActiveFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.domain.syringe_label import label_lines

CAFFEINE = ComponentRecord(
    id=new_id(),
    lot_id=new_id(),
    product_id=new_id(),
    product_name="Caffeine",
    product_class="",
    lot_number="C1",
    expires_on=date(2027, 2, 28),
    diluent=False,
    volume_ml=Decimal(2),
    actives=(
        ActiveFields("caffeine", "Caffeine", Strength(Decimal(50), StrengthUnit.MG_PER_ML)),
        ActiveFields("", "Something", None),
    ),
)
SALINE = replace(
    CAFFEINE, product_name="Saline", lot_number="S9", diluent=True, volume_ml=Decimal("1.5"),
    actives=(),
)  # fmt: skip


def test_each_part_has_its_lot_and_what_is_not_known_is_said():
    syringe = SyringeRecord(new_id(), 3, "Contour mix", (CAFFEINE, SALINE), None, None)
    assert label_lines(syringe, "00012", datetime(2026, 3, 10, 9, 5, tzinfo=UTC), "OO") == (
        "Syringe 3 Contour mix: 3.5 mL",
        "Record 00012",
        "Caffeine 2 mL, lot C1, exp 2027-02-28",
        "Saline 1.5 mL, lot S9, exp 2027-02-28",
        "Per mL: Caffeine 28.571 mg, Something strength not known",
        "Drawn up 2026-03-10 09:05 OO",
    )
    plain = replace(syringe, label="", components=(SALINE,))
    assert label_lines(plain, "1", datetime(2026, 3, 10, 9, 5, tzinfo=UTC), "")[-1] == (
        "Drawn up 2026-03-10 09:05"
    )
