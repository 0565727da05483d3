import JSON
import Logging

/// Turns one event into one line. Everything is bounded: texts, nesting, and the line.
enum LogFormatting {
    /// Bytes of one message or metadata value.
    static let maximumTextBytes = 4_096
    /// Bytes of metadata of one line; what comes after is left out and said so.
    static let maximumLineBytes = 32_768
    /// Levels of dictionaries and arrays inside metadata.
    private static let maximumDepth = 4

    /// One JSON object and a line end.
    static func json(_ event: LogEvent, label: String, metadata: Logger.Metadata, at time: LogTimestamp) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(512)
        JSONText.append("{\"timestamp\":\"", to: &line)
        time.append(to: &line)
        JSONText.append("\",\"level\":\"", to: &line)
        line.append(contentsOf: event.level.rawValue.utf8)
        JSONText.append("\",\"label\":", to: &line)
        appendQuoted(label, to: &line)
        JSONText.append(",\"message\":", to: &line)
        appendQuoted("\(event.message)", to: &line)
        if !metadata.isEmpty {
            JSONText.append(",\"metadata\":", to: &line)
            append(metadata, depth: 0, to: &line)
        }
        JSONText.append("}\n", to: &line)
        return line
    }

    /// `17:05:09.000123 info gateway: started port=8080` and a line end; texts with blanks are quoted.
    static func text(_ event: LogEvent, label: String, metadata: Logger.Metadata, at time: LogTimestamp) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        time.appendTime(to: &line)
        line.append(UInt8(ascii: " "))
        line.append(contentsOf: event.level.rawValue.utf8)
        line.append(UInt8(ascii: " "))
        appendBounded(label, to: &line)
        JSONText.append(": ", to: &line)
        appendBounded("\(event.message)", to: &line)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            guard line.count < maximumLineBytes else {
                JSONText.append(" truncated=true", to: &line)
                break
            }
            line.append(UInt8(ascii: " "))
            appendBounded(snakeCase(key), to: &line)
            line.append(UInt8(ascii: "="))
            switch value {
            case .string(let text): appendWord(text, to: &line)
            case .stringConvertible(let value): appendWord(value.description, to: &line)
            case .array, .dictionary: append(value, depth: 1, to: &line)
            }
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// `taskID`, `task-id` and `task.id` become `task_id`.
    static func snakeCase(_ key: String) -> String {
        guard key.utf8.contains(where: { !isLowerWord($0) }) else { return key }
        var result: [UInt8] = []
        var previousIsLower = false
        for byte in key.utf8.prefix(128) {
            let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            if isUpper, previousIsLower { result.append(UInt8(ascii: "_")) }
            result.append(isUpper ? byte | 0x20 : isLowerWord(byte) ? byte : UInt8(ascii: "_"))
            previousIsLower = !isUpper && byte != UInt8(ascii: "_") && isLowerWord(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isLowerWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func append(_ metadata: Logger.Metadata, depth: Int, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "{"))
        var isFirst = true
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            if !isFirst { line.append(UInt8(ascii: ",")) }
            isFirst = false
            guard line.count < maximumLineBytes else {
                JSONText.append("\"truncated\":true", to: &line)
                break
            }
            appendQuoted(snakeCase(key), to: &line)
            line.append(UInt8(ascii: ":"))
            append(value, depth: depth + 1, to: &line)
        }
        line.append(UInt8(ascii: "}"))
    }

    private static func append(_ value: Logger.Metadata.Value, depth: Int, to line: inout [UInt8]) {
        switch value {
        case .string(let text): appendQuoted(text, to: &line)
        case .stringConvertible(let value): append(value, to: &line)
        case _ where depth > maximumDepth: JSONText.append("\"…\"", to: &line)
        case .dictionary(let members): append(members, depth: depth, to: &line)
        case .array(let items):
            line.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                guard line.count < maximumLineBytes else {
                    JSONText.append("\"…\"", to: &line)
                    break
                }
                append(item, depth: depth + 1, to: &line)
            }
            line.append(UInt8(ascii: "]"))
        }
    }

    /// Numbers and truth values stay what they are.
    private static func append(_ value: any CustomStringConvertible & Sendable, to line: inout [UInt8]) {
        switch value {
        case let integer as any FixedWidthInteger: line.append(contentsOf: integer.description.utf8)
        case let number as Double where number.isFinite: line.append(contentsOf: number.description.utf8)
        case let truth as Bool: line.append(contentsOf: truth.description.utf8)
        default: appendQuoted(value.description, to: &line)
        }
    }

    private static func appendQuoted(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        appendBounded(text, to: &line)
        line.append(UInt8(ascii: "\""))
    }

    /// A text as a word where it is one, else quoted.
    private static func appendWord(_ text: String, to line: inout [UInt8]) {
        let isWord = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x7F }
        isWord ? appendBounded(text, to: &line) : appendQuoted(text, to: &line)
    }

    /// Escapes as JSON does, which also keeps line ends and terminal sequences out of a text log.
    private static func appendBounded(_ text: String, to line: inout [UInt8]) {
        guard text.utf8.count > maximumTextBytes else { return JSONText.appendEscaped(text, to: &line) }
        var cut = text.utf8.index(text.utf8.startIndex, offsetBy: maximumTextBytes)
        while cut.samePosition(in: text.unicodeScalars) == nil { cut = text.utf8.index(before: cut) }
        JSONText.appendEscaped(String(text[..<cut]), to: &line)
        JSONText.append("…", to: &line)
    }
}
