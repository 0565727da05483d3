import LanguageModel
import Testing
import TimeZones

@testable import MeetingMinutes

@Suite("Merging")
struct MergingTests {
    private let transcript = Transcript(
        utterances: (1...400).map { Utterance(number: $0, speaker: "甲", start: $0 * 10, text: "第\($0)句") }
    )

    private func merge(_ facts: [GroundedFact], _ limits: Merging.Limits = .init()) -> Minutes {
        Merging(limits: limits).merge(facts, of: transcript, into: Minutes(source: .model("m"), language: .chinese))
    }

    private func fact(
        _ kind: Fact.Kind,
        _ text: String,
        _ utterances: [Int],
        owner: String? = nil,
        due: String? = nil,
        day: Int? = nil,
        doubts: [GroundedFact.Doubt] = []
    ) -> GroundedFact {
        GroundedFact(
            Fact(kind: kind, text: text, utterances: utterances, owner: owner, due: due),
            dueDay: day.map { CivilTime(year: 2026, month: 11, day: $0) },
            doubts: doubts
        )
    }

    @Test(
        "what several parts say is one line with all citations",
        arguments: [
            ("把支付回调的消费者扩到十二个", "支付回调消费者扩到 12 个"),
            ("We decided to move the webhook consumers", "Decided to move the webhook consumers to a service"),
            ("灰度比例从 10% 开始", "灰度比例从百分之十开始"),
            ("Freeze deployments during the migration", "Deployments are frozen during the migration"),
        ]
    )
    func same(left: String, right: String) {
        let minutes = merge([fact(.decision, right, [40]), fact(.decision, left, [3, 4])])
        #expect(minutes.decisions.map(\.utterances) == [[3, 4, 40]])
    }

    @Test(
        "what differs stays apart",
        arguments: [
            ("消费者扩到十二个", "消费者扩到八个"), ("我们要迁移支付服务", "我们不迁移支付服务"),
            ("We will move the service", "We will not move the service"),
            ("Write the migration plan", "Review the firewall rules"), ("李娜负责扩容", "王强负责告警"), ("预算 500 万", "预算 600 万"),
        ]
    )
    func other(left: String, right: String) {
        #expect(merge([fact(.decision, left, [3]), fact(.decision, right, [40])]).decisions.count == 2)
    }

    @Test("kinds stay apart")
    func kinds() {
        let minutes = merge(Fact.Kind.allCases.map { fact($0, "扩容支付服务", [5]) })
        #expect(minutes.topics.count == 1 && minutes.decisions.count == 1 && minutes.actions.count == 1)
        #expect(minutes.questions.count == 1 && minutes.risks.count == 1 && minutes.numbers.count == 1)
    }

    @Test("an owner or a date that only one of them has is the line's")
    func completes() {
        let minutes = merge([
            fact(.action, "整理扩容方案", [3], owner: "李娜"), fact(.action, "整理扩容方案", [30], due: "下周三", day: 25),
        ])
        #expect(minutes.actions.map(\.owner) == ["李娜"])
        #expect(minutes.actions.map(\.due) == ["下周三"] && minutes.actions[0].dueDay?.day == 25)
        #expect(minutes.actions[0].line.doubts == [] && minutes.actions[0].line.utterances == [3, 30])
    }

    @Test("what was said later holds where owner or date differ, and is marked")
    func later() {
        let early = fact(.action, "整理扩容方案并发给客户", [3], owner: "李娜", due: "下周三", day: 25)
        let moved = fact(.action, "整理扩容方案并发给客户", [90], owner: "李娜", due: "周五", day: 27)
        let given = fact(.action, "整理扩容方案并发给客户", [95], owner: "王强", due: "周五", day: 27)
        for facts in [[early, moved], [moved, early]] {
            let action = merge(facts).actions
            #expect(action.map(\.due) == ["周五"] && action[0].dueDay?.day == 27 && action[0].line.doubts == [.due])
        }
        let action = merge([given, early, moved]).actions
        #expect(action.map(\.owner) == ["王强"] && action[0].line.doubts == [.owner, .due])
        #expect(action[0].line.utterances == [3, 90, 95])
    }

    @Test("two people who are given the same at once keep it each")
    func each() {
        let facts = [fact(.action, "提交周报", [3], owner: "李娜"), fact(.action, "提交周报", [3], owner: "王强")]
        #expect(merge(facts).actions.map(\.owner) == ["李娜", "王强"])
    }

    @Test("the same day in other words is the same")
    func sameDay() {
        let facts = [
            fact(.action, "提交扩容方案", [3], due: "下周三", day: 25), fact(.action, "提交扩容方案", [9], due: "11月25日", day: 25),
        ]
        #expect(merge(facts).actions.map(\.line.doubts) == [[]])
    }

    @Test("a doubt goes where another part shows what it is about")
    func doubt() {
        let facts = [
            fact(.action, "提交扩容方案", [3], doubts: [.owner]), fact(.action, "提交扩容方案", [9], owner: "李娜"),
        ]
        #expect(merge(facts).actions.map(\.line.doubts) == [[]])
    }

    @Test("topics go on from one part into the next, and come in the order of the meeting with their time")
    func topics() {
        let minutes = merge([
            fact(.topic, "招聘计划", [60, 80]), fact(.topic, "支付回调延迟", [5, 29]), fact(.topic, "支付回调延迟问题", [31, 50]),
            fact(.topic, "支付回调延迟", [200, 210]),
        ])
        #expect(minutes.topics.map(\.range) == [5...50, 60...80, 200...210])
        #expect(minutes.topics.map(\.start) == [50, 600, 2_000])
    }

    @Test("a question that a later decision answers is left out and counted, any other stays")
    func answered() {
        let question = fact(.question, "灰度比例要不要从百分之十开始？", [10])
        let decision = fact(.decision, "灰度比例从百分之十开始", [50])
        let minutes = merge([question, decision])
        #expect(minutes.questions.isEmpty)
        #expect(minutes.omissions == [Minutes.Omission(.question, .answered, 1)])
        #expect(merge([fact(.decision, "灰度比例从百分之十开始", [4]), question]).questions.count == 1)
        #expect(merge([question, fact(.decision, "灰度方案采用新比例", [50])]).questions.count == 1)
    }

    @Test("of too many lines the strongest stay, in order, and the others are counted")
    func bounded() {
        var limits = Merging.Limits()
        limits.actions = 2
        let names = ["扩容支付服务", "整理回归用例", "采购测试机器", "撰写客户说明"]
        let facts = names.enumerated().map { index, name in
            fact(.action, name, [10 * index + 1], owner: index % 2 == 1 ? "李娜" : nil, due: index == 3 ? "周五" : nil)
        }
        let minutes = merge(facts, limits)
        #expect(minutes.actions.map(\.line.text) == ["整理回归用例", "撰写客户说明"])
        #expect(minutes.omissions == [Minutes.Omission(.action, .tooMany, 2)])
    }

    @Test("of a meeting of six hours a number of lines that one reads is left, and none vanishes uncounted")
    func long() {
        let words = (0..<400).map {
            "事项\(["甲", "乙", "丙", "丁"][$0 % 4])\(Unicode.Scalar(0x5000 + UInt32($0 * 7 % 3_000)).map(String.init) ?? "")\(Unicode.Scalar(0x6000 + UInt32($0)).map(String.init) ?? "")"
        }
        let facts = Fact.Kind.allCases.flatMap { kind in words.enumerated().map { fact(kind, $1, [$0 + 1]) } }
        let minutes = merge(facts)
        let limits = Merging.Limits()
        #expect(minutes.topics.count <= limits.topics && minutes.decisions.count <= limits.decisions)
        #expect(minutes.actions.count <= limits.actions && minutes.questions.count <= limits.questions)
        for kind in Fact.Kind.allCases { #expect(minutes.omissions.contains { $0.kind == kind && $0.count > 0 }) }
    }

    @Test("no facts make no lines")
    func empty() {
        #expect(merge([]) == Minutes(source: .model("m"), language: .chinese))
        #expect(merge([fact(.topic, "空", [])]).topics.isEmpty)
    }
}
