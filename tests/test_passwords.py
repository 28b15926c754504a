"""Changing a password, which passwords are refused, and that nobody learns which accounts there are."""

import asyncio
from typing import Any

import pytest

from models import Account
from models.choices import Role
from resolvers.accounts.passwords import weaknesses
from runtime.clock import now
from runtime.passwords import verify_password
from tests.accounts import PASSWORD, make_account, refusal, sign_in, status, tried, who
from tests.conftest import Client
from tests.test_access import rows

NEW = "纸上得来终觉浅 2026"


async def changed(client: Client, name: str, current: str = PASSWORD, new: str = NEW) -> Any:
    return (await client.run("ChangePassword", name, current=current, new=new))["changePassword"]


async def test_another_password(client: Client) -> None:
    await make_account("villager", Role.MEMBER)
    for _ in range(2):
        await sign_in(client, "villager")
        client.tokens.setdefault("phone", client.tokens["villager"])
    assert await changed(client, "villager") == {"changed": True, "signInAgain": False, "refusals": []}
    assert [await status(client, name) for name in ("villager", "phone")] == [200, 401]
    assert await tried(client, "villager") == "WRONG_PASSWORD"
    assert await tried(client, "villager", password=NEW) == ""
    told = "SELECT detail->>'sessions' AS ended, actor_name FROM audit_entry WHERE action = 'CHANGE_PASSWORD'"
    assert await rows(told) == [{"ended": "1", "actor_name": "villager"}]
    assert NEW not in str(await rows("SELECT * FROM audit_entry"))


async def test_a_first_password_is_changed_before_anything_else(client: Client) -> None:
    await make_account("cadre", Role.OFFICE, must_change_password=True)
    assert (await sign_in(client, "cadre"))["next"] == "CHANGE_PASSWORD"
    viewer, seen = await who(client, "cadre")
    assert (viewer["roles"], seen) == ([], 0)
    enrolling = (await client.run("EnrolOneTimeCode", "cadre"))["enrolOneTimeCode"]
    assert refusal(enrolling) == "PASSWORD_CHANGE_NEEDED"
    assert (await changed(client, "cadre"))["signInAgain"]
    assert await status(client, "cadre") == 401
    assert (await sign_in(client, "cadre", password=NEW))["next"] == "ENROL_ONE_TIME_CODE"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "PASSWORD_TOO_SHORT"),
        ("nine char", "PASSWORD_TOO_SHORT"),
        ("", "PASSWORD_TOO_SHORT"),
        (PASSWORD, "PASSWORD_UNCHANGED"),
        ("li.ming.1987", "PASSWORD_HAS_USER_NAME"),
        ("I am LI.MING!", "PASSWORD_HAS_USER_NAME"),
        ("1234567890", "PASSWORD_TOO_COMMON"),
        ("9876543210", "PASSWORD_TOO_COMMON"),
        ("Qwertyuiop", "PASSWORD_TOO_COMMON"),
        ("1qaz2wsx3edc", "PASSWORD_TOO_COMMON"),
        ("P@$sword2026!", "PASSWORD_TOO_COMMON"),
        ("woaini1314520", "PASSWORD_TOO_COMMON"),
        ("Jiangxian2026", "PASSWORD_TOO_COMMON"),
        ("aaaaaaaaaaaa", "PASSWORD_TOO_COMMON"),
        ("121212121212", "PASSWORD_TOO_COMMON"),
        (NEW, ""),
        ("bridge-otter-71-lamp", ""),
        ("dangjian for the people", ""),
    ],
)
async def test_which_passwords_are_refused(password: str, code: str) -> None:
    assert ",".join(one["code"] for one in weaknesses("li.ming", password, PASSWORD)) == code


async def test_guessing_the_current_password_locks(client: Client) -> None:
    await make_account("villager", Role.MEMBER)
    await sign_in(client, "villager")
    codes = [refusal(await changed(client, "villager", "guess")) for _ in range(6)]
    assert codes == ["WRONG_PASSWORD"] * 5 + ["TOO_MANY_TRIES"]
    assert await tried(client, "villager") == "TOO_MANY_TRIES"
    assert await status(client, "villager") == 200
    refused = await rows(
        "SELECT detail->'why' AS why FROM audit_entry WHERE action = 'CHANGE_PASSWORD_REFUSED' ORDER BY sequence"
    )
    assert [one["why"] for one in refused] == ['"WRONG_PASSWORD"'] * 5 + ['["TOO_MANY_TRIES"]']


async def test_two_changes_at_once_are_one(client: Client) -> None:
    await make_account("villager", Role.MEMBER)
    await sign_in(client, "villager")
    news = [f"{NEW} {number}" for number in range(4)]
    answers = await asyncio.gather(*(changed(client, "villager", new=new) for new in news))
    assert sorted(refusal(answer) for answer in answers) == ["", *["WRONG_PASSWORD"] * 3]
    right = [await tried(client, "villager", password=new) for new in news]
    assert [not code for code in right] == [answer["changed"] for answer in answers]


async def test_a_disabled_account_answers_like_a_wrong_password(client: Client) -> None:
    await make_account("gone", Role.MEMBER, disabled_at=now())
    await make_account("villager", Role.MEMBER)
    answers = [
        await sign_in(client, name, password=password)
        for name, password in (("gone", PASSWORD), ("gone", "x"), ("villager", "x"), ("nobody", PASSWORD))
    ]
    assert answers == [answers[0]] * 4
    assert refusal(answers[0]) == "WRONG_PASSWORD"


async def test_what_the_time_would_tell(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong name, wrong password, disabled: as many hashes and as many statements."""
    await make_account("gone", Role.MEMBER, disabled_at=now())
    await make_account("villager", Role.MEMBER)
    done: list[str] = []

    def counted(name: str, act: Any) -> Any:
        async def count(*given: Any, **options: Any) -> Any:
            done.append(name)
            return await act(*given, **options)

        return count

    monkeypatch.setattr("resolvers.accounts.sign_in.verify_password", counted("hash", verify_password))
    driver = type(Account._meta.db)
    for name in ("execute_query", "execute_query_dict", "execute_insert"):
        monkeypatch.setattr(driver, name, counted(name, getattr(driver, name)))
    seen = []
    for name, password in (("gone", PASSWORD), ("gone", "x"), ("villager", "x"), ("nobody", PASSWORD)):
        done.clear()
        await sign_in(client, name, password=password)
        seen.append(list(done))
    assert seen == [seen[0]] * 4
    assert seen[0].count("hash") == 1
