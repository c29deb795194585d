"""Trade names of local anaesthetics: held to the limit, and nothing that only sounds alike."""

import pytest

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.limit_facts import actives_of
from mesodesk.domain.limits import Level

from .test_limits import SHIPPED, active, drawn, field, look

SESSION = {"lidocaine": "lidocaine_plain_session", "procaine": "procaine_session"}


@pytest.mark.parametrize(
    ("name", "ingredient"),
    [
        ("Xylocaine", "lidocaine"),
        ("Xylocaïne 2 %", "lidocaine"),
        ("XYLOCAINA 20 mg/ml", "lidocaine"),
        ("Xylestesin-A", "lidocaine"),
        ("Lidocaton", "lidocaine"),
        ("Rapidocain", "lidocaine"),
        ("Lidocainhydrochlorid", "lidocaine"),
        ("Lignocaine HCl", "lidocaine"),
        ("Novocain", "procaine"),
        ("novocaína", "procaine"),
        ("Pasconeural-Injektopas", "procaine"),
        ("Procain 1 %", "procaine"),
    ],
)
def test_a_trade_name_does_not_escape_the_limit(name, ingredient):
    strong = drawn(1, active("own_1", "2", name), ml="60")
    assert actives_of(strong.mixture)[ingredient] == 20
    found = look([strong], [field(strong, *[1000] * 55)])
    assert found[SESSION[ingredient]].level is Level.OVER
    named = drawn(1, label=name)
    assert actives_of(named.mixture)[ingredient] is None
    assert all(each.level is Level.UNKNOWN for each in look([named], []).values())


@pytest.mark.parametrize(
    "name",
    [
        "Xylonest",
        "Citanest",
        "Prilocaine",
        "Scandicain",
        "Carbocaine",
        "Ultracain",
        "Chloroprocaine",
        "Procainamide",
        "Novocainamide",
        "Oxybuprocaine",
        "Articaine",
        "Xylo",
        "Xylometazoline",
        "Novo",
    ],
)
def test_what_only_sounds_alike_is_not_taken_for_it(name):
    other = drawn(1, active("own_1", "2", name), label=name)
    assert not {"lidocaine", "procaine"} & actives_of(other.mixture).keys()
    assert not look([other], [field(other, 500)])


def test_every_trade_name_has_its_source_and_a_limit_to_escape():
    names = load_catalogue().trade_names
    assert names.keys() == {"lidocaine", "procaine"}
    assert names.keys() <= {limit.active for limit in SHIPPED}


def test_a_trade_name_with_adrenaline_alone_stays_under_the_stricter_limit():
    found = look([drawn(1, active("own_1", "1", "Xylocaine with adrenaline"))], [])
    assert "lidocaine_plain_session" in found
    assert "lidocaine_epinephrine_session" not in found


def test_screening_knows_a_trade_name_as_a_local_anaesthetic():
    exposure = load_catalogue().exposure((), (), names=["Rapidocain 1 %"])
    assert "lidocaine" in exposure.ingredients
    assert "amide_anaesthetic" in exposure.traits
