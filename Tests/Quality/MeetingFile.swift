import Foundation
import JSON

/// A meeting with its references, as the folder has it.
///
/// English (QMSum): `topics` with a title and spans of utterances from 0. Chinese (VCSum): `segments` with `first` and
/// `last` from 0.
struct MeetingFile {
    let name: String
    let speakers: [String]
    let texts: [String]
    /// What the reference says belongs together, as numbers of utterances from 1.
    let references: [ClosedRange<Int>]

    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    /// All of a folder, in the order of their names. Throws `Unreadable`, and what reading files throws.
    static func all(in folder: String) throws -> [MeetingFile] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
            .sorted()
        guard !names.isEmpty else { throw Unreadable(description: "no meeting (*.json) in \(folder)") }
        return try names.map { try MeetingFile(at: folder + "/" + $0) }
    }

    init(at path: String) throws {
        let json = try JSONValue(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        name = String(path.split(separator: "/").last?.dropLast(5) ?? "")
        guard let utterances = json["utterances"]?.array, !utterances.isEmpty else {
            throw Unreadable(description: "\(name) has no utterances")
        }
        speakers = utterances.map { Self.line($0["speaker"]?.string ?? "Speaker") }
        texts = utterances.map { Self.line($0["text"]?.string ?? "") }
        let spans = (json["topics"]?.array ?? []).flatMap { $0["spans"]?.array ?? [] }.compactMap { span in
            Self.range(span.array?.first, span.array?.last)
        }
        let segments = (json["segments"]?.array ?? []).compactMap { Self.range($0["first"], $0["last"]) }
        references = (spans + segments).filter { $0.upperBound <= utterances.count }
    }

    /// As people paste it.
    var text: String { zip(speakers, texts).map { "\($0): \($1)" }.joined(separator: "\n") }

    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func range(_ first: JSONValue?, _ last: JSONValue?) -> ClosedRange<Int>? {
        func number(_ json: JSONValue?) -> Int? { json?.integer.map { Int($0) } ?? json?.string.flatMap { Int($0) } }
        guard let first = number(first), let last = number(last), first >= 0, first <= last else { return nil }
        return (first + 1)...(last + 1)
    }
}
