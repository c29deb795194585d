"""Autosave: when it writes, in which order, and that nothing is given up when it cannot."""

import threading
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from mesodesk.services.errors import ConflictError, RefusedError
from mesodesk.ui.jobs import Jobs
from mesodesk.ui.keeper import Keeper


class StillClock:
    """A clock that stands still."""

    def now(self):
        return datetime(2026, 3, 4, 10, 42, 7, tzinfo=UTC)


class Strip:
    """Remembers what the status strip is told."""

    def __init__(self):
        self.told = []

    def keeping(self, source):
        self.told.append("keeping")

    def kept(self, source, moment):
        self.told.append("kept")

    def failed(self, source, sentence):
        self.told.append(sentence)

    def stuck(self, source):
        self.told.append("stuck")

    def dropped(self, source):
        self.told.append("dropped")

    def on_flush(self, slot):
        self.flush = slot


class UnavailableError(Exception):
    """The machine's fault."""

    trouble = "full"
    sentence = "The disk is full."


TOO_HEAVY = "A weight of 5000 kg is not possible."


class Store:
    """Takes writes, and refuses them when told to."""

    def __init__(self):
        self.rows = []
        self.error = None

    def write(self, value):
        def write(version):
            if self.error is not None:
                raise self.error
            self.rows.append((value, version))
            return SimpleNamespace(version=version + 1)

        return write


class Picture(QWidget):
    """Says when it is painted."""

    def __init__(self, told):
        super().__init__()
        self._told = told

    def paintEvent(self, _event):
        self._told.append("painted")


@pytest.fixture
def jobs(qapp):
    made = Jobs()
    yield made
    made.close()


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def strip():
    return Strip()


@pytest.fixture
def keeper(jobs, strip):
    made = Keeper(jobs, strip, clock=StillClock(), pause_ms=30, latest_ms=200, retry_ms=30)
    made.open(4)
    return made


def test_a_pause_in_typing_writes_the_last_text_once(qtbot, keeper, store):
    with qtbot.waitSignal(keeper.kept) as kept:
        for text in ("0", "06", "061"):
            keeper.put("phone", store.write(text))
    assert store.rows == [("061", 4)]
    assert kept.args == [StillClock().now()]
    assert not keeper.is_pending()


def test_typing_without_a_pause_is_written_at_the_latest_after_the_limit(qtbot, jobs, store):
    keeper = Keeper(jobs, pause_ms=60_000, latest_ms=40)
    with qtbot.waitSignal(keeper.kept):
        keeper.put("note", store.write("a"))
        keeper.put("note", store.write("ab"))
    assert [row[0] for row in store.rows] == ["ab"]


def test_the_limits_are_what_the_status_bar_promises():
    from mesodesk.ui import keeper

    assert keeper.PAUSE_MS == 400
    assert keeper.LATEST_MS == 1_500


def test_every_write_gets_the_version_the_last_one_made(jobs, keeper, store):
    for key in ("a", "b", "c"):
        keeper.put(key, store.write(key))
    keeper.flush()
    jobs.drain()
    assert store.rows == [("a", 4), ("b", 5), ("c", 6)]
    assert keeper.version == 7


def test_gestures_are_written_soon_and_never_merged(qtbot, keeper, store):
    with qtbot.waitSignal(keeper.kept):
        for number in range(5):
            keeper.append(store.write(number))
        assert keeper.is_pending()
    assert [row[0] for row in store.rows] == [0, 1, 2, 3, 4]


def test_a_gesture_is_painted_before_it_is_written(qtbot, jobs, store):
    jobs.run(jobs, lambda: None)
    jobs.drain()  # its thread is up
    seen = []
    picture = Picture(seen)
    qtbot.addWidget(picture)
    picture.show()
    qtbot.waitUntil(lambda: bool(seen))
    keeper = Keeper(jobs)
    seen.clear()
    with qtbot.waitSignal(keeper.kept):
        picture.update()
        keeper.append(lambda _version: seen.append("written"))
    assert seen == ["painted", "written"]


def test_what_waits_to_be_painted_is_written_with_what_is_left(jobs, keeper, store):
    keeper.append(store.write("gesture"))
    keeper.flush()
    jobs.drain()
    assert [row[0] for row in store.rows] == ["gesture"]


def test_one_write_is_under_way_at_a_time(jobs, keeper, store):
    gate = threading.Event()
    under_way = []

    def slow(version):
        under_way.append(version)
        gate.wait()

    keeper.append(slow)
    keeper.put("x", store.write("x"))
    keeper.flush()
    assert keeper.is_pending()
    gate.set()
    jobs.drain()
    assert store.rows == [("x", 4)]


def test_the_strip_says_keeping_and_then_kept(jobs, keeper, store, strip):
    keeper.put("a", store.write("a"))
    assert strip.told == ["keeping"]
    keeper.flush()
    assert strip.told == ["keeping"]
    jobs.drain()
    assert strip.told == ["keeping", "kept"]


def test_leaving_the_field_writes_at_once(qtbot, jobs, store):
    keeper = Keeper(jobs, pause_ms=60_000, latest_ms=60_000)
    window = QWidget()
    qtbot.addWidget(window)
    first, second = QLineEdit(), QLineEdit()
    column = QVBoxLayout(window)
    column.addWidget(first)
    column.addWidget(second)
    window.show()
    first.setFocus()
    keeper.put("a", store.write("a"))
    with qtbot.waitSignal(keeper.kept):
        second.setFocus()
    assert store.rows == [("a", 0)]


def test_locking_the_window_writes_at_once(jobs, keeper, store, strip):
    keeper.put("a", store.write("a"))
    strip.flush()
    jobs.drain()
    assert store.rows == [("a", 4)]


def test_what_cannot_be_written_is_kept_and_tried_again(qtbot, keeper, store, strip):
    store.error = UnavailableError()
    with qtbot.waitSignal(keeper.failed) as failed:
        keeper.put("a", store.write("typed"))
    assert failed.args == ["The disk is full."]
    assert strip.told[-3:] == ["The disk is full.", "keeping", "stuck"]
    assert keeper.is_pending()
    store.error = None
    with qtbot.waitSignal(keeper.kept):
        pass
    assert store.rows == [("typed", 4)]
    assert strip.told[-1] == "kept"


def test_a_newer_value_replaces_the_one_that_failed(qtbot, keeper, store):
    store.error = UnavailableError()
    with qtbot.waitSignal(keeper.failed):
        keeper.put("a", store.write("old"))
    store.error = None
    with qtbot.waitSignal(keeper.kept):
        keeper.put("a", store.write("new"))
    assert [row[0] for row in store.rows] == ["new"]


def test_order_holds_when_the_first_of_two_fails(qtbot, keeper, store):
    store.error = UnavailableError()
    with qtbot.waitSignal(keeper.failed):
        keeper.append(store.write(1))
        keeper.append(store.write(2))
    store.error = None
    with qtbot.waitSignal(keeper.kept):
        pass
    assert [row[0] for row in store.rows] == [1, 2]


def test_a_refused_value_is_told_and_holds_up_no_other(jobs, keeper, store, strip):
    refused = []
    keeper.refused.connect(lambda key, error: refused.append((key, error)))

    def heavy(version):
        raise RefusedError(TOO_HEAVY)

    keeper.put("weight", heavy)
    keeper.put("phone", store.write("061"))
    keeper.flush()
    jobs.drain()
    assert [(key, error.sentence) for key, error in refused] == [("weight", TOO_HEAVY)]
    assert [row[0] for row in store.rows] == ["061"]
    assert keeper.is_pending()
    assert strip.told[-1] == TOO_HEAVY
    keeper.put("weight", store.write("64"))
    keeper.flush()
    jobs.drain()
    assert not keeper.is_pending()
    assert strip.told[-1] == "kept"


def test_a_refused_gesture_is_told_and_waits_for_nothing(jobs, keeper, store, strip):
    refused = []
    keeper.refused.connect(lambda _key, error: refused.append(error.sentence))
    kept = []
    keeper.kept.connect(kept.append)

    def close(version):
        raise RefusedError(TOO_HEAVY)

    keeper.append(close)
    keeper.flush()
    jobs.drain()
    assert refused == [TOO_HEAVY]
    assert (kept, keeper.is_pending(), strip.told[-1]) == ([], False, "dropped")
    keeper.append(close)
    keeper.put("phone", store.write("061"))
    keeper.flush()
    jobs.drain()
    assert [row[0] for row in store.rows] == ["061"]
    assert (keeper.is_pending(), strip.told[-1]) == (False, "kept")


def refuse_weight(_version):
    raise RefusedError(TOO_HEAVY)


def test_what_was_refused_goes_with_its_form(jobs, keeper, strip, qtbot):
    keeper.put("weight", refuse_weight)
    keeper.flush()
    jobs.drain()
    assert strip.told[-1] == TOO_HEAVY
    with qtbot.waitSignal(keeper.destroyed):
        keeper.retire()
    assert strip.told[-1] == "dropped"


def test_what_is_refused_after_its_form_has_gone_is_told_once(jobs, keeper, store, strip, qtbot):
    troubles = []
    jobs.troubled.connect(troubles.append)
    keeper.put("weight", refuse_weight)
    keeper.put("phone", store.write("061"))
    with qtbot.waitSignal(keeper.destroyed):
        keeper.retire()
    assert troubles == [TOO_HEAVY]
    assert [row[0] for row in store.rows] == ["061"]
    assert strip.told[-1] in ("kept", "dropped")


@pytest.mark.parametrize(("mine", "rows"), [(True, [("mine", 9)]), (False, [])])
def test_a_conflict_waits_for_a_decision(jobs, keeper, store, mine, rows):
    told = []
    keeper.conflicted.connect(told.append)
    store.error = conflict = ConflictError(None)
    keeper.put("a", store.write("mine"))
    keeper.flush()
    jobs.drain()
    assert told == [conflict]
    keeper.flush()
    jobs.drain()
    assert told == [conflict]
    store.error = None
    if mine:
        keeper.resume(9)
    else:
        keeper.discard(9)
    jobs.drain()
    assert store.rows == rows
    assert not keeper.is_pending()


def test_the_caller_is_given_what_the_write_returned(jobs, keeper, store):
    results = []
    keeper.put("a", store.write("a"), results.append)
    keeper.flush()
    jobs.drain()
    assert results[0].version == 5


def test_what_a_form_makes_of_an_answer_holds_up_nothing(qtbot, jobs, keeper, store, strip):
    def mishandle(_result):
        raise KeyError("of a form")

    with qtbot.capture_exceptions() as caught:
        keeper.put("a", store.write("a"), mishandle)
        keeper.put("b", store.write("b"))
        keeper.flush()
        jobs.drain()
    assert [kind for kind, _, _ in caught] == [KeyError]
    assert [row[0] for row in store.rows] == ["a", "b"]
    assert not keeper.is_pending()


def test_what_is_tried_once_comes_after_all_that_waits(jobs, keeper, store):
    keeper.put("a", store.write("a"))
    keeper.flush()
    keeper.put("a", store.write("ab"))
    done = []
    keeper.once(store.write("make"), done.append, pytest.fail)
    jobs.drain()
    assert [row[0] for row in store.rows] == ["a", "ab", "make"]
    assert [result.version for result in done] == [7]


@pytest.mark.parametrize("error", [UnavailableError(), ConflictError(None)])
def test_what_is_tried_once_is_given_back_and_holds_up_nothing(jobs, keeper, store, strip, error):
    def refuse(_version):
        raise error

    told = []
    keeper.once(refuse, pytest.fail, told.append)
    keeper.put("a", store.write("a"))
    jobs.drain()
    keeper.flush()
    jobs.drain()
    assert told == [error]
    assert [row[0] for row in store.rows] == ["a"]
    assert strip.told[-1] == "kept"


def test_a_strip_to_which_nothing_was_kept_goes_back_to_what_it_said(jobs, keeper, strip):
    def refuse(_version):
        raise UnavailableError

    keeper.once(refuse, pytest.fail, lambda _error: None)
    jobs.drain()
    assert strip.told == ["keeping", "dropped"]
