"""The samples in PDF and OFD of ``data/raw``: fictional documents, set on pages by ``paged_files`` and ``ofd_files``.

Run it to write them: ``python tests/paged_samples.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from ofd_files import element, file_of, ofd_of
from paged_files import TOP, Merged, Rows, Sheet, furnish, pdf_of, set_table, set_text

PDF_NAME = "2022-北岑省-质量发展规划"
OFD_NAME = "2023-青岬市-数字经济年度工作要点"

_PLAN = """北岑省人民政府关于印发北岑省质量发展规划（2021—2025年）的通知
北岑政发〔2022〕14号
各市人民政府，省政府各部门：
现将《北岑省质量发展规划（2021—2025年）》印发给你们，请认真组织实施。
北岑省人民政府
2022年3月18日
北岑省质量发展规划（2021—2025年）
为推动全省经济社会高质量发展，制定本规划。
一、发展环境
“十三五”时期，全省累计建成国家质检中心7个，制造业产品质量合格率由89.6%提高到92.4%，质量发展基础不断夯实。同时，质量基础设施布局不均、企业质量意识不强等问题依然存在。
二、发展目标
到2023年，全省质量基础设施服务体系基本建成，新增产业计量测试中心4个。到2025年，质量整体水平明显提升，主要指标见专栏1。
专栏1　质量发展主要指标
"""
_INDICATORS: Rows = (
    ("指标", "2020年", "2025年", "属性"),
    ("制造业产品质量合格率（%）", "92.4", "94", "约束性"),
    ("绿色食品认证数量（个）", "1320", "2000", "预期性"),
    ("装配式建筑占新建建筑面积的比例（%）", "18", "35", "预期性"),
    ("每万人口发明专利拥有量（件）", "9.6", "15", "预期性"),
    ("公共服务质量满意度（分）", "79.5", "82", "预期性"),
    ("主导或参与制定国际标准（项）", "—", "〔20〕", "预期性"),
)
_TASKS = """三、重点任务
（一）提升产品质量。实施重点产品质量阶梯攀登工程，每年组织质量攻关项目30项以上，2024年底前，培育省级质量标杆企业60家。（省工业和信息化厅牵头，省市场监管局、省科技厅配合）
（二）提升工程质量。推行工程质量潜在缺陷保险，到2025年，城镇新建建筑中绿色建筑占比达到90%以上。（责任单位：省住房城乡建设厅、省交通运输厅、省水利厅）
（三）提升服务质量。建立公共服务质量监测制度，生活性服务业品牌化水平显著提高。（责任单位：省商务厅、省民政厅、省文化和旅游厅）
四、保障措施
各市、各部门要加强组织领导，把质量工作摆到重要位置。对获得省长质量奖的组织，一次性奖励100万元。任务分工见附件。
附件
重点任务分工表
"""
_DUTIES: Rows = (
    ("序号", "重点任务", "牵头单位", "责任单位", "完成时限"),
    ("1", "建设省级产业计量测试中心4个，覆盖新材料、精密仪器等产业。", Merged("省市场监管局", 3), "各市人民政府", "2023年12月底"),
    ("2", "建成一站式质量基础设施服务平台30个。", None, "省科技厅、省工业和信息化厅", "2024年6月底"),
    ("3", "组织中小企业质量管理体系提升行动，帮扶企业5000家。", None, "省工业和信息化厅", "2025年12月底"),
    ("4", "完成重点农产品生产基地追溯改造，主要农产品例行监测合格率达到98%以上。", "省农业农村厅", "省市场监管局", "2024年12月底"),
    ("5", "推广装配式建造方式，建成省级装配式建筑产业基地12家。", Merged("省住房城乡建设厅", 2), "省自然资源厅", "2025年12月底"),
    ("6", "开展既有住宅加装电梯质量抽查，抽查比例不低于20%。", None, "各市人民政府", "每年"),
)
_POINTS = """青岬市人民政府办公室关于印发2023年全市数字经济工作要点的通知
青政办发〔2023〕9号
各县（市、区）人民政府，市政府各部门：
《2023年全市数字经济工作要点》已经市政府同意，现印发给你们，请结合实际抓好落实。
青岬市人民政府办公室
2023年2月20日
2023年全市数字经济工作要点
2023年，全市数字经济工作要围绕“港城智造”建设，力争数字经济核心产业增加值占地区生产总值比重达到8.5%以上，新建5G基站1200个。
一、夯实数字底座
1.加快网络建设。年底前，实现重点产业园区5G网络全覆盖，千兆光网用户占比达到25%。（责任单位：市工业和信息化局、市通信发展办）
2.统筹算力布局。6月底前，建成市级算力调度平台，全市算力规模达到600PFLOPS。（市大数据局牵头，市发展改革委配合）
二、推动产业数字化
1.实施“百企智改”行动。推动规模以上工业企业数字化改造120家，培育省级智能工厂6家。（责任单位：市工业和信息化局）
2.建设智慧港口。三季度末前，完成集装箱码头自动化改造，作业效率提高15%。（责任单位：市交通运输局、青岬港集团）
三、强化组织保障
各单位要于2023年3月31日前将任务分解方案报市大数据局。市政府办公室每季度调度一次进展情况。
"""


def _below(sheets: list[Sheet]) -> float:
    return max(words.y for words in sheets[-1].words) - TOP + 20


def write_pdf() -> bytes:
    """A plan with a 专栏, and a 任务分工表 that goes on over a page; running head and page numbers."""
    sheets = set_text(_PLAN, number="")
    sheets = set_table(_INDICATORS, (200, 70, 70, 90), start=_below(sheets), sheets=sheets, number="")
    rest = set_text(_TASKS, number="", title=False)
    sheets += set_table(_DUTIES, (34, 170, 85, 95, 60), start=_below(rest), sheets=rest, number="")
    for at, sheet in enumerate(sheets, 1):
        furnish(sheet, at, "北岑省人民政府公报")
    return pdf_of(sheets)


def write_ofd() -> bytes:
    """A notice in scattered pieces, with page numbers in templates and a seal."""
    seal = file_of("Signatures", element("Signature", ID=1, Type="Seal", BaseLoc="Sign_0/Signature.xml"))
    body = element("Signatures", "/DOC/Signs/Signatures.xml")
    return ofd_of(set_text(_POINTS), True, {"DOC/Signs/Signatures.xml": seal}, body)


if __name__ == "__main__":
    folder = Path(__file__).resolve().parents[1] / "data" / "raw"
    (folder / f"{PDF_NAME}.pdf").write_bytes(write_pdf())
    (folder / f"{OFD_NAME}.ofd").write_bytes(write_ofd())
