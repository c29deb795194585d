"""What is brought as a photograph: stripped bit for bit, held upright, refused with a sentence."""

import hashlib
import random
from contextlib import suppress
from datetime import date
from io import BytesIO

import pi_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import HEIC, SECRETS, a_jpeg, a_png, claiming, exif
from PIL import Image

from mesodesk.domain.records.photo import PhotoFormat
from mesodesk.imaging import heic_process
from mesodesk.imaging.errors import (
    DamagedPhotoError,
    PhotoFileError,
    TooLargeError,
    UnknownKindError,
    UnreadableFileError,
)
from mesodesk.imaging.reading import MOST_MB, as_jpeg, decoded, prepared, read_file

BROUGHT = {
    PhotoFormat.JPEG: a_jpeg,
    PhotoFormat.PNG: a_png,
    PhotoFormat.HEIC: HEIC.read_bytes,
}


def points(data: bytes, kind: PhotoFormat) -> bytes:
    if kind is PhotoFormat.HEIC:
        return pi_heif.open_heif(BytesIO(data)).to_pillow().tobytes()
    return Image.open(BytesIO(data)).convert("RGB").tobytes()


@pytest.mark.parametrize("kind", list(PhotoFormat))
def test_takes_out_where_it_was_taken_and_leaves_every_point(kind):
    data = BROUGHT[kind]()
    told = [secret for secret in SECRETS if secret in data]
    assert {b"XMP-PLACE-MARKER", b"GPS-MARKER"} <= {*told}, "the picture tests nothing"
    found = prepared(data)
    assert [secret for secret in told if secret in found.data] == []
    assert b"Mesotest" not in found.data
    assert points(found.data, kind) == points(data, kind)
    assert found.format is kind
    assert found.received_sha256 == hashlib.sha256(data).digest()
    assert found.received_size == len(data)


@pytest.mark.parametrize("kind", list(PhotoFormat))
def test_offers_the_day_of_the_camera_and_its_name(kind):
    found = prepared(BROUGHT[kind]())
    assert found.taken_on == date(2026, 2, 3)
    assert found.device.startswith("Mesotest")


def test_the_coded_picture_of_a_jpeg_stays_byte_for_byte():
    data = a_jpeg(progressive=True)
    scan = data.index(b"\xff\xda")
    coded = data[scan : data.rindex(b"\xff\xd9") + 2]
    assert prepared(data).data.endswith(coded)


def test_keeps_the_colours_of_a_profile():
    profile = b"\0" * 128 + b"a profile of colours"
    assert profile in prepared(a_jpeg(icc_profile=profile)).data


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("make", [a_jpeg, a_png])
def test_holds_upright_what_was_taken_lying(make, orientation):
    found = prepared(make(orientation=orientation))
    turned = (48, 64) if orientation >= 5 else (64, 48)
    assert (found.width_px, found.height_px) == turned
    shown = decoded(found.data, found.format, 100)
    assert (shown.width, shown.height) == turned
    assert len(shown.rgb) == 3 * 64 * 48


def test_an_orientation_is_what_is_written_back_and_nothing_else():
    found = prepared(a_jpeg(orientation=6))
    assert dict(Image.open(BytesIO(found.data)).getexif()) == {0x0112: 6}
    assert dict(Image.open(BytesIO(prepared(a_jpeg()).data)).getexif()) == {}


def test_a_thumbnail_is_small_and_upright():
    found = prepared(a_jpeg(orientation=6, width=900, height=600))
    small = Image.open(BytesIO(found.thumbnail))
    assert small.size == (213, 320)
    assert len(found.thumbnail) < 20_000


def test_a_page_gets_a_jpeg_of_any_form():
    data = prepared(HEIC.read_bytes()).data
    assert Image.open(BytesIO(as_jpeg(data, PhotoFormat.HEIC, 50))).size == (33, 50)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"GIF89a" + bytes(50), b"%PDF-1.7", bytes(99)])
def test_refuses_what_is_no_picture(data):
    with pytest.raises(UnknownKindError, match=r"no JPEG, PNG or HEIC.*Nothing was kept"):
        prepared(data)


@pytest.mark.parametrize("kind", list(PhotoFormat))
def test_refuses_what_was_copied_in_part(kind):
    data = BROUGHT[kind]()
    end = data.rindex(b"\xff\xd9") if kind is PhotoFormat.JPEG else len(data) - 30
    for cut in {20, 60, end // 3, end // 2, end - 1}:
        with pytest.raises(PhotoFileError, match="Nothing was kept"):
            prepared(data[:cut])


def test_refuses_200_mb_unread(tmp_path):
    path = tmp_path / "large.jpg"
    with path.open("wb") as stream:
        stream.write(b"\xff\xd8\xff")
        stream.truncate(200_000_000)
    with pytest.raises(TooLargeError, match=f"200 MB, and {MOST_MB} MB are the most"):
        read_file(path)


def test_refuses_a_bomb_before_it_is_decoded():
    with pytest.raises(TooLargeError, match="2500 million points, and 100 million"):
        prepared(claiming(50_000, 50_000))


def test_refuses_a_corrupt_heic_with_a_sentence():
    data = bytearray(HEIC.read_bytes())
    start = data.index(b"mdat") + 4
    data[start : start + 40] = random.Random(1).randbytes(40)
    data[-200:] = bytes(200)
    with pytest.raises(DamagedPhotoError, match=r"copied only in part\. Nothing"):
        prepared(bytes(data))


def test_says_that_a_file_cannot_be_read(tmp_path):
    with pytest.raises(UnreadableFileError):
        read_file(tmp_path / "none.jpg")


def test_a_heic_that_ends_the_process_that_decodes_it_is_refused(monkeypatch):
    """A negative control of the process apart: what it does is seen to matter."""
    ended = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    monkeypatch.setattr(heic_process, "_COMMAND", ("-c", ended))
    with pytest.raises(DamagedPhotoError):
        prepared(HEIC.read_bytes())


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damaged_heic_ends_the_program(draw):
    refused_or_whole(HEIC.read_bytes(), draw)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([PhotoFormat.JPEG, PhotoFormat.PNG]), st.data())
def test_a_damaged_file_is_taken_whole_or_refused_with_a_sentence(kind, draw):
    """No other error, whatever byte is another: a window shows sentences only."""
    refused_or_whole(BROUGHT[kind](), draw)


def refused_or_whole(brought, draw):
    data = bytearray(brought)
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] = draw.draw(st.integers(0, 255))
    with suppress(PhotoFileError):
        assert prepared(bytes(data)).width_px > 0


def test_a_block_of_exif_that_cannot_be_read_says_nothing():
    broken = bytearray(exif())
    broken[20:40] = b"\xff" * 20
    found = prepared(a_jpeg(exif=bytes(broken)))
    assert found.taken_on is None or found.taken_on == date(2026, 2, 3)
