"""The decision, without a database: the cases of decision_cases.py. Roles and rows at large stand in
test_access_matrix.py; that SQL decides alike, in test_access_agreement.py."""

import pytest

from models.choices import Role
from resolvers import access
from resolvers.rights.classes import READERS, Class, is_read_by
from resolvers.rights.relations import Relation
from tests.decision_cases import Case, cases

CASES = dict(cases())


@pytest.mark.parametrize("check", CASES.values(), ids=list(CASES))
def test_decisions(check: Case) -> None:
    check(access)


def test_no_case_has_the_name_of_another() -> None:
    assert len(CASES) == len(list(cases()))


def test_secrets_are_read_by_nobody() -> None:
    assert not READERS[Class.SECRET]
    assert not any(is_read_by(Class.SECRET, "", role, relation) for role in Role for relation in Relation)
