"""Who is expected at a theme day (应到), as SQL that every figure shares. `day` is an alias of theme_day.

Expected are the members whose home the organization is, and those attached to it with the right ACTIVITIES on that
day, without those of whom no firm demand is made then (党员教育管理工作条例 第二十三条). Who is not expected may
still come: he counts among those present, and not in the rate, which therefore never exceeds 1.
"""


def not_exempt(member: str, on: str) -> str:
    """Whether the firm demand is made of the member on that day."""
    return (
        # Where nobody is exempt, nobody is looked up; where some are, OFFSET keeps to the look-up by member, since
        # a join with all exemptions would read them anew for each organization.
        "((SELECT NOT EXISTS (SELECT FROM exemption)) OR NOT EXISTS (SELECT FROM exemption x "
        f"WHERE x.member_id = {member} AND x.began_on <= {on} AND COALESCE(x.ended_on, {on}) >= {on} OFFSET 0))"
    )


def taking_part(day: str) -> str:
    """The members who may check in, with or without a firm demand: rows of member_id."""
    return (
        f"SELECT m.id AS member_id FROM member m WHERE m.organization_id = {day}.organization_id "
        f"UNION ALL SELECT g.member_id FROM attachment g WHERE g.organization_id = {day}.organization_id "
        f"AND 'ACTIVITIES' = ANY(g.rights) AND COALESCE(g.began_on, {day}.held_on) <= {day}.held_on "
        f"AND (g.ended_on IS NULL OR g.ended_on > {day}.held_on)"
    )


def expected(day: str) -> str:
    """The members who are expected: rows of member_id."""
    return (
        f"SELECT p.member_id FROM ({taking_part(day)}) p WHERE {not_exempt('p.member_id', f'{day}.held_on')}"
    )


def roll(day: str) -> str:
    """The members who are expected, each with `attended`: his id again if he came, else null."""
    # OFFSET reads the day's attendances once, instead of looking each member up among them.
    return (
        f"SELECT e.member_id, a.member_id AS attended FROM ({expected(day)}) e "
        f"LEFT JOIN (SELECT b.member_id FROM attendance b WHERE b.theme_day_id = {day}.id OFFSET 0) a "
        "ON a.member_id = e.member_id"
    )


RATE = "round(count(r.attended)::numeric / NULLIF(count(*), 0), 4)::float8"
"""Over rows `r` of rolls: the share of those expected who came; null where nobody is expected."""
