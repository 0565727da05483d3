/// Meetings of a given size in the form of Feishu's export, whose sentences are built from a few parts.
enum BenchMeeting {
    /// 44,000 characters in 1,800 utterances.
    static let chinese = meeting(utterances: 1_800, characters: 44_000)
    /// 12,000 utterances, a good megabyte: an utterance about every two seconds.
    static let sixHours = meeting(utterances: 12_000, characters: 380_000)

    private static let people = ["江雪", "何远舟", "苏晴", "陆鸣", "说话人 5", "Robert Hale"]
    private static let parts = [
        "我们先看一下上周的数据", "退款的入口还是放在订单列表里", "这个下周三之前要定下来", "李娜负责通知客户",
        "预算大概是三十二万左右", "API 的延迟降到了 120 毫秒", "我不太确定要不要先试点", "那就这么定", "风险是供应商可能会晚到",
    ]

    private static func meeting(utterances: Int, characters: Int) -> String {
        var text = "青松商城产品周会\n2026年11月18日 09:30｜时长 360分钟\n关键词：退款、预算\n\n"
        var spoken = 0
        for index in 0..<utterances {
            let seconds = index * 21_600 / utterances
            text +=
                "\(people[index * 7 % people.count]) \(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))\n"
            var part = index
            while spoken < characters * (index + 1) / utterances {
                let words = parts[part % parts.count] + (part % 3 == 0 ? "。" : "，")
                text += words
                spoken += words.count
                part += 5
            }
            if text.hasSuffix("\n") { text += "好。" }
            text += "\n\n"
        }
        return text
    }

    private static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
}
