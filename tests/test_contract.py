"""The operations that clients in the field send: each validates and answers as it stands in its file."""

import pytest
from graphql import parse, validate

from schema.api import core_of, make_schema
from tests.conftest import COUNTY, OPERATIONS, Client


@pytest.mark.parametrize("file", sorted(OPERATIONS.glob("*.graphql")), ids=lambda file: file.stem)
def test_every_operation_validates(file) -> None:  # type: ignore[no-untyped-def]
    assert validate(core_of(make_schema()), parse(file.read_text(encoding="utf-8"))) == []


async def test_the_dashboard_of_the_county(client: Client) -> None:
    data = await client.run("CountyDashboard", "office", county=COUNTY, month="2020-01")
    print(data)
