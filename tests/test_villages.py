"""一肩挑: one person is secretary and village head in 88 of 133 villages, 66.17 percent."""

from collections.abc import AsyncIterator

import pytest

from runtime.database import connection
from tests.conftest import COUNTY, Client, Credentials
from tests.test_access import OTHER, two_counties

FIGURES = f"""{{ county(code: "{COUNTY}") {{ villageCount oneShoulderCount oneShoulderShare }} }}"""
CLAIMS = f"""{{ county(code: "{OTHER}") {{ reportedFigures(year: 2020) {{ key reported computed difference }} }} }}"""

# 131 villages beside the two of the small county, each with a member who leads it.
VILLAGES = """
WITH made AS (
    INSERT INTO organization (id, county_id, code, name, kind, field, parent_id, path, name_initials, search_keys)
    SELECT gen_random_uuid(), t.county_id, 'V' || n, '村' || n, 'BRANCH', '行政村', t.id, t.path || 'V' || n || '/',
           'c', '{}'
    FROM organization t, generate_series(1, 131) n WHERE t.code = 'SY01' AND t.county_id = (
        SELECT id FROM county WHERE code = '$county')
    RETURNING id, county_id
)
INSERT INTO office_term (id, county_id, organization_id, member_id, office)
SELECT gen_random_uuid(), made.county_id, made.id,
       (SELECT m.id FROM member m WHERE m.county_id = made.county_id ORDER BY m.birth_date LIMIT 1), 'SECRETARY'
FROM made
"""
# In the first 88 the secretary is village head; in all others it is somebody else.
HEADS = """
INSERT INTO office_term (id, county_id, organization_id, member_id, office)
SELECT gen_random_uuid(), s.county_id, s.organization_id, CASE WHEN s.n <= 88 THEN s.member_id ELSE
       (SELECT m.id FROM member m WHERE m.county_id = s.county_id
        ORDER BY m.birth_date DESC LIMIT 1) END, 'VILLAGE_HEAD'
FROM (SELECT t.*, row_number() OVER (ORDER BY o.code DESC) AS n
      FROM office_term t JOIN organization o ON o.id = t.organization_id
      WHERE t.office = 'SECRETARY' AND o.county_id = (SELECT id FROM county WHERE code = '$county')) s
"""


@pytest.fixture
async def county(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    async with two_counties(server, small_template, tmp_path_factory) as client:
        yield client


async def test_88_of_133_villages(client: Client) -> None:
    await connection().execute_script(VILLAGES.replace("$county", COUNTY))
    found = (await client.query(FIGURES, "office"))["data"]["county"]
    # Nobody recorded who is village head: that is not known, and not 0.
    assert (found["villageCount"], found["oneShoulderCount"], found["oneShoulderShare"]) == (133, None, None)
    await connection().execute_script(HEADS.replace("$county", COUNTY))
    for who in ("office", "auditor", "town"):
        found = (await client.query(FIGURES, who))["data"]["county"]
        assert (found["villageCount"], found["oneShoulderCount"]) == (133, 88), who
        assert found["oneShoulderShare"] == 0.6617
    mine = (await client.query(FIGURES, "secretary"))["data"]["county"]
    assert (mine["villageCount"], mine["oneShoulderCount"], mine["oneShoulderShare"]) == (1, 0, 0)
    for who in ("member", "discipline"):
        assert (await client.query(FIGURES, who))["data"]["county"]["oneShoulderCount"] is None


async def test_the_claim_beside_the_records(county: Client) -> None:
    async def claimed() -> list[tuple[float, float | None, float | None]]:
        answer = await county.query(CLAIMS, f"office@{OTHER}")
        found = {one["key"]: one for one in answer["data"]["county"]["reportedFigures"]}
        return [
            (found[key]["reported"], found[key]["computed"], found[key]["difference"])
            for key in ("village_branches", "one_person_two_posts", "one_person_two_posts_share")
        ]

    await connection().execute_script(VILLAGES.replace("$county", OTHER))
    assert await claimed() == [(133, 133, 0), (88, None, None), (66.17, None, None)]
    await connection().execute_script(HEADS.replace("$county", OTHER))
    assert await claimed() == [(133, 133, 0), (88, 88, 0), (66.17, 66.17, 0)]


async def test_a_dissolved_village_is_none(client: Client) -> None:
    await connection().execute_script(
        "UPDATE organization SET dissolved_on = '2020-01-01' WHERE code = 'SY01002'"
    )
    found = (await client.query(FIGURES, "office"))["data"]["county"]
    assert found["villageCount"] == 1
