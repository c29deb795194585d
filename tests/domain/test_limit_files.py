"""Limits as data: what is shipped, and files that are wrong are refused by file and id."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.clinical_files import ClinicalDataError, folder
from mesodesk.domain.limit_files import TOTAL_VOLUME, limits_in_force, load_limits
from mesodesk.domain.limits import ANY, When
from mesodesk.domain.records.limits import LimitChange, LimitKind, LimitSettings
from mesodesk.domain.texts import LANGUAGES

BOOK = load_limits()
TEXT = (folder() / "limits.toml").read_text(encoding="utf-8")


def test_the_shipped_limits_are_those_of_the_sources():
    assert {(each.active, each.kind, each.value, each.when) for each in BOOK.limits} == {
        ("deoxycholic_acid", LimitKind.VOLUME_PER_POINT, Decimal("0.2"), When.ALWAYS),
        ("deoxycholic_acid", LimitKind.SPACING, Decimal(10), When.ALWAYS),
        ("deoxycholic_acid", LimitKind.POINTS_PER_SESSION, Decimal(50), When.ALWAYS),
        ("deoxycholic_acid", LimitKind.VOLUME_PER_SESSION, Decimal(10), When.ALWAYS),
        ("deoxycholic_acid", LimitKind.MASS_PER_SESSION, Decimal(100), When.ALWAYS),
        ("lidocaine", LimitKind.MASS_PER_KG, Decimal("4.5"), When.WITHOUT_EPINEPHRINE),
        ("lidocaine", LimitKind.MASS_PER_SESSION, Decimal(300), When.WITHOUT_EPINEPHRINE),
        ("lidocaine", LimitKind.MASS_PER_KG, Decimal(7), When.WITH_EPINEPHRINE),
        ("lidocaine", LimitKind.MASS_PER_SESSION, Decimal(500), When.WITH_EPINEPHRINE),
        ("procaine", LimitKind.MASS_PER_SESSION, Decimal(1000), When.ALWAYS),
    }


def test_every_limit_has_a_source_and_speaks_all_languages():
    for limit in BOOK.limits:
        assert re.search(r"\([ABCUD]\)", limit.source.get()), limit.id
        assert limit.short.languages == limit.message.languages == LANGUAGES, limit.id
    for key, phrase in BOOK.phrases.items():
        assert phrase.languages == LANGUAGES, key


def test_each_language_fills_in_the_same_words():
    for key, phrase in BOOK.phrases.items():
        places = {tuple(sorted(re.findall(r"{\w+}", text))) for _, text in phrase.by_language}
        assert len(places) == 1, key


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'amber_share = 0.8\nsources = ["clinic_to_confirm"]\n',
            "",
            "'procaine_session': has no source",
        ),
        ('5\nsources = ["clinic_to_confirm"]\n', "5\n", "epinephrine: has no source"),
        ("least_ug_per_ml = 5", "least_ug_per_ml = 0", "`least_ug_per_ml` must be above 0"),
        ('["clinic_to_confirm"]', '["my_uncle"]', "names the source 'my_uncle'"),
        ('active = "procaine"', 'active = "moonshine"', "`active` names 'moonshine'"),
        ('active = "procaine"', 'active = "any"', "a mass can only be limited for one active"),
        ("value = 1000", "value = 0", "`value` must be above 0"),
        ("value = 1000", "value = true", "`value` must be a number"),
        ("value = 1000\namber_share = 0.8", "value = 1000\namber_share = 1.2", "between 0 and 1"),
        ("Procaína: como máximo {value}", "Procaína: como máximo 1 g", "must say {value}"),
        ('id = "procaine_session"', 'id = "own.procaine"', "belongs to limits of the clinic"),
        ('id = "procaine_session"', 'id = "deoxycholic_points"', "is used twice"),
        ('when = "with_epinephrine"', 'when = "perhaps"', "`when` is 'perhaps'"),
        ('kind = "spacing"', 'kind = "distance"', "`kind` is 'distance'"),
        ('short.en = "Procaine"\n', "", "`short` has no 'en' text"),
        ("[phrase]\n", '[phrase]\nmore.en = "x"\n', "has the unknown key `more`"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path, old, new, sentence):
    assert old in TEXT
    path = tmp_path / "limits.toml"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)) as error:
        load_limits(path)
    assert str(error.value).startswith("limits.toml:")


def test_without_a_change_the_clinic_has_what_is_shipped():
    assert limits_in_force(BOOK, LimitSettings()) == BOOK.limits


def test_a_changed_value_says_what_was_shipped():
    settings = LimitSettings({"lidocaine_plain_per_kg": LimitChange(value=Decimal(4))})
    (changed,) = set(limits_in_force(BOOK, settings)) - set(BOOK.limits)
    assert (changed.id, changed.value, changed.on) == ("lidocaine_plain_per_kg", Decimal(4), True)
    shipped = BOOK.limit(changed.id).source.get()
    assert changed.source.get() == (
        f"Set to 4\u00a0mg/kg by this clinic instead of 4.5\u00a0mg/kg; {shipped}"
    )
    assert "4,5" in changed.source.get("fr")


def test_a_limit_switched_off_keeps_its_value():
    settings = LimitSettings({"procaine_session": LimitChange(on=False)})
    (off,) = set(limits_in_force(BOOK, settings)) - set(BOOK.limits)
    assert off == replace(BOOK.limit("procaine_session"), on=False)


def test_own_limits_say_that_they_are_the_clinics():
    settings = LimitSettings(
        total_volume_ml=Decimal(15), masses_mg={"caffeine": Decimal(200), "gone": Decimal(1)}
    )
    total, caffeine, gone = limits_in_force(BOOK, settings)[len(BOOK.limits) :]
    assert (total.id, total.active, total.value) == (TOTAL_VOLUME, ANY, Decimal(15))
    name = load_catalogue().ingredients["caffeine"].name.get("es")
    assert caffeine.message.get("es").startswith(f"{name}: como máximo {{value}}")
    assert gone.short.get() == "gone"
    assert {each.source.get() for each in (total, caffeine, gone)} == {"Set by this clinic"}


def test_settings_survive_being_stored():
    settings = LimitSettings(
        {
            "lidocaine_plain_session": LimitChange(value=Decimal("250.5")),
            "deoxycholic_spacing": LimitChange(on=False),
            "procaine_session": LimitChange(),
        },
        Decimal("12.5"),
        {"caffeine": Decimal("0.10")},
    )
    stored = settings.to_plain()
    assert "procaine_session" not in stored["changes"]
    read = LimitSettings.from_plain(stored)
    assert read.to_plain() == stored
    assert limits_in_force(BOOK, read) == limits_in_force(BOOK, settings)
    assert LimitSettings.from_plain({}) == LimitSettings()


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("Bitartrate d'adrénaline", True),
        ("bitartrato di adrenalina", True),
        ("Adrenaline (as tartrate)", True),
        ("L-Adrenaline", True),
        ("Epinephrine HCl", True),
        ("Adrenaline 1 mg/ml", True),
        ("Xylocaine sans adrénaline", False),
        ("Lidocaine with epinephrine", False),
        ("adrenaline-free", False),
        ("no adrenaline", False),
        ("tartrate", False),
    ],
)
def test_only_a_name_of_epinephrine_alone_means_it(name, means):
    assert load_limits().epinephrine.is_meant_by(name) is means
