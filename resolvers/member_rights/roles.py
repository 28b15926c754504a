"""A viewer reduced to some of his roles: what he reaches as the office alone, say."""

from collections.abc import Collection
from dataclasses import replace

from models.choices import Role
from resolvers.access import AccountViewer


def as_only(viewer: AccountViewer, roles: Collection[Role]) -> AccountViewer:
    return replace(viewer, grants=tuple(grant for grant in viewer.grants if grant.role in roles))
