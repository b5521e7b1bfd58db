"""Sample papers (样稿) of a town that does not exist: the shape builders of a mechanism can follow."""

from __future__ import annotations

import datetime as dt

from guantong.kernel.papers.letter import (
    Attachment,
    Column,
    Format,
    Heading,
    Items,
    KeyValue,
    Letter,
    Opinion,
    Pair,
    Paragraph,
    Seal,
    Signature,
    SignLines,
    Table,
)

AUDIT = "云泽市审计局"
COMMISSION = "中共云泽市纪律检查委员会"
SUPERVISION = "云泽市监察委员会"

EVIDENCE = Table(
    columns=(
        Column(title="序号", width=0.9, align="center"),
        Column(title="证据名称", width=5),
        Column(title="来源", width=3),
        Column(title="页数", width=0.9, align="right"),
        Column(title="备注", width=2),
    ),
    rows=(
        (
            "1",
            "《云泽市水务投资集团有限公司采购合同》（云水购〔2024〕7号）复印件",
            "集团档案室",
            "18",
            "加盖公章",
        ),
        ("2", "询价记录及三家供应商报价单复印件", "集团物资部", "9", ""),
        ("3", "王喆、李珺二人询问笔录", "审计组", "12", "本人签字"),
        ("4", "银行转账凭证（2024年3月至2025年6月）", "开户银行", "31", "涉及资金 1,286.40 万元"),
        ("5", "审计取证单（第14号、第15号）", "审计组", "6", ""),
    ),
)


def transfer_letter() -> Letter:
    """Transfer letter (问题线索移送函) with its evidence list as attachment."""
    return Letter(
        format=Format.LETTER,
        issuers=(AUDIT,),
        number="云审移〔2026〕18号",
        copy_number="1",
        secrecy="秘密★10年",
        title="关于移送云泽市水务投资集团有限公司原副总经理王喆涉嫌违规采购问题线索的函",
        addressees=(f"{COMMISSION}、{SUPERVISION}",),
        blocks=(
            Paragraph(
                text="我局在云泽市水务投资集团有限公司2025年度资产负债损益审计中，发现该公司原副总经理王喆"
                "涉嫌违规采购、造成国有资产损失的问题线索。根据《中华人民共和国审计法》第四十五条、"
                "《中华人民共和国监察法》第三十七条规定，经集体研究，现移送你们处理。"
            ),
            Heading(level=1, text="涉及人员"),
            Paragraph(
                text="王喆，男，1974年6月出生，中共党员，2019年4月至2025年9月任云泽市水务投资集团有限公司"
                "副总经理，属市管干部、监察对象。"
            ),
            Heading(level=1, text="主要问题"),
            Heading(level=2, text="规避公开招标"),
            Paragraph(
                text="2024年3月至2025年6月，王喆在分管物资采购期间，将应当公开招标的管材采购项目拆分为十一个"
                "合同，均以询价方式交由同一实际控制人的三家公司承揽，合同金额合计1286.40万元。"
            ),
            Heading(level=2, text="采购价格明显高于市场价格"),
            Paragraph(text="经与同期三家同类企业采购价格比对，上述采购多支付货款217.65万元。"),
            Heading(level=1, text="移送依据和反馈要求"),
            Paragraph(
                text="上述事项已于2026年9月28日形成结论性意见。请按照贯通协同工作办法的规定，自收到本函之日起"
                "三个月内，将办理进展情况书面反馈我局。"
            ),
        ),
        attachments=(Attachment(title="证据材料清单", blocks=(EVIDENCE,)),),
        signature=Signature(organs=(AUDIT,), on=dt.date(2026, 10, 14)),
        note="联系人：垚先生，电话：0799-5550118",
        copies=("市委审计委员会办公室",),
    )


def receipt() -> Letter:
    """Receipt (回执) of a transferred clue."""
    return Letter(
        format=Format.LETTER,
        issuers=(SUPERVISION,),
        number="云监收〔2026〕31号",
        title="问题线索移送回执",
        addressees=(AUDIT,),
        blocks=(
            Paragraph(text="你局2026年10月14日移送的问题线索及所附材料已收悉，现将接收情况函告如下："),
            KeyValue(
                columns=1,
                pairs=(
                    Pair(label="移送文号", value="云审移〔2026〕18号"),
                    Pair(label="收到日期", value="2026年10月15日"),
                    Pair(label="线索编号", value="云案管〔2026〕第0127号"),
                    Pair(label="接收材料", value="移送函1份、证据材料5件76页"),
                    Pair(label="经办人", value="赟某"),
                ),
            ),
            Paragraph(text="我委将依照规定办理，并于2027年1月15日前书面反馈办理进展情况。"),
        ),
        signature=Signature(organs=(f"{SUPERVISION}案件监督管理室",), on=dt.date(2026, 10, 15)),
    )


def feedback_letter() -> Letter:
    """Feedback letter (办理情况反馈函) to the sender."""
    return Letter(
        format=Format.LETTER,
        issuers=(SUPERVISION,),
        number="云监函〔2027〕4号",
        secrecy="秘密★5年",
        title="关于云审移〔2026〕18号问题线索办理情况的反馈函",
        addressees=(AUDIT,),
        blocks=(
            Paragraph(
                text="你局《关于移送云泽市水务投资集团有限公司原副总经理王喆涉嫌违规采购问题线索的函》"
                "（云审移〔2026〕18号）收悉。现将办理情况反馈如下："
            ),
            Heading(level=1, text="办理进展"),
            Paragraph(text="经初步核实并按程序报批，我委已于2026年12月21日对有关问题立案。"),
            Heading(level=1, text="需要配合的事项"),
            Items(
                items=(
                    "继续提供2024年度管材采购的审计工作底稿；",
                    "指定熟悉情况的业务骨干一名，协助核对账目。",
                )
            ),
            Paragraph(text="办结后我委将另行函告处理结果。"),
        ),
        signature=Signature(organs=(SUPERVISION,), on=dt.date(2027, 1, 11), seal=Seal.SEALED),
    )


def upward_report() -> Letter:
    """Report to a superior (报告), file format with signer and colophon."""
    return Letter(
        format=Format.FILE,
        issuers=(COMMISSION,),
        mark_suffix="文件",
        number="云纪发〔2026〕42号",
        copy_number="12",
        secrecy="机密★20年",
        urgency="加急",
        signer="孙玥",
        title="关于2026年第三季度巡察和审计移送问题线索办理情况的报告",
        addressees=("中共云泽市委员会",),
        blocks=(
            Heading(level=1, text="总体情况"),
            Paragraph(
                text="三季度共接收巡察机构、审计机关移送问题线索37件，同比增加5件；已分办37件，办结21件，"
                "其中立案9件、谈话函询7件、予以了结5件；按期反馈率为100%。"
            ),
            Heading(level=1, text="存在的主要问题"),
            Heading(level=2, text="个别线索办理时间较长"),
            Heading(level=3, text="跨地区取证周期长。"),
            Paragraph(text="涉及外地企业的四件线索，平均等待回函二十六个工作日。"),
            Heading(level=3, text="专业力量不足。"),
            Heading(level=4, text="工程造价专业人员短缺。"),
            Paragraph(text="建议从审计机关商请派员协助。"),
            Heading(level=1, text="下一步工作"),
            Paragraph(text="按照“一季一梳理、半年一调度”的要求，对未办结线索逐件明确责任人和办结时限。"),
        ),
        signature=Signature(organs=(COMMISSION,), on=dt.date(2026, 10, 20)),
        note="联系人：镕某，电话：0799-5550166",
        copies=("省纪委监委案件监督管理室", "市委办公室"),
        printed_by="中共云泽市纪律检查委员会办公室",
        printed_on=dt.date(2026, 10, 20),
    )


def joint_letter() -> Letter:
    """Joint letter of two organs (联合行文) in file format."""
    return Letter(
        format=Format.FILE,
        issuers=(COMMISSION, "中共云泽市委巡察工作领导小组办公室", AUDIT),
        mark_suffix="文件",
        number="云纪发〔2026〕50号",
        title=("关于建立问题线索移送和反馈", "会商机制的通知"),
        addressees=("各县（市、区）纪委监委", "市直各单位"),
        blocks=(Paragraph(text="为贯通各类监督，现就有关事项通知如下。请认真贯彻执行。"),),
        signature=Signature(
            organs=(COMMISSION, "中共云泽市委巡察工作领导小组办公室", AUDIT), on=dt.date(2026, 11, 2)
        ),
        printed_by="中共云泽市纪律检查委员会办公室",
        printed_on=dt.date(2026, 11, 3),
    )


def approval_sheet() -> Letter:
    """Approval sheet (呈批件) for the assignment of a clue."""
    return Letter(
        format=Format.SHEET,
        issuers=(f"{SUPERVISION}",),
        secrecy="秘密★10年",
        number="云案管呈〔2026〕76号",
        title="问题线索分办呈批表",
        blocks=(
            KeyValue(
                columns=2,
                pairs=(
                    Pair(label="线索编号", value="云案管〔2026〕第0127号"),
                    Pair(label="收到日期", value="2026年10月15日"),
                    Pair(label="移送单位", value=AUDIT),
                    Pair(label="移送文号", value="云审移〔2026〕18号"),
                    Pair(
                        label="被反映人",
                        value="王喆（云泽市水务投资集团有限公司原副总经理，市管干部）",
                        wide=True,
                    ),
                    Pair(
                        label="主要问题",
                        value="分管物资采购期间将应当公开招标的采购拆分为十一个合同，以询价方式交由同一实际控制人的"
                        "三家公司承揽，多支付货款217.65万元。",
                        wide=True,
                    ),
                ),
            ),
            Opinion(
                label="案件监督\n管理室\n分办意见",
                text="该线索属我委管辖，经查重无重复件。建议由第三监督检查室办理，2026年11月15日前提出处置意见。",
                signer="林垚",
                on=dt.date(2026, 10, 16),
                height=40,
            ),
            Opinion(label="分管领导\n意　　见", height=40),
            Opinion(label="主要领导\n批　　示", height=45),
            KeyValue(columns=1, pairs=(Pair(label="备　　注", value=""),)),
        ),
    )


def cover_sheet() -> Letter:
    """Cover (封面) for handing up a report about the organ's own principal head."""
    return Letter(
        format=Format.COVER,
        issuers=(SUPERVISION,),
        secrecy="机密★20年",
        urgency="特急",
        title="检举控告材料上报封面",
        addressees=("省纪委监委信访室",),
        blocks=(
            Paragraph(text="以下材料反映本机关主要负责人，按规定不在本机关登记、留存，现原件上报。"),
            KeyValue(
                columns=2,
                pairs=(
                    Pair(label="收到日期", value="2026年11月3日"),
                    Pair(label="收到方式", value="当面递交"),
                    Pair(label="材料件数", value="1件"),
                    Pair(label="材料页数", value="7页"),
                    Pair(label="上报依据", value="《纪检监察机关处理检举控告工作规则》第十五条", wide=True),
                ),
            ),
            SignLines(labels=("移 交 人", "接 收 人")),
        ),
        signature=Signature(organs=(f"{SUPERVISION}案件监督管理室",), on=dt.date(2026, 11, 3)),
    )


ALL = {
    "transfer_letter": transfer_letter,
    "receipt": receipt,
    "feedback_letter": feedback_letter,
    "upward_report": upward_report,
    "joint_letter": joint_letter,
    "approval_sheet": approval_sheet,
    "cover_sheet": cover_sheet,
}
