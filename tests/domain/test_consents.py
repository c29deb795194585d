"""Consent without a vault: texts, strokes, and the rules of what stands and what asks anew."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.answers import Answer
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.clinical_files import ClinicalDataError
from mesodesk.domain.consent_files import load_consent
from mesodesk.domain.consent_rules import (
    ConsentFacts,
    ConsentLack,
    Given,
    Use,
    photo_decisions,
    standing_of,
)
from mesodesk.domain.consent_text import BLOCKS, INLINE, TextError, check_body, fill, parts
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.consent import (
    Demand,
    DemandKind,
    PhotoPurpose,
    TextKey,
    TextOrigin,
    Withdrawal,
    WithdrawalScope,
)
from mesodesk.domain.strokes import InkPoint, Strokes, StrokesError, pack, unpack
from mesodesk.domain.texts import LANGUAGES

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
KEY = TextKey("mesotherapy", TextOrigin.SHIPPED, 1, "en")
PROCAINE, GEL = new_id(), new_id()


def consent(number=1, **others):
    plain = Given(
        id=new_id(),
        number=number,
        signed_at=NOON,
        text=KEY,
        products=frozenset({PROCAINE}),
        classes=frozenset({"local_anaesthetics"}),
        areas=frozenset({"face", "thigh"}),
        photos={},
    )
    return replace(plain, **others)


def lacks(*consents, **others):
    facts = ConsentFacts(given=consents, now=NOON, zone="UTC")
    return [gap.lack for gap in standing_of(replace(facts, **others)).gaps]


def withdrawal(scope):
    return Withdrawal(new_id(), scope, "No", date(2026, 3, 10), NOON, "Olga")


def demand(kind, grade, after):
    return Demand(new_id(), after, kind, grade, "Why", NOON, "Olga")


def test_what_asks_for_a_new_consent():
    assert lacks() == [ConsentLack.NONE]
    assert lacks(consent()) == []
    assert lacks(consent(withdrawals=(withdrawal(WithdrawalScope.ALL),))) == ["withdrawn"]
    assert lacks(consent(withdrawals=(withdrawal(WithdrawalScope.RECORD),))) == []
    assert lacks(consent(outdated=True, holds=False)) == ["broken", "text"]
    later = datetime(2026, 6, 10, tzinfo=UTC)
    assert lacks(consent(), months=3, now=later) == ["period"]
    assert lacks(consent(), months=4, now=later) == []
    for kind, grade, after, found in (
        (DemandKind.REACTION, 1, 1, []),
        (DemandKind.REACTION, 2, 1, ["reaction"]),
        (DemandKind.REACTION, 2, 0, []),
        (DemandKind.OTHER, None, 1, ["demanded"]),
    ):
        assert lacks(consent(), demands=(demand(kind, grade, after),)) == found
    # A draft begun before the demand and signed after it has a later number.
    assert lacks(consent(2), consent(1), demands=(demand(DemandKind.OTHER, None, 1),)) == []
    # Of several that stand no more, the latest says why.
    gone = consent(2, withdrawals=(withdrawal(WithdrawalScope.ALL),))
    assert lacks(gone, consent(1, outdated=True)) == ["withdrawn"]
    assert lacks(gone, consent(1)) == []


def test_each_product_is_covered_where_it_is_used():
    on_face = Use(PROCAINE, "Procaine", "local_anaesthetics", "face")
    sister = Use(new_id(), "Lidocaine", "local_anaesthetics", "thigh")
    gel = Use(GEL, "Gel", "hyaluronic_acid_microdroplets", "face")
    own = Use(new_id(), "House mix", "", "face")
    assert lacks(consent(), uses=(on_face, sister)) == []
    assert lacks(consent(), uses=(replace_area(on_face, "knee"), gel, own)) == [
        ConsentLack.AREA, ConsentLack.PRODUCT, ConsentLack.PRODUCT,
    ]  # fmt: skip
    # Two consents do not add up to one that neither gave.
    for_knee = consent(2, products=frozenset({GEL}), classes=frozenset(), areas=frozenset({"knee"}))
    assert lacks(for_knee, consent(1), uses=(on_face, replace_area(gel, "knee"))) == []
    assert lacks(for_knee, consent(1), uses=(replace_area(on_face, "knee"),)) == ["together"]
    # Before the chart the area is not known yet.
    assert lacks(consent(), uses=(replace_area(on_face, ""),)) == []
    assert lacks(consent(), uses=(gel, gel)) == ["product"]


def replace_area(use, area):
    return use._replace(area=area)


def test_photographs_are_never_taken_for_a_yes():
    yes, no = {PhotoPurpose.RECORD: Answer.YES}, {PhotoPurpose.RECORD: Answer.NO}

    def decided(*consents):
        found = photo_decisions(consents)
        assert found[PhotoPurpose.PUBLICITY].answer is Answer.NOT_ASKED
        return found[PhotoPurpose.RECORD].answer

    assert decided() is Answer.NOT_ASKED
    assert decided(consent(2), consent(1, photos=yes)) is Answer.YES
    assert decided(consent(2, photos=no), consent(1, photos=yes)) is Answer.NO
    for scope in (WithdrawalScope.ALL, WithdrawalScope.RECORD):
        assert decided(consent(photos=yes, withdrawals=(withdrawal(scope),))) is Answer.NO
    assert decided(consent(photos=yes, withdrawals=(withdrawal(WithdrawalScope.TEACHING),))) is (
        Answer.YES
    )
    assert decided(consent(photos=yes, holds=False)) is Answer.NOT_ASKED


def test_every_text_says_all_in_every_language_and_every_class_has_its_risks():
    file = load_consent()
    for text in file.texts.values():
        for language in LANGUAGES:
            assert text.in_language(language).key.language == language
        assert text.in_language("xx").key.language == "en"
    assert set(load_catalogue().classes) == {name for risk in file.risks for name in risk.classes}
    for local in (*file.words.values(), *file.status.values(), *(one.text for one in file.risks)):
        assert set(local.languages) == set(LANGUAGES)


def test_a_risk_without_a_source_is_refused(tmp_path):
    from mesodesk.domain.clinical_files import folder

    for name in ("consent.toml", "consent_risks.toml"):
        text = (folder() / name).read_text("utf-8")
        cut = text.replace('sources = ["hyaluronidase_sting_allergy"]\n', "")
        (tmp_path / name).write_text(cut, "utf-8")
    with pytest.raises(ClinicalDataError, match=r"consent_risks\.toml.*has no source"):
        load_consent(tmp_path / "consent.toml")


def test_what_is_filled_in_is_never_read_as_markup():
    body = load_consent().texts["mesotherapy"].in_language("en").body
    check_body(body)
    typed = "# {risks}\n- {patient}"
    shown = fill(body, dict.fromkeys(INLINE, typed), dict.fromkeys(BLOCKS, (typed, "two")))
    assert shown.count("- # {risks} - {patient}") == len(BLOCKS)
    assert [words for kind, words in parts(shown) if kind == "heading"] == [
        words for kind, words in parts(body) if kind == "heading"
    ]
    for wrong in ("{patient", "patient}", "{no_such}", "see {risks}"):
        with pytest.raises(TextError):
            check_body(f"{body}\n{wrong}")


POINTS = st.builds(
    InkPoint,
    st.integers(0, 900),
    st.integers(0, 300),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**16 - 1),
)


@settings(max_examples=60)
@given(st.lists(st.lists(POINTS, min_size=1, max_size=30).map(tuple), max_size=12).map(tuple))
def test_strokes_are_read_back_as_they_were_drawn(strokes):
    drawn = Strokes(900, 300, strokes)
    data = pack(drawn)
    assert unpack(data) == drawn
    for damaged in (data[:-1], data + b"\0", b"\x02" + data[1:], b""):
        with pytest.raises(StrokesError):
            unpack(damaged)


def test_what_is_no_signature():
    assert Strokes(900, 300).is_blank
    assert Strokes(900, 300, ((InkPoint(5, 5),),)).is_blank
    assert Strokes(900, 300, ((InkPoint(5, 5), InkPoint(20, 5)),)).is_blank
    cross = ((InkPoint(5, 5), InkPoint(25, 25)), (InkPoint(5, 25), InkPoint(25, 5)))
    assert not Strokes(900, 300, cross).is_blank
    for wrong in (
        Strokes(0, 300),
        Strokes(900, 300, ((),)),
        Strokes(900, 300, ((InkPoint(901, 0),),)),
        Strokes(900, 300, ((InkPoint(1, 1),) * 20_001,)),
    ):
        with pytest.raises(StrokesError):
            pack(wrong)
