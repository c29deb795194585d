"""Photographs of the demonstration clinic: figures drawn here, of nobody.

From visit to visit camera and light differ a little, so that there is something to align; nothing
in them shows a result.
"""

from datetime import date
from io import BytesIO
from random import Random
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from mesodesk.domain.photo_consent import allowed
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.photo import PhotoFields
from mesodesk.domain.records.session import SessionRecord
from mesodesk.imaging.reading import prepared
from mesodesk.services.desk import Desk

_EVERY: Final = 4
"""One patient of so many is photographed, at every other visit."""
_WIDE, _HIGH = 600, 800
_SKINS: Final = ("#e8c3a6", "#d9a982", "#c58f67", "#f0d3bd", "#a9744f")
_VIEWS: Final = (("front", 1.0, 0.0), ("left", 0.62, 0.12))

_Point = tuple[float, float]


def photograph_at(desk: Desk, session: SessionRecord, record_number: str, day: date) -> None:
    """Keep what was photographed at a visit, for some of the patients who agreed to it."""
    if int(record_number) % _EVERY or session.number % 2 == 0:
        return
    decisions = desk.consents.photo_decisions(session.patient_id)
    if not allowed(decisions, PhotoPurpose.RECORD):
        return
    purposes = {PhotoPurpose.RECORD}
    if allowed(decisions, PhotoPurpose.TEACHING):
        purposes.add(PhotoPurpose.TEACHING)
    for angle, _, _ in _VIEWS:
        fields = PhotoFields("abdomen", angle, day, frozenset(purposes), session.id)
        picture = prepared(drawn_torso(record_number, session.number, angle))
        desk.photos.keep(session.patient_id, picture, fields)


def drawn_torso(figure: str, visit: int, angle: str) -> bytes:
    """Return a JPEG of a torso before a plain ground.

    Args:
        figure: whose; the same for each visit gives the same skin, moles and outline.
        visit: camera and light differ from visit to visit.
        angle: `front` or `left`.
    """
    own, today = Random(figure), Random(f"{figure}/{visit}/{angle}")  # noqa: S311
    width, shift = next((wide, aside) for name, wide, aside in _VIEWS if name == angle)
    skin = own.choice(_SKINS)
    waist = own.uniform(0.27, 0.33)
    moles = [(own.uniform(-0.2, 0.2), own.uniform(0.2, 0.85)) for _ in range(own.randrange(4, 8))]
    image = Image.new("RGB", (_WIDE, _HIGH), "#8d99a1")
    pen = ImageDraw.Draw(image)
    pen.polygon([_placed(at, width, shift) for at in _outline(waist)], fill=skin)
    navel = _placed((0.0, 0.56), width, shift)
    pen.ellipse((navel[0] - 8, navel[1] - 13, navel[0] + 8, navel[1] + 13), fill="#8a5a40")
    pen.rectangle((*_placed((-0.5, 0.93), width, shift), _WIDE, _HIGH), fill="#2f4858")
    for at in moles:
        x, y = _placed(at, width, shift)
        pen.ellipse((x - 4, y - 4, x + 4, y + 4), fill="#6b432c")
    soft = image.filter(ImageFilter.GaussianBlur(1.6))
    lit = soft.point(_light(today.uniform(0.94, 1.06)))
    held = lit.rotate(today.uniform(-2.5, 2.5), fillcolor="#8d99a1", translate=_moved(today))
    made = BytesIO()
    held.save(made, "JPEG", quality=86)
    return made.getvalue()


def _outline(waist: float) -> list[_Point]:
    """Return the right border down and the left one up: offsets from the middle, in heights."""
    right = [
        (0.34, 0.0),
        (0.33, 0.2),
        (waist, 0.48),
        (waist + 0.04, 0.7),
        (0.37, 0.95),
        (0.37, 1.0),
    ]
    return [*right, *((-x, y) for x, y in reversed(right))]


def _placed(at: _Point, width: float, shift: float) -> _Point:
    return _WIDE * (0.5 + shift) + at[0] * width * _WIDE * 1.2, at[1] * _HIGH


def _light(factor: float) -> list[int]:
    return [min(255, round(level * factor)) for level in range(256)] * 3


def _moved(today: Random) -> tuple[int, int]:
    return today.randint(-14, 14), today.randint(-14, 14)
