import JSON

/// Finds the items of a list in what a model wrote.
///
/// The list may stand alone, under its member, under a member of another object, in a fence, with prose or a model's
/// thoughts around it; and it may be cut off or broken in the middle: what is whole of it is taken. One pass or a few over
/// the text.
struct ReplyItems {
    /// One item, or what stands in the place of one and cannot be read.
    enum Item: Equatable {
        case value(JSONValue)
        case unreadable(String)
    }

    private(set) var items: [Item] = []
    /// Whether the text ends before the list does.
    private(set) var isCut = false

    /// How many beginnings of JSON in a text are looked at.
    private static let mostCandidates = 16
    /// The most items of a list; what follows is not read.
    private static let mostItems = 100
    /// The most of a reply that is read, in bytes, thoughts not counted.
    private static let mostBytes = 256 << 10
    private static let maximumDepth = 16

    private init(items: [Item], isCut: Bool) {
        self.items = items
        self.isCut = isCut
    }

    /// Nil if no such list is in the text.
    ///
    /// - Parameters:
    ///   - text: What the model wrote.
    ///   - member: Under which name the list stands.
    ///   - keys: Members with one of which an item begins, the likeliest first.
    init?(_ text: String, under member: String, keys: [String]) {
        let scan = Scan(text, member: member, keys: keys)
        var best: ReplyItems?
        var position = 0
        for _ in 0..<Self.mostCandidates {
            guard let open = scan.nextOpening(from: position) else { break }
            let end = scan.end(of: open)
            if let found = scan.items(from: open, to: end) {
                if found.items.count > best?.items.count ?? -1 { best = found }
                position = end ?? scan.bytes.count
            } else {
                position = open + 1
            }
        }
        guard let best else { return nil }
        self = best
    }

    /// The text as bytes, and how JSON is found in it.
    private struct Scan {
        let bytes: [UInt8]
        private let mark: [UInt8]
        private let keys: [[UInt8]]
        private let member: String
        private let names: [String]

        init(_ text: String, member: String, keys: [String]) {
            // Control characters may not stand in JSON's strings, and models write them there; elsewhere they are blanks.
            let all = text.utf8.map { $0 < 0x20 ? 0x20 : $0 }
            let thoughts = Self.end(of: Array("</think>".utf8), in: all) ?? 0
            bytes = Array(all[thoughts...].prefix(ReplyItems.mostBytes))
            mark = Array("\"\(member)\"".utf8)
            self.keys = keys.map { Array("\"\($0)\"".utf8) }
            self.member = member
            names = keys
        }

        func nextOpening(from position: Int) -> Int? {
            bytes[min(position, bytes.count)...].firstIndex { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }
        }

        /// Behind the bracket that closes the one at `open`; nil if the text ends before.
        func end(of open: Int) -> Int? {
            var depth = 0
            var isInString = false
            var index = open
            while index < bytes.count {
                switch (bytes[index], isInString) {
                case (UInt8(ascii: "\\"), true): index += 1
                case (UInt8(ascii: "\""), _): isInString.toggle()
                case (UInt8(ascii: "{"), false), (UInt8(ascii: "["), false): depth += 1
                case (UInt8(ascii: "}"), false), (UInt8(ascii: "]"), false):
                    depth -= 1
                    if depth == 0 { return index + 1 }
                default: break
                }
                index += 1
            }
            return nil
        }

        /// The list in the JSON that begins at `open`; nil if there is none.
        func items(from open: Int, to end: Int?) -> ReplyItems? {
            if let end, let value = parsed(open, end) { return whole(value) }
            guard let list = beginning(from: open, to: end ?? bytes.count) else { return nil }
            return recovered(from: list)
        }

        private func whole(_ value: JSONValue) -> ReplyItems? {
            let list: [JSONValue]?
            switch value {
            case .array(let items): list = items.contains { $0.object != nil } ? items : nil
            case .object(let object):
                if let items = object[member]?.array {
                    list = items
                } else if let inner = object.members.lazy.compactMap({ $0.value[member]?.array }).first {
                    list = inner
                } else {
                    list = isItem(value) ? [value] : nil
                }
            default: list = nil
            }
            return list.map { ReplyItems(items: $0.map(Item.value), isCut: false) }
        }

        private func isItem(_ value: JSONValue) -> Bool { names.allSatisfy { value[$0] != nil } }

        /// Behind the bracket of the list: the one under the member, or one at the margin whose first element is an object.
        private func beginning(from open: Int, to end: Int) -> Int? {
            if bytes[open] == UInt8(ascii: "[") {
                return next(from: open + 1).flatMap { bytes[$0] == UInt8(ascii: "{") ? open + 1 : nil }
            }
            var position = open
            while let found = Self.place(of: mark, in: bytes, from: position, to: end) {
                position = found + mark.count
                guard let colon = next(from: position), bytes[colon] == UInt8(ascii: ":"),
                    let bracket = next(from: colon + 1), bytes[bracket] == UInt8(ascii: "[")
                else { continue }
                return bracket + 1
            }
            return nil
        }

        /// Item by item from `position` to the end of the list, or of the text.
        private func recovered(from position: Int) -> ReplyItems {
            var result = ReplyItems(items: [], isCut: false)
            var index = position
            while let place = bytes[index...].firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "]") })
            {
                if bytes[place] == UInt8(ascii: "]") || result.items.count == ReplyItems.mostItems { return result }
                let end = end(of: place)
                // A list in it that is not closed would swallow the items behind it.
                if let end, let value = parsed(place, end), nextItem(after: place, keys.prefix(1)) ?? end >= end {
                    result.items.append(.value(value))
                    index = end
                    continue
                }
                // A string that is not closed hides where the item ends: the next one's beginning tells.
                guard let next = nextItem(after: place, keys[...]) ?? end else { break }
                result.items.append(.unreadable(String(decoding: bytes[place..<min(next, place + 600)], as: UTF8.self)))
                index = next
            }
            result.isCut = true
            return result
        }

        /// Where an object begins with one of these keys.
        private func nextItem(after place: Int, _ keys: ArraySlice<[UInt8]>) -> Int? {
            var index = place + 1
            while let open = bytes[index...].firstIndex(of: UInt8(ascii: "{")) {
                if let key = next(from: open + 1), keys.contains(where: { bytes[key...].starts(with: $0) }) {
                    return open
                }
                index = open + 1
            }
            return nil
        }

        private func parsed(_ start: Int, _ end: Int) -> JSONValue? {
            let slice = Array(bytes[start..<end])
            return (try? JSONValue(parsing: slice, maximumDepth: ReplyItems.maximumDepth))
                ?? (try? JSONValue(parsing: Self.withoutLooseCommas(slice), maximumDepth: ReplyItems.maximumDepth))
        }

        /// The next byte that is no blank.
        private func next(from position: Int) -> Int? {
            bytes[min(position, bytes.count)...].firstIndex { $0 != 0x20 }
        }

        /// Without commas before a closing bracket.
        private static func withoutLooseCommas(_ bytes: [UInt8]) -> [UInt8] {
            var output: [UInt8] = []
            output.reserveCapacity(bytes.count)
            var isInString = false
            var isEscaped = false
            var comma: Int?
            for byte in bytes {
                if isInString {
                    isInString = isEscaped || byte != UInt8(ascii: "\"")
                    isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                } else if byte == UInt8(ascii: "\"") {
                    isInString = true
                    comma = nil
                } else if byte == UInt8(ascii: ",") {
                    comma = output.count
                } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                    if let comma { output[comma] = 0x20 }
                    comma = nil
                } else if byte != 0x20 {
                    comma = nil
                }
                output.append(byte)
            }
            return output
        }

        private static func place(of pattern: [UInt8], in bytes: [UInt8], from start: Int, to end: Int) -> Int? {
            guard end - start >= pattern.count else { return nil }
            return (start...(end - pattern.count)).first {
                bytes[$0] == pattern[0] && bytes[$0..<end].starts(with: pattern)
            }
        }

        /// Behind the last such bytes.
        private static func end(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
            guard bytes.count >= pattern.count else { return nil }
            return (0...(bytes.count - pattern.count)).last {
                bytes[$0] == pattern[0] && bytes[$0...].starts(with: pattern)
            }
            .map { $0 + pattern.count }
        }
    }
}
