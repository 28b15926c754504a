"""Finding Chinese names by two characters or more, or by the initials of their pinyin.

`search_keys` holds every two neighbouring characters of a name and of its initials (see runtime.pinyin), under a
GIN index: trigram indexes need three characters, and most Chinese names have two or three.
"""

from resolvers.compiler.errors import refuse
from resolvers.compiler.sources import Made
from runtime.pinyin import query_keys

# A condition on {row}: the index finds the candidates, the comparison keeps those with the whole text.
MATCHES = (
    "{row}.search_keys @> {search_keys} AND "
    "(strpos({row}.name, trim({search})) > 0 OR strpos({row}.name_initials, lower(trim({search}))) > 0)"
)


def keys_of(search: str) -> list[str]:
    text = search.strip()
    if len(text) < 2:
        raise refuse(
            "SEARCH_TOO_SHORT",
            "请至少输入两个汉字或两个拼音首字母。",
            "Give at least two characters, or two initials of the pinyin.",
        )
    return query_keys(text)


SEARCH = {"search_keys": Made("search", "text[]", keys_of)}
