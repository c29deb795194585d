"""The stock of the demonstration clinic: deliveries as they are needed, drawn oldest first."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from mesodesk.domain.lots import taken_out
from mesodesk.domain.records.session import ComponentFields
from mesodesk.domain.records.stock import LotFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.desk import Desk

_SUPPLIERS = ("Farmacia del Puerto", "Distribuciones Lumbre", "Almacén Sanitario Tres Ríos")
_USUAL_DELIVERY_ML = Decimal(60)
_DELIVERIES_ML = {
    "sodium_chloride_0_9": Decimal(100),
    "lidocaine_1": Decimal(50),
    "deoxycholic_acid_10": Decimal(40),
    "polynucleotides": Decimal(20),
    "hyaluronic_acid_free": Decimal(30),
    "hyaluronic_acid_vitamins": Decimal(30),
}
# As on the labels of made-up manufacturers: the starter catalogue leaves these for the clinic.
_LABELS = {
    "caffeine": ("Laboratorios Ficticios", "50"),
    "artichoke": ("Herba Imaginaria", "20"),
    "organic_silicium": ("Laboratorios Ficticios", "10"),
    "pentoxifylline": ("Herba Imaginaria", "20"),
    "dmae": ("Laboratorios Ficticios", "30"),
    "aminophylline": ("Laboratorios Ficticios", "25"),
    "polynucleotides": ("Peces de Papel", "20"),
    "hyaluronic_acid_free": ("Peces de Papel", "10"),
    "hyaluronic_acid_vitamins": ("Peces de Papel", "5"),
}
# Of single-dose containers whole ones go: as the starter catalogue has them.
_SINGLE_DOSES_ML = {"deoxycholic_acid_10": Decimal(2), "carnitine_200": Decimal(5)}
_MULTI_DOSE = frozenset({"procaine_2"})
_STORAGE = {"hyaluronidase_150": "Refrigerator, 2 to 8 °C"}
# Less than this in all lots is pointed out on the last day.
_WANTED_ML = {"organic_silicium": Decimal(90), "hyaluronidase_150": Decimal(30)}
# What is not worth opening a syringe for is thrown away and counted as gone.
_REST_ML = Decimal("1.5")


@dataclass(slots=True)
class _Lot:
    """A lot as the clinic's cupboard has it."""

    id: UUID
    expires_on: date
    left_ml: Decimal


def type_labels(desk: Desk) -> None:
    """Type what the labels say, as a clinic does on its first day."""
    for product in desk.catalogue.products():
        known = product.starter_id
        maker, per_ml = _LABELS.get(known, ("", ""))
        typed = replace(
            product.fields,
            single_dose=False if known in _MULTI_DOSE else product.fields.single_dose,
            storage=_STORAGE.get(known, ""),
            low_ml=_WANTED_ML.get(known),
        )
        if maker:
            strength = Strength(Decimal(per_ml), StrengthUnit.MG_PER_ML)
            actives = tuple(
                each if each.strength else replace(each, strength=strength)
                for each in product.fields.actives
            )
            typed = replace(typed, manufacturer=maker, actives=actives)
        if typed != product.fields:
            desk.catalogue.update_product(product.id, product.version, typed)


class Cupboard:
    """Lots by product of the starter catalogue.

    Args:
        random: of the demonstration.
        product_ids: of the products on record, by their id in the starter catalogue.
        last_day: the day of the demonstration: some lots expire shortly before or after it.
    """

    def __init__(self, random: Random, product_ids: dict[str, UUID], last_day: date) -> None:
        self._random = random
        self._product_ids = product_ids
        self._last_day = last_day
        self._lots: dict[str, list[_Lot]] = {}
        self._delivered = 0

    def draw(self, desk: Desk, starter_id: str, volume_ml: Decimal, day: date) -> ComponentFields:
        """Return the component for a syringe; what is missing was delivered this morning."""
        goes = taken_out(
            volume_ml,
            single_dose=starter_id in _SINGLE_DOSES_ML,
            container_ml=_SINGLE_DOSES_ML.get(starter_id),
        )
        for lot in sorted(self._lots.get(starter_id, []), key=lambda each: each.expires_on):
            if lot.expires_on >= day and lot.left_ml >= goes:
                return self._taken(lot, volume_ml, goes)
        self._throw_away_rests(desk, starter_id, day)
        return self._taken(self._delivery(desk, starter_id, day), volume_ml, goes)

    def deliver_edge_cases(self, desk: Desk, day: date) -> None:
        """Take in lots that expire around the last day: soon, very soon, and lately expired."""
        for starter_id, days in (
            ("hyaluronidase_150", 12),
            ("procaine_2", 24),
            ("pentoxifylline", -9),
            ("lidocaine_2", -2),
        ):
            expires = self._last_day + timedelta(days=days)
            self._add(desk, starter_id, Decimal(20), day, expires)

    @staticmethod
    def _taken(lot: _Lot, volume_ml: Decimal, goes: Decimal) -> ComponentFields:
        lot.left_ml -= goes
        return ComponentFields(lot.id, volume_ml)

    def _delivery(self, desk: Desk, starter_id: str, day: date) -> _Lot:
        expires = day + timedelta(days=self._random.randint(200, 700))
        volume = _DELIVERIES_ML.get(starter_id, _USUAL_DELIVERY_ML)
        return self._add(desk, starter_id, volume, day, expires)

    def _add(
        self, desk: Desk, starter_id: str, volume_ml: Decimal, day: date, expires: date
    ) -> _Lot:
        random = self._random
        self._delivered += 1
        letter, series = random.choice("ABCDEFGHKLMNPRTVX"), random.randint(20, 99)
        typed = LotFields(
            number=f"{letter}{series}-{self._delivered:04}",
            expires_on=expires,
            received_on=day,
            received_ml=volume_ml,
            supplier=random.choice(_SUPPLIERS),
        )
        record = desk.catalogue.add_lot(self._product_ids[starter_id], typed)
        lot = _Lot(record.id, expires, volume_ml)
        self._lots.setdefault(starter_id, []).append(lot)
        return lot

    def _throw_away_rests(self, desk: Desk, starter_id: str, day: date) -> None:
        """Count small rests as gone, so that there are used-up lots as in every cupboard."""
        for lot in self._lots.get(starter_id, []):
            if 0 < lot.left_ml <= _REST_ML and lot.expires_on >= day:
                version = desk.catalogue.lot(lot.id).version
                desk.catalogue.correct_lot(lot.id, version, Decimal(0), "Rest thrown away")
                lot.left_ml = Decimal(0)
