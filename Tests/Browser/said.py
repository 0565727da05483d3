"""What people ask on the walk through the assistant, what the model answers, and the files they send."""

import json
import re

from scripted_model import Answer

HEARD = "帮我查一下下周的排班"

HANDBOOK = """# 员工手册

## 年假

入职满一年的员工每年有 15 天带薪年假，未休完的年假可以顺延到次年三月底。

## 报销

出差回来之后 30 天内提交报销单，超过 2,000 元的费用需要部门负责人审批。
"""

REPORT = """# 三季度运营报告

收入 1,260 万元，同比增长 18%。华北妥投率 98.2%，比上季度提高 0.6 个百分点。
"""

SUBTITLES = """WEBVTT - 供应商选型会

00:00:05.000 --> 00:00:19.000
<v 吴敏>今天把物流供应商定下来，候选是远航和安达两家。</v>

00:00:20.000 --> 00:00:51.000
<v 贺川>远航单价低百分之八，但是华北的妥投率只有百分之九十四；安达贵一点，妥投率百分之九十八。</v>

00:00:52.000 --> 00:01:09.000
<v 吴敏>客户投诉主要就是华北，我倾向安达。预算能接受吗？</v>

00:01:10.000 --> 00:01:30.000
<v 贺川>一年多花十二万，在预算之内。我建议先签半年，六月底复盘。</v>

00:01:31.000 --> 00:01:50.000
<v 吴敏>好，决定选安达，先签半年。贺川周五之前把合同初稿给法务，我十二月一日之前确认付款方式。</v>
"""

FACTS = {"facts": [
    {"kind": "topic", "text": "比较远航和安达两家物流供应商", "utterances": [1, 2, 3]},
    {"kind": "number", "text": "安达的妥投率是 98%", "utterances": [2]},
    {"kind": "decision", "text": "选择安达，先签半年", "utterances": [5]},
    {"kind": "action", "text": "把合同初稿给法务", "owner": "贺川", "due": "周五之前", "utterances": [5]},
    {"kind": "action", "text": "确认付款方式", "owner": "吴敏", "due": "十二月一日之前", "utterances": [5]},
]}
SUMMARY = "团队比较了远航和安达两家物流供应商，选择安达，先签半年。[1, 3]"

COMPARISON_BEGINS = """## 导出方案比较

两种做法都能满足 **五万行** 的上限，区别在等待时间。同步导出实现简单，但请求会一直占着连接；异步导出把任务放进队列，\
完成之后通知提问者，`export_id` 可以随时查询进度。

"""

COMPARISON_ENDS = """| 方案 | 等待时间 | 适合的数据量 | 主要风险 |
| --- | --- | --- | --- |
| 同步导出 | 约 40 秒 | 1 万行以内 | 网关超时，用户会重复点击 |
| 异步导出 | 立即返回 | 5 万行以上 | 需要通知和过期清理 |

### 建议的步骤

1. 先上同步导出，限制在一万行以内
2. 两周之内补上异步导出：
   - 队列用现有的 `interactive`
   - 结果保留 7 天
3. 观察一个月再决定是否提高上限

```swift
let receipt = try await queue.enqueue(Export.self, .init(rows: 50_000, format: .csv), options: .init(queue: "background"))
```

> 风险：导出文件里可能有个人信息，下载链接要有期限。

更多说明见[导出指南](https://example.com/export)。
"""

COMPARISON_AGAIN = "## 换个说法\n\n**选异步导出**：等待时间可控，失败了也能重试；同步导出只留给一万行以内的小表。\n"


def story(tag):
    """A long text of many short paragraphs, which a model writes slowly."""
    return "".join(f"第 {index} 段，写给{tag}：项目从立项到上线一共经历了四个阶段，每个阶段都有自己的评审。\n\n"
                   for index in range(1, 61))


def manual(sections):
    """A text of so many sections of about 1,200 bytes."""
    return "# 运维手册\n\n" + "".join(
        f"## {index}. 第 {index} 类告警\n\n" + "收到告警之后先看影响范围，再看最近一次变更，能回滚就先回滚，然后再查原因。" * 8
        + f"\n\n- 负责人：值班 {index % 7 + 1} 组\n- 时限：{index} 分钟\n\n" for index in range(1, sections + 1))


def answer(question):
    """What the model says to what nobody prepared it for."""
    asked = question.last_asked
    if "合同初稿由谁负责" in asked:
        cited = re.search(r"\[(\d+)\][^\n]*贺川周五之前", question.everything)
        return Answer(f"贺川负责合同初稿，周五之前给法务 [{cited.group(1) if cited else 0}]。")
    if "Take facts out of a part" in question.everything:
        return Answer(json.dumps(FACTS, ensure_ascii=False))
    if "You write the summary of a meeting" in question.everything:
        return Answer(SUMMARY)
    if "删除" in asked and "报告" in asked:
        return deletion(question)
    if "有哪些报告" in asked:
        if question.results:
            return Answer(f"2026 年有三份报告：{question.results[-1].splitlines()[1]}。")
        return Answer("我先查一下。", calls=[("reports__list_reports", {"year": 2026})])
    if "年假" in asked:
        return Answer("入职满一年后每年有 **15 天**年假，没有休完的可以顺延到次年三月底 [1]。")
    if "三季度运营报告" in asked:
        return Answer("这份报告的要点：收入 **1,260 万元**，同比增长 18%；华北妥投率 98.2%。")
    if question.messages and isinstance(question.messages[-1].get("content"), list):
        return Answer("图片里是一块从蓝到绿的渐变，没有文字。")
    if HEARD in asked:
        return Answer("下周一到周三是三组值班，周四、周五是五组。")
    if "<quote>" in asked:
        return Answer("你引用的那句话里，上限是五万行。")
    if "<forwarded>" in asked:
        return Answer("这段聊天记录说的是导出方案的比较。")
    if "摘要" in question.everything[:200] and "压缩" in question.everything:
        return Answer("此前讨论了导出方案。")
    if "english" in asked.lower():
        return Answer("## Two ways to export\n\nThe synchronous one is **simple**; the asynchronous one never blocks a person.")
    return Answer("好的，收到。")


def deletion(question):
    if not question.results:
        name = "2025-Q4.pdf" if "四季度" in question.last_asked else "2025-Q3.pdf"
        return Answer("这份报告已经过期，我可以删除它。", calls=[("reports__delete_report", {"name": name})])
    if "declined" in question.results[-1]:
        return Answer("好的，报告保留着，没有删除。")
    return Answer("已经删除。")
