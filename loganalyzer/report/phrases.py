"""Every sentence that the program itself says in a report, in both languages; and the words for the scales."""

from __future__ import annotations

from loganalyzer.model import Confidence, Diagnosis, Kind, Report, Risk, Severity, Text
from loganalyzer.safe import visible

KIND = {
    Kind.CAUSE: Text("Root cause", "根本原因"),
    Kind.SYMPTOM: Text("Symptom", "现象"),
    Kind.ENVELOPE: Text("Failure", "失败"),
    Kind.HARMLESS: Text("Harmless", "可忽略"),
}
SEVERITY = {
    Severity.INFO: Text("info", "提示"),
    Severity.WARNING: Text("warning", "警告"),
    Severity.ERROR: Text("error", "错误"),
    Severity.CRITICAL: Text("critical", "严重"),
}
CONFIDENCE = {
    Confidence.POSSIBLE: Text("possible", "有可能"),
    Confidence.LIKELY: Text("likely", "很可能"),
    Confidence.CONFIRMED: Text("confirmed", "已确认"),
}
RISK = {
    Risk.READ: Text("reads only", "只读"),
    Risk.CHANGE: Text("changes", "变更"),
    Risk.RESTART: Text("restarts", "重启"),
    Risk.DESTRUCTIVE: Text("DESTRUCTIVE", "破坏性"),
}
PLACE = {
    "master": Text("on the master", "在 master 上"),
    "worker": Text("on the worker", "在 worker 上"),
    "node": Text("on the node", "在节点上"),
    "installer": Text("on the installer", "在安装机上"),
    "client": Text("on the client", "在客户端"),
    "registry": Text("on the registry", "在镜像仓库上"),
    "console": Text("in the console", "在控制台"),
}
PROBLEM = {
    "damaged": Text("damaged", "已损坏"),
    "truncated": Text("cut off", "被截断"),
    "skipped": Text("skipped", "已跳过"),
    "over-limit": Text("over the limit", "超出上限"),
    "undecodable": Text("not decodable", "无法解码"),
    "unreadable": Text("unreadable", "无法读取"),
    "changed-while-read": Text("changed while read", "读取时被修改"),
    "empty": Text("empty", "为空"),
    "unmatched": Text("matches nothing", "无匹配"),
    "note": Text("note", "说明"),
}

EVIDENCE = Text("Evidence", "证据")
AROUND = Text("lines around it", "上下文")
EXPLAINS = Text("Explains", "由此引起")
FIX = Text("Fix", "处理步骤")
LOOK_AT = Text("Next", "下一步")
FIX_OF = Text("Fix of: {title}", "另需处理：{title}")
FIX_LATER = Text(
    "Then see whether these are gone; `--all` shows what to do about them", "然后检查以下问题是否消失；处理步骤见 --all"
)
WARNING = Text("warning", "注意")
UNDO = Text("undo", "撤销")
CHECK = Text("check", "验证")
EXPECT = Text("expect", "预期")
CANDIDATES = Text("What could be behind it", "可能的原因")
LOOK_FOR = Text("look for", "查找")
LOOK_IN = Text("in", "位置")
COLLECT = Text("collect", "收集")
AGAINST = Text("against", "反证")
SUPPORTS = Text("for", "佐证")
OTHERS = Text("Also found", "还发现")
HARMLESS = Text("Can be ignored", "可以忽略")
HEALED = Text("Recovered by itself", "已自行恢复")
RECOVERED = Text("from {first} to {last}, recovered {when}", "{first} 至 {last}，{when} 恢复")
SEEN = Text("from {first} to {last}", "{first} 至 {last}")
SUPPRESSED = Text("Suppressed on request", "按要求忽略")
SUPPRESSED_UNTIL = Text("until {until}: {reason}", "至 {until}：{reason}")
MISSING = Text("Evidence that is missing", "缺少的证据")
PROBLEMS = Text("Not read or not trusted", "未能读取或存疑的内容")
REFERENCES = Text("References", "参考")
VERSIONS = Text("Versions", "版本")
NODES = Text("Nodes", "节点")
SPAN = Text("Time", "时间范围")
NO_ZONE = Text("{span} where no zone is said", "{span}（日志未注明时区）")
COVERED = Text("Coverage", "覆盖率")
COVERED_OF = Text(
    "rules know {known} of {errors} error lines ({percent} %)",
    "规则已知 {errors} 条错误日志中的 {known} 条（{percent}%）",
)
NOT_READ = Text("Not read", "未读取")
INPUTS = Text("What was read", "读取的内容")
REDACTIONS = Text("Secrets masked", "已遮盖的敏感信息")
TIMELINE = Text("Time line", "时间线")
GRAPH = Text("What causes what", "因果关系")
WORKED_AROUND = Text(
    "It was worked around or has recovered, but what it caused is still there.",
    "该问题已被绕过或已恢复，但它造成的后果仍然存在。",
)
NOTHING_FOUND = Text(
    "Nothing known was found in {lines} of {logs}.",
    "已检查 {logs}、{lines}，没有发现已知问题。",
)
ONLY_SUPPRESSED = Text(
    "Nothing was found in {lines} but what is suppressed on request ({n}).",
    "已检查 {lines}，除按要求忽略的 {n} 项外没有发现问题。",
)
NOTHING_READ = Text("No log could be read.", "没有任何日志可以读取。")
NOT_ALL_READ = Text(
    "Not everything could be read (see below), so this is no proof that nothing is wrong.",
    "有内容未能读取（见下文），因此不能证明没有问题。",
)
MORE = Text("{n} more: --all shows them", "另有 {n} 项，用 --all 查看")
MORE_LINES = Text("more evidence: {n}", "更多证据：{n}")
TIMES_UNTIL = Text("{n} times until {until}", "到 {until} 共 {n} 次")
TIMES = Text("{n} times", "共 {n} 次")
VIA = Text("inside {via}", "包含在 {via} 中")
CUT = Text(
    "Shortened to {size} characters; left out: {what}. `--all` or the JSON report has everything.",
    "已缩短到 {size} 个字符以内；略去：{what}。完整内容见 `--all` 或 JSON 报告。",
)
COUNT_OF = Text("{rank} of {n}", "第 {rank} 个，共 {n} 个")
SUMMARY = Text("Summary", "摘要")
DETAILS_OF_STEP = Text("step {n}", "步骤 {n}")

_NODES = (Text("{n} node", "{n} 个节点"), Text("{n} nodes", "{n} 个节点"))
_LOGS = (Text("{n} log", "{n} 份日志"), Text("{n} logs", "{n} 份日志"))
_LINES = (Text("{n} line", "{n} 行"), Text("{n} lines", "{n} 行"))
_RULES = (Text("{n} rule", "{n} 条规则"), Text("{n} rules", "{n} 条规则"))


class Speech:
    """Says texts in one language: `en`, `zh`, or `both` (English, then Chinese on the next line; labels in English)."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.colon = "：" if lang == "zh" else ": "
        self.comma = "，" if lang == "zh" else ", "

    def text(self, text: Text, **values: object) -> str:
        """A sentence with `{name}`s filled in (a Text in the same language); two lines where both languages are asked
        for and differ."""
        en, zh = (_fill(text.get(lang), _in(lang, values)) for lang in ("en", "zh"))
        if self.lang == "both":
            return en if en == zh else f"{en}\n{zh}"
        return zh if self.lang == "zh" else en

    def word(self, text: Text, **values: object) -> str:
        """A label or a short phrase on one line."""
        return _fill(text.get(self.lang), _in(self.lang, values))

    def texts(self, texts: tuple[Text, ...]) -> str:
        """Several reasons as one sentence."""
        langs = ("en", "zh") if self.lang == "both" else (self.lang,)
        joined = [("；" if lang == "zh" else "; ").join(_fill(t.get(lang), {}) for t in texts) for lang in langs]
        return "\n".join(dict.fromkeys(joined))

    def labelled(self, label: Text, text: str) -> str:
        """`Label: text`."""
        return f"{self.word(label)}{self.colon}{text}"

    def place(self, on: str) -> str:
        """Where a step is done."""
        return self.word(PLACE[on]) if on in PLACE else visible(on)

    def problem(self, kind: str) -> str:
        """The word for a kind of problem."""
        return self.word(PROBLEM[kind]) if kind in PROBLEM else visible(kind)

    def label(self, diagnosis: Diagnosis) -> str:
        """What the diagnosis is: `Root cause`, `Symptom` ..."""
        return self.word(KIND[diagnosis.kind])

    def scope(self, report: Report) -> str:
        """`3 nodes, 11 logs, 1,204,331 lines`."""
        nodes = len({entry.node for entry in report.inputs if entry.node})
        parts = [self._count(_NODES, nodes)] if nodes else []
        return ("，" if self.lang == "zh" else ", ").join((*parts, self.logs(report), self.lines(report)))

    def logs(self, report: Report) -> str:
        """`11 logs`."""
        return self._count(_LOGS, len(report.inputs))

    def lines(self, report: Report) -> str:
        """`1,204,331 lines`."""
        return self._count(_LINES, sum(entry.lines for entry in report.inputs))

    def rules(self, report: Report) -> str:
        """`214 rules`."""
        return self._count(_RULES, report.rules)

    def _count(self, forms: tuple[Text, Text], number: int) -> str:
        return self.word(forms[number != 1], n=f"{number:,}")


def _in(lang: str, values: dict[str, object]) -> dict[str, object]:
    return {name: value.get(lang) if isinstance(value, Text) else value for name, value in values.items()}


def _fill(said: str, values: dict[str, object]) -> str:
    for name, value in values.items():
        said = said.replace(f"{{{name}}}", str(value))
    return visible(" ".join(said.split("\n")).strip())
