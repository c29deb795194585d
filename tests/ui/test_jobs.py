"""Work on threads: where it runs, in which order, what happens to errors and deleted owners."""

import logging
import threading
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from mesodesk.ui.jobs import Jobs, Latest, explain


class DiskFullError(Exception):
    """What storage raises for people."""

    sentence = "The disk is full."


@pytest.fixture
def jobs(qapp):
    made = Jobs()
    yield made
    made.close()


@pytest.fixture
def owner(qapp):
    return QObject()


def _raise(error):
    raise error


def test_works_on_one_other_thread_and_answers_on_this_one(jobs, owner):
    seen = []
    for number in range(3):
        jobs.run(
            owner,
            lambda number=number: (number, threading.current_thread().name),
            lambda result: seen.append((*result, threading.current_thread())),
        )
    jobs.drain()
    assert [one[0] for one in seen] == [0, 1, 2]
    assert len({one[1] for one in seen}) == 1
    assert seen[0][1].startswith("database")
    assert {one[2] for one in seen} == {threading.main_thread()}


def test_answers_come_through_the_event_loop(qtbot, jobs, owner):
    seen = []
    jobs.run(owner, lambda: 7, seen.append)
    assert seen == []
    qtbot.waitUntil(lambda: seen == [7])


def test_a_deleted_owner_is_not_called(jobs, owner):
    seen = []
    gate = threading.Event()
    jobs.run(owner, gate.wait, seen.append)
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete.value)
    gate.set()
    jobs.drain()
    assert seen == []


def test_the_work_of_a_deleted_owner_is_still_done(jobs, owner):
    written = []
    gate = threading.Event()
    jobs.run(owner, gate.wait)
    jobs.run(owner, partial(written.append, "last words"))
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete.value)
    gate.set()
    jobs.drain()
    assert written == ["last words"]


def test_an_error_for_people_goes_to_the_caller(jobs, owner):
    seen = []
    jobs.run(owner, partial(_raise, DiskFullError()), seen.append, lambda error: seen.append(error))
    jobs.drain()
    assert isinstance(seen[0], DiskFullError)
    assert explain(seen[0]) == "The disk is full."


def test_an_error_nobody_handles_is_told_in_its_sentence(jobs, owner):
    told = []
    jobs.troubled.connect(told.append)
    jobs.run(owner, partial(_raise, DiskFullError()))
    jobs.drain()
    assert told == ["The disk is full."]


def test_a_mistake_is_logged_without_its_text(jobs, owner, log_book):
    told = []
    jobs.troubled.connect(told.append)
    with log_book.expects("mesodesk.ui.jobs", logging.ERROR) as records:
        jobs.run(owner, partial(_raise, KeyError("García, born 1985")))
        jobs.drain()
    (record,) = records
    assert record.getMessage().startswith("KeyError in _raise:")
    assert "García" not in record.getMessage()
    assert "García" not in told[0]
    assert "mistake in the program" in told[0]


def test_busy_begins_and_ends_once(jobs, owner):
    seen = []
    jobs.busy.connect(seen.append)
    for _ in range(5):
        jobs.run(owner, int)
    jobs.drain()
    assert seen == [True, False]


def test_busy_ends_even_where_the_answer_is_mishandled(qtbot, jobs, owner):
    seen = []
    jobs.busy.connect(seen.append)
    with qtbot.capture_exceptions() as caught:
        jobs.run(owner, int, lambda _result: _raise(KeyError("of a form")))
        jobs.drain()
    assert [kind for kind, _, _ in caught] == [KeyError]
    assert seen == [True, False]


def test_drain_waits_for_what_an_answer_asks_for(jobs, owner):
    seen = []
    jobs.run(owner, lambda: 1, lambda one: jobs.run(owner, lambda: one + 1, seen.append))
    jobs.drain()
    assert seen == [2]
    assert not jobs.is_busy()


def test_computing_aside_does_not_wait_for_the_database(jobs, owner):
    gate = threading.Event()
    jobs.run(owner, gate.wait)
    names = []
    jobs.run_aside(owner, lambda: threading.current_thread().name, names.append)
    jobs.run_aside(owner, gate.set)
    jobs.drain()
    assert names[0].startswith("aside")


def test_after_closing_nothing_is_taken(qapp, owner):
    made = Jobs()
    made.close()
    with pytest.raises(RuntimeError):
        made.run(owner, int)


def test_the_newest_question_is_the_one_answered(jobs, owner):
    gate = threading.Event()
    asked, answered = [], []
    latest = Latest(jobs, owner)

    def ask(text):
        gate.wait()
        asked.append(text)
        return text

    for text in ("g", "ga", "gar"):
        latest.run(partial(ask, text), answered.append)
    gate.set()
    jobs.drain()
    assert asked == ["g", "gar"]
    assert answered == ["gar"]


def test_a_forgotten_question_is_not_answered(jobs, owner):
    gate = threading.Event()
    answered = []
    latest = Latest(jobs, owner)
    latest.run(gate.wait, answered.append)
    latest.forget()
    gate.set()
    jobs.drain()
    assert answered == []


def test_the_window_stays_free_while_the_disk_is_slow(qtbot, jobs, owner):
    gate = threading.Event()
    jobs.run(owner, gate.wait)
    for _ in range(100):
        jobs.run(owner, int)
    assert jobs.is_busy()  # whoever waited would wait for ever
    gate.set()
    jobs.drain()
