"""What a session asks a consent for: what is injected, and not what it is diluted with."""

from dataclasses import replace

import pytest

from mesodesk.demo.consents import give_consent
from mesodesk.domain.consent_rules import ConsentLack


@pytest.fixture
def saline(desk, kit):
    """A lot of a product that only dilutes."""
    lot = kit.lot("Sodium chloride", percent=None, product_class="", ingredient="sodium_chloride")
    product = next(each for each in desk.catalogue.products() if each.id == lot.product.id)
    typed = replace(product.fields, diluent=True, actives=())
    desk.catalogue.update_product(product.id, product.version, typed)
    return lot


def asked(desk, kit):
    """Return what a new consent begins with."""
    return desk.consents.start(kit.patient.id).fields.products


def test_what_dilutes_asks_for_nothing(desk, kit, begun, saline):
    lot = kit.lot()
    kit.put(begun, (lot, "4"), (saline, "1"))
    assert asked(desk, kit) == (lot.product.id,)


def test_what_is_injected_alone_is_asked_for_though_it_dilutes_elsewhere(desk, kit, begun, saline):
    session = kit.put(begun, (saline, "5"))
    assert asked(desk, kit) == (saline.product.id,)
    assert [gap.lack for gap in desk.consents.standing(session.id).gaps] == [ConsentLack.NONE]
    give_consent(desk, kit.patient.id)
    assert desk.consents.standing(session.id).holds
