"""What follows a signature: amended, entered in error, a change refused; never both, never none."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from mesodesk.db.errors import StorageUnavailable
from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.records.followup import Channel, CheckAnswer, FollowUpFields
from mesodesk.domain.records.session import SessionState, StatementKind
from mesodesk.domain.rights import Right
from mesodesk.services import signing
from mesodesk.services.amending import BrokenSealError
from mesodesk.services.errors import InvalidError, RefusedError
from mesodesk.vault.errors import WrongPasswordError

PASSWORD = "plain tea in the morning"


def sign(desk, draft):
    return desk.sessions.sign(draft.id, draft.version, PASSWORD)


def amended(desk, signed, reason="The other lot"):
    """Amend a session without changing anything."""
    return sign(desk, desk.amending.begin(signed.id, reason))


def found(desk):
    return [(each.area, each.sentence) for each in desk.checks.check_all()]


def shape(record):
    """Return what a session says, without its ids, versions and seal."""
    syringes = tuple(
        (
            each.digit,
            each.label,
            each.wasted_ml,
            each.left_ml,
            *tuple(replace(part, id=part.lot_id) for part in each.components),
        )
        for each in record.syringes
    )
    return (
        record.number,
        record.started_at,
        record.therapist,
        record.fields,
        syringes,
        record.acknowledgements,
    )


def points(desk, session_id):
    return [each.points.to_bytes() for each in desk.charts.load(session_id).fields]


# The draft


def test_an_amendment_begins_as_a_copy_of_all_of_it(desk, kit):
    signed = kit.signed(note="Left side first")
    draft = desk.amending.begin(signed.id, "The lot was another one")
    assert draft.state is SessionState.DRAFT
    assert shape(draft) == shape(signed)
    assert points(desk, draft.id) == points(desk, signed.id) != []
    assert draft.syringes[0].id != signed.syringes[0].id
    assert desk.sessions.get(signed.id) == signed
    assert desk.sessions.missing(draft.id) == ()
    chart = desk.charts.load(draft.id)
    assert (chart.cursor, len(chart.edits)) == (1, 1)
    assert found(desk) == []


def test_undo_ends_at_the_chart_of_the_original(desk, kit):
    draft = desk.amending.begin(kit.signed().id, "The dose")
    chart = desk.charts.load(draft.id)
    document = ChartDocument(chart.fields, chart.edits, chart.cursor)
    assert not document.can_undo
    before = points(desk, draft.id)
    assert desk.charts.undo(draft.id, chart.cursor) == chart.cursor
    edit = kit.placing(kit.field(draft.syringes[0].id, 50))
    reached = desk.charts.append(draft.id, chart.cursor, edit)
    assert desk.charts.undo(draft.id, reached) == chart.cursor
    assert desk.charts.undo(draft.id, chart.cursor) == chart.cursor
    assert points(desk, draft.id) == before != []


def test_the_original_says_by_whom_and_why_it_is_being_amended(desk, kit):
    signed = kit.signed()
    draft = desk.amending.begin(signed.id, " The lot ", "Write what lot it was")
    for session_id in (signed.id, draft.id):
        history = desk.amending.history(session_id)
        link = history.open_draft.amends
        assert (link.amends_id, link.root_id, link.begun_by) == (
            signed.id,
            signed.id,
            "Olga Owner",
        )
        assert link.reason == "The lot\n\nThe patient asked: Write what lot it was"
        assert history.current.session_id == signed.id
    assert desk.sessions.open(draft.id).history == desk.amending.history(signed.id)


def test_one_at_a_time_and_only_of_what_stands(desk, kit, clock):
    signed = kit.signed()
    draft = desk.amending.begin(signed.id, "Once")
    for refused in (
        lambda: desk.amending.begin(signed.id, "Twice"),
        lambda: desk.amending.begin(draft.id, "A draft"),
        lambda: desk.amending.enter_in_error(signed.id, "Meanwhile", PASSWORD),
        lambda: desk.sessions.start(kit.patient.id),
    ):
        with pytest.raises(RefusedError):
            refused()
    again = sign(desk, draft)
    with pytest.raises(RefusedError, match="Another version"):
        desk.amending.begin(signed.id, "The old one")
    kit.ready()
    with pytest.raises(RefusedError, match="in draft"):
        desk.amending.begin(again.id, "Beside a draft")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 4_001])
def test_a_reason_is_needed(desk, kit, reason):
    signed = kit.signed()
    for call in (
        lambda: desk.amending.begin(signed.id, reason),
        lambda: desk.amending.enter_in_error(signed.id, reason, PASSWORD),
        lambda: desk.amending.deny_request(signed.id, "Other words", reason),
        lambda: desk.amending.deny_request(signed.id, reason, "It was so"),
    ):
        with pytest.raises(InvalidError):
            call()
    assert desk.sessions.get(signed.id) == signed


def test_discarding_the_draft_leaves_the_original_as_it_was(desk, kit):
    lot = kit.lot(received_ml="10")
    signed = kit.signed(lot)
    before = whole(desk, kit)
    draft = desk.amending.begin(signed.id, "By mistake")
    desk.sessions.discard_draft(draft.id, draft.version, "No need")
    assert desk.sessions.get(signed.id) == signed
    assert whole(desk, kit) == before
    history = desk.amending.history(signed.id)
    assert (len(history.versions), history.open_draft) == (1, None)
    assert found(desk) == []
    assert sign(desk, desk.amending.begin(signed.id, "Now")).seal.holds


def test_the_lot_of_then_may_be_drawn_from_though_it_has_expired_since(desk, kit, clock):
    lot = kit.lot(expires_on=date(2026, 4, 30))
    other = kit.lot(expires_on=date(2026, 4, 30))
    signed = kit.signed(lot)
    clock.move(days=90)
    draft = desk.amending.begin(signed.id, "The other lot")
    assert desk.sessions.missing(draft.id) == ()
    draft = kit.put(draft, (other, "0.5"), syringe_id=draft.syringes[0].id)
    assert sign(desk, draft).syringes[0].components[0].lot_number == other.fields.number


# The law: amended without a change, everything counts the same


def whole(desk, kit):
    """Return every sum and list that is shown of the patient, without ids of sessions."""
    counted = [each for each in desk.sessions.for_patient(kit.patient.id) if not each.is_struck]
    exposure = desk.exposure.for_patient(kit.patient.id)
    today = desk.today.overview()
    return {
        "list": [
            (e.number, e.started_at, e.points, e.injected_ml, e.regions, e.products)
            for e in counted
        ],
        "exposure": [
            (e.number, e.on, [(s.digit, s.points.to_bytes(), s.parts) for s in e.syringes])
            for e in exposure.sessions
        ],
        "lots": [(lot.fields.number, lot.left_ml, lot.state) for lot in desk.catalogue.lots()],
        "checks": [
            (e.id, e.session_number, e.check_id, e.state, e.regions)
            for e in desk.follow_ups.for_patient(kit.patient.id)
        ],
        "today": (
            [e.id for e in today.due],
            [e.id for e in today.overdue],
            [(e.patient_id, e.next_number, e.planned_on) for e in today.planned],
        ),
        "facts": desk.intakes.facts(kit.patient.id),
    }


def around(desk, kit, session_id):
    """Return what the patient's next session is told about the ones before."""
    draft = desk.sessions.start(kit.patient.id)
    previous = desk.sessions.previous(draft.id)
    told = (
        draft.number,
        shape(previous),
        [
            (e.number, e.day, [f.points.to_bytes() for f in e.fields])
            for e in desk.charts.earlier(draft.id)
        ],
        [(each.rule_id, each.message) for each in desk.sessions.screening(draft.id)],
    )
    desk.sessions.discard_draft(draft.id, draft.version, "Only looked at")
    return told


@pytest.mark.long
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("times", [1, 2])
def test_amended_without_a_change_everything_counts_the_same(desk, kit, clock, which, times):
    lot = kit.lot(received_ml="10")
    sessions = [kit.signed(lot, next_session_on=date(2026, 3, 31), no_next_session=False)]
    clock.move(days=21)
    sessions.append(kit.signed(lot, next_session_on=date(2026, 4, 20), no_next_session=False))
    clock.move(days=2)
    before, told = whole(desk, kit), around(desk, kit, sessions[which].id)
    assert before["lots"][0][1] == Decimal(9)
    version = sessions[which]
    for _ in range(times):
        version = amended(desk, version)
    assert whole(desk, kit) == before
    assert around(desk, kit, version.id) == told
    assert shape(version) == shape(sessions[which])
    assert found(desk) == []


def test_while_it_is_worked_on_the_draft_stands_in_for_the_original_in_stock(desk, kit):
    lot = kit.lot(received_ml="0.5")
    draft = desk.amending.begin(kit.signed(lot).id, "Less was drawn")
    assert desk.catalogue.lot(lot.id).left_ml == 0
    draft = kit.put(draft, (lot, "0.4"), syringe_id=draft.syringes[0].id)
    assert desk.catalogue.lot(lot.id).left_ml == Decimal("0.1")
    desk.sessions.discard_draft(draft.id, draft.version, "No")
    assert desk.catalogue.lot(lot.id).left_ml == 0


# Signing


def test_the_amendment_takes_the_place_of_the_original(desk, kit, clock):
    signed = kit.signed()
    clock.move(days=1)
    draft = desk.amending.begin(signed.id, "It hurt more")
    draft = desk.sessions.save(draft.id, draft.version, replace(draft.fields, pain=7))
    version = sign(desk, draft)
    assert (version.state, version.number, version.started_at) == (
        SessionState.SIGNED,
        signed.number,
        signed.started_at,
    )
    original = desk.sessions.get(signed.id)
    assert original.state is SessionState.AMENDED
    assert (original.fields, original.seal) == (signed.fields, signed.seal)
    assert original.seal.holds
    assert version.seal.holds
    (said,) = desk.amending.history(signed.id).said_of(signed.id)
    assert (said.kind, said.replaced_by, said.text, said.author, said.made_at, said.holds) == (
        StatementKind.AMENDED,
        version.id,
        "It hurt more",
        "Olga Owner",
        clock.now(),
        True,
    )
    struck = next(each for each in desk.sessions.for_patient(kit.patient.id) if each.is_struck)
    assert (struck.id, struck.said, struck.said_by) == (signed.id, "It hurt more", "Olga Owner")


def test_the_chain_goes_on_from_the_root(desk, kit):
    first = kit.signed()
    second = amended(desk, first, "One")
    third = amended(desk, second, "Two")
    history = desk.amending.history(second.id)
    assert [each.session_id for each in history.versions] == [first.id, second.id, third.id]
    assert [each.number for each in history.versions] == [1, 2, 3]
    assert history.current.session_id == third.id
    assert {each.amends.root_id for each in history.versions[1:]} == {first.id}
    assert history.versions[2].amends.amends_id == second.id


def test_checks_are_carried_over_without_doubling(desk, kit, clock):
    signed = kit.signed()
    clock.move(hours=20)
    (due,) = desk.today.overview().due
    typed = FollowUpFields(Channel.PHONE, {"fever": CheckAnswer(answer="no")})
    done = desk.follow_ups.save(due.id, due.version, typed)
    desk.follow_ups.complete(done.id, done.version)
    before = desk.follow_ups.for_session(signed.id)
    version = amended(desk, signed)
    for session_id in (signed.id, version.id):
        checks = desk.follow_ups.for_session(session_id)
        assert [each.id for each in checks] == [each.id for each in before]
        assert {each.session_id for each in checks} == {version.id}
    assert [each.state.value for each in checks].count("done") == 1


@pytest.mark.parametrize("step", ["take_from_stock", "_replace", "find_session"])
def test_a_signing_that_fails_half_way_leaves_the_original(desk, kit, monkeypatch, step):
    signed = kit.signed()
    draft = desk.amending.begin(signed.id, "Why")
    before = whole(desk, kit)
    real, calls = getattr(signing, step), []

    def fail(*given):
        calls.append(1)
        if step != "find_session" or len(calls) == 3:
            raise MemoryError
        return real(*given)

    monkeypatch.setattr(signing, step, fail)
    with pytest.raises(StorageUnavailable):
        sign(desk, draft)
    monkeypatch.undo()
    assert whole(desk, kit) == before
    assert desk.sessions.get(signed.id) == signed
    assert desk.sessions.get(draft.id) == draft
    assert found(desk) == []
    assert sign(desk, draft).seal.holds


# Entered in error


def test_a_session_entered_in_error_counts_nowhere_and_stays_on_record(desk, kit, clock):
    lot = kit.lot(received_ml="10")
    kit.complete_intake()
    before = whole(desk, kit)
    signed = kit.signed(lot, next_session_on=date(2026, 3, 31), no_next_session=False)
    gone = desk.amending.enter_in_error(signed.id, "Another patient's", PASSWORD)
    assert gone.state is SessionState.ENTERED_IN_ERROR
    assert all(check.ended_in_error for check in desk.follow_ups.for_session(signed.id))
    assert (gone.fields, gone.seal) == (signed.fields, signed.seal)
    assert desk.catalogue.lot(lot.id).left_ml == 10
    after = whole(desk, kit)
    assert {each[3].value for each in after.pop("checks")} == {"superseded"}
    assert before.pop("checks") == []
    assert after == before
    assert desk.today.overview().next_due is None
    (struck,) = desk.sessions.for_patient(kit.patient.id)
    assert (struck.is_struck, struck.said) == (True, "Another patient's")
    check = desk.follow_ups.for_session(signed.id)[0]
    assert check.missed_reason == "Session entered in error"
    assert found(desk) == []
    assert desk.sessions.start(kit.patient.id).number == 1


def test_with_an_amendment_the_whole_session_is_in_error(desk, kit, clock):
    version = amended(desk, kit.signed())
    desk.amending.enter_in_error(version.id, "Never happened", PASSWORD)
    assert desk.exposure.for_patient(kit.patient.id).sessions == ()
    assert {e.state.value for e in desk.follow_ups.for_session(version.id)} == {"superseded"}
    assert found(desk) == []
    clock.move(days=1)
    assert kit.signed().number == 1


def test_it_takes_the_password(desk, kit):
    signed = kit.signed()
    with pytest.raises(WrongPasswordError):
        desk.amending.enter_in_error(signed.id, "Never happened", "not this one")
    assert desk.sessions.get(signed.id) == signed
    with desk.store.vault.engine.connect() as db:
        last = db.exec_driver_sql("SELECT action FROM audit_entry ORDER BY seq DESC").scalars()
        assert "session.error_failed" in last.fetchmany(2)


# A change refused


def test_a_refused_change_is_kept_with_its_reason(desk, kit):
    signed = kit.signed()
    assert desk.amending.deny_request(signed.id, "Say it did not hurt", "It did") == signed
    desk.amending.deny_request(signed.id, "Leave it out", "It was given")
    first, second = desk.amending.history(signed.id).statements
    assert first.text == "The patient asked: Say it did not hurt\n\nNot changed: It did"
    assert (first.kind, first.holds) == (StatementKind.REQUEST_DENIED, True)
    assert second.holds
    assert found(desk) == []


# What the database refuses


REFUSED = (
    "UPDATE session SET state = 'amended' WHERE state = 'signed'",
    "UPDATE session SET state = 'entered_in_error' WHERE state = 'signed'",
    "UPDATE session SET state = 'signed' WHERE state = 'amended'",
    "UPDATE session SET pain = 9 WHERE state = 'amended'",
    "UPDATE session_version SET reason = 'other'",
    "DELETE FROM session_version",
    "UPDATE session_statement SET text = 'other'",
    "DELETE FROM session_statement",
    (
        "INSERT INTO session_version SELECT amends_id, session_id, session_id, 'x', begun_by, 0"
        " FROM session_version"
    ),
)


def test_the_tables_refuse_whoever_writes(desk, kit):
    amended(desk, kit.signed())
    for statement in REFUSED:
        with (
            pytest.raises(DBAPIError),
            desk.store.vault.engine.begin() as connection,
        ):
            connection.execute(text(statement))


# What was done behind our back


def test_a_broken_seal_blocks_amending_until_somebody_says_to_know(desk, kit, tamper):
    signed = kit.signed()
    assert desk.amending.broken(kit.patient.id) == frozenset()
    with pytest.raises(RefusedError, match="holds"):
        desk.amending.accept_broken(signed.id)
    tamper("UPDATE session SET pain = 9")
    assert desk.amending.broken(kit.patient.id) == {signed.id}
    with pytest.raises(BrokenSealError):
        desk.amending.begin(signed.id, "To put it right")
    assert not desk.amending.accept_broken(signed.id).seal.holds
    assert desk.amending.history(signed.id).seen_broken == {signed.id}
    assert sign(desk, desk.amending.begin(signed.id, "To put it right")).seal.holds


def test_what_is_altered_after_somebody_said_to_know_is_told_again(desk, kit, tamper):
    signed = kit.signed()
    tamper("UPDATE session SET pain = 9")
    desk.amending.accept_broken(signed.id)
    tamper("UPDATE session SET pain = 8")
    assert desk.amending.history(signed.id).seen_broken == frozenset()
    with pytest.raises(BrokenSealError):
        desk.amending.begin(signed.id, "To put it right")
    desk.amending.accept_broken(signed.id)
    assert desk.amending.begin(signed.id, "To put it right")


ALTERED = (
    ("UPDATE session_version SET reason = 'other'", "seals"),
    ("UPDATE session_version SET begun_at = 0", "seals"),
    ("DELETE FROM session_version", "seals"),
    ("UPDATE session_statement SET text = 'other'", "versions"),
    ("UPDATE session_statement SET made_at = 0", "versions"),
    ("UPDATE session_statement SET signature = zeroblob(64)", "versions"),
    ("UPDATE session_statement SET public_key = zeroblob(32)", "versions"),
    ("UPDATE session_statement SET replaced_by = session_id", "versions"),
    ("DELETE FROM session_statement", "versions"),
    ("UPDATE session SET state = 'entered_in_error' WHERE state = 'amended'", "versions"),
    ("UPDATE session SET state = 'amended' WHERE state = 'signed'", "versions"),
)


@pytest.mark.parametrize(("statement", "area"), ALTERED)
def test_whatever_is_altered_in_a_chain_is_found(desk, kit, tamper, statement, area):
    amended(desk, kit.signed())
    assert found(desk) == []
    tamper(statement)
    assert area in {each for each, _ in found(desk)}


def test_two_versions_that_count_are_found(desk, kit, tamper):
    amended(desk, kit.signed())
    tamper("DROP INDEX uq_session_patient_number", "UPDATE session SET state = 'signed'")
    assert any("Two versions" in sentence for _, sentence in found(desk))


def test_numbers_of_rows_tell_that_nothing_was_planned_twice(desk, kit):
    version = amended(desk, kit.signed())
    with desk.store.read(Right.RECORD_READ) as tx:
        own = select(func.count()).where(FollowUpRow.session_id == version.id)
        assert tx.db.scalar(own) == 0
        standing = select(func.count()).where(SessionRow.state == SessionState.SIGNED)
        assert tx.db.scalar(standing) == 1
