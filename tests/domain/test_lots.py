"""Laws of lots: whole containers for one patient, days after opening, what closes a lot."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product as combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.clinical_files import ClinicalDataError, folder
from mesodesk.domain.lots import good_until, lot_state, taken_out
from mesodesk.domain.records.stock import LotState
from mesodesk.domain.stock_rules import load_stock_rules

TODAY = date(2026, 3, 10)
SOON = timedelta(days=30)
VOLUMES = st.decimals("0.001", "200", places=3)


@given(VOLUMES, VOLUMES)
def test_of_single_doses_whole_containers_go_and_no_more_than_it_takes(volume, container):
    out = taken_out(volume, single_dose=True, container_ml=container)
    assert out >= volume
    assert out - volume < container
    assert out % container == 0


@given(VOLUMES, st.sampled_from([False, None]), VOLUMES)
def test_else_exactly_what_was_drawn_goes(volume, single_dose, container):
    assert taken_out(volume, single_dose=single_dose, container_ml=container) == volume
    assert taken_out(volume, single_dose=True, container_ml=None) == volume


def test_an_opened_container_is_never_good_past_its_label():
    assert good_until(TODAY, 28, date(2027, 1, 31)) == date(2026, 4, 7)
    assert good_until(TODAY, 28, date(2026, 3, 12)) == date(2026, 3, 12)


def test_the_gravest_reason_is_said_and_only_two_states_can_be_drawn():
    order = [LotState.RECALLED, LotState.QUARANTINED, LotState.EXPIRED, LotState.USED_UP,
             LotState.PAST_USE]  # fmt: skip
    for marks in combinations([True, False], repeat=5):
        state = lot_state(
            recalled=marks[0],
            held=marks[1],
            expires_on=TODAY - timedelta(days=1) if marks[2] else date(2027, 1, 31),
            left_ml=Decimal(0) if marks[3] else Decimal(5),
            use_by=TODAY - timedelta(days=1) if marks[4] else TODAY,
            today=TODAY,
            soon=SOON,
        )
        wanted = next((name for name, on in zip(order, marks, strict=True) if on), LotState.USABLE)
        assert state is wanted


def test_the_rules_of_the_stock_name_their_sources(tmp_path):
    rules = load_stock_rules()
    assert (rules.open_days, rules.cluster_patients, rules.soon.days) == (28, 2, 30)
    for source in (rules.open_source, rules.single_source, rules.soon_source, rules.cluster_source):
        assert source.endswith(")")
    text = (folder() / "stock.toml").read_text(encoding="utf-8")
    for old, new, sentence in (
        ('sources = ["discard_28_days", "cdc_multi_dose"]\n', "", "has no source"),
        ("patients = 2", "patients = 0", "must be above 0"),
        ("back_days = 365", "back_days = 365\nfront_days = 1", "unknown key `front_days`"),
    ):
        path = tmp_path / "stock.toml"
        path.write_text(text.replace(old, new), encoding="utf-8")
        load_stock_rules.cache_clear()
        with pytest.raises(ClinicalDataError, match=sentence):
            load_stock_rules(path)
