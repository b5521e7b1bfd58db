"""What the fictional clues say (演示线索的内容). Persons, units, sums and events are invented."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

SURNAMES = "王李张刘陈杨黄周吴徐孙马朱胡郭林高罗郑谢唐韩曹许邓冯曾彭萧蔡潘田董袁于余"
GIVEN = [
    "喆", "珺", "玥", "垚", "赟", "䶮", "建国", "晓东", "海涛", "文斌", "学军", "国栋", "永刚", "立新",
    "春燕", "丽华", "雪梅", "宏伟", "少华", "振宇", "俊峰", "世杰", "启明", "维民", "长青", "克俭",
    "淑敏", "云霞", "新宇", "子涵", "一凡", "思源", "正平", "德胜", "光辉", "明达", "友谅", "嘉树",
]  # fmt: skip

CITY_UNITS = [
    "清川市住房和城乡建设局", "清川市交通运输局", "清川市水利局", "清川市农业农村局", "清川市卫生健康委员会",
    "清川市教育局", "清川市自然资源和规划局", "清川市城市管理和综合执法局", "清川市第二人民医院",
    "清川市住房公积金管理中心", "清川职业技术学院", "清川市政府投资项目代建管理和工程质量安全监督服务中心",
]  # fmt: skip
COUNTY_UNITS = {
    "yl": ["云麓县水利局", "云麓县教育局", "云麓县乡村振兴服务中心", "云麓县石桥镇人民政府", "云麓县人民医院",
           "云麓县城乡建设投资有限公司"],
    "ll": ["临岚县交通运输局", "临岚县民政局", "临岚县青岚乡人民政府", "临岚县畜牧水产技术推广中心",
           "临岚县文化旅游广电体育局", "临岚县自来水公司"],
}  # fmt: skip


@dataclass(frozen=True)
class Topic:
    """A kind of problem: category of the finding, nature, text with {unit} {year} {wan} {n}, evidence."""

    finding: str
    category: str
    text: str
    evidence: tuple[str, ...]


TOPICS = [
    Topic("违规采购", "discipline",
          "{unit}{year}年将同一批设备采购拆分为{n}份合同，单份金额均低于公开招标限额，合计{wan}万元，"
          "由相关负责人直接指定供应商，规避公开招标。", ("采购合同", "会议纪要", "资金支付凭证")),
    Topic("工程建设", "duty_violation",
          "{unit}在{year}年道路改造项目中，未按规定程序办理{n}项设计变更，增加造价{wan}万元，"
          "变更签证由同一人经办和审核。", ("工程变更签证单", "监理日志", "结算审核报告")),
    Topic("专项资金", "duty_crime",
          "{unit}{year}年以虚列{n}个子项目的方式套取专项资金{wan}万元，其中部分款项转入个人账户，"
          "去向不明。", ("银行流水", "项目验收资料", "询问笔录")),
    Topic("国有资产出租", "discipline",
          "{unit}未经评估和公开招租，将{n}处门面低价出租给特定关系人，租期十年，较市场价少收租金约{wan}万元。",
          ("租赁合同", "周边租金调查表")),
    Topic("违规投资", "irregular_investment",
          "{unit}{year}年未经可行性论证和集体决策对外投资{wan}万元，被投资企业{n}个月后停止经营，"
          "本金未收回。", ("投资协议", "董事会决议", "被投资企业财务报表")),
    Topic("津贴补贴", "discipline",
          "{unit}{year}年以加班费、劳务费名义向{n}名干部职工违规发放津贴补贴{wan}万元。",
          ("发放明细表", "记账凭证")),
    Topic("公款支出", "discipline",
          "{unit}{year}年以会议费名义列支接待费用{n}笔共{wan}万元，无公函、无清单。",
          ("报销凭证", "会议通知")),
    Topic("履职不力", "duty_violation",
          "{unit}对{n}家施工单位的保证金监管不严，{year}年少收、漏收{wan}万元，至今未追回。",
          ("保证金台账", "催缴通知书")),
    Topic("关联交易", "duty_crime",
          "{unit}有关负责人利用职务便利，为其亲属控制的{n}家公司承揽业务提供帮助，{year}年合同金额{wan}万元，"
          "涉嫌收受好处。", ("工商登记资料", "合同清单", "通话和资金往来分析")),
    Topic("工程分包", "duty_violation",
          "{unit}承建的供水管网改造工程被层层转包，{n}个标段由不具备资质的单位施工，涉及金额{wan}万元。",
          ("分包合同", "现场检查照片")),
    Topic("惠民资金", "duty_crime",
          "{unit}工作人员{year}年冒用{n}户群众名义申领补助{wan}万元，通过一卡通取现。",
          ("补助花名册", "银行取款记录", "入户核实笔录")),
    Topic("账外资金", "discipline",
          "{unit}将{n}笔租金和废旧物资处置收入{wan}万元存放账外，用于职工福利。",
          ("账外账册", "处置清单")),
    Topic("贷款担保", "irregular_investment",
          "{unit}{year}年违规为{n}家民营企业提供担保，发生代偿{wan}万元，未按规定追偿。",
          ("担保合同", "代偿凭证", "尽职调查报告")),
    Topic("选人用人", "other",
          "{unit}{year}年公开招聘中，{n}名考生的面试成绩被更改，涉嫌为特定人员入职提供便利。",
          ("招聘方案", "面试评分表")),
]  # fmt: skip

POSTS = ["副局长", "主任", "科长", "副科长", "财务负责人", "项目负责人", "党组成员", "办公室主任", "出纳"]
COMPANY_POSTS = [
    "副总经理",
    "总经理助理",
    "财务部部长",
    "工程部部长",
    "采购部主管",
    "子公司经理",
    "投资部部长",
]
RETURN_REASONS = [
    "证据材料清单与所附材料不符，请补齐后重新移送。",
    "未写明反映对象的职务和干部管理权限，请核实补充。",
    "反映事项属业务管理问题，尚不构成问题线索，请先行核查。",
]
REFUSALS = [
    "该单位不属于本室联系范围，建议交由对口监督检查室办理。",
    "本室有人员与反映对象存在应当回避的情形。",
]
DECLINES = [
    "反映对象为企业管理人员，请研究由派驻机构办理是否更妥。",
    "处置方案过于简单，请补充核查步骤后再报。",
]
PROGRESS = [
    "已调取相关合同和会计凭证，正在核对资金流向。",
    "已与移送单位对接，补充调取银行流水{n}页。",
    "已与知情人谈话{n}人次，主要事实基本清楚。",
    "已到现场核实，相关单位提供了情况说明，正在分析比对。",
]
AWAITED = [
    "清川市公安局（协助查询）",
    "移送单位（补充证据材料）",
    "第三方造价咨询机构（鉴定意见）",
    "清川市税务局（发票协查）",
]
PLANS = {
    "verify": "成立核查组开展初步核实：一是调取合同、凭证和会议纪要；二是与经办人、知情人谈话；"
              "三是查询相关账户；四是视情委托造价或司法会计鉴定。拟用时六十日。",
    "talk": "反映问题较笼统，拟对反映对象进行函询，由其在十五个工作日内作出书面说明，并视情抽查核实。",
    "shelve": "反映对象因重病住院，现阶段难以开展核查，拟暂存待查，每半年评估一次。",
    "close": "经查阅移送材料和既往核查结论，反映问题已有处理结果，拟予以了结。",
}  # fmt: skip
RESULTS = {
    "case": ("经初步核实，反映问题基本属实，有关人员涉嫌严重违反党纪，需要追究责任。", "已立案审查调查。"),
    "closed": ("经初步核实，未发现反映对象存在违纪违法问题，相关程序瑕疵已由主管部门督促整改。",
               "经核实不属实，予以了结。"),
    "admonished": ("反映问题部分属实，情节轻微，已对有关人员谈话提醒并责令整改，违规款项全部清退。",
                   "已予谈话提醒，款项已清退。"),
    "shelved": ("主要证人下落不明，现有证据不足以认定，暂存待查。", "暂存待查。"),
    "referred": ("不构成违纪，属管理不规范，移送所在单位党组织处理。", "已移送有关党组织处理。"),
}  # fmt: skip
CASE_BASIS = "有关人员涉嫌利用职务便利为他人谋利，依规依纪依法应当追究责任，呈请立案审查调查。"
OTHER_SENDERS = [
    ("enforcement", "清川市公安局经济犯罪侦查支队", "清公经侦函"),
    ("enforcement", "清川市人民检察院", "清检移"),
    ("enforcement", "清川市中级人民法院", "清法函"),
    ("superior", "中共青澜省纪律检查委员会", "青纪转"),
    ("other", "清川市市场监督管理局", "清市监移"),
]


def person(random: Random) -> str:
    """Return an invented name."""
    return random.choice(SURNAMES) + random.choice(GIVEN)


def clue(random: Random, unit: str, authority: str, topic: Topic, *, company: bool) -> dict[str, Any]:
    """Return the form data of a clue about somebody of a unit."""
    wan = random.choice([6.8, 12.5, 23.4, 36.9, 58.2, 87.6, 128.64, 243, 366.5, 512.8, 940, 1860])
    count = random.randint(2, 12)
    names = random.choices([1, 2, 0], [8, 3, 1])[0]
    posts = COMPANY_POSTS if company else POSTS
    return {
        "category": topic.category,
        "allegation": topic.text.format(unit=unit, year=random.choice([2023, 2024, 2025]), wan=wan, n=count),
        "amount": f"{wan * 10000:.2f}",
        "unit": unit,
        "subjects": [
            {"name": person(random), "unit": unit, "post": random.choice(posts), "authority": authority}
            for _number in range(names)
        ],
        "evidence": [{"title": title, "pages": str(random.randint(2, 60))} for title in topic.evidence],
    }


INSTRUCTION = "该线索涉嫌职务犯罪，请抓紧核查资金去向，重要进展随时报告。"
