"""Columns of the ledger as a spreadsheet (台账列): import and export use the same keys.

Several persons stand one a line, in the same order and number of lines in each `PERSON_KEYS` column, so
that what was exported imports again without loss. Amounts are in yuan.
"""

from __future__ import annotations

from guantong.kernel.sheets import Field

FIELDS: tuple[Field, ...] = (
    Field("number", "线索编号", ("编号", "台账编号", "登记编号")),
    Field("title", "反映事项", ("事项", "事项名称", "线索名称", "标题")),
    Field("source", "线索来源", ("来源", "来源类别")),
    Field("sender_name", "移送单位", ("来文单位", "移交单位", "移送机关", "来件单位")),
    Field("letter_number", "来文字号", ("文号", "来文文号", "移送文号", "函号")),
    Field("letter_date", "来文日期", ("成文日期", "移送日期", "移交时间", "移送时间")),
    Field("letter_signer", "来文签发人", ("签发人",)),
    Field(
        "received_on", "接收日期", ("收到日期", "受理日期", "接收时间", "登记日期", "收文日期"), required=True
    ),
    Field("persons", "被反映人", ("姓名", "被反映人姓名", "涉及人员", "当事人"), required=False),
    Field("person_units", "被反映人单位", ("工作单位", "所在单位")),
    Field("person_posts", "被反映人职务", ("职务", "职务职级")),
    Field("person_authorities", "干部管理权限", ("管理权限", "干管权限")),
    Field("person_id_numbers", "身份证号", ("公民身份号码", "身份证号码", "证件号码")),
    Field("category", "问题类别", ("问题性质", "类别")),
    Field(
        "allegation", "主要问题", ("反映问题", "问题摘要", "问题描述", "主要内容", "基本情况"), required=True
    ),
    Field("amount", "涉及金额（元）", ("涉及金额", "金额", "涉案金额")),
    Field("unit", "涉及单位", ("被反映单位", "单位")),
    Field("concluded_on", "结论性意见日期", ("结论日期",)),
    Field("state", "状态", ("办理状态", "办理进展")),
    Field("handler", "承办部门", ("承办单位", "办理部门", "承办室")),
    Field("custodian", "保管人", ("专人", "承办人")),
    Field("due_on", "到期日", ("办理期限", "应办结日期")),
)
"""All columns; the export writes them in this order."""

BOOK_FIELDS: tuple[Field, ...] = (
    *(field for field in FIELDS if field.key != "number"),
    Field(
        "number",
        "原台账编号",
        ("线索编号", "编号", "台账编号", "登记编号", "原编号", "原线索编号", "登记号", "线索台账编号"),
    ),
    Field("result", "办理结果", ("处理结果", "办结情况", "处置结果", "结果", "处理情况")),
    Field("closed_on", "办结日期", ("办结时间", "了结日期", "结案日期", "了结时间")),
    Field("remark", "备注", ("说明", "其他")),
)
"""What an old book may have (原台账列): the number is kept as text, result, day and remark besides."""

PERSON_KEYS = ("persons", "person_units", "person_posts", "person_authorities", "person_id_numbers")
"""Columns with one line for each person."""

FULL_ONLY = frozenset({"handler", "custodian"})
"""Columns that tell of the handling: only for who sees everything."""

DATES = frozenset({"letter_date", "received_on", "concluded_on", "due_on"})
AMOUNTS = frozenset({"amount"})
