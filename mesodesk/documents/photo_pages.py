"""Photographs as they are printed with the record: small, by day, or why they are not."""

from base64 import b64encode

from mesodesk.documents.photo_zip import photo_name
from mesodesk.documents.words import day_words
from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.records.photo import PhotoRecord
from mesodesk.domain.records.printing import PrintedPhotos

_STRIPPED = "Location and camera notes were taken out when they were kept."


def photo_pages(photos: PrintedPhotos, language: str) -> dict[str, object]:
    """Return what the chapter of photographs shows; nothing where there are none."""
    views = load_photo_views()
    items = [
        {
            "file": file_name(number),
            "title": views.name(each.fields.area, each.fields.angle, language),
            "day": day_words(each.fields.taken_on),
            "name": photo_name(each),
        }
        for number, each in enumerate(photos.shown)
    ]
    count = photos.count
    lacking = "1 photograph is" if count == 1 else f"{count} photographs are"
    refused = f"{lacking} on record and not printed. {photos.refused}" if photos.refused else ""
    return {"items": items, "note": refused or (_STRIPPED if items else "")}


def photo_files(photos: PrintedPhotos) -> dict[str, bytes]:
    """Return the pictures by the names that the pages call them."""
    return {
        file_name(number): _drawing(each, photos.thumbnails[each.id])
        for number, each in enumerate(photos.shown)
    }


def _drawing(photo: PhotoRecord, jpeg: bytes) -> bytes:
    """Return a drawing that holds a picture: pages are set from texts alone."""
    size = f'width="{photo.width_px}" height="{photo.height_px}"'
    inside = b64encode(jpeg).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image {size} href="data:image/jpeg;base64,{inside}"/></svg>'
    ).encode("ascii")


def file_name(number: int) -> str:
    return f"photo-{number}.svg"
