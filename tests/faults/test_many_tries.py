"""Many wrong passwords: across restarts, with clocks moved and an older counter put back."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from colleagues import PASSWORD as MARCS
from colleagues import let_work
from figures import TRIES_A_DAY
from vaults import PASSWORD

from mesodesk.services.desk import open_desk
from mesodesk.vault import attempts
from mesodesk.vault.attempts import BY_KEY, MANY, AttemptCounter
from mesodesk.vault.errors import TooSoonError, WrongPasswordError
from mesodesk.vault.vault import open_vault
from mesodesk.vault.ways_in import NewCode, WaysIn

if TYPE_CHECKING:
    from mesodesk.vault.reset_code import ResetCode

TRIES = 20
DAY = 24 * 3600
ANA, BEN, VAULT = UUID(int=21), UUID(int=22), UUID(int=5)


@pytest.fixture
def since_start(monkeypatch):
    """The clock since the computer was started, which moves only when it is told to."""

    class Clock:
        now = 1_000.0

    monkeypatch.setattr(attempts, "_since_start", lambda: Clock.now)
    return Clock


@pytest.fixture
def restart(monkeypatch):
    """Lets the program forget what it saw, as its end does."""

    def forget():
        monkeypatch.setattr(attempts, "_SEEN", {})

    forget()
    return forget


def test_twenty_wrong_passwords_wait_longer_and_longer_and_never_for_ever(
    vault_folder, since_start, restart
):
    pauses = []
    for at in range(TRIES):
        with pytest.raises(WrongPasswordError) as refused:
            open_vault(vault_folder, password=f"wrong number {at}")
        pauses.append(refused.value.delay_s)
        restart()
        with pytest.raises(TooSoonError):  # the pause goes on after a restart
            open_vault(vault_folder, password=PASSWORD)
        since_start.now += pauses[-1] + 0.1
        if at == TRIES // 2:
            since_start.now = 1.0  # the computer was restarted: what has passed since counts
            with pytest.raises(TooSoonError):
                open_vault(vault_folder, password=PASSWORD)
            since_start.now = 61.0
    assert pauses[:7] == [1, 2, 4, 8, 16, 32, 60]
    assert set(pauses[6:-1]) == {60}
    assert pauses[-1] == 3600
    with open_vault(vault_folder, password=PASSWORD) as vault:
        assert vault.attempts.total == TRIES
        assert not [one for one in vault.findings if "wrong passwords" in one.sentence]


def test_an_older_counter_put_back_is_told(vault_folder, since_start, restart):
    counter = vault_folder / "attempts.json"
    kept = counter.read_bytes() if counter.exists() else None
    for at in range(3):
        with pytest.raises(WrongPasswordError):
            open_vault(vault_folder, password=f"wrong number {at}")
        since_start.now += 60
    open_vault(vault_folder, password=PASSWORD).close()
    restart()
    if kept is None:
        counter.unlink()
    else:
        counter.write_bytes(kept)
    with open_vault(vault_folder, password=PASSWORD) as vault:
        assert any("wrong passwords went back" in one.sentence for one in vault.findings)
        assert vault.attempts.total == 0


@pytest.mark.figures
@pytest.mark.parametrize("between", ["nothing", "right passwords", "restarts", "clocks"])
def test_fewer_than_fifty_a_day_can_be_tried_at_anybody_s_password(
    place, since_start, restart, monkeypatch, figure, between
):
    counter, moments, passed = AttemptCounter(place, VAULT), [], 0.0
    while passed < 2 * DAY:
        assert counter.wait_s(ANA) == 0
        moments.append(passed)
        wait = counter.failed(ANA)
        since_start.now, passed = since_start.now + wait, passed + wait
        if between == "right passwords":
            counter.succeeded(ANA)
        elif between == "restarts":
            restart()
            counter = AttemptCounter(place, VAULT)
        elif between == "clocks":
            monkeypatch.setattr("time.time", lambda at=passed: 4e9 + at * 1000)
        assert counter.wait_s(BEN) == counter.wait_s(BY_KEY) == 0
    most = max(sum(at <= one < at + DAY for one in moments) for at in moments)
    figure(TRIES_A_DAY, most)
    assert MANY < most <= 50


def test_a_restart_of_the_computer_shortens_no_long_pause(tmp_path, since_start, restart):
    counter = AttemptCounter(tmp_path, VAULT)
    for _ in range(MANY):
        counter.failed(ANA)
    since_start.now += 1_000
    counter.keep_time()
    since_start.now = 5.0
    restart()
    assert AttemptCounter(tmp_path, VAULT).wait_s(ANA) == pytest.approx(3600 - 1_000 - 5)


def test_what_was_tried_at_one_locks_out_nobody_and_not_even_them(
    vault_folder, since_start, restart
):
    """A colleague, the PIN, a code and the recovery key open meanwhile; so does the right one."""
    desk = open_desk(open_vault(vault_folder, password=PASSWORD))
    olga = desk.store.vault.user_id
    marc = let_work(desk)
    desk.access.set_pin(PASSWORD, "902817")
    desk.access.lock()
    for at in range(MANY):
        with pytest.raises(WrongPasswordError) as refused:
            desk.access.switch(olga, f"wrong number {at}")
        since_start.now += refused.value.delay_s if at < MANY - 1 else 0
    said = refused.value.sentence
    assert "in 60 minutes" in said
    assert "PIN" in said
    assert "code from an owner" in said
    assert "recovery key" in said
    with pytest.raises(TooSoonError, match="in 60 minutes"):
        desk.access.switch(olga, PASSWORD)
    desk.access.switch(marc, MARCS)
    desk.access.switch_by_pin(olga, "902817")
    desk.close()
    restart()
    with pytest.raises(TooSoonError):
        open_vault(vault_folder, password=PASSWORD, user_id=olga)
    open_vault(vault_folder, password=MARCS, user_id=marc).close()
    since_start.now += 3600.1
    open_vault(vault_folder, password=PASSWORD, user_id=olga).close()


@pytest.mark.parametrize("typed_as", ["code", "password"])
def test_a_code_opens_though_the_password_must_wait(vault_folder, since_start, restart, typed_as):
    with open_vault(vault_folder, password=PASSWORD) as vault:
        user_id = vault.user_id
        until = vault.clock.now() + timedelta(days=7)
        code: ResetCode = WaysIn(vault).give_code(NewCode(user_id, "Olga Owner", until))
        for _ in range(MANY):
            vault.attempts.failed(user_id)
    restart()
    with pytest.raises(TooSoonError):
        open_vault(vault_folder, password=PASSWORD, user_id=user_id)
    offered = {typed_as: code.text, "user_id": user_id, "or_code": typed_as == "password"}
    with open_vault(vault_folder, **offered) as vault:
        assert vault.by_code
        vault.change_password("an entirely new password")
    # Whatever was tried at the old password, it opens nothing any more.
    open_vault(vault_folder, password="an entirely new password", user_id=user_id).close()
