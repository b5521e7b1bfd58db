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
    "take_back",
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
    "hand_over",
    "supervise",
    "lift_supervision",
    "acknowledge",
    "take_receipt",
    "take_feedback",
    "take_return",
    "take_request",
    "take_answer",
)
_ROUND_ACTS = ("open", "register", "receive", "sign_list", "close", "withdraw")
_REPORT_ACTS = ("register", "add_finding", "conclude")
_SESSION_ACTS = ("call", "begin", "decide", "close", "call_off", "note", "change_note")
_HANDOVER_ACTS = ("open", "arrange", "take_over", "record", "withdraw")
_CORRESPONDENCE_ACTS = (
    "draft",
    "amend",
    "send",
    "withdraw",
    "receive",
    "register",
    "acknowledge",
    "answer",
    "refuse",
    "follow_up",
    "close",
    "take_receipt",
    "take_answer",
    "take_follow_up",
)
_CLOSE_ACTS = ("draft", "submit", "approve", "send_back", "reopen")
_PAPERS = frozenset(
    {
        "transfer_letter",
        "receipt",
        "feedback_letter",
        "approval_sheet",
        "handover_list",
        "round_feedback",
        "reminder_letter",
        "session_minutes",
        "request_letter",
        "answer_letter",
        "correspondence_letter",
        "correspondence_answer",
    }
)

WORDS = Words(
    acts=frozenset(
        {f"clue.{act}" for act in _CLUE_ACTS}
        | {f"report.{act}" for act in _REPORT_ACTS}
        | {f"session.{act}" for act in _SESSION_ACTS}
        | {f"round.{act}" for act in _ROUND_ACTS}
        | {f"handover.{act}" for act in _HANDOVER_ACTS}
        | {f"close.{act}" for act in _CLOSE_ACTS}
        | {f"correspondence.{act}" for act in _CORRESPONDENCE_ACTS}
        | {"case.open", "matter.correct", "matter.take_over", "reminder.answer", "reminder.withdraw"}
        | {"paper.seal", "matter.archive"}
    ),
    papers=_PAPERS,
    parties=frozenset(
        {
            "author",
            "executing",
            "sender",
            "forwarder",
            "receiver",
            "recipient",
            "handler",
            "custodian",
            "approver",
            "issuer",
            "addressee",
        }
    ),
    dates=frozenset(
        {
            "happened_on",
            "received_on",
            "concluded_on",
            "sent_on",
            "signed_on",
            "assigned_on",
            "accepted_on",
            "decided_until",
            "known_on",
            "answer_by",
        }
    ),
    purposes={
        "calendar.rest_day_moves": "bool",
        "calendar.first_day_counts": "bool",
        "duty.longest_extension": "period",
        "clue.hand_up_period": "period",
        "paper.seal_apart": "bool",
        "archive.retention": "choice",
    },
    occasions=frozenset({"session"}),
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
        "form": frozenset(
            {
                "sorting",
                "steering",
                "liaison_request",
                "liaison_message",
                "guidance_committee",
                "guidance_stationed",
                "information_request",
                "important_matter",
            }
        ),
        "decision": frozenset({"continue", "speed_up", "instruct", "answer", "extend", "other"}),
        "dated": frozenset({True, False}),
        "handled": frozenset({True, False}),
        "on_paper": frozenset({True, False}),
        "supervised": frozenset({True, False}),
        "in_handling": frozenset({True, False}),
        "concluded": frozenset({True, False}),
        "answered": frozenset({True, False}),
        "result": frozenset({"case", "closed", "admonished", "shelved", "referred"}),
    },
    periods=frozenset({"progress_interval"}),
)
