import Foundation
import JSON

/// Messages captured from a real Celery 5.7, or seen to be run by one.
enum CeleryFixture {
    static func load(_ name: String) throws -> JSONValue {
        let url = Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "json")
        guard let url else { throw CocoaError(.fileNoSuchFile) }
        return try JSONValue(parsing: Array(try Data(contentsOf: url)))
    }

    /// The envelopes of a capture, oldest first.
    static func envelopes(_ name: String) throws -> [[UInt8]] {
        let file = try load(name)
        let messages = file["messages_oldest_first"]?.array ?? file["messages"]?.array ?? []
        return messages.compactMap { $0["raw"]?.string }.map { Array($0.utf8) }
    }
}
