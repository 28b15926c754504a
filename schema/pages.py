"""Pages: connections with keyset cursors, as in the Relay specification."""

from typing import Generic, TypeVar

from strawberry import federation

from schema.declare import field

Node = TypeVar("Node")


@federation.type(shareable=True, description="Where a page stands in its list (分页信息).")
class PageInfo:
    has_next_page: bool = field("Whether more rows follow (是否有下一页).")
    has_previous_page: bool = field("Whether rows came before: true on every page but the first.")
    start_cursor: str | None = field("The cursor of the first row of the page.")
    end_cursor: str | None = field("The cursor of the last row; give it as `after` to read on.")


@federation.type(shareable=True, description="A row with its place in the list.")
class Edge(Generic[Node]):
    cursor: str = field("The row's place; opaque.")
    node: Node = field("The row.")


@federation.type(shareable=True, description="A page of a list (分页列表).")
class Connection(Generic[Node]):
    total_count: int = field("How many rows the list has for this reader, all pages together (总数).")
    page_info: PageInfo = field("Where the page stands.")
    edges: list[Edge[Node]] = field("The rows of the page.")
