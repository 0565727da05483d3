import Foundation
import JSON

/// Recorded samples of Feishu's wire formats, from `Fixtures/`.
enum Fixture {
    static func bytes(_ name: String) throws -> [UInt8] {
        let url = Bundle.module.bundleURL.appending(path: "Fixtures/\(name).json")
        return try [UInt8](Data(contentsOf: url))
    }

    static func json(_ name: String) throws -> JSONValue { try JSONValue(parsing: bytes(name)) }

    /// The names of all files that begin so, without `.json`.
    static func names(_ prefix: String) throws -> [String] {
        let folder = Bundle.module.bundleURL.appending(path: "Fixtures")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }
            .map { String($0.dropLast(5)) }
            .sorted()
    }
}
