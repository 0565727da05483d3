import LanguageModel
import MeetingMinutes
import TestSupport
import Testing

@testable import Assistant

@Suite("Passages of meetings")
struct MinutesPassagesTests {
    private static func meeting(_ text: String, title: String? = nil) -> RecalledMeeting {
        let making = MinutesMaking(TranscriptParser().parse(text))
        let request = MinutesRequest(appID: "cli_1", chatID: "oc_1", title: title)
        return RecalledMeeting(
            KeptMinutes(
                id: MinutesID(appID: "cli_1", task: "t"),
                request: request,
                transcript: text,
                minutes: making.extracted(),
                document: nil
            )
        )
    }

    private static func passages(
        _ meetings: [RecalledMeeting],
        _ question: String,
        isRead: Bool = true
    ) -> MinutesPassages {
        MinutesPassages(
            of: meetings,
            for: MinutesQuestion(question),
            isRead: isRead,
            after: 3,
            AssistantTexts(for: question, fallback: .chinese)
        )
    }

    /// An hour of talk about nothing, with the lines in it at even distances.
    private static func long(_ lines: [String], around filler: [String]) -> String {
        (0..<600).map { turn in
            let speaker = ["Alice", "Bob", "Carol"][turn % 3]
            let line = turn % 60 == 30 && turn / 60 < lines.count ? lines[turn / 60] : filler[turn % filler.count]
            return "[00:\(10 + turn / 60):\(10 + turn % 50)] \(speaker): \(line)"
        }.joined(separator: "\n")
    }

    private static let chinese = long(
        [
            "仓库搬迁放在国庆之后，旧货架不带走。", "物业报价是每平方米四十二块，我觉得偏高。", "面试官只剩两个，实习生的名额要砍掉一半。",
            "投影仪的灯泡坏了，备件要等三周。", "班车改到七点四十五从东门出发。",
        ],
        around: ["嗯，我们接着看下一页。", "这部分上次讲过了，大家有印象。", "先记下来，回头再对一遍。", "好的，没有别的意见。"]
    )

    private static let english = long(
        [
            "The warehouse moves after the holidays, and the old shelves stay behind.",
            "The landlord wants forty-two a square metre, which I find too high.",
            "Only two interviewers are left, so we cut the internships in half.",
            "The projector's lamp is broken, and a spare takes three weeks.",
            "The shuttle leaves from the east gate at a quarter to eight.",
        ],
        around: [
            "Right, on to the next slide.", "We had this part last time.", "Let us write that down for later.",
            "Fine with me.",
        ]
    )

    @Test(
        "what was said of it is among the passages, within the bound",
        arguments: [
            ("旧货架怎么处理？", "旧货架不带走"), ("物业每平方米报价多少，谁嫌高？", "每平方米四十二块"), ("实习生名额为什么要砍？", "砍掉一半"), ("投影仪什么时候能修好？", "备件要等三周"),
            ("班车几点从哪里出发？", "七点四十五"), ("What happens to the old shelves?", "shelves stay behind"),
            ("what was said about the rent per square metre, and by whom?", "forty-two a square metre"),
            ("why are there fewer internships?", "internships in half"),
            ("when do we get a lamp for the projector?", "takes three weeks"),
            ("where does the shuttle leave?", "east gate"),
        ]
    )
    func gold(question: String, gold: String) throws {
        let isChinese = WrittenLanguage(of: question) == .chinese
        let meeting = Self.meeting(isChinese ? Self.chinese : Self.english)
        let passages = Self.passages([meeting], question)
        let material = try #require(passages.material)
        #expect(material.contains(gold))
        #expect(!passages.isSilent)
        #expect(TokenEstimate.tokens(in: material) <= 2_500)
        // Nor is all of it thrown at the model.
        #expect(TokenEstimate.tokens(in: material) >= 800)
        let quotes = Self.passages([meeting], question, isRead: false).quotes(AssistantTexts(.chinese))
        #expect(quotes.contains(gold))
        #expect(TokenEstimate.tokens(in: quotes) <= 900)
    }

    @Test("numbers run through all sections, and each leads to the turn on its line")
    func numbering() throws {
        let meetings = [Self.meeting(Transcripts.english, title: "One"), Self.meeting(Self.english, title: "Two")]
        let passages = Self.passages(meetings, "what about the checkout latency and the shuttle?")
        let lines = try #require(passages.material).split(separator: "\n").filter { $0.hasPrefix("[") }
        #expect(lines.enumerated().allSatisfy { $1.hasPrefix("[\($0 + 4)] ") })
        #expect(passages.last == lines.count + 3)
        let shuttle = try #require(lines.first { $0.contains("The shuttle leaves") })
        let number = try #require(Int(shuttle.dropFirst().prefix { $0 != "]" }))
        #expect(
            passages.list(citedIn: "It leaves [\(number)], they say [1].") == ["- [\(number)] Two #271 Alice 00:14:30"]
        )
    }

    @Test("lines that do not fit are counted")
    func tooMany() throws {
        let tasks = (1...150).map { "Bob: I'll write report number \($0) about the warehouse of city \($0) by Friday." }
        let turns = tasks.flatMap { [$0, "Alice: Thanks, good."] }
        let passages = Self.passages([Self.meeting(turns.joined(separator: "\n"))], "who has to do what?")
        let material = try #require(passages.material)
        #expect(TokenEstimate.tokens(in: material) <= 2_500)
        let lines = material.split(separator: "\n").filter { $0.contains("Action items: ") }.count
        let meeting = Self.meeting(turns.joined(separator: "\n"))
        let all = try #require(meeting.minutes).statements(of: [.action]).count
        #expect(lines > 5 && lines <= all)
        #expect(material.contains("not_shown=\"\(all - lines)\"") == (lines < all))
    }

    @Test("of the lines of minutes those are shown that speak of what is asked; where none does, all of the kind")
    func lines() {
        let meeting = Self.meeting(Transcripts.chinese)
        func lines(_ question: String) -> [String] { meeting.statements(for: MinutesQuestion(question)).map(\.text) }
        #expect(!lines("谁负责扩容？").isEmpty && lines("谁负责扩容？").allSatisfy { $0.contains("扩容") })
        #expect(lines("李娜有哪些待办？").allSatisfy { $0.contains("李娜") })
        #expect(lines("谁有待办？").count > lines("李娜有哪些待办？").count)
        #expect(lines("灰度比例是多少？").allSatisfy { $0.contains("比例") } && !lines("灰度比例是多少？").isEmpty)
        #expect(lines("食堂有哪些待办？") == lines("谁有待办？"))
        #expect(lines("食堂好不好？").contains { $0.hasPrefix("摘要：") })
    }

    @Test("of several meetings the one that is named, or the newest, is meant where the question speaks of a meeting")
    func meant() {
        let meetings = [
            Self.meeting(Transcripts.export), Self.meeting(Transcripts.chinese),
            Self.meeting(Self.chinese, title: "行政例会"),
        ]
        func titles(_ question: String) -> [String?] {
            MinutesRecall.meant(by: MinutesQuestion(question), among: meetings).map(\.title)
        }
        #expect(titles("会上决定了什么") == ["青松系统切换会"])
        #expect(titles("支付系统那个会上决定了什么") == ["支付系统周会"])
        #expect(titles("班车从哪里出发？") == ["行政例会"])
        #expect(titles("今天天气如何").isEmpty)
    }
}
