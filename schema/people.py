import strawberry

from schema.declare import field


@strawberry.type(description="Who acted or decided (经办): an account or a body, by name.")
class Actor:
    display_name: str = field("Name (名称).")
