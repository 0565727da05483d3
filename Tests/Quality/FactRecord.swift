import FakeMinutesModel
import Foundation
import JSON
import MeetingMinutes

/// A file of what chunks came to, for others to look at: the schema, then an object for each chunk, a line each.
final class FactRecord: Sendable {
    private let file: FileHandle

    /// Begins the file anew. Throws where it cannot be written.
    init(at path: String) throws {
        try Data((FactSchema.text + "\n").utf8).write(to: URL(fileURLWithPath: path))
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
    }

    func write(_ read: ChunkFacts, of meeting: String, _ mode: FakeMinutesModel.Mode) {
        let line: JSONValue = [
            "mode": .string(mode.rawValue), "meeting": .string(meeting), "chunk": .integer(Int64(read.chunk)),
            "reply": ["facts": .array(read.facts.map(\.json))],
        ]
        file.write(Data((line.text + "\n").utf8))
    }
}
