"""What resolvers of writes find in `info.context`: the request, with its viewer, rules and the application."""

from typing import Any

import strawberry

from resolvers.compiler.request import Request

Info = strawberry.Info[Request, Any]
