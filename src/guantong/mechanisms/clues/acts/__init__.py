"""What can be done with a clue (问题线索的行为), in the order of its life."""

from guantong.mechanisms.clues.acts import (
    assignment,
    discs,
    forwarding,
    handling,
    importing,
    intake,
    sending,
    supervision,
)

__all__ = ["assignment", "discs", "forwarding", "handling", "importing", "intake", "sending", "supervision"]
