from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import perf_counter

import pytest

from qa.errors import NotFound, QAError, RecordsError, SignInError
from qa.records.accounts import ROLES, User
from qa.records.records import Records
from tests.records.conftest import XSS, Clock, only_sqlite, rows

GOOD = "一二三四五六七八九十"
ADDRESS = "10.0.0.7"


def failing_sign_in(records: Records, name: str, address: str = ADDRESS) -> str:
    with pytest.raises(SignInError) as caught:
        records.accounts.sign_in(name, "wrong-password", address)
    return str(caught.value)


def test_the_first_start_makes_an_admin_whose_password_is_told_once(records: Records) -> None:
    first = records.accounts.first_admin()
    assert first and first.name == "admin"
    token = records.accounts.sign_in("admin", first.password, ADDRESS)
    user = records.accounts.user_of_session(token)
    assert user and (user.name, user.role, user.must_change) == ("admin", "admin", True)
    assert records.accounts.first_admin() is None


def test_people_who_come_through_a_proxy_do_not_count_as_able_to_sign_in(records: Records) -> None:
    records.accounts.proxied("zhang")
    assert records.accounts.first_admin()


def test_somebody_whom_a_proxy_calls_admin_is_not_made_the_administrator(records: Records) -> None:
    came = records.accounts.proxied("Admin")
    first = records.accounts.first_admin()
    assert first and first.name == "admin-2"
    assert records.accounts.proxied("admin") == came and came.role == "user"
    failing_sign_in(records, "admin")
    token = records.accounts.sign_in("admin-2", first.password, ADDRESS)
    user = records.accounts.user_of_session(token)
    assert user and user.role == "admin"


def test_the_user_of_open_mode_is_an_admin_who_cannot_sign_in(records: Records) -> None:
    local = records.accounts.local_user()
    assert (local.name, local.role) == ("本机", "admin")
    assert records.accounts.local_user() == local
    assert local not in records.accounts.all()
    failing_sign_in(records, "本机")
    for change in (
        lambda: records.accounts.reset(local.id),
        lambda: records.accounts.set_active(local.id, False),
        lambda: records.accounts.set_role(local.id, "user"),
        lambda: records.accounts.change_password(local.id, "", GOOD),
        lambda: records.accounts.create("本机", "user"),
    ):
        with pytest.raises(RecordsError, match=r"。$"):
            change()


@pytest.mark.parametrize("name", ["本机", " 本机 ", "", "a b", XSS])
def test_a_proxy_cannot_name_the_user_of_open_mode_or_no_name(records: Records, name: str) -> None:
    records.accounts.local_user()
    with pytest.raises(SignInError, match=r"。$"):
        records.accounts.proxied(name)


def test_a_proxied_name_is_one_user_of_the_least_role_until_deactivated(records: Records) -> None:
    user = records.accounts.proxied("BUREAU\\zhang")
    assert user.role == "user" and not user.must_change
    assert records.accounts.proxied("bureau\\Zhang") == user
    failing_sign_in(records, user.name)
    records.accounts.set_role(user.id, "evaluator")
    assert records.accounts.proxied(user.name).role == "evaluator"
    records.accounts.set_active(user.id, False)
    with pytest.raises(SignInError, match="停用"):
        records.accounts.proxied(user.name)


@pytest.mark.parametrize("name", ["", "  ", "a b", "a\nb", XSS, "a" * 65, ".dot"])
def test_a_name_that_cannot_be_one_is_refused(records: Records, name: str) -> None:
    with pytest.raises(RecordsError, match=r"。$"):
        records.accounts.create(name, "user")
    assert records.accounts.all() == []


@pytest.mark.parametrize("name", ["Ada", "ADA", "ａｄａ", " ada "])
def test_a_name_is_given_once_however_it_is_typed(records: Records, ada: User, name: str) -> None:
    with pytest.raises(RecordsError, match="已经有"):
        records.accounts.create(name, "user")
    assert records.accounts.all() == [ada]
    assert records.accounts.named(name) == ada


def test_there_are_four_roles_and_no_fifth(records: Records, ada: User) -> None:
    assert list(ROLES.values()) == ["使用者", "培训", "评测", "管理"]
    for role in ROLES:
        records.accounts.set_role(ada.id, role)
        assert records.accounts.get(ada.id).role == role
        records.accounts.create(f"by-{role}", role)
    with pytest.raises(RecordsError, match="root"):
        records.accounts.set_role(ada.id, "root")  # type: ignore[arg-type]
    with pytest.raises(RecordsError, match="root"):
        records.accounts.create("eve", "root")  # type: ignore[arg-type]


def test_an_unknown_user_is_not_found(records: Records) -> None:
    for use in (
        lambda: records.accounts.get(99),
        lambda: records.accounts.named("nobody"),
        lambda: records.accounts.reset(99),
        lambda: records.accounts.set_role(99, "user"),
        lambda: records.accounts.set_active(99, False),
        lambda: records.accounts.change_password(99, "", GOOD),
        lambda: records.accounts.create_key(99, "x"),
        lambda: records.conversations.begin(99, "x"),
        lambda: records.clips.add(99, "p", "t", "l", "q"),
    ):
        with pytest.raises(NotFound, match=r"。$"):
            use()


def test_the_last_admin_stays(records: Records, person: Callable[..., User]) -> None:
    records.accounts.local_user()  # is no help: it is there in open mode only
    first, second = person("first", "admin"), person("second", "admin")
    records.accounts.set_role(second.id, "user")
    for change in (
        lambda: records.accounts.set_role(first.id, "trainer"),
        lambda: records.accounts.set_active(first.id, False),
    ):
        with pytest.raises(RecordsError, match="最后一个管理员"):
            change()
    records.accounts.set_role(second.id, "admin")
    records.accounts.set_active(second.id, False)
    with pytest.raises(RecordsError, match="最后一个管理员"):
        records.accounts.set_active(first.id, False)
    records.accounts.set_active(second.id, True)
    records.accounts.set_active(first.id, False)
    assert not records.accounts.get(first.id).active


def test_two_admins_who_demote_each_other_at_once_leave_one(
    records: Records, person: Callable[..., User]
) -> None:
    admins = [person(f"admin{n}", "admin") for n in range(4)]

    def demote(user: User) -> bool:
        try:
            records.accounts.set_role(user.id, "user")
        except RecordsError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(demote, admins)) == [False, True, True, True]


def test_a_password_is_stored_as_argon2_and_a_token_as_its_hash(records: Records, url: str) -> None:
    password = records.accounts.create("ada", "user")
    token = records.accounts.sign_in("ada", password, ADDRESS)
    key = records.accounts.create_key(records.accounts.named("ada").id, "脚本")
    tables = ("users", "sessions", "api_keys", "installation")
    stored = str([rows(url, f"SELECT * FROM {table}") for table in tables])
    assert "$argon2id$" in stored
    for hidden in (password, token, key):
        assert hidden not in stored


def test_changing_the_password_ends_the_other_sessions(records: Records) -> None:
    password = records.accounts.create("ada", "user")
    here, there = (records.accounts.sign_in("ada", password, ADDRESS) for _ in range(2))
    user = records.accounts.user_of_session(here)
    assert user and user.must_change
    records.accounts.change_password(user.id, password, GOOD, keep=here)
    assert records.accounts.user_of_session(there) is None
    kept = records.accounts.user_of_session(here)
    assert kept and not kept.must_change
    failing = pytest.raises(SignInError)
    with failing:
        records.accounts.sign_in("ada", password, ADDRESS)
    assert records.accounts.sign_in("ada", GOOD, ADDRESS)


@pytest.mark.parametrize("new", ["", "nine-char", "Zhang-San-Feng", "x" * 201])
def test_a_poor_password_is_refused(records: Records, new: str) -> None:
    old = records.accounts.create("zhang-san-feng", "user")
    user = records.accounts.named("zhang-san-feng")
    with pytest.raises(RecordsError, match=r"密码.*。$"):
        records.accounts.change_password(user.id, old, new)
    with pytest.raises(RecordsError, match="相同"):
        records.accounts.change_password(user.id, old, old)
    assert records.accounts.sign_in("zhang-san-feng", old, ADDRESS)


def test_the_old_password_cannot_be_guessed_through_the_change(records: Records, ada: User) -> None:
    for _ in range(5):
        with pytest.raises(SignInError, match="原密码不对"):
            records.accounts.change_password(ada.id, "wrong-password", GOOD)
    with pytest.raises(SignInError, match="15 分钟"):
        records.accounts.change_password(ada.id, "wrong-password", GOOD)


def test_a_reset_gives_a_new_password_and_ends_sessions(records: Records) -> None:
    old = records.accounts.create("ada", "user")
    user = records.accounts.named("ada")
    records.accounts.change_password(user.id, old, GOOD)
    token = records.accounts.sign_in("ada", GOOD, ADDRESS)
    for _ in range(5):
        failing_sign_in(records, "ada")
    new = records.accounts.reset(user.id)
    assert new != old
    assert records.accounts.user_of_session(token) is None
    again = records.accounts.user_of_session(records.accounts.sign_in("ada", new, ADDRESS))
    assert again and again.must_change


def test_five_failures_make_a_name_wait_even_with_the_right_password(
    records: Records, clock: Clock
) -> None:
    password = records.accounts.create("ada", "user")
    for _ in range(5):
        assert "用户名或密码不对" in failing_sign_in(records, "ada")
        clock.forward(minutes=1)
    with pytest.raises(SignInError, match="请过 10 分钟"):
        records.accounts.sign_in("ADA", password, "10.0.0.8")
    clock.forward(minutes=9, seconds=30)
    with pytest.raises(SignInError, match="请过 1 分钟"):
        records.accounts.sign_in("ada", password, ADDRESS)
    clock.forward(seconds=30)
    assert records.accounts.sign_in("ada", password, ADDRESS)


def test_a_success_forgets_the_failures_of_the_name(records: Records) -> None:
    password = records.accounts.create("ada", "user")
    for _ in range(3):
        for _ in range(4):
            failing_sign_in(records, "ada")
        assert records.accounts.sign_in("ada", password, ADDRESS)


def test_twenty_failures_make_an_address_wait_and_no_other(records: Records) -> None:
    password = records.accounts.create("ada", "user")
    for n in range(20):
        failing_sign_in(records, f"name{n}")
    with pytest.raises(SignInError, match="15 分钟"):
        records.accounts.sign_in("ada", password, ADDRESS)
    assert records.accounts.sign_in("ada", password, "10.0.0.8")


def test_failures_are_remembered_over_a_restart(records: Records, url: str, clock: Clock) -> None:
    for _ in range(5):
        failing_sign_in(records, "ada")
    with closing(Records.open(url, now=clock)) as other:
        assert "分钟再试" in failing_sign_in(other, "ada")


def test_many_guesses_at_once_are_no_way_round(records: Records, ada: User) -> None:
    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(lambda _: failing_sign_in(records, "ada"), range(12)))
    assert sum("密码不对" in one for one in said) == 5


@only_sqlite
def test_an_unknown_name_looks_like_a_wrong_password(records: Records) -> None:
    names = ["known", "gone", "unknown"]
    for name in names[:2]:
        records.accounts.create(name, "user")
    records.accounts.set_active(records.accounts.named("gone").id, False)
    said: dict[str, set[str]] = {}
    took: dict[str, list[float]] = {name: [] for name in names}
    for n in range(4):
        for name in names:
            began = perf_counter()
            said.setdefault(name, set()).add(failing_sign_in(records, name, f"10.0.1.{n}"))
            took[name].append(perf_counter() - began)
    assert said["known"] == said["gone"] == said["unknown"]
    least = [min(times) for times in took.values()]
    assert max(least) < 3 * min(least)  # without the hash it would be a tenth


def test_a_deactivated_user_is_out_at_once_and_so_are_the_keys(records: Records) -> None:
    password = records.accounts.create("ada", "user")
    user = records.accounts.named("ada")
    token = records.accounts.sign_in("ada", password, ADDRESS)
    key = records.accounts.create_key(user.id, "脚本")
    records.accounts.set_active(user.id, False)
    assert records.accounts.user_of_session(token) is None
    assert records.accounts.user_of_key(key) is None
    with pytest.raises(SignInError, match="用户名或密码不对"):
        records.accounts.sign_in("ada", password, ADDRESS)
    records.accounts.set_active(user.id, True)
    assert records.accounts.user_of_session(token) is None
    assert records.accounts.user_of_key(key) == records.accounts.get(user.id)


def test_a_session_ends_so_many_hours_after_its_last_use(records: Records, clock: Clock) -> None:
    token = records.accounts.sign_in("ada", records.accounts.create("ada", "user"), ADDRESS)
    for _ in range(3):
        clock.forward(hours=11)
        assert records.accounts.user_of_session(token)
    clock.forward(seconds=50)  # within a minute its use is not written down again
    assert records.accounts.user_of_session(token)
    clock.forward(hours=12, seconds=-50)
    assert records.accounts.user_of_session(token) is None


def test_signing_out_ends_one_session(records: Records) -> None:
    password = records.accounts.create("ada", "user")
    one, two = (records.accounts.sign_in("ada", password, ADDRESS) for _ in range(2))
    records.accounts.sign_out(one)
    assert records.accounts.user_of_session(one) is None
    assert records.accounts.user_of_session(two)
    assert records.accounts.user_of_session("") is None
    assert records.accounts.user_of_session(XSS) is None


def test_a_key_works_until_it_is_revoked_and_says_when_it_did(
    records: Records, ada: User, clock: Clock
) -> None:
    key = records.accounts.create_key(ada.id, " 周报 脚本 ")
    (listed,) = records.accounts.keys(ada.id)
    assert key.startswith("dlq_")
    assert (listed.label, listed.created, listed.last_used) == ("周报 脚本", clock.now, None)
    clock.forward(hours=1)
    assert records.accounts.user_of_key(key) == ada
    assert records.accounts.keys(ada.id)[0].last_used == clock.now
    assert records.accounts.user_of_key(key + "x") is None
    records.accounts.revoke_key(ada.id, listed.id)
    assert records.accounts.user_of_key(key) is None
    assert records.accounts.keys(ada.id) == []


def test_nobody_revokes_the_key_of_another(records: Records, ada: User, bo: User) -> None:
    key = records.accounts.create_key(ada.id, "脚本")
    (listed,) = records.accounts.keys(ada.id)
    assert records.accounts.keys(bo.id) == []
    with pytest.raises(NotFound) as foreign:
        records.accounts.revoke_key(bo.id, listed.id)
    with pytest.raises(NotFound) as missing:
        records.accounts.revoke_key(bo.id, 99)
    assert str(foreign.value) == str(missing.value)
    assert records.accounts.user_of_key(key) == ada


@pytest.mark.parametrize("label", ["", "  ", "x" * 61])
def test_a_key_needs_a_label(records: Records, ada: User, label: str) -> None:
    with pytest.raises(QAError, match=r"。$"):
        records.accounts.create_key(ada.id, label)


def test_the_secret_is_one_for_the_installation_over_restarts(
    records: Records, url: str, tmp_path: Path
) -> None:
    secret = records.accounts.secret()
    assert len(secret) == 32 and records.accounts.secret() == secret
    with closing(Records.open(url)) as again:
        assert again.accounts.secret() == secret
    with closing(Records.open(f"sqlite:///{tmp_path / 'other.sqlite'}")) as other:
        assert other.accounts.secret() != secret
