import Cryptography
import FoundationEssentials

/// The keys that bodies and results are encrypted with, by name. One is current; the others only decrypt what was
/// encrypted with them before.
///
/// To change keys: give the new one to every worker, then make it current, and take the old one away once nothing is
/// left that it encrypted. Prints no key, whatever is done to it.
public struct PayloadKeyRing: Sendable {
    let current: String
    private let keys: [String: Key]

    /// One key. An object without a description of its content, so that no dump of a ring shows it.
    private final class Key: Sendable, CustomReflectable {
        let bytes: [UInt8]
        init(_ bytes: [UInt8]) { self.bytes = bytes }
        var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// - Parameters:
    ///   - current: The name of the key that encrypts.
    ///   - keys: 32 random bytes each, by name. A name goes with every message, readable by all: 1 to 64 letters,
    ///     digits, `-`, `_` and `.`.
    /// - Throws: `PayloadKeyError`.
    public init(current: String, keys: [String: [UInt8]]) throws(PayloadKeyError) {
        for (name, bytes) in keys {
            guard Self.isName(name) else { throw .badName }
            guard bytes.count == AES256GCM.keyByteCount else { throw .badKey(name) }
        }
        guard keys[current] != nil else { throw .noCurrentKey }
        self.current = current
        self.keys = keys.mapValues { Key($0) }
    }

    /// Reads a text with a key a line, `name base64`, the current one first; empty lines and those that begin with `#`
    /// are passed over. `openssl rand -base64 32` makes a key.
    ///
    /// - Throws: `PayloadKeyError`, which names no key's bytes.
    public init(reading text: String) throws(PayloadKeyError) {
        var current: String?
        var keys: [String: [UInt8]] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            let name = String(first)
            guard Self.isName(name) else { throw .badName }
            guard words.count == 2, let bytes = try? Base64.decode(String(words[1])) else { throw .badKey(name) }
            guard keys[name] == nil else { throw .twice(name) }
            keys[name] = bytes
            current = current ?? name
        }
        guard let current else { throw .noCurrentKey }
        try self.init(current: current, keys: keys)
    }

    /// Reads a file as ``init(reading:)`` reads a text. Only its owner should be able to read it.
    ///
    /// - Throws: `PayloadKeyError`; `.unreadableFile` where there is none.
    public init(contentsOf path: String) throws(PayloadKeyError) {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else { throw .unreadableFile(path) }
        try self.init(reading: text)
    }

    /// The names of all keys, in no secret order.
    public var names: [String] { keys.keys.sorted() }

    subscript(name: String) -> [UInt8]? { keys[name]?.bytes }

    var currentKey: [UInt8] {
        guard let key = keys[current] else { preconditionFailure("the current key is one of the ring") }
        return key.bytes
    }

    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

extension PayloadKeyRing: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "keys \(names.joined(separator: ", ")), current \(current)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a ring of keys cannot be made. Holds no key.
public enum PayloadKeyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A name is not 1 to 64 letters, digits, `-`, `_` and `.`. It is not told, as it may be a key in the wrong place.
    case badName
    /// The key of this name is not 32 bytes, or not base64.
    case badKey(String)
    /// Two keys have this name.
    case twice(String)
    /// There is no key, or none of the name that is to be current.
    case noCurrentKey
    /// The file cannot be read as text.
    case unreadableFile(String)

    public var description: String {
        switch self {
        case .badName: "the name of a key is not 1 to 64 letters, digits, `-`, `_` and `.`"
        case .badKey(let name): "key `\(name)` is not 32 bytes in base64"
        case .twice(let name): "there are two keys `\(name)`"
        case .noCurrentKey: "there is no current key"
        case .unreadableFile(let path): "no keys can be read from \(path)"
        }
    }
}
