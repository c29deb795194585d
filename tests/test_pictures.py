"""The documents show the pictures that are there, and every page that has one."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "screenshots"
MOST_MB = 12


@cache
def named() -> frozenset[str]:
    """Return the names of all pictures that a document shows or leads to."""
    texts = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
    found = (re.findall(r"screenshots/([\w-]+)\.png", each.read_text("utf-8")) for each in texts)
    return frozenset(name for some in found for name in some)


def there() -> set[str]:
    return {each.stem for each in PICTURES.glob("*.png")}


def test_every_picture_that_is_named_is_there():
    assert named() - there() == set()


@pytest.mark.parametrize("name", sorted(each for each in there() if each.endswith("-light")))
def test_every_page_is_shown_in_light_and_led_to_in_dark(name):
    dark = name.removesuffix("light") + "dark"
    assert dark in there()
    assert {name, dark} <= named()


def test_pictures_are_small_enough_to_be_kept():
    assert sum(each.stat().st_size for each in PICTURES.glob("*.png")) < MOST_MB * 1_000_000
