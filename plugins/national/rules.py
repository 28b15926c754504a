"""The national baseline: what holds in every county."""

from plugins.national.branch import check_branch
from plugins.national.delegates import check_delegate
from plugins.national.dues import check_dues
from plugins.national.floating import check_floating
from plugins.national.meeting import check_meeting
from plugins.national.training import check_training

__all__ = [
    "check_branch",
    "check_delegate",
    "check_dues",
    "check_floating",
    "check_meeting",
    "check_training",
]
