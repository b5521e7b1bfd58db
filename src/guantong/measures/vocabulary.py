"""The words the measures of this release may use (本版词汇): what the software can do today.

Written by hand: a measure is checked against it without a database and without loading the mechanisms.
"""

from __future__ import annotations

from guantong.kernel.measures.vocabulary import Words

_CLUE_ACTS = (
    "draft",
    "amend",
    "receive",
    "register",
    "return",
    "merge",
    "link_duplicate",
    "forward",
    "split",
    "propose_assignment",
    "approve_assignment",
    "decline_assignment",
    "accept",
    "refuse_assignment",
    "propose_handling",
    "approve_handling",
    "decline_handling",
    "report_progress",
    "pause",
    "resume",
    "request_extension",
    "approve_extension",
    "decline_extension",
    "conclude",
    "arrive",
    "recall",
    "resume_handling",
    "withdraw",
    "acknowledge",
    "take_receipt",
    "take_feedback",
    "take_return",
    "take_request",
    "take_answer",
)
_REPORT_ACTS = ("register", "add_finding", "conclude")
_PAPERS = frozenset(
    {"transfer_letter", "receipt", "feedback_letter", "approval_sheet", "request_letter", "answer_letter"}
)

WORDS = Words(
    acts=frozenset(
        {f"clue.{act}" for act in _CLUE_ACTS}
        | {f"report.{act}" for act in _REPORT_ACTS}
        | {"case.open", "matter.correct"}
    ),
    papers=_PAPERS,
    parties=frozenset({"author", "executing", "sender", "receiver", "handler", "custodian", "approver"}),
    dates=frozenset({"happened_on", "received_on", "concluded_on", "sent_on", "assigned_on", "accepted_on"}),
    facts={
        "source": frozenset(
            {"audit", "inspection", "shareholder", "supervision", "enforcement", "superior", "other"}
        ),
        "category": frozenset(
            {"discipline", "duty_violation", "duty_crime", "irregular_investment", "other"}
        ),
        "jurisdiction": frozenset(
            {
                "own",
                "forward_superior",
                "forward_subordinate",
                "forward_peer",
                "split",
                "return_sender",
                "hand_up",
            }
        ),
        "on_paper": frozenset({True, False}),
        "concluded": frozenset({True, False}),
        "answered": frozenset({True, False}),
        "result": frozenset({"case", "closed", "admonished", "shelved", "referred"}),
    },
)
