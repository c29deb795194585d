"""Consents of invented patients: what they decided, and a signature as by hand."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import cos, sin
from uuid import UUID

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.area_groups import load_groups
from mesodesk.domain.records.consent import ConsentFields, ConsentRecord, PhotoPurpose
from mesodesk.domain.strokes import InkPoint, Strokes, pack
from mesodesk.services.desk import Desk

_WIDTH, _HEIGHT = 9000, 2600
_STEPS = 9
_PHOTOS = {PhotoPurpose.RECORD: Answer.YES, PhotoPurpose.PUBLICITY: Answer.NO}


def give_consent(
    desk: Desk,
    patient_id: UUID,
    *,
    products: Sequence[UUID] = (),
    areas: Sequence[str] = (),
    photos: dict[PhotoPurpose, Answer] | None = None,
) -> ConsentRecord:
    """Give a patient's consent to what the open session uses, and to what is named besides.

    Args:
        desk: at which it is signed.
        patient_id: of whom.
        products: further products.
        areas: further groups of regions; all of them where none is known.
        photos: what was decided; pictures for the record and none for publicity by default.
    """
    begun = desk.consents.start(patient_id)
    typed = decided(begun.fields, products, areas, photos)
    kept = desk.consents.save(begun.id, begun.version, typed)
    drawn = pack(signature(f"{patient_id}"))
    kept = desk.consents.draw(kept.id, kept.version, drawn, kept.shown_sha256)
    return desk.consents.sign(kept.id, kept.version, kept.shown_sha256)


def decided(
    begun: ConsentFields,
    products: Sequence[UUID] = (),
    areas: Sequence[str] = (),
    photos: dict[PhotoPurpose, Answer] | None = None,
) -> ConsentFields:
    """Return a consent as begun, with everything told and decided that signing asks for."""
    named = {*begun.areas, *areas} or set(load_groups())
    return replace(
        begun,
        products=tuple(dict.fromkeys([*begun.products, *products])),
        areas=tuple(group for group in load_groups() if group in named),
        alternatives=begun.alternatives or "Other treatments of the same area\nA change of habits",
        time_to_reflect=Answer.YES,
        questions_asked=Answer.NO,
        interpreter=Answer.NO,
        photos=_PHOTOS if photos is None else photos,
    )


def signature(name: str) -> Strokes:
    """Return strokes that differ from name to name, as if somebody had written it."""
    letters = [ord(letter) % 23 for letter in name[:14]]
    whole = tuple(_written(letters))
    under = tuple(
        InkPoint(1200 + 60 * at, 2080 - (at * at) // 60, 2600 + 8 * at) for at in range(96)
    )
    return Strokes(_WIDTH, _HEIGHT, (whole, under))


def _written(letters: Sequence[int]) -> Iterator[InkPoint]:
    for number, letter in enumerate(letters):
        tall = 260 + 38 * (letter % 11) + (520 if number == 0 else 0)
        for step in range(_STEPS):
            turn = 6.283 * step / _STEPS
            x = 900 + 470 * number + 52 * step + 150 * sin(turn) + 6 * letter
            y = 1500 - tall * (1 - cos(turn + 0.09 * letter)) / 2 + 90 * sin(2 * turn)
            yield InkPoint(round(x), round(y), 16 * (number * _STEPS + step))
