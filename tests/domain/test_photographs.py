"""Photographs without files: views, alignment, and what they may be used for."""

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mesodesk.domain.alignment import Alignment, AlignmentError, Place
from mesodesk.domain.answers import Answer
from mesodesk.domain.clinical_files import ClinicalDataError, folder
from mesodesk.domain.photo_consent import allowed, why_not, why_not_these
from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.records.consent import PhotoDecision, PhotoPurpose

RECORD, TEACHING, PUBLICITY = PhotoPurpose
places = st.builds(Place, st.floats(0, 1), st.floats(0, 2))


def apart(first, second):
    return (first.x - second.x) ** 2 + (first.y - second.y) ** 2 > 0.05**2


@given(places, places, places, places, places)
def test_an_alignment_takes_both_points_home_and_bends_nothing(one, two, three, four, any_place):
    assume(apart(one, two) and apart(three, four))
    lies = Alignment((one, two), (three, four)).similarity
    assert lies.at(three) == pytest.approx(one, abs=1e-9)
    assert lies.at(four) == pytest.approx(two, abs=1e-9)
    assume(apart(three, any_place))
    scale = (lies.a**2 + lies.b**2) ** 0.5
    start, end = lies.at(three), lies.at(any_place)
    before = ((any_place.x - three.x) ** 2 + (any_place.y - three.y) ** 2) ** 0.5
    after = ((end.x - start.x) ** 2 + (end.y - start.y) ** 2) ** 0.5
    assert after == pytest.approx(scale * before)


@given(places, places)
def test_points_that_are_near_align_nothing(one, two):
    near = Place(one.x + 0.001, one.y)
    for pair in (Alignment((one, near), (one, two)), Alignment((one, two), (one, near))):
        with pytest.raises(AlignmentError, match="too near"):
            _ = pair.similarity


def test_each_view_has_its_source_and_its_words():
    views = load_photo_views()
    for each in (*views.areas.values(), *views.angles.values()):
        assert each.sources
    assert views.name("abdomen", "front", "fr") == "Abdomen · Face"
    assert views.name("thighs", "back", "es") == "Muslos · Detrás"
    assert views.name("gone", "front", "en") == "gone · Front"


def test_a_view_without_a_source_is_refused(tmp_path):
    whole = (folder() / "photo_views.toml").read_text(encoding="utf-8")
    path = tmp_path / "photo_views.toml"
    path.write_text(whole.replace('sources = ["photo_standard"]', "sources = []"), "utf-8")
    with pytest.raises(ClinicalDataError, match="has no source"):
        load_photo_views(path)


@pytest.mark.parametrize("purpose", list(PhotoPurpose))
def test_not_asked_is_no_yes(purpose):
    for decisions in ({}, {purpose: PhotoDecision(Answer.NOT_ASKED)}):
        assert not allowed(decisions, purpose)
        assert why_not(decisions, purpose).startswith("The patient was not asked about")


def test_a_yes_is_for_what_it_was_taken_for_and_until_it_is_taken_back():
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    yes, back = PhotoDecision(Answer.YES, now), PhotoDecision(Answer.NO, now, withdrawn=True)
    said = {RECORD: yes, TEACHING: yes, PUBLICITY: back}
    assert why_not_these(said, TEACHING, frozenset({RECORD, TEACHING})) == ""
    assert "was not taken for teaching" in why_not_these(said, TEACHING, frozenset({RECORD}))
    assert "took back the consent" in why_not_these(said, PUBLICITY, frozenset(PhotoPurpose))
