"""What a session asks a consent for: what is injected, and not what it is diluted with."""

from dataclasses import replace

import pytest

from mesodesk.demo.consents import give_consent
from mesodesk.domain.consent_rules import ConsentLack
from mesodesk.domain.favourites import mixture_of
from mesodesk.domain.protocols import ProtocolContent
from mesodesk.domain.records.plan import PlanFields


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


def test_what_a_plan_says_is_not_asked_again(desk, kit):
    regions = ("thigh_outer_upper.left", "thigh_outer_upper.right", "abdomen_upper.midline")
    plan = desk.plans.begin(kit.patient.id, PlanFields("Contour", regions, 6))
    first = desk.consents.start(kit.patient.id)
    assert (first.fields.areas, first.fields.planned_sessions) == (("abdomen", "thigh"), 6)
    desk.consents.discard(first.id, first.version)
    # Of two courses neither number speaks for both, and one that is over speaks no more.
    other = desk.plans.begin(kit.patient.id, PlanFields("Hair", ("scalp_crown.midline",), 3))
    both = desk.consents.start(kit.patient.id)
    assert (both.fields.areas[0], both.fields.planned_sessions) == ("scalp", None)
    desk.consents.discard(both.id, both.version)
    desk.plans.finish(plan.id, plan.version)
    last = desk.consents.start(kit.patient.id)
    assert (last.fields.areas, last.fields.planned_sessions) == (("scalp",), 3)
    assert last.fields.products == ()
    assert desk.plans.get(other.id).fields.planned_sessions == 3


def test_the_mixtures_of_a_protocol_name_the_products(desk, kit, begun, saline):
    lot = kit.lot()
    session = kit.put(begun, (lot, "4"), (saline, "1"))
    mixture = mixture_of(session.syringes[0], session.atlas_id)
    desk.sessions.discard_draft(session.id, session.version, "Another day")
    protocol = desk.protocols.create("Contour", ProtocolContent(injecting=mixture))
    desk.plans.begin(kit.patient.id, PlanFields("Contour", protocol_id=protocol.id))
    assert asked(desk, kit) == (lot.product.id,)
