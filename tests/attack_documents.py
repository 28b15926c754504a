"""Documents that ask for too much, and requests that are none: what an attacker sends, made by rule."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

COUNTY = "140829"
KEYS = ("id", "name", "code", "kind", "field", "memberCount", "floatingCount")


def many(text: str, count: int) -> str:
    """The text, `count` times, with # as its number."""
    return " ".join(text.replace("#", str(number)) for number in range(count))


def organization(selection: str) -> str:
    return f'{{ organization(id: "1") {{ {selection} }} }}'


def spread_twice(levels: int) -> str:
    """Each fragment spreads the next one twice: two to the power of `levels` when it is walked naively."""
    fragments = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)]
    return "{ ...F0 } " + " ".join(fragments) + f" fragment F{levels} on Query {{ __typename }}"


def asked_twice(levels: int) -> str:
    """Each fragment asks for the next one under two names: the answer itself would be that large."""
    body = "a: parent {{ ...F{0} }} b: parent {{ ...F{0} }}"
    return _chain(levels, body)


def merged_twice(levels: int) -> str:
    """As above under one name: validation compares each pair of fields."""
    return _chain(levels, "parent {{ ...F{0} }} parent {{ ...F{0} }}")


def _chain(levels: int, body: str) -> str:
    fragments = [f"fragment F{n} on Organization {{ {body.format(n + 1)} }}" for n in range(levels)]
    return organization("...F0") + " ".join(fragments) + f" fragment F{levels} on Organization {{ id }}"


def nested(width: int, levels: int, leaf: str = "id") -> str:
    """The same field `width` times at each of `levels` levels, to be merged."""
    return leaf if levels == 0 else " ".join([f"parent {{ {nested(width, levels - 1, leaf)} }}"] * width)


def lists(levels: int, page: int) -> str:
    """Pages in pages: `page` to the power of `levels` rows."""
    inner = "id"
    for _ in range(levels):
        inner = (
            f"members(first: {page}) {{ edges {{ node {{ organization {{ {inner} }} }} }} }}"
            if inner != "id"
            else f"members(first: {page}) {{ edges {{ node {{ id }} }} }}"
        )
    return f'{{ organizations(county: "{COUNTY}", first: {page}) {{ edges {{ node {{ {inner} }} }} }} }}'


def attacks() -> Iterator[tuple[str, dict[str, Any]]]:
    """(what it tries, the request's body); each body another one."""
    for kind, texts in _documents().items():
        for number, text in enumerate(texts):
            yield f"{kind} {number}", {"query": text}
    yield from _with_variables()


def _documents() -> dict[str, list[str]]:
    return {
        "fragments spread twice": [spread_twice(n) for n in range(5, 61)],
        "fragments asked twice": [asked_twice(n) for n in range(5, 61)],
        "fragments merged twice": [merged_twice(n) for n in range(5, 61)],
        "aliases": [
            "{" + many(f"a#: {field}", count) + "}"
            for field in ("__typename", "viewer { username }", 'organization(id: "#") { id }')
            for count in (10, 21, 100, 180, 300, 1000)
        ],
        "aliases below": [organization(many("a#: name", count)) for count in (50, 101, 250, 900)],
        "aliases of lists": [
            "{"
            + many(f'a#: members(county: "{COUNTY}", first: 100) {{ edges {{ node {{ id }} }} }}', count)
            + "}"
            for count in (5, 20, 40)
        ],
        "directives": [
            f"{{ __typename {many(directive, count)} }}"
            for directive in ("@skip(if: false)", "@include(if: true)", "@aa", "@a# ", "@deprecated")
            for count in (2, 10, 21, 100, 300)
        ],
        "depth": [organization("parent { " * n + "id" + " }" * n) for n in (10, 29, 30, 31, 60, 150, 199, 300)],
        "inline fragments in depth": [organization("... { " * n + "id" + " }" * n) for n in (10, 39, 60, 190)],
        "inline fragments in breadth": [
            organization(" ".join(f"... {{ {key} }}" for key in itertools.islice(itertools.cycle(keys), count)))
            for keys in (("id",), KEYS)
            for count in (50, 101, 200, 240)
        ],
        "inline fragments merged": [
            organization(" ".join([f"... on Organization {{ {nested(width, levels)} }}"] * 3))
            for width, levels in ((2, 3), (2, 4), (3, 2), (4, 2), (5, 2))
        ],
        "fields repeated": [
            organization(nested(width, levels))
            for width, levels in ((2, 5), (2, 7), (3, 4), (4, 3), (6, 2), (9, 2), (90, 1), (150, 1), (300, 1))
        ]
        + [organization(" ".join([key] * count)) for key in KEYS[:3] for count in (99, 101, 900)],
        "circles": [
            "{ ...F0 } " + many(f"fragment F# on Query {{ ...F{turn} }}", size)
            for size in (1, 2, 10, 20, 25)
            for turn in {0, size - 1}
        ]
        + ["{ ...A } fragment A on Query { ...B ...A } fragment B on Query { ...A ...B }"],
        "fragments": ["{ " + many("...F# ", n) + "} " + many("fragment F# on Query { __typename }", n)
                      for n in (5, 20, 21, 60)],
        "spreads of one": ["{ " + "...F " * n + "} fragment F on Query { __typename }" for n in (10, 50, 51, 300)],
        "unknown fragments": ["{ ...Nope }", "{ ...Nope ...Nope }", "{ " + many("...N#", 40) + " }"],
        "variables": ["query(" + many("$v#: Int", n) + ") { __typename }" for n in (10, 50, 51, 200, 250)],
        "operations": [many("query Q# { __typename }", n) for n in (2, 50, 51, 200)],
        "lists in lists": [lists(levels, page) for levels in range(1, 7) for page in (1, 10, 100)],
        "writes": ["mutation {" + many('a#: signIn(username: "u", password: "#") { token }', n) + "}"
                   for n in (11, 20, 50, 80, 500)]
        + ["mutation {" + many('a#: checkIn(input: {themeDayId: "1", method: ONLINE}) { refusals { code } }', n) + "}"
           for n in (11, 40, 500)]
        + ["mutation {" + many("...W#", n) + "}" + many(
            'fragment W# on Mutation { a#: signIn(username: "u", password: "#") { token } }', n) for n in (11, 19)],
        "introspection": [
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
            "{ __schema { types { " + "fields { type { " * 12 + "name" + " } }" * 12 + " } } }",
            "{ " + many("a#: __schema { types { fields { args { name } } } }", 40) + " }",
            "{ " + many("a#: __schema { types { fields { args { name } } } }", 15) + " }",
            "{ __schema { " + many("t#: types { fields { name } }", 60) + " } }",
            "{ __schema { " + many("t#: types { ...T }", 40) + " } } fragment T on __Type { fields { name } }",
            '{ __type(name: "Member") { fields { name } } }', "{ _service { sdl } }",
            "{ " + many("s#: _service { sdl }", 30) + " }",
            "query { ...S } fragment S on Query { __schema { types { name } } }",
        ],
        "values": [
            f"{{ _entities(representations: [{'{} ' * n}]) {{ __typename }} }}" for n in (10, 100, 300, 480)
        ]
        + [f"{{ _entities(representations: {'[' * n}{']' * n}) {{ __typename }} }}" for n in (20, 190, 400)]
        + [f'{{ organization(id: "{"x" * n}") {{ id }} }}' for n in (100, 10_000, 60_000)]
        + [f'{{ members(county: "1", first: {"9" * n}) {{ totalCount }} }}' for n in (5, 20, 400, 60_000)]
        + [f'{{ members(county: "1", first: {n}) {{ totalCount }} }}' for n in (-1, 101, 2**31 - 1, 2**31, 2**63)]
        + [f"{{ organizations(county: \"1\", first: 1, kind: [{'BRANCH ' * n}]) {{ totalCount }} }}"
           for n in (50, 900)],
        "texts": ["#" * 60_000, "{" + "," * 60_000 + "__typename}", "{" + "\n" * 60_000 + "__typename}",
                  '{ organization(id: """' + "\n x" * 15_000 + '""") { id } }', "{", "{{", "}", "\ufeff{__typename}",
                  "{ __typename }\0", "query", "query {", "{ a(: ) }", "{ x" + "y" * 60_000 + " }",
                  "subscription { __typename }",
                  'subscription { importProgress(jobId: "1") { status } }', "type Query { a: Int }",
                  "extend schema { query: Query }", "{ __typename @defer }", "{ ... @defer { __typename } }",
                  "{ ... @stream { __typename } }"],
    }  # fmt: skip


def _with_variables() -> Iterator[tuple[str, dict[str, Any]]]:
    entities = "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }"
    for count in (10, 500, 501, 5000, 20_000):
        yield f"{count} representations", {"query": entities, "variables": {"r": [{}] * count}}
    page = f'query($n: Int!) {{ members(county: "{COUNTY}", first: $n) {{ edges {{ node {{ id }} }} }} }}'
    pages: tuple[Any, ...] = (
        -1,
        0,
        101,
        501,
        10_001,
        2**31 - 1,
        2**31,
        2**64,
        1e300,
        "9" * 5000,
        None,
        [],
        {},
        True,
        0.5,
    )
    for value in pages:
        yield f"a page of {str(value)[:12]}", {"query": page, "variables": {"n": value}}
    kinds = "query($k: [OrganizationKind!]) { organizations(county: 1, kind: $k, first: 1) { totalCount } }"
    for count in (100, 6000):
        yield f"{count} kinds", {"query": kinds, "variables": {"k": ["BRANCH"] * count}}
    search = f'query($s: String) {{ members(county: "{COUNTY}", first: 1, search: $s) {{ totalCount }} }}'
    for text in (
        "%" * 100,
        "_" * 5000,
        "\\" * 999,
        "'; DROP TABLE member; --",
        "a\0b",
        "秦" * 9999,
        "\u202e" * 9,
    ):
        yield f"a search for {text[:5]!r}", {"query": search, "variables": {"s": text}}
    for level in (5, 31, 33, 900, 5000):
        deep: Any = json.loads("[" * level + "]" * level) if level < 901 else []
        yield f"a value {level} deep", {"query": entities, "variables": {"r": deep, "x": level}}
    yield "variables nobody asked for", {"query": page, "variables": {f"v{n}": n for n in range(5000)}}
    yield "an operation that is not there", {"query": page, "operationName": "A" * 5000, "variables": {}}
