"""How names are written in a measure file (写法): each pattern with an example for messages."""

from __future__ import annotations

NAME = r"^[a-z][a-z0-9_]*$"
CLAUSE = r"^[A-Z]{2,4}-[0-9]+(\.[0-9]+)*$"
RULE = r"^[A-Z]{2,4}-[0-9]+(\.[0-9]+)*/[a-z][a-z0-9_]*$"
HOLDER = r"^(party|role):[a-z][a-z0-9_]*$"
ROLE = r"^role:[a-z][a-z0-9_]*$"
EVENT = r"^[a-z_]+\.[a-z_]+(:[a-z_]+)?$"
PURPOSE = r"^[a-z_]+\.[a-z_]+$"
PREFIX = r"^[A-Z]{2,4}$"
VERSION = r"^[0-9]+(\.[0-9]+)*$"

EXAMPLES = {
    NAME: "feedback_period",
    CLAUSE: "CZ-3.3",
    RULE: "CZ-3.3/feedback",
    HOLDER: "party:sender / role:case_supervision",
    ROLE: "role:case_supervision",
    EVENT: "clue.receive / paper.dispatch:receipt",
    PURPOSE: "calendar.rest_day_moves",
    PREFIX: "CZ",
    VERSION: "'1.0'",
}
