import Feishu
import JSON
import LanguageModel
import MeetingMinutes
import Testing
import TimeZones

@testable import Assistant

@Suite("The card of minutes")
struct MinutesCardTests {
    private static let page = MinutesPage(
        documentID: "d",
        url: "https://f.example/docx/d",
        blocks: Dictionary(uniqueKeysWithValues: (1...60).map { ($0, "b\($0)") })
    )

    private static let transcript = Transcript(
        utterances: (1...60).map { Utterance(number: $0, speaker: "李娜", start: $0 * 60, text: "第\($0)句") },
        title: "支付周会",
        date: "2026年11月20日",
        attendees: ["王强", "张伟"]
    )

    private static let minutes: Minutes = {
        var minutes = Minutes(source: .model("m"), language: .chinese, title: "支付周会")
        minutes.summary = [.init(text: "扩容", utterances: [2])]
        minutes.topics = [.init(text: "积压", utterances: [3, 9], start: 180)]
        minutes.decisions = [.init(text: "扩到十二个", utterances: [4], quote: "那就十二个", doubts: [.number])]
        minutes.actions = [
            .init(
                line: .init(text: "改配置", utterances: [5]),
                owner: "李娜",
                due: "下周三前",
                dueDay: CivilTime(year: 2026, month: 11, day: 25)
            ),
            .init(line: .init(text: "写说明", utterances: [6], doubts: [.owner, .due]), owner: nil, due: nil),
        ]
        minutes.questions = [.init(text: "谁值班", utterances: [7])]
        minutes.risks = [.init(text: "机器不够", utterances: [8])]
        minutes.numbers = [.init(text: "八千条", utterances: [10])]
        minutes.parts = [.init(11...20, .failed)]
        return minutes
    }()

    private func card(
        _ minutes: Minutes = minutes,
        _ transcript: Transcript = transcript,
        recording: String? = nil,
        page: MinutesPage? = page,
        tasks: [Int: MinutesTask] = [:]
    ) -> JSONValue {
        let moments = MinutesMoments(transcript: transcript, recording: recording, document: page)
        return MinutesCard(texts: AssistantTexts(minutes.language), id: MinutesID(appID: "cli", task: "t-1"))
            .finished(minutes, moments: moments, tasks: tasks)
    }

    @Test("shows who and when, and each line with a link to its moment, what is doubtful, and who wrote it")
    func whole() {
        let card = card()
        #expect(card["header"]?["title"]?["content"] == "会议纪要：支付周会")
        #expect(card["header"]?["subtitle"]?["content"] == "2026年11月20日 · 李娜、王强、张伟")
        let reading = CardReading(card)
        for piece in [
            "**摘要**\n- 扩容 ([#2 李娜 00:02:00](https://f.example/docx/d#b2))",
            "- 00:03:00 积压 ([#3](https://f.example/docx/d#b3), [#9](https://f.example/docx/d#b9))",
            "- 扩到十二个（待确认：数字） ([#4 李娜 00:04:00](https://f.example/docx/d#b4)) — “那就十二个”",
            "- **李娜、期限：下周三前（2026-11-25）** 改配置 ([#5 李娜 00:05:00](https://f.example/docx/d#b5))",
            "- **负责人待确认、期限待确认** 写说明", "#7 李娜", "#8 李娜", "#10 李娜", "模型未能处理 #11–#20", "由 m 整理",
            "(https://f.example/docx/d)",
        ] {
            #expect(reading.markdown.contains(piece), "\(piece)\n\(reading.markdown)")
        }
        #expect(reading.tags.contains("collapsible_panel"))
    }

    @Test("leads into the recording where there is one, and cites without a link where nothing shows the moment")
    func moments() {
        let recording = CardReading(card(recording: "https://f.example/minutes/obcn1", page: nil))
        #expect(recording.markdown.contains("[#4 李娜 00:04:00](https://f.example/minutes/obcn1?t=240000)"))
        let plain = CardReading(card(page: nil))
        #expect(plain.markdown.contains("扩到十二个（待确认：数字） (#4 李娜 00:04:00)") && plain.addresses.isEmpty)
    }

    @Test("has a button for each action item and for all; where a task was made, it leads there")
    func buttons() {
        let open = CardReading(card())
        #expect(open.buttons.map(\.label) == ["建任务", "建任务", "全部建任务", "导出 Markdown"])
        #expect(
            open.buttons.map { $0.value["action"]?.string } == [
                "minutes_task", "minutes_task", "minutes_all_tasks", "minutes_markdown",
            ]
        )
        #expect(open.buttons.allSatisfy { $0.value["minutes"] == "t-1" })
        #expect(open.buttons.prefix(2).map { $0.value["item"]?.integer } == [0, 1])
        let one = CardReading(card(tasks: [0: MinutesTask(url: "https://f.example/task/1")]))
        #expect(one.buttons.map(\.label) == ["建任务", "导出 Markdown"])
        #expect(one.buttons[0].value["item"] == 1)
        #expect(one.markdown.contains("[✓ 已建任务](https://f.example/task/1)"))
        let all = CardReading(card(tasks: [0: MinutesTask(url: nil), 1: MinutesTask(url: "javascript:alert(1)")]))
        #expect(all.buttons.map(\.label) == ["导出 Markdown"])
        #expect(
            all.lines.count { $0.hasSuffix(" · ✓ 已建任务") } == 2 && all.addresses.allSatisfy { $0.hasPrefix("https:") }
        )
    }

    @Test(
        "minutes that are too long lose quotes, then their weakest sections, and say how much; never more than a card may have"
    )
    func long() {
        func lines(_ name: String, _ count: Int) -> [Minutes.Line] {
            (0..<count).map {
                let text = "\(name)\($0)：" + String(repeating: "把支付回调的消费者扩到十二个", count: 5)
                return .init(text: text, utterances: [$0 + 1], quote: String(repeating: "那就十二个吧", count: 8))
            }
        }
        var minutes = Self.minutes
        minutes.decisions = lines("决定", 20)
        minutes.actions = lines("待办", 50).map { .init(line: $0, owner: "李娜", due: nil) }
        minutes.risks = lines("风险", 15)
        minutes.numbers = lines("数字", 20)
        let card = card(minutes)
        let reading = CardReading(card)
        #expect(JSONValue.string(card.text).bytes.count <= FeishuClient.maximumCardBytes)
        #expect(reading.elements <= 180)
        #expect(!reading.markdown.contains("那就十二个吧"))
        #expect(reading.lines.count { $0.contains("决定") } == 20)
        #expect(reading.lines.count { $0.contains("待办") } == 50)
        #expect(reading.buttons.count { $0.label == "建任务" } >= 6)
        #expect(reading.lines.count { $0.contains("数字") } <= 1)
        #expect(reading.lines.count { $0.hasPrefix("还有 ") && $0.hasSuffix(" 条，见文档") } >= 1)
    }

    @Test("is laid out by the template: whose lines they are, what they are, and a button for what is to be done")
    func template() {
        var minutes = Self.minutes
        minutes.template = .standUp
        let reading = CardReading(card(minutes, page: nil))
        for piece in [
            "**各人进展**", "- **李娜** 进展：00:03:00 积压 (#3, #9)", "- **李娜** 受阻：机器不够 (#8 李娜 00:08:00)",
            "- 接下来：**李娜、期限：下周三前（2026-11-25）** 改配置",
        ] {
            #expect(reading.markdown.contains(piece), "\(piece)\n\(reading.markdown)")
        }
        #expect(reading.buttons.compactMap { $0.value["item"]?.integer } == [0, 1])
    }

    @Test(
        "many action items get as many buttons as a card may have elements for, the others a line, and all one button"
    )
    func manyActions() {
        var minutes = Self.minutes
        minutes.actions = (1...50).map { .init(line: .init(text: "做\($0)", utterances: [$0]), owner: nil, due: nil) }
        let reading = CardReading(card(minutes, page: nil))
        #expect(reading.elements <= 180)
        #expect(reading.buttons.compactMap { $0.value["item"]?.integer } == Array(0..<20))
        #expect(reading.buttons.contains { $0.value["action"] == "minutes_all_tasks" })
        #expect(reading.lines.count { $0.contains("做") } == 50)
    }

    @Test(
        "whatever stands in minutes, the card is one that Feishu takes, counts what it lacks, and has no links but ours",
        arguments: 0..<120
    )
    func hostile(seed: Int) throws {
        var hostile = HostileMinutes(seed: UInt64(seed))
        let transcript = hostile.transcript()
        let minutes = hostile.minutes()
        let page = seed % 3 == 0 ? nil : Self.page
        let tasks = Dictionary(
            uniqueKeysWithValues: (0..<minutes.actions.count / 3).map {
                ($0 * 2, MinutesTask(url: "https://f.example/task/\($0)"))
            }
        )
        let card = card(minutes, transcript, page: page, tasks: tasks)
        #expect(JSONValue.string(card.text).bytes.count <= FeishuClient.maximumCardBytes)
        #expect(try JSONValue(parsing: card.bytes) == card)
        let reading = CardReading(card)
        #expect(reading.elements <= 180)
        let ours = "https://f.example/"
        #expect(reading.addresses.allSatisfy { $0.hasPrefix(ours) }, "\(reading.addresses)")
        #expect(reading.markdown.split(separator: "://").count == reading.addresses.count + 1)
        #expect(!reading.markdown.contains("<at"))
        let lines = reading.lines
        #expect(page == nil || !lines.contains { $0.contains("(#") })
        let more = lines.compactMap(Self.more).reduce(0, +)
        let said = lines.count { Self.more($0) == nil }
        #expect(said + more == minutes.sections(in: transcript).flatMap(\.lines).count, "\(said) + \(more)")
        let open = Set(minutes.actions.indices).subtracting(tasks.keys)
        let items = reading.buttons.filter { $0.value["action"] == "minutes_task" }.map { $0.value["item"]?.integer }
        #expect(Set(items.compactMap { $0.map(Int.init) }).isSubset(of: open) && Set(items).count == items.count)
    }

    @Test("tells how far the minutes are, and that there will be none")
    func progress() {
        let card = MinutesCard(texts: AssistantTexts(.english), id: MinutesID(appID: "cli", task: "t"))
        let half = CardReading(card.progress(3, of: 6)).markdown
        #expect(half.contains("3 of 6 parts") && half.contains("■■■■■□□□□□"))
        #expect(!CardReading(card.progress(0, of: 1)).markdown.contains("□"))
        #expect(CardReading(card.failed("No. [x](https://evil.example)")).addresses.isEmpty)
    }

    /// How many lines a line says there are more.
    private static func more(_ line: Substring) -> Int? {
        if line.hasPrefix("还有 ") { return Int(line.dropFirst(3).prefix { $0.isNumber }) }
        return line.contains(" more in the ") ? Int(line.prefix { $0.isNumber }) : nil
    }
}
