"""What the tests share: the sample documents, their annotations, and, where they are present, documents beside the project."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path

from policymine.corpus import Corpus, mine_text
from policymine.reading.plain import decode

ROOT = Path(__file__).resolve().parents[1]
RAW = ROOT / "data" / "raw"
GOLD = Path(__file__).resolve().parent / "gold"
SHARED = Path(os.environ.get("POLICYMINE_SHARED") or ROOT.parent / "shared")
SLOW = bool(os.environ.get("POLICYMINE_SLOW"))
NO_SHARED = f"there are no annotated documents beside the project ({SHARED.name}; set POLICYMINE_SHARED)"
NAMES = tuple(path.stem for path in sorted(RAW.glob("*.txt")))

# Words of the genre, right and spoilt, for texts that no author would write.
SOUP = (
    "到", "至", "2025年", "２０２０年", "年底前", "“十四五”末", "“十四五", "每年", "三年内", "自印发之日起", "30日内", "达到", "提高", "下降", "新建",
    "培育", "不低于", "以上", "左右", "超过", "96.5%", "3万亩", "1,200", "五", "百分之八十", "翻一番", "前三", "15个百分点", "5-10", "家", "个", "件", "元",
    "亿", "一、", "（一）", "(二)", "1.", "２．", "(1)", "①", "第一章", "第二条", "——", "--", "●", "附件1", "附件：", "专栏1", "总体要求", "主要目标", "保障措施",
    "市财政局", "省发展改革委、", "各县（市、区）人民政府", "牵头", "负责", "配合", "分别负责", "责任单位：", "牵头单位：", "等部门", "列第一位者为牵头单位，下同", "会同", "由",
    "《", "》", "《质量纲要（2011—2020年）》", "〔2021〕7号", "云政发", "（", "）", "(", ")", "“", "”", '"', "。", "；", "，", "、", "：", "\n", "\r\n", "\n\n", "\r", "　　", " ",
    "\u00a0", "\u200b", "\ufeff", "\x00", "\x01", "\ud800", "\U0001f4c8", "⼈⺠", "①", "㎡", "Ⅲ", "浏览次数：3", "分享到：", "来源：某市政府", "- 3 -", "打印】【关闭", "印发", "的通知", "关于",
    "人民政府", "云屏省", "岑南市", "2021年8月2日", "二〇一二年七月一日", "全覆盖", "基本形成", "显著提升", "给予", "奖励", "目前", "已", "完成", "工作", "零", "第", "号", "C++", "4S店", "5G", "-", "%", ".", "_",
)


@cache
def sample_text(name: str) -> str:
    """The document text of a sample (without byte-order mark, line ends as they are)."""
    return decode((RAW / f"{name}.txt").read_bytes()).text


@cache
def sample(name: str) -> Corpus:
    """A sample, mined."""
    return mine_text(sample_text(name), name)


def annotations(name: str, folder: Path = GOLD) -> list[dict[str, object]]:
    """The hand-made annotations of a document."""
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def squash(words: str) -> str:
    """Words without what normalisation leaves out: blanks, line breaks, invisible characters."""
    return re.sub(r"[\s\u200b-\u200f\u2060\ufeff\u00ad\x00]+", "", words)
