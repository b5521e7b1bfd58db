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
    "request_case",
    "approve_case",
    "decline_case",
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
_MEETING_ACTS = (
    "add",
    "call",
    "postpone",
    "call_off",
    "invite",
    "notify",
    "leave_out",
    "reply",
    "propose",
    "accept",
    "decline",
    "begin",
    "attendance",
    "review",
    "hear",
    "decide",
    "amend",
    "strike",
    "adjourn",
    "charge",
    "report",
    "settle",
    "release",
    "record",
    "sign_for_minutes",
)
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
    "write",
    "take_in",
    "copy",
    "sign_for_copy",
    "collect",
    "ask_return",
    "release",
)
_CLOSE_ACTS = ("draft", "submit", "approve", "send_back", "reopen")
_TASK_ACTS = (
    "give",
    "register",
    "accept",
    "report",
    "complete",
    "close",
    "send_back",
    "withdraw",
    "request_extension",
    "approve_extension",
    "decline_extension",
    "divide",
    "part",
    "contest",
    "reassign",
    "confirm",
)
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
        "meeting_notice",
        "meeting_minutes",
        "meeting_letter",
        "request_letter",
        "answer_letter",
        "task_letter",
        "task_reply",
        "correspondence_letter",
        "correspondence_answer",
    }
)

WORDS = Words(
    acts=frozenset(
        {f"clue.{act}" for act in _CLUE_ACTS}
        | {f"report.{act}" for act in _REPORT_ACTS}
        | {f"session.{act}" for act in _SESSION_ACTS}
        | {f"meeting.{act}" for act in _MEETING_ACTS}
        | {f"round.{act}" for act in _ROUND_ACTS}
        | {f"handover.{act}" for act in _HANDOVER_ACTS}
        | {f"close.{act}" for act in _CLOSE_ACTS}
        | {f"correspondence.{act}" for act in _CORRESPONDENCE_ACTS}
        | {f"task.{act}" for act in _TASK_ACTS}
        | {
            "case.open",
            "case.pass_on",
            "case.accept",
            "case.send_back",
            "matter.correct",
            "matter.take_over",
            "reminder.answer",
            "reminder.withdraw",
        }
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
            "convener",
            "overseer",
            "participant",
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
            "due_on",
            "reply_by",
            "held_on",
            "called_for",
            "began_on",
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
    occasions={
        "session": frozenset(),
        "meeting": frozenset(),
        "correspondence": frozenset({"work_report", "enforcement_summary", "periodic_party_report"}),
    },
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
                "work_reminder",
                "guidance_committee",
                "guidance_stationed",
                "information_request",
                "important_matter",
                "work_report",
                "party_request",
                "party_report",
                "periodic_party_report",
                "enforcement_return",
                "enforcement_summary",
                "enforcement_notice",
            }
        ),
        "body": frozenset(
            {
                "joint_meeting",
                "economic_audit_joint_meeting",
                "anti_corruption_coordination_group",
                "audit_commission",
                "inspection_leading_group",
            }
        ),
        "of_company": frozenset({True, False}),
        "decision": frozenset({"continue", "speed_up", "instruct", "answer", "extend", "other"}),
        "dated": frozenset({True, False}),
        "handled": frozenset({True, False}),
        "on_paper": frozenset({True, False}),
        "supervised": frozenset({True, False}),
        "in_handling": frozenset({True, False}),
        "concluded": frozenset({True, False}),
        "answered": frozenset({True, False}),
        "field": frozenset({"audit", "other"}),
        "led": frozenset({True, False}),
        "part": frozenset({True, False}),
        "result": frozenset({"case", "closed", "admonished", "shelved", "referred"}),
    },
    periods=frozenset({"progress_interval"}),
)
