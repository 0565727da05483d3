import Cryptography
import JSON
import JobQueue

/// How an encrypted value stands where a readable one would.
enum SealedText {
    /// The first bytes of a sealed step: no JSON begins so.
    private static let mark: [UInt8] = [0] + Array("sealed".utf8) + [0]

    /// A result as `{"sealed": algorithm, "key": name, "data": base64}`; a step as mark, name of the key, a zero byte,
    /// and the bytes.
    static func write(_ bytes: [UInt8], keyID: String, as use: SealedUse) -> [UInt8] {
        switch use {
        case .result:
            JSONValue.object([
                "sealed": .string(SealedBytes.algorithm), "key": .string(keyID),
                "data": .string(Base64.encode(bytes)),
            ]).bytes
        case .step: mark + keyID.utf8 + [0] + bytes
        }
    }

    /// Nil for what is not sealed.
    static func read(_ value: [UInt8], as use: SealedUse) -> (bytes: [UInt8], keyID: String)? {
        switch use {
        case .result:
            guard let object = (try? JSONValue(parsing: value))?.object, object.count == 3,
                object["sealed"]?.string == SealedBytes.algorithm, let key = object["key"]?.string,
                let bytes = (object["data"]?.string).flatMap({ try? Base64.decode($0) })
            else { return nil }
            return (bytes, key)
        case .step:
            guard value.starts(with: mark), let end = value[mark.count...].firstIndex(of: 0) else { return nil }
            return (Array(value[(end + 1)...]), String(decoding: value[mark.count..<end], as: UTF8.self))
        }
    }
}
