"""How a type declares its fields: a source (see resolvers.compiler.sources) and a description."""

from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.types.field import StrawberryField

from resolvers.compiler.sources import Source


def field(description: str, source: Source | None = None, **options: Any) -> Any:
    """A field of a row; without a source it is the column of the same name."""
    return strawberry.field(description=description, metadata={"source": source}, **options)


def root(description: str, source: Source) -> Callable[[Callable[..., Any]], Any]:
    """A field with arguments: decorates a function that only declares them and is never called."""

    def declare(arguments: Callable[..., Any]) -> StrawberryField:
        declared: StrawberryField = strawberry.field(description=description, metadata={"source": source})(
            arguments
        )
        return declared

    return declare
