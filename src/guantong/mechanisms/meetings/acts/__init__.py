"""What can be done with a meeting (会议的行为; CD-2.2, CD-2.3, CZ-2.1), in the order of its life."""

from guantong.mechanisms.meetings.acts import (
    afterwards,
    agenda,
    calling,
    deciding,
    inviting,
    offers,
    recording,
    sitting,
)

__all__ = ["afterwards", "agenda", "calling", "deciding", "inviting", "offers", "recording", "sitting"]
