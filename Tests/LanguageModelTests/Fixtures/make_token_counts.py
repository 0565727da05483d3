#!/usr/bin/env python3
"""Writes token-counts.json: texts of many kinds with the number of tokens that o200k_base makes of them.

Run with the package bpe-openai 0.1.4 installed, which ships the vocabulary. Ordinary texts are those people and documents
are made of; the others are there because an estimate goes wrong on them first.
"""
import json
import pathlib

import bpe_openai

ORDINARY = {
    "Chinese chat": "你好，请问今年的年假还剩几天？我想在国庆之后请三天假，需要提前多久申请，找谁审批？",
    "Chinese minutes": (
        "会议纪要：本次会议讨论了第三季度的发布计划。张伟介绍了支付模块的进度，目前还有两个缺陷没有修复，预计下周三完成。"
        "李娜提出测试环境经常不可用，建议由运维团队每天早上检查一次。王强负责联系供应商确认合同条款，并在周五之前把结果同步到群里。"
        "大家同意把上线时间推迟到十月十五日，期间冻结所有与登录有关的改动。"
    ),
    "Chinese technical": (
        "消息队列的消费者在取走任务之后需要在租约到期之前续约，否则任务会被其他消费者重新领取。"
        "为了避免重复执行带来的副作用，每个任务都带有唯一的幂等键，写入外部系统时一并提交。"
    ),
    "Chinese literary": (
        "夜里下过一场雨，院子里的石板还是湿的，墙角的桂花落了一地。祖父坐在门槛上抽烟，望着远处的山，很久没有说话。"
        "我知道他在想什么，那条通往镇上的路，他走了一辈子，如今再也走不动了。"
    ),
    "Traditional Chinese": "會議記錄：請各部門於本週五下班前提交預算，並附上去年度的實際支出與說明，逾期將不予受理。",
    "Chinese with English": (
        "我们的 API 网关用 Redis 做限流，worker 从 queue 里取任务后调用 LLM 的 chat completions 接口，"
        "如果返回 429 就根据 Retry-After 等待。具体可以看 docs/models.md 里的说明。"
    ),
    "English chat": "Could you please summarise the attached document and tell me what I have to do by Friday?",
    "English prose": (
        "The committee met on Tuesday to discuss the proposed changes to the travel policy. Several members felt that "
        "the current limits were too low for trips abroad, while others argued that the budget would not allow for more. "
        "After a long discussion they agreed to raise the daily allowance by ten percent and to review the decision in "
        "six months. The secretary was asked to inform every department and to publish the new rules on the intranet."
    ),
    "English technical": (
        "When the worker loses its lease, it must stop writing to Redis at once. The heartbeat thread measures time from "
        "the moment the last confirmed renewal was sent, not from the moment its reply arrived, because only the former "
        "is known to be earlier than the server's own view. Idempotency keys make a redelivered task harmless."
    ),
    "English business mail": (
        "Dear colleagues,\n\nThank you for joining yesterday's workshop. Please find the slides attached. We kindly ask "
        "you to fill in the questionnaire until next Wednesday; it takes about five minutes.\n\nBest regards,\nAnna"
    ),
    "Markdown": (
        "# Release notes\n\n## Fixed\n\n- The **stop button** works on phones again.\n- `config check` names each wrong "
        "key.\n\n## Known issues\n\n1. Long tables are cut.\n2. See [the guide](https://example.com/guide).\n"
    ),
    "Swift code": (
        "func admit(at now: Duration) -> Admission {\n    if now < restUntil { return .refused(restUntil - now) }\n"
        "    guard let openUntil else { return .allowed }\n    isProbing = true\n    return .probe\n}\n"
    ),
    "Python code": (
        "def main(arguments):\n    parser = argparse.ArgumentParser(description=__doc__)\n"
        "    parser.add_argument('--port', type=int, default=8080)\n    options = parser.parse_args(arguments)\n"
        "    for line in sys.stdin:\n        print(json.dumps({'line': line.strip(), 'port': options.port}))\n"
    ),
    "JSON": (
        '{"event_id": "f7984f25108f8137722bb63cee927e66", "token": "066zT6pS4QCbgj5Do145GfDbbagCHGgF", "create_time": '
        '"1603977298000000", "event_type": "contact.user_group.created_v3", "tenant_key": "xxxxxxx"}'
    ),
    "Transcript": (
        "00:00:05 张伟：我们先看一下上周的待办。\n00:00:12 李娜：好的，接口文档已经更新了。\n"
        "00:00:31 Tom: I will check the numbers again tomorrow.\n00:01:02 张伟：那下周一之前给出结论。\n"
    ),
    "CSV": "date,region,product,units,revenue\n2026-01-05,North,Widget,120,3588.00\n2026-01-06,South,Gadget,75,2243.25\n",
    "Japanese": "本日の会議では、新製品の発売時期について話し合いました。来月の十日までに資料を準備してください。",
    "Korean": "오늘 회의에서는 신제품 출시 일정을 논의했습니다. 다음 주 금요일까지 자료를 준비해 주세요.",
    "German": (
        "Die Geschwindigkeitsbegrenzung gilt für alle Fahrzeuge. Bitte beachten Sie, dass die Rechnung innerhalb von "
        "vierzehn Tagen zu begleichen ist, sonst müssen wir Mahngebühren berechnen."
    ),
    "French": "Nous vous prions de bien vouloir nous faire parvenir votre réponse avant la fin du mois, s'il vous plaît.",
    "Russian": "Пожалуйста, пришлите отчёт до пятницы. Мы обсудим результаты на следующем совещании с руководством.",
    "Arabic": "يرجى إرسال التقرير قبل نهاية الأسبوع، وسنناقش النتائج في الاجتماع القادم مع الإدارة.",
    "Vietnamese": "Vui lòng gửi báo cáo trước thứ sáu. Chúng tôi sẽ thảo luận kết quả trong cuộc họp tiếp theo.",
    "Hindi": "कृपया शुक्रवार से पहले रिपोर्ट भेजें। हम अगली बैठक में परिणामों पर चर्चा करेंगे।",
    "Thai": "กรุณาส่งรายงานก่อนวันศุกร์ เราจะหารือเกี่ยวกับผลลัพธ์ในการประชุมครั้งต่อไป",
}

ODD = {
    "extension B": "𠀀𠀁𠀂𠮷𡃁𡈽𡌛𡑮𡢽",
    "numbers": "3.14159265358979323846264338327950288419716939937510 1234567890 987654321 0 42 007",
    "base64": "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAA",
    "hexadecimal": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "UUIDs": "550e8400-e29b-41d4-a716-446655440000\n6ba7b810-9dad-11d1-80b4-00c04fd430c8\n",
    "URLs": (
        "https://open.feishu.cn/open-apis/im/v1/messages?receive_id_type=open_id\n"
        "https://example.com/a/very/long/path/with-many-parts?utm_source=mail&utm_campaign=x92kd\n"
    ),
    "emoji": "🎉🚀👍🏽👨‍👩‍👧‍👦🇨🇳✅❌⚠️💡🔥😀😅🤔",
    "capitals": "THE QUICK BROWN FOX ACKNOWLEDGES UNQUESTIONABLE RESPONSIBILITIES IMMEDIATELY",
    "camel case": "getElementsByClassNameAndAttributeValue XMLHttpRequestEventTargetFactoryBean",
    "snake case": "some_very_long_variable_name_with_underscores another_one_x2_y3",
    "random letters": "qzxvkjw pfgthrmb xcvbnmlkjh wrtypsdfgz ghqwxz lkjhgfdsa mnbvcxz",
    "long words": "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "symbols": "<>{}[]()|\\/!@#$%^&*~`+=?;:'\",.",
    "mathematics": "∀x∈ℝ: ∑ᵢ₌₁ⁿ xᵢ² ≥ 0 ⇒ √(a²+b²) ≤ |a|+|b|, ∂f/∂x ≠ ∞",
    "rules": "--------------------------------------------------\n==================================================\n",
    "spaces": "a        b                c\n\n\n\n\t\t\td",
    "log line": (
        '2026-11-26T03:12:44.120Z ERROR [worker-3] task_id=9f1c2b77 queue=interactive attempt=4 error="timedOut" t=0.382s'
    ),
    "minified JavaScript": "function(e,t){var n=e[0]|0,r=t>>>3;return n^r&255?i(n,r):!function(){o=[],s={}}(),a&&b||c}",
    "Latin and marks": "Čeština žluťoučký kůň úpěl ďábelské ódy. Zażółć gęślą jaźń. Årsæl ðþ ñandú œuvre.",
    "one character": "好",
    "one letter": "a",
}


def main() -> None:
    encoding = bpe_openai.get_encoding("o200k_base")
    rows = [
        {"name": name, "ordinary": texts is ORDINARY, "tokens": len(encoding.encode(text)), "text": text}
        for texts in (ORDINARY, ODD)
        for name, text in texts.items()
    ]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path = pathlib.Path(__file__).with_name("token-counts.json")
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
