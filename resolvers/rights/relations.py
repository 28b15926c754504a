"""How a row can stand to a viewer: the words of the tables of rows (rows.py) and of classes (classes.py)."""

from enum import StrEnum


class Relation(StrEnum):
    # By the place of a grant.
    IN_COUNTY = "IN_COUNTY"  # the row belongs to the grant's county
    IN_SUBTREE = "IN_SUBTREE"  # to the grant's organization, or one below it
    GUEST = "GUEST"  # of a member who is attached to an organization in the grant's subtree
    HELD_HERE = "HELD_HERE"  # at a theme day of the grant's subtree
    OTHER_SIDE = "OTHER_SIDE"  # a hand-over to or from the grant's subtree
    ASKED = "ASKED"  # the grant's agency was asked about it
    # By what the viewer is.
    OF_MY_BRANCH = "OF_MY_BRANCH"  # of a branch in which he takes part
    LEADS_MY_BRANCH = "LEADS_MY_BRANCH"
    OWN = "OWN"  # about himself
    LOOKED_AFTER = "LOOKED_AFTER"  # of a member away whose contact person (联系人) he is
    # It takes away, whatever the others give.
    LOCKED = "LOCKED"  # personal values are kept and shown to nobody else (限制处理, PIPL 47)


OF_A_PLACE = frozenset({Relation.IN_COUNTY, Relation.IN_SUBTREE})
"""What follows from where the row is; whether one of the others holds must be said."""
