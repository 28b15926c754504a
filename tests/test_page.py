"""The admin page: what a browser is given at /graphql, and, if asked for, what it does with it."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest

from graphiql.build import ensure
from tests import browser
from tests.conftest import TEMPLATE, Client, Credentials, copied
from tests.processes import program
from tests.workbooks import small_county, write_county

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def built(client: Client, tmp_path: Path) -> Path:
    """A page in the server's `var`, as the build leaves it there."""
    folder = tmp_path / "graphiql"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>党建云</title>", encoding="utf-8")
    (folder / "assets" / "index-BcD3.js").write_text("import './other.js'")
    (folder / "sources.sha256").write_text("0" * 64)
    return folder


async def test_a_browser_gets_the_page_and_its_policy(client: Client, built: Path) -> None:
    answer = await client.http.get("/graphql", headers=BROWSER)
    assert (answer.status_code, answer.text) == (200, "<!doctype html><title>党建云</title>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert not any("http" in sources or "*" in sources for sources in policy.values())
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_its_assets_are_kept_for_ever_and_nothing_else_is_given(client: Client, built: Path) -> None:
    script = await client.http.get("/graphiql/assets/index-BcD3.js")
    assert (script.status_code, script.text) == (200, "import './other.js'")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = await client.http.get(
        "/graphiql/assets/index-BcD3.js", headers={"If-None-Match": script.headers["etag"]}
    )
    assert again.status_code == 304
    for path in ("missing.js", "", "../sources.sha256", "%2e%2e/sources.sha256", "..%2fsources.sha256"):
        assert (await client.http.get(f"/graphiql/assets/{path}")).status_code == 404, path


async def test_without_a_build_it_says_so_and_the_rest_works(client: Client, tmp_path: Path) -> None:
    (tmp_path / "graphiql-build.log").write_text("npm error <network>")
    answer = await client.http.get("/graphql", headers=BROWSER)
    assert answer.status_code == 503
    assert "graphiql/build.py" in answer.text
    assert "npm error &lt;network&gt;" in answer.text
    assert (await client.http.get("/graphiql/assets/index-BcD3.js")).status_code == 404
    assert await client.query("{ __typename }") == {"data": {"__typename": "Query"}}


async def test_whoever_is_no_browser_is_told_to_post(client: Client, built: Path) -> None:
    answer = await client.http.get("/graphql?query={__typename}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


if os.environ.get("DANGJIAN_BROWSER") and browser.CHROMIUM.is_file():

    async def test_an_office_signs_in_and_reads_its_dashboard(
        server: Credentials, tmp_path: Path, request: pytest.FixtureRequest
    ) -> None:
        """DANGJIAN_BROWSER names a folder for screenshots, or is 1."""
        assert request.config.cache
        var = Path(request.config.cache.mkdir("page"))
        ensure(var / "graphiql")
        shots = Path(os.environ["DANGJIAN_BROWSER"])
        shots = shots if shots.is_dir() else tmp_path
        office = write_county(tmp_path / "files", small_county())
        async with copied(server, TEMPLATE) as credentials:
            dangjian = program(var, credentials)
            assert (await dangjian("import", "--county", "140826", office, "--demo-accounts")).status == 0
            async with dangjian.serving() as address, browser.tab(tmp_path / "profile") as tab:
                await tab.send("Page.navigate", url=f"{address}/graphql")
                await tab.type("input[name=username]", "office")
                await tab.type("input[name=password]", "demo-only")
                await tab.screenshot(shots / "1-before.png")
                await tab.click("header form button")
                assert await tab.until(
                    "document.querySelector('.who strong')?.textContent"
                ) == "试验县委组织部" or (
                    await tab.value("document.querySelector('.who strong').textContent")
                ).endswith("县委组织部")
                await tab.until("document.querySelector('.graphiql-query-editor .view-line') !== null")
                await tab.click(".graphiql-execute-button")
                shown = await tab.until(
                    "document.querySelector('.result-window .view-lines')?.textContent.includes('data')"
                    " && document.querySelector('.result-window .view-lines').textContent"
                )
                assert '"errors"' not in shown.replace("\xa0", " "), shown
                await tab.screenshot(shots / "2-dashboard.png")
                hosts = {
                    urlsplit(url).netloc for url in tab.requests if not url.startswith(("data:", "blob:"))
                }
                assert hosts == {urlsplit(address).netloc}
                assert tab.complaints == []
                stored = await tab.value("JSON.stringify(localStorage)")
                assert "token" not in orjson.dumps(stored).decode()
