from graphql import GraphQLError

from runtime.language import Sentence


def refuse(code: str, zh: str, en: str) -> GraphQLError:
    """An operation that cannot be answered: the request's fault, with a code and a sentence for its reader."""
    return GraphQLError(Sentence(zh, en).for_reader(), extensions={"code": code})
