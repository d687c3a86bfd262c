"""The Word file among the samples of ``data/raw``, written by this script: fictional place and figures.

``python tests/word_sample.py`` writes it anew; a test tells when the file is not what the script writes. It holds what
Word files of the genre hold: headings with automatic numbers through styles, a table of indicators in a box (专栏), a
分工表 with merged cells and a numbered column, a running head, a note, a change that was accepted nowhere yet.
"""

from __future__ import annotations

from samples import RAW
from word_files import make_docx

NAME = "2024-澜口市-制造业数字化转型行动方案"
INDICATORS = (
    ("规模以上工业企业数字化改造覆盖率", "62%", "90%", "预期性"),
    ("关键工序数控化率", "58%", "70%", "预期性"),
    ("数字化研发设计工具普及率", "74%", "85%", "预期性"),
    ("智能工厂数量", "12家", "40家", "预期性"),
    ("数字化车间数量", "86个", "220个", "预期性"),
    ("工业互联网平台数量", "3个", "8个", "预期性"),
    ("上云企业数量", "1900家", "4500家", "预期性"),
    ("5G基站数量", "2100个", "5200个", "预期性"),
    ("数字经济核心产业增加值占地区生产总值比重", "6.4%", "9%", "预期性"),
    ("单位工业增加值能耗下降", "3.1%", "12%", "约束性"),
)
TASKS = (
    ("企业改造", "规模以上工业企业数字化改造覆盖率达到90%", "市工业和信息化局", "市财政局、市统计局", "2026年12月底"),
    ("", "培育智能工厂40家", "市工业和信息化局", "市发展改革委", "2026年12月底"),
    ("设施建设", "新建5G基站3100个", "市通信管理办公室", "市自然资源局、市住房城乡建设局", "2025年12月底"),
    ("", "建成工业互联网平台8个", "市数据局", "市工业和信息化局", "2026年6月底"),
    ("服务保障", "培训企业负责人600人次", "市人力资源社会保障局", "市教育局", "2024年12月底"),
)


def write_sample() -> bytes:
    """The bytes of the file; the same on every machine."""
    title = "澜口市制造业数字化转型行动方案（2024—2026年）"
    body = [
        _p(f"澜口市人民政府办公室关于印发{title}的通知", "Title"),
        _p("澜政办发〔2024〕18号", "Center"),
        _p("各县（市、区）人民政府，市政府各部门、各直属单位："),
        _p(f"《{title}》已经市政府同意，现印发给你们，请认真组织实施。", "Body"),
        _p("澜口市人民政府办公室", "Right"), _p("2024年5月20日", "Right"),
        _p(title, "Title"),
        _p("为加快制造业数字化转型，结合我市实际，制定本方案。", "Body"),
        _p("总体目标", "First"),
        _p("到2026年，全市规模以上工业企业数字化改造", "Body", _note(2) + _deleted("率先") + _inserted("基本完成") + _run("，培育省级以上数字化转型服务商15家。")),
        _p("专栏1　制造业数字化转型主要指标", "Center"),
        _table(("序号", "指标", "2023年", "2026年目标", "属性"), [("#", *row) for row in INDICATORS], (700, 4000, 1300, 1500, 1300)),
        _p("重点任务", "First"),
        _p("推进企业改造", "Second"),
        _p("分行业制定改造方案。2024年年底前，制定纺织、船舶、食品等3个行业改造方案。（市工业和信息化局牵头，市商务局、市市场监管局配合）", "Third"),
        _p("开展免费诊断。每年为不少于300家企业提供数字化诊断服务。（责任单位：市工业和信息化局、各县（市、区）人民政府）", "Third"),
        _p("夯实数字底座", "Second"),
        _p("建设新型网络。到2025年，工业园区5G网络覆盖率达到100%，建成工业互联网标识解析二级节点2个。（市通信管理办公室、市数据局按职责分工负责）", "Third"),
        _p("发展服务平台。到2026年6月底，建成面向中小企业的公共服务平台5个。（市数据局负责）", "Third"),
        _p("保障措施", "First"),
        _p("加强统筹。建立制造业数字化转型联席会议制度，每半年调度一次进展。", "Third"),
        _p("加强评估。市工业和信息化局会同有关部门于2025年6月底前完成中期评估。", "Third"),
        _p("附件：重点任务分工表"),
        _table(("序号", "重点任务", "工作内容", "牵头单位", "责任单位", "完成时限"), [("#", *row) for row in TASKS], (700, 1200, 2600, 1600, 1800, 1400), merged=1),
        '<w:sectPr><w:headerReference w:type="default" r:id="r3"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1500" w:bottom="1440" w:left="1500" w:header="850" w:footer="850" w:gutter="0"/></w:sectPr>',
    ]
    header = _p("澜口市人民政府公报", "Right")
    note = '<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>' + _run(" 数字化改造指关键生产环节使用数字化设备或者工业软件。") + "</w:p></w:footnote>"
    separators = "".join(f'<w:footnote w:type="{kind}" w:id="{i}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>' for i, kind in enumerate(("separator", "continuationSeparator")))
    return make_docx("".join(body), styles=_styles(), numbering=_numbering(), footnotes=separators + note, header1=header)


def _run(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


def _p(words: str, style: str = "Plain", more: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{_run(words)}{more}</w:p>'


def _note(number: int) -> str:
    return f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="{number}"/></w:r>'


def _inserted(words: str) -> str:
    return f'<w:ins w:id="1" w:author="办公室" w:date="2024-05-16T09:00:00Z">{_run(words)}</w:ins>'


def _deleted(words: str) -> str:
    return f'<w:del w:id="2" w:author="办公室" w:date="2024-05-16T09:00:00Z"><w:r><w:delText>{words}</w:delText></w:r></w:del>'


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]], widths: tuple[int, ...], merged: int = -1) -> str:
    """A table whose column ``#`` is numbered and whose empty cells of column ``merged`` belong to the cell above."""
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    list_id = 3 if merged < 0 else 4
    made = "<w:tr><w:trPr><w:tblHeader/></w:trPr>" + "".join(f'<w:tc><w:tcPr><w:tcW w:w="{w}" w:type="dxa"/></w:tcPr>{_p(h, "Cell")}</w:tc>' for h, w in zip(head, widths, strict=True)) + "</w:tr>"
    for row in rows:
        made += "<w:tr>"
        for i, (words, width) in enumerate(zip(row, widths, strict=True)):
            merge = "" if i != merged else '<w:vMerge w:val="restart"/>' if words else "<w:vMerge/>"
            inside = _p(words, "Cell")
            if words == "#":
                inside = f'<w:p><w:pPr><w:pStyle w:val="Cell"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{list_id}"/></w:numPr></w:pPr></w:p>'
            made += f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merge}</w:tcPr>{inside}</w:tc>'
        made += "</w:tr>"
    return f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>{borders}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{made}</w:tbl>'


def _styles() -> str:
    def style(name: str, properties: str = "", size: int = 32, bold: str = "") -> str:
        standard = ' w:default="1"' if name == "Plain" else ""
        return f'<w:style w:type="paragraph"{standard} w:styleId="{name}"><w:name w:val="{name}"/><w:pPr>{properties}</w:pPr><w:rPr>{bold}<w:sz w:val="{size}"/></w:rPr></w:style>'

    fonts = '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:eastAsia="仿宋" w:hAnsi="Times New Roman"/><w:lang w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>'
    levels = [style(name, f'<w:numPr><w:ilvl w:val="{i}"/><w:numId w:val="1"/></w:numPr><w:ind w:firstLine="640"/>', bold="<w:b/>" * (i == 0)) for i, name in enumerate(("First", "Second", "Third"))]
    return fonts + "".join([
        style("Plain"), style("Body", '<w:ind w:firstLine="640"/>'), style("Title", '<w:jc w:val="center"/>', 44, "<w:b/>"),
        style("Center", '<w:jc w:val="center"/>'), style("Right", '<w:jc w:val="right"/>'), style("Cell", '<w:jc w:val="center"/>', 21), *levels,
    ])


def _numbering() -> str:
    def level(i: int, format_: str, text: str, style: str = "") -> str:
        tied = f'<w:pStyle w:val="{style}"/>' if style else ""
        return f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{format_}"/>{tied}<w:suff w:val="nothing"/><w:lvlText w:val="{text}"/></w:lvl>'

    headings = level(0, "chineseCountingThousand", "%1、", "First") + level(1, "chineseCountingThousand", "（%2）", "Second") + level(2, "decimal", "%3．", "Third")
    made = f'<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="multilevel"/>{headings}</w:abstractNum>'
    made += "".join(f'<w:abstractNum w:abstractNumId="{n}"><w:multiLevelType w:val="singleLevel"/>{level(0, "decimal", "%1")}</w:abstractNum>' for n in (3, 4))
    return made + "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (1, 3, 4))


if __name__ == "__main__":
    (RAW / f"{NAME}.docx").write_bytes(write_sample())
