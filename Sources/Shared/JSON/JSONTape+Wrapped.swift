import FoundationEssentials

/// What Python's codec wraps since JSON has no such values: an object with exactly the members `__type__` and
/// `__value__` (kombu.utils.json, `_register_default_types`).
///
/// `datetime` and `date` (midnight in UTC) are read as `Date`, `uuid` as `UUID`, `decimal` as `Decimal`, `bytes` and
/// `base64` as `Data` and `[UInt8]`; each of them but bytes that are no text also as `String`, in Python's own words. An ISO
/// 8601 text is read as a `Date`, too. Whoever decodes `JSONValue` gets the object itself.
extension JSONTape {
    /// The name of the type and the entry of the value; nil for any other value.
    private func wrapped(at index: Int) -> (type: String, value: Int)? {
        let object = entries[index]
        guard object.kind == .plainObject, object.lower == 2 else { return nil }
        let second = end(of: index + 2)
        guard let first = plainText(at: index + 1), let other = plainText(at: second) else { return nil }
        if first == "__type__", other == "__value__" { return plainText(at: index + 2).map { ($0, second + 1) } }
        if other == "__type__", first == "__value__" { return plainText(at: second + 1).map { ($0, index + 2) } }
        return nil
    }

    private func plainText(at index: Int) -> String? {
        let entry = entries[index]
        guard entry.kind == .plainString else { return nil }
        return String(decoding: bytes[entry.lower..<entry.upper], as: UTF8.self)
    }

    /// Nil where the value is none of these, or no text could stand for it.
    func wrappedText(at index: Int) -> String? {
        guard entries[index].kind == .plainObject, let (type, value) = wrapped(at: index) else { return nil }
        switch type {
        case "datetime", "date", "time", "decimal", "bytes":
            return entries[value].kind.isString ? try? string(at: value) : nil
        case "uuid": return uuid(at: index)?.uuidString.lowercased()
        case "base64": return wrappedBytes(at: index).flatMap { String(validating: $0, as: UTF8.self) }
        default: return nil
        }
    }

    /// The text of a value of that type.
    func wrappedText(at index: Int, _ name: String) -> String? {
        guard let (type, value) = wrapped(at: index), type == name else { return nil }
        return plainText(at: value)
    }

    func date(at index: Int) -> Date? {
        let text: String?
        if entries[index].kind.isString {
            text = plainText(at: index)
        } else {
            guard let (type, value) = wrapped(at: index), type == "datetime" || type == "date" else { return nil }
            text = plainText(at: value)
        }
        guard let date = text.flatMap({ ISODate($0) }) else { return nil }
        return Date(timeIntervalSince1970: Double(date.seconds) + Double(date.nanoseconds) / 1e9)
    }

    func uuid(at index: Int) -> UUID? {
        guard let (type, value) = wrapped(at: index), type == "uuid", entries[value].kind == .plainObject,
            entries[value].lower == 1, plainText(at: value + 1) == "hex", let hex = plainText(at: value + 2),
            hex.utf8.count == 32
        else { return nil }
        var text = hex
        for offset in [20, 16, 12, 8] { text.insert("-", at: text.index(text.startIndex, offsetBy: offset)) }
        return UUID(uuidString: text)
    }

    func wrappedBytes(at index: Int) -> [UInt8]? {
        guard let (type, value) = wrapped(at: index), entries[value].kind.isString, let text = try? string(at: value)
        else { return nil }
        switch type {
        case "bytes": return Array(text.utf8)
        case "base64": return Data(base64Encoded: text).map { Array($0) }
        default: return nil
        }
    }

    /// The value with its integers exact.
    func jsonValue(at index: Int) throws -> JSONValue {
        let entry = entries[index]
        switch entry.kind {
        case .null: return .null
        case .false: return .bool(false)
        case .true: return .bool(true)
        case .integer, .number:
            let text = bytes[entry.lower..<entry.upper]
            do throws(JSONError) {
                return try JSONValue(parsing: Array(text), allowsNonFinite: true)
            } catch {
                preconditionFailure("a number that was scanned is one")
            }
        case .plainString, .string, .escapedString: return .string(try string(at: index))
        case .array:
            var values: [JSONValue] = []
            values.reserveCapacity(entry.lower)
            var next = index + 1
            while next < entry.upper {
                values.append(try jsonValue(at: next))
                next = end(of: next)
            }
            return .array(values)
        case .plainObject, .object:
            var object = JSONObject()
            var keys: Set<String> = []
            var next = index + 1
            while next < entry.upper {
                let key = try string(at: next)
                // Of equal keys the first counts.
                if keys.insert(key).inserted { object.append(key: key, value: try jsonValue(at: next + 1)) }
                next = end(of: next + 1)
            }
            return .object(object)
        }
    }
}
