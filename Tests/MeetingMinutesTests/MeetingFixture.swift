import Foundation
import JSON
import MeetingMinutes
import Testing
import TimeZones

/// A meeting of `Fixtures`, as its README describes: a transcript, and what minutes should find in it.
struct MeetingFixture: Sendable {
    /// Something that the meeting came to.
    struct Mark: Sendable {
        let kind: Fact.Kind
        /// Numbers of the utterances that it rests on, ascending.
        let utterances: [Int]
        /// In the meeting's language.
        let text: String
        let owner: String?
        /// In the words of the utterance.
        let due: String?
        /// The day that these words mean.
        let dueDay: CivilTime?
        /// Of a number, as it stands in the utterance.
        let value: String?
    }

    enum Form: String, Sendable {
        case feishu, plain, srt, vtt
    }

    let name: String
    /// As somebody would hand it in.
    let text: String
    let form: Form
    /// `zh-CN` or `en`
    let language: String
    let title: String
    let day: CivilTime
    /// How many there are in the text.
    let utterances: Int
    let speakers: [String]
    let marks: [Mark]

    /// The names of all, sorted.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }()

    private static let folder = Bundle.module.bundleURL.appending(path: "Fixtures")

    /// Reads one; throws if a file is missing or is not as the README says.
    init(_ name: String) throws {
        let json = try JSONValue(
            parsing: String(contentsOf: Self.folder.appending(path: "\(name).json"), encoding: .utf8),
            maximumDepth: 8
        )
        self.name = name
        form = try #require(json["form"]?.string.flatMap(Form.init))
        let suffix = form == .srt || form == .vtt ? form.rawValue : "txt"
        text = try String(contentsOf: Self.folder.appending(path: "\(name).\(suffix)"), encoding: .utf8)
        language = try #require(json["language"]?.string)
        title = try #require(json["title"]?.string)
        day = try Self.day(#require(json["day"]))
        utterances = try Int(#require(json["utterances"]?.integer))
        speakers = try #require(json["speakers"]?.array).map { try #require($0.string) }
        marks = try #require(json["marks"]?.array).map(Self.mark)
    }

    /// The transcript as the parser reads it.
    var transcript: Transcript { TranscriptParser().parse(text) }

    private static func mark(_ json: JSONValue) throws -> Mark {
        Mark(
            kind: try #require(json["kind"]?.string.flatMap(Fact.Kind.init)),
            utterances: try #require(json["utterances"]?.array).map { Int(try #require($0.integer)) },
            text: try #require(json["text"]?.string),
            owner: json["owner"]?.string,
            due: json["due"]?.string,
            dueDay: try json["due_day"].map(day),
            value: json["value"]?.string
        )
    }

    /// `2026-11-20`
    private static func day(_ json: JSONValue) throws -> CivilTime {
        let fields = try #require(json.string).split(separator: "-").compactMap { Int($0) }
        try #require(fields.count == 3)
        return CivilTime(year: fields[0], month: fields[1], day: fields[2])
    }
}
