"""Unmistakable words in every field of an inspection round and of its clues (轮次金丝雀)."""

from __future__ import annotations

from support.canaries import Planted, ids_of
from support.play import Player, scan, uploads
from support.rounds import HANDS, opened

# fmt: off
OF_THE_ROUND = {
    "title": "缥缈孤鸿", "units": "拣尽寒枝", "leader": "寂寞沙洲", "allegation": "惊起却回",
    "person": "有恨无人", "unit of the person": "省拣尽寒", "post": "不肯栖枝", "evidence": "漏断人初",
    "letter's text": "缺月疏桐", "handed by": "时见幽人", "scan's name": "独往来去",
    "feedback in short": "竹杖芒鞋", "text of the feedback on the round": "轻胜马谁",
    "other person": "料峭春风",
}
INSIDE = {
    "plan": "回首向来", "result in words": "萧瑟处归", "draft of a feedback on the round": "也无风雨",
    "reason of voiding": "也无晴矣",
}
# fmt: on
DAY = "2026-09-28"


def plant_round(play: Player) -> Planted:
    """Bring a round of two clues to its feedback, with a canary in each field; the first clue is handled."""
    o, i = OF_THE_ROUND, INSIDE
    found = opened(play, DAY, title=o["title"], units=o["units"], leader=o["leader"])
    person = {"name": o["person"], "unit": o["unit of the person"], "post": o["post"], "authority": "city"}
    clues = [
        play.act(
            DAY, "inspector", "clue.draft", origin=str(found), category="discipline",
            allegation=o["allegation"], subjects=[{**person, "name": name}],
            evidence=[{"title": o["evidence"], "pages": "3"}],
        )
        for name in (o["person"], o["other person"])
    ]  # fmt: skip
    play.letter([DAY] * 4, found, "handover_list", HANDS, body=o["letter's text"])
    for clue in clues:
        play.act(DAY, "clerk", "clue.receive", clue)
    play.act(DAY, "clerk", "round.receive", found)
    play.done(
        DAY, "clerk", "round.sign_list", found, handed_by=o["handed by"], taken_by="沈若川",
        files=uploads(scan=scan(o["scan's name"] + ".pdf")),
    )  # fmt: skip
    play.assigned(clues[0], DAY)
    play.act("2026-09-30", "handler", "clue.propose_handling", clues[0], way="verify", plan=i["plan"])
    play.act("2026-09-30", "deputy", "clue.approve_handling", clues[0])
    text = i["result in words"]
    play.act("2026-10-08", "handler", "clue.conclude", clues[0], result="admonished", text=text)
    play.answered(clues[0], "2026-10-09", progress=o["feedback in short"], body="已办结。")
    texts = {"kind": "round_feedback", "title": "反馈函", "addressee": "市委巡察办"}
    body = i["draft of a feedback on the round"]
    play.act("2026-10-09", "clerk", "paper.draft", found, **texts, body=body)
    paper = play.paper("clerk", found, "round_feedback")
    play.act("2026-10-09", "clerk", "paper.void", found, paper=paper, reason=i["reason of voiding"])
    hands = ["clerk", "clerk_head", "deputy", "clerk"]
    body = o["text of the feedback on the round"]
    play.letter(["2026-10-12"] * 4, found, "round_feedback", hands, body=body)
    return Planted(found, ids_of(found))
