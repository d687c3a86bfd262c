"""Saved pages of government sites around a document: three templates that share no id, class or structure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape

METADATA = {
    "索引号": "014349/2024-00317", "主题分类": "综合政务\\其他", "发文机关": "临澜市人民政府", "成文日期": "2024年03月05日",
    "标题": "临澜市人民政府关于示例事项的通知", "发文字号": "临政发〔2024〕9号", "发布日期": "2024年03月12日",
}
"""What a site says of a document, in the labels of government sites."""
_LINKS = (
    "东澜省人民政府办公厅关于印发2025年重点民生实事任务分工的通知", "市财政局负责人就专项资金管理办法答记者问", "到2026年全市新建充电桩超过3000个",
    "一图读懂：临澜市数字经济三年行动计划", "关于公开征求《临澜市节约用水条例（草案）》意见的公告", "临澜市召开全市安全生产电视电话会议",
)
_MENU = ("网站首页", "走进临澜", "新闻中心", "政务公开", "办事服务", "互动交流", "数据开放", "专题专栏")
_FOOT = "主办单位：临澜市人民政府办公室　承办单位：临澜市大数据中心　网站标识码：3700000099　临公网安备37990002000001号　澜ICP备09099999号"


def table_page(text: str, metadata: Mapping[str, str] = METADATA, body: str | None = None) -> str:
    """A page of the 2000s, laid out in nested tables; ``body`` is markup that stands for the paragraphs."""
    cells = [f"<td width=70><b>{_spread(k)}：</b></td><td>{escape(v)}</td>" for k, v in metadata.items()]
    rows = "".join(f"<tr>{''.join(cells[i : i + 2])}</tr>\n" for i in range(0, len(cells), 2))
    menu = "".join(f'<td align=center><a href="/c{i}/">{name}</a></td>' for i, name in enumerate(_MENU))
    side = "".join(f'<tr><td>·<a href="/{i}.shtml">{words}</a></td></tr>\n' for i, words in enumerate(_LINKS))
    words = body if body is not None else "\n".join(f'<P style="TEXT-INDENT: 2em">{_words(line)}</P>' for line in text.split("\n"))
    return f"""<HTML><HEAD><META http-equiv=Content-Type content="text/html; charset=utf-8"><TITLE>{metadata["标题"]}_临澜市人民政府</TITLE>
<SCRIPT language=javascript>var d=new Date(); document.write("到2025年达到100%" + d);</SCRIPT><STYLE>TD {{FONT-SIZE: 12px}}</STYLE></HEAD>
<BODY><TABLE width=1000 align=center><TR><TD colspan=8><IMG src="banner.jpg"></TD></TR><TR>{menu}</TR></TABLE>
<TABLE width=1000><TR><TD>您现在的位置： <A href="/">首页</A> &gt; <A href="/zwgk/">政务公开</A> &gt; <A href="/zwgk/wj/">文件</A></TD></TR></TABLE>
<TABLE width=1000><TR><TD width=200 valign=top><TABLE><TR><TD><B>最新文件</B></TD></TR>
{side}</TABLE></TD><TD width=800 valign=top>
<TABLE border=1>{rows}</TABLE><TABLE width="100%"><TR><TD align=right>【字体：<A href="javascript:zoom(16)">大</A> <A href="javascript:zoom(14)">中</A> <A href="javascript:zoom(12)">小</A>】</TD></TR>
<TR><TD>{words}</TD></TR>
<TR><TD align=right>【<A href="javascript:window.print()">打印本页</A>】【<A href="javascript:window.close()">关闭窗口</A>】</TD></TR></TABLE></TD></TR></TABLE>
<TABLE width=1000><TR><TD align=center>{_FOOT}</TD></TR></TABLE></BODY></HTML>"""


def div_page(text: str, metadata: Mapping[str, str] = METADATA, body: str | None = None) -> str:
    """A page of today, laid out in blocks, with header, menu, breadcrumb, side list, share buttons, related links."""
    menu = "".join(f'<li class="m{i}"><a href="/c{i}/">{name}</a></li>' for i, name in enumerate(_MENU))
    side = "".join(f'<li><a href="/{i}.html" title="{words}">{words}</a><span>2024-05-{i + 10}</span></li>' for i, words in enumerate(_LINKS))
    stated = "".join(f"<div><dt>{k}</dt><dd>{escape(v)}</dd></div>" for k, v in metadata.items())
    words = body if body is not None else "".join(f"<p><span>{_words(line)}</span></p>\n" for line in text.split("\n"))
    return f"""<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{metadata["标题"]} - 文件库 - 临澜市人民政府门户网站</title>
<meta name="SiteName" content="临澜市人民政府"><meta name="ArticleTitle" content="{metadata["标题"]}"><meta name="PubDate" content="2024-03-12 09:30"><meta name="ContentSource" content="临澜市人民政府办公室">
<script>window.state = {{"title": "<p>到2030年达到99%</p>"}};</script><style>.q{{display:none}}</style></head><body>
<header><div class="l"><a href="/"><img src="logo.png" alt="临澜市人民政府"></a></div><nav><ul>{menu}</ul></nav><form action="/s"><input name="q" value="请输入关键字"><button>搜索</button></form></header>
<div class="w"><div class="b">当前位置：<a href="/">首页</a>&nbsp;&gt;&nbsp;<a href="/zfgb/">政府公报</a></div>
<div class="k"><div class="a1"><div class="a2"><dl>{stated}</dl></div>
<div class="a3"><span>发布时间：2024-03-12</span><span>来源：临澜市人民政府办公室</span><span>浏览次数：<em>1024</em></span></div>
<div class="z9"><div>{words}</div></div>
<div class="a4"><span>分享到：</span><a href="#" title="微信">微信</a><a href="#" title="微博">微博</a><a href="#">QQ空间</a></div>
<div class="a5"><h3>相关链接</h3><ul>{side}</ul></div></div>
<div class="r"><h3>热点推荐</h3><ul>{side}</ul></div></div></div>
<footer><p>{_FOOT}</p><p><a href="/map">网站地图</a> | <a href="/about">关于我们</a></p></footer></body></html>"""


def br_page(text: str, metadata: Mapping[str, str] = METADATA, body: str | None = None) -> str:
    """A page whose whole body is text between line breaks."""
    stated = "<br>\n".join(f"{k}：{escape(v)}" for k, v in metadata.items())
    menu = " | ".join(f'<a href="{i}.htm">{name}</a>' for i, name in enumerate(_MENU))
    side = "<br>\n".join(f'<a href="n{i}.htm">{words}</a>' for i, words in enumerate(_LINKS))
    words = body if body is not None else "<br>\n".join(map(_words, text.split("\n")))
    return f"""<html><head><title>{metadata["标题"]}</title></head><body bgcolor=#ffffff><center><font size=5>临澜市公文库</font></center>
{menu}<hr>
<font size=2 color=gray>{stated}<br></font><hr>
<div align=left>{words}<br></div>
<a href="javascript:print()">打印</a> <a href="javascript:close()">关闭</a><hr>相关文章：<br>
{side}<hr><center>{_FOOT}</center></body></html>"""


PAGES: dict[str, Callable[..., str]] = {"table": table_page, "div": div_page, "br": br_page}


def _words(line: str) -> str:
    """A line as markup: blanks that HTML would collapse become &nbsp;, an empty line stays one."""
    kept = re.sub(r"^ +| {2,}|\t+", lambda m: "&nbsp;" * len(m[0]), escape(line, quote=False))
    return kept if line.strip() else "&nbsp;"


def _spread(label: str) -> str:
    """索 引 号, 标　　题: labels as sites set them to one width."""
    return {2: "　　", 3: " "}.get(len(label), "").join(label)
