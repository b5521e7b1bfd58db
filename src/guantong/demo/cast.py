"""Who plays in the demonstration (演示角色): the houses that handle clues, and those that transfer them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class House:
    """The posts of a commission that take part in a clue's life, and its handlers by kind."""

    code: str
    name: str
    clerks: tuple[str, ...]
    head: str
    leaders: tuple[tuple[str, str], ...]
    supervision: tuple[tuple[str, str, str], ...]
    investigation: tuple[tuple[str, str, str], ...]
    stationed: tuple[tuple[str, str, str], ...] = ()


CITY_HOUSE = House(
    "qc", "市纪委监委", ("qc.clerk", "qc.clerk", "qc.clerk2"), "qc.head",
    (("qc.deputy", "陆知行"), ("qc.deputy", "陆知行"), ("qc.secretary", "秦望山"), ("qc.member", "崔砚秋")),
    (
        # department, head, custodian
        ("qc.first", "qc.first.head", "qc.first.a"), ("qc.first", "qc.first.head", "qc.first.b"),
        ("qc.first", "qc.first.head", "qc.first.a"), ("qc.second", "qc.second.head", "qc.second.a"),
        ("qc.third", "qc.third.head", "qc.third.a"),
    ),
    (("qc.fourth", "qc.fourth.head", "qc.fourth.a"), ("qc.fifth", "qc.fifth.head", "qc.fifth.a")),
    (("qc.stationed", "qc.stationed.head", "qc.stationed.a"),),
)  # fmt: skip
COUNTY_HOUSES = {
    code: House(
        code, name, (f"{code}.clerk",), f"{code}.head",
        ((f"{code}.deputy", deputy),),
        ((f"{code}.first", f"{code}.first.head", f"{code}.first.head"),),
        ((f"{code}.second", f"{code}.second.head", f"{code}.second.head"),),
    )
    for code, name, deputy in (("yl", "云麓县纪委监委", "冯时雨"), ("ll", "临岚县纪委监委", "范清如"))
}  # fmt: skip


@dataclass(frozen=True)
class Sender:
    """Who transfers: drafter, head who checks, leader who signs, who signs for answers."""

    drafter: str
    head: str
    leader: str
    house: House = CITY_HOUSE


AUDIT = Sender("sj.executing.a", "sj.executing.head", "sj.principal")
AUDIT_DEPUTY = Sender("sj.executing.a", "sj.executing.head", "sj.leader")
INSPECTION = Sender("xc.office.a", "xc.office.head", "xc.director")
REGULATOR = Sender("gz.accountability.a", "gz.accountability.head", "gz.leader")
COUNTY_AUDIT = {
    code: Sender(
        f"{code}sj.executing.a", f"{code}sj.executing.head", f"{code}sj.principal", COUNTY_HOUSES[code]
    )
    for code in COUNTY_HOUSES
}


def enterprise(code: str) -> Sender:
    """Return the accountability department of an enterprise as a sender."""
    return Sender(f"{code}.accountability.a", f"{code}.accountability.head", f"{code}.leader")
