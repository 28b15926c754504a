"""The decision itself, by hand: cases of `decide`, a line each. They are run against resolvers/access.py
(test_decide.py) and against every mutant of it (test_decide_mutants.py), so they take the module as an argument."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from models.choices import Role
from resolvers.rights.acts import Act
from resolvers.rights.purposes import REVEALS, Purpose
from resolvers.rights.relations import Relation

HERE, THERE = UUID(int=1), UUID(int=2)
TOWN, BRANCH = "140829/SY/SY01/", "140829/SY/SY01/SY01001/"
ELSEWHERE = "140826/SY/SY01/SY01001/"  # a path begins with its county's code
NEXT_TOWN, LATER_TOWN = "140829/SY/SY011/", "140829/SY/SY02/"
GRANTS = {
    "office": (Role.OFFICE, HERE, "140829"),
    "town": (Role.TOWN, HERE, "140829", TOWN),
    "secretary": (Role.SECRETARY, HERE, "140829", BRANCH),
    "member": (Role.MEMBER, HERE, "140829"),
    "auditor": (Role.AUDITOR, HERE, "140829"),
    "app": (Role.PARTNER_APP, HERE, "140829"),
    "discipline": (Role.DISCIPLINE_INSPECTION, HERE, "140829"),
    "admin": (Role.ADMIN),
    "security-admin": (Role.SECURITY_ADMIN, HERE, "140829"),
    "emergency": (Role.EMERGENCY, HERE, "140829"),
}
OWN, LOOKED_AFTER, GUEST = (
    frozenset({Relation.OWN}),
    frozenset({Relation.LOOKED_AFTER}),
    frozenset({Relation.GUEST}),
)
LOCKED = frozenset({Relation.LOCKED})
LEADS, ASKED, NONE = frozenset({Relation.LEADS_MY_BRANCH}), frozenset({Relation.ASKED}), frozenset[Relation]()
W, M, D = "WHOLE", "MASKED", "DENIED"

# who, type, field, county, path, relation -> answer to READ
READS = [
    # An office has its county, whatever the path, and no other.
    ("office", "Member", None, HERE, BRANCH, NONE, W),
    ("office", "Member", None, THERE, BRANCH, NONE, D),
    ("office", "Member", "name", HERE, None, NONE, W),
    ("office", "Member", "birthDate", HERE, BRANCH, NONE, W),
    ("office", "Member", "idNumber", HERE, BRANCH, NONE, M),
    ("office", "Member", "idNumber", THERE, BRANCH, NONE, D),
    # A town has its subtree: from its path to the first text behind it.
    ("town", "Member", "birthDate", HERE, TOWN, NONE, W),
    ("town", "Member", "birthDate", HERE, BRANCH, NONE, W),
    ("town", "Member", "phone", HERE, BRANCH, NONE, M),
    ("town", "Member", "name", HERE, NEXT_TOWN, NONE, D),
    ("town", "Member", "name", HERE, LATER_TOWN, NONE, D),
    ("town", "Member", "name", HERE, "140829/SY/", NONE, D),
    ("town", "Member", "name", HERE, "140829/SY/SY010", NONE, D),
    ("town", "Member", "name", HERE, None, NONE, D),
    ("town", "Member", "name", HERE, NEXT_TOWN, GUEST, W),
    ("secretary", "Member", "name", HERE, BRANCH, NONE, W),
    ("secretary", "Member", "name", HERE, TOWN, NONE, D),
    ("secretary", "Member", "education", HERE, TOWN, GUEST, W),
    # A member has himself, whom he looks after, and who leads his branch by name.
    ("", "Member", "idNumber", HERE, BRANCH, OWN, W),
    ("member", "Member", "idNumber", HERE, BRANCH, OWN, W),
    ("member", "Member", "birthDate", HERE, BRANCH, OWN, W),
    ("member", "Member", "name", HERE, BRANCH, NONE, D),
    ("member", "Member", "name", HERE, BRANCH, LEADS, W),
    ("member", "Member", "confirmedOn", HERE, BRANCH, LEADS, W),
    ("member", "Member", "birthDate", HERE, BRANCH, LEADS, M),
    ("member", "Member", "phone", HERE, BRANCH, LEADS, M),
    ("member", "FloatingMember", "destination", HERE, BRANCH, LOOKED_AFTER, W),
    ("member", "FloatingMember", "contact", HERE, BRANCH, LOOKED_AFTER, M),
    ("", "Member", "name", HERE, BRANCH, LEADS, D),
    # A partner reads what is open; an agency whom it is asked about, and its own question.
    ("app", "Member", "name", HERE, BRANCH, NONE, W),
    ("app", "Member", "confirmedOn", HERE, BRANCH, NONE, M),
    ("app", "Member", "birthDate", HERE, BRANCH, NONE, M),
    ("app", "Member", "name", THERE, BRANCH, NONE, D),
    ("discipline", "Delegate", "status", HERE, BRANCH, ASKED, W),
    ("discipline", "Delegate", "status", HERE, BRANCH, NONE, D),
    ("discipline", "Clearance", "opinion", HERE, None, ASKED, W),
    ("discipline", "Member", "name", HERE, BRANCH, ASKED, D),
    ("office", "Clearance", "reason", HERE, None, NONE, W),
    ("emergency", "Clearance", "reason", HERE, None, NONE, M),
    # A locked record shows its personal values to him alone, and stays in the lists.
    ("office", "Member", "birthDate", HERE, BRANCH, LOCKED, M),
    ("office", "Member", "name", HERE, BRANCH, LOCKED, W),
    ("member", "Member", "birthDate", HERE, BRANCH, OWN | LOCKED, W),
    ("member", "Member", "birthDate", HERE, BRANCH, LOOKED_AFTER | LOCKED, M),
    ("office", "ThemeDay", "heldOn", HERE, BRANCH, LOCKED, W),
    ("office", "FloatingMember", "destination", HERE, BRANCH, LOCKED, W),
    # Administration sees no business.
    ("admin", "Member", "name", HERE, BRANCH, NONE, D),
    ("admin", "Organization", "name", HERE, BRANCH, NONE, D),
    ("security-admin", "Member", "name", HERE, BRANCH, NONE, D),
    ("auditor", "Member", "name", HERE, BRANCH, NONE, D),
    ("auditor", "Organization", "name", HERE, BRANCH, NONE, W),
    ("auditor", "AuditEntry", "action", HERE, None, NONE, W),
    ("auditor", "AuditEntry", "action", THERE, None, NONE, D),
    ("office", "AuditEntry", "action", HERE, None, NONE, D),
    # An emergency reads a county, and never what is masked.
    ("emergency", "Member", "birthDate", HERE, BRANCH, NONE, W),
    ("emergency", "Member", "phone", HERE, BRANCH, NONE, M),
    ("emergency", "Member", "name", THERE, BRANCH, NONE, D),
]

# who, act, type, county, path, relation -> whether he may
ACTS = [
    ("office", Act.RECORD_TRAINING, "Member", HERE, BRANCH, NONE, True),
    ("office", Act.RECORD_TRAINING, "Member", THERE, BRANCH, NONE, False),
    ("town", Act.RECORD_TRAINING, "Member", HERE, BRANCH, NONE, True),
    ("town", Act.RECORD_TRAINING, "Member", HERE, NEXT_TOWN, NONE, False),
    ("secretary", Act.RECORD_TRAINING, "Member", HERE, BRANCH, NONE, True),
    # Nobody records training for himself, nor does a contact person.
    ("member", Act.RECORD_TRAINING, "Member", HERE, BRANCH, OWN, False),
    ("secretary", Act.RECORD_TRAINING, "Member", HERE, TOWN, OWN, False),
    ("member", Act.UPDATE_FLOATING_MEMBER, "FloatingMember", HERE, BRANCH, OWN, True),
    ("member", Act.UPDATE_FLOATING_MEMBER, "FloatingMember", HERE, BRANCH, LOOKED_AFTER, True),
    ("member", Act.UPDATE_FLOATING_MEMBER, "FloatingMember", HERE, BRANCH, NONE, False),
    ("member", Act.CHECK_IN, "ThemeDay", HERE, BRANCH, frozenset({Relation.OF_MY_BRANCH}), True),
    (
        "member",
        Act.SCHEDULE_THEME_DAY,
        "Organization",
        HERE,
        BRANCH,
        frozenset({Relation.OF_MY_BRANCH}),
        False,
    ),
    ("auditor", Act.RECORD_TRAINING, "Organization", HERE, BRANCH, NONE, False),
    ("emergency", Act.RECORD_TRAINING, "Member", HERE, BRANCH, NONE, False),
    ("emergency", Act.DECIDE_QUALIFICATION, "QualificationCheck", HERE, None, NONE, False),
    ("office", Act.DECIDE_QUALIFICATION, "QualificationCheck", HERE, None, NONE, True),
    ("town", Act.DECIDE_QUALIFICATION, "QualificationCheck", HERE, TOWN, NONE, False),
    ("discipline", Act.SUBMIT_CLEARANCE, "Clearance", HERE, None, ASKED, True),
    ("discipline", Act.SUBMIT_CLEARANCE, "Clearance", HERE, None, NONE, False),
    ("office", Act.SUBMIT_CLEARANCE, "Clearance", HERE, None, NONE, False),
    ("security-admin", Act.KEEP_ACCOUNTS, "Viewer", HERE, None, NONE, True),
    ("security-admin", Act.KEEP_ACCOUNTS, "Viewer", THERE, None, NONE, False),
    ("admin", Act.KEEP_ACCOUNTS, "Viewer", HERE, None, NONE, False),
]

# who, value, purpose, relation -> whether it is revealed
REVEALED = [
    ("office", "idNumber", Purpose.VERIFY_IDENTITY, NONE, True),
    ("office", "idNumber", Purpose.CONTACT, NONE, False),
    ("office", "idNumber", None, NONE, False),
    ("office", "phone", Purpose.CONTACT, NONE, True),
    ("office", "name", Purpose.CONTACT, NONE, False),
    ("town", "phone", Purpose.CARE, NONE, True),
    ("town", "idNumber", Purpose.VERIFY_IDENTITY, NONE, False),
    ("secretary", "phone", Purpose.CONTACT, NONE, True),
    ("secretary", "phone", Purpose.TRANSFER, NONE, False),
    ("secretary", "phone", Purpose.EMERGENCY, NONE, False),
    ("emergency", "phone", Purpose.EMERGENCY, NONE, True),
    ("emergency", "phone", Purpose.CONTACT, NONE, False),
    ("emergency", "idNumber", Purpose.EMERGENCY, NONE, True),
    ("member", "phone", Purpose.CONTACT, LEADS, False),
    ("member", "phone", Purpose.CONTACT, OWN, False),  # he reads his own without
    ("auditor", "phone", Purpose.CONTACT, NONE, False),
    ("app", "phone", Purpose.CONTACT, NONE, False),
    ("admin", "phone", Purpose.EMERGENCY, NONE, False),
]


Case = Callable[[Any], None]


def cases() -> Iterator[tuple[str, Case]]:
    """Name and check of every case; a check raises AssertionError where the module decides otherwise."""
    for who, type, field, county, path, relation, answer in READS:
        name = f"{who or 'no role'} {type}.{field} {county.int} {path} {'+'.join(sorted(relation))}"
        yield f"reads {name}", _reading(who, type, field, (county, path), relation, answer)
        yield f"finds {name}", _finding(who, type, field, (county, path), relation, answer)
    for who, act, type, county, path, relation, may in ACTS:
        name = f"acts {who} {act} {type} {county.int} {path} {'+'.join(sorted(relation))}"
        yield name, _acting(who, act, type, (county, path), relation, may)
    for who, field, purpose, relation, is_revealed in REVEALED:
        name = f"reveals {who} {field} {purpose} {'+'.join(sorted(relation))}"
        yield name, _revealing(who, field, purpose, relation, is_revealed)
    yield "two roles do not add up", two_roles_do_not_add_up
    yield "nobody is denied everything", nobody_is_denied_everything
    yield "a grant without a place", a_grant_without_a_place_reaches_nothing
    yield "what can be revealed is masked", what_can_be_revealed_is_masked


def viewer(access: Any, *names: str) -> Any:
    """Who holds these roles; a signed-in account without any for an empty name."""
    grants = tuple(access.Grant(*GRANTS[name]) for name in names if name)
    return access.AccountViewer(UUID(int=9), "somebody", UUID(int=8), grants)


def _reading(who: str, type: str, field: Any, place: Any, relation: Any, answer: str) -> Case:
    def check(access: Any) -> None:
        asker = viewer(access, who)
        decision = access.decide(asker, Act.READ, type, field, access.Place(*place), relation)
        assert decision.answer == answer
        # The role that it follows from is named; none for what follows from being oneself.
        by_role = answer == W and not relation & (OWN | LOOKED_AFTER)
        assert decision.grant == (asker.grants[0] if by_role else None)

    return check


def _finding(who: str, type: str, field: Any, place: Any, relation: Any, answer: str) -> Case:
    """Where reading answers with a mask, filtering and sorting find nothing."""

    def check(access: Any) -> None:
        found = access.decide(viewer(access, who), Act.FIND, type, field, access.Place(*place), relation)
        assert found.answer == (W if answer == W else D)

    return check


def _acting(who: str, act: Act, type: str, place: Any, relation: Any, may: bool) -> Case:
    def check(access: Any) -> None:
        decision = access.decide(viewer(access, who), act, type, None, access.Place(*place), relation)
        assert decision.answer == (W if may else D)

    return check


def _revealing(who: str, field: str, purpose: Any, relation: Any, is_revealed: bool) -> Case:
    def check(access: Any) -> None:
        asker, place = viewer(access, who), access.Place(HERE, BRANCH)
        asked = access.decide(asker, Act.REVEAL, "Member", field, place, relation, purpose)
        assert asked == ((W, asker.grants[0]) if is_revealed else (D, None))
        elsewhere = access.Place(THERE, ELSEWHERE)
        assert access.decide(asker, Act.REVEAL, "Member", field, elsewhere, relation, purpose).answer == D

    return check


def two_roles_do_not_add_up(access: Any) -> None:
    """The town's rows are not read with the rights that the app has, nor the reverse."""
    both = viewer(access, "app", "town")
    app, town = both.grants

    def reads(field: str, path: str) -> Any:
        return access.decide(both, Act.READ, "Member", field, access.Place(HERE, path))

    assert reads("birthDate", BRANCH) == (W, town)
    assert reads("birthDate", LATER_TOWN).answer == M
    assert reads("name", LATER_TOWN) == (W, app)
    assert reads("name", BRANCH) == (W, app)


def nobody_is_denied_everything(access: Any) -> None:
    everything, place = frozenset(Relation), access.Place(HERE, BRANCH)
    for type in ("Member", "Organization", "ThemeDay", "County", "AuditEntry", "Viewer", "Course"):
        assert access.decide(access.NOBODY, Act.READ, type, None, place, everything).answer == D


def a_grant_without_a_place_reaches_nothing(access: Any) -> None:
    for path in (None, ""):
        lost = access.Grant(Role.TOWN, HERE, "140829", path)
        nowhere = access.AccountViewer(UUID(int=9), "", None, (lost,))
        for place in (access.NOWHERE, access.Place(HERE, BRANCH), access.Place(HERE, "")):
            assert access.decide(nowhere, Act.READ, "Member", "name", place).answer == D
    for who in ("office", "town"):
        assert access.decide(viewer(access, who), Act.READ, "Member", "name").answer == D


def what_can_be_revealed_is_masked(access: Any) -> None:
    for value, purposes in REVEALS.items():
        type, field = value.split(".")
        for roles in purposes.values():
            for name in [name for name, grant in GRANTS.items() if grant[0] in roles]:
                place = access.Place(HERE, BRANCH)
                assert access.decide(viewer(access, name), Act.READ, type, field, place).answer == M
