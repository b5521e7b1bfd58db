"""The style page (样式页): every component once, with invented content; only where DEBUG is on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guantong.kernel import clock

STATES = (("待分办", "wait"), ("办理中", "active"), ("已暂停", "stopped"), ("已办结", "done"))
NAMES = (
    "邹启明",
    "阮书喆",
    "贺珺",
    "佟玥",
    "龚赟",
    "晏垚",
    "柴䶮",
    "费青禾",
    "糜承远",
    "蒲晓岚",
    "鄢立",
    "戚望舒",
)
TITLES = (
    "反映云汀建设投资集团原总经理违规决策致国有资产损失",
    "审计移送：青岚水务公司工程款虚列支出、设账外资金，涉及下属三家子公司及两名中层管理人员",
    "巡察移交：某街道专项资金管理混乱",
    "反映澄湖交通发展公司采购负责人收受礼金",
)
SENDERS = ("市审计局", "市委巡察办", "市国资委", "清源县审计局")
DAYS = (-37, -6, -1, 0, 1, 3, 5, 6, 19, 62, 90, 12)


class LetterForm(forms.Form):
    """A form with one of each control (示例表单)."""

    number = forms.CharField(label="来文字号", max_length=60, help_text="照来文填写，如：云审移〔2026〕12号")
    signed_on = forms.DateField(
        label="成文日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    received_on = forms.DateField(
        label="收到日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    sender = forms.ChoiceField(label="来文单位", choices=[(name, name) for name in SENDERS])
    amount = forms.DecimalField(label="涉及金额（元）", required=False)
    way = forms.ChoiceField(
        label="处置方式",
        widget=forms.RadioSelect,
        choices=[("1", "谈话函询"), ("2", "初步核实"), ("3", "暂存待查"), ("4", "予以了结")],
    )
    facts = forms.CharField(label="主要问题", widget=forms.Textarea(attrs={"rows": 3}))
    scan = forms.FileField(label="扫描件", required=False, help_text="PDF、JPG、PNG，单个不超过 60 MB")
    first = forms.BooleanField(label="列为重点督办", required=False)

    def clean(self) -> dict[str, Any] | None:
        """Refuse what cannot be, as real forms do."""
        data = self.cleaned_data
        signed, received = data.get("signed_on"), data.get("received_on")
        if signed and received and received < signed:
            self.add_error("received_on", "收到日期早于成文日期。请核对来文落款日期和收文登记后改正。")
        return data


def _rows(today: date) -> list[dict[str, Any]]:
    return [
        {
            "number": f"云纪案管〔2026〕{118 - index}号",
            "name": NAMES[index],
            "title": TITLES[index % len(TITLES)],
            "sender": SENDERS[index % len(SENDERS)],
            "organ": "市纪委监委第三监督检查室",
            "amount": f"{index * 137 + 42}.{index % 10}0",
            "state": STATES[index % 3][0],
            "tone": STATES[index % 3][1],
            "due": today + timedelta(days=days),
            "paused": index % 3 == 2,
            "provisional": days > 60,
        }
        for index, days in enumerate(DAYS)
    ]


def page(request: HttpRequest) -> HttpResponse:
    """Show all components."""
    today = clock.today()
    wrong = {"number": "", "signed_on": "2026-11-20", "received_on": "2026-11-03", "sender": SENDERS[0]}
    form = LetterForm(wrong) if "wrong" in request.GET else LetterForm(request.POST or None)
    if "messages" in request.GET:
        messages.success(request, "已登记，编号 云纪案管〔2026〕119号。")
        messages.error(request, "未登记：来文字号已被第 97 号线索使用。请核对，或合并到该线索。")
    context = {"rows": _rows(today), "form": form, "today": today, "done_on": today, "states": STATES}
    return render(request, "web/style.html", context)
