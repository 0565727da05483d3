/// A pattern for node names, as requests of remote control name the workers that they are for (kombu.matcher).
///
/// It comes from whoever can publish, so it is matched in bounded time: the places where a match may have come to are
/// kept as a set, and nothing is tried twice. What needs more than regular expressions do (back references, looking
/// around) is refused.
struct NodePattern: Sendable {
    /// The longest pattern, in characters.
    static let maximumLength = 512

    indirect enum Part: Sendable, Equatable {
        case any
        case set(CharacterSet)
        case start, end
        case sequence([Part])
        case choice([Part])
        /// At least and at most so often; nil for no bound.
        case repeated(Part, Int, Int?)
    }

    /// Characters that may stand at one place.
    struct CharacterSet: Sendable, Equatable {
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var isInverted = false

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            ranges.contains { $0.contains(scalar) } != isInverted
        }
    }

    private let part: Part
    /// Whether the whole name has to match, and not only its beginning.
    private let isWhole: Bool

    /// Nil where this is no pattern, or one of another kind than `glob` and `pcre`, in kombu's words.
    init?(_ text: String, matcher: String) {
        guard text.count <= Self.maximumLength else { return nil }
        switch matcher {
        case "glob":
            part = Self.glob(Array(text.unicodeScalars))
            isWhole = true
        case "pcre":
            var parser = RegularExpressionParser(text)
            guard let parsed = parser.parse() else { return nil }
            part = parsed
            isWhole = false
        default: return nil
        }
    }

    func matches(_ name: String) -> Bool {
        let name = Array(name.unicodeScalars)
        let ends = Self.ends(of: part, from: [0], in: name)
        return isWhole ? ends.contains(name.count) : !ends.isEmpty
    }

    /// Where a match may end that begins at one of these places.
    private static func ends(of part: Part, from starts: Set<Int>, in name: [Unicode.Scalar]) -> Set<Int> {
        guard !starts.isEmpty else { return [] }
        switch part {
        case .any:
            return Set(starts.lazy.filter { $0 < name.count && name[$0] != "\n" }.map { $0 + 1 })
        case .set(let set):
            return Set(starts.lazy.filter { $0 < name.count && set.contains(name[$0]) }.map { $0 + 1 })
        case .start: return starts.intersection([0])
        case .end: return starts.intersection([name.count])
        case .sequence(let parts):
            return parts.reduce(starts) { ends(of: $1, from: $0, in: name) }
        case .choice(let parts):
            return parts.reduce(into: []) { $0.formUnion(ends(of: $1, from: starts, in: name)) }
        case .repeated(let part, let least, let most):
            var places = starts
            for _ in 0..<least { places = ends(of: part, from: places, in: name) }
            var found = places
            var count = least
            // Ends where nothing new is found: at the latest once every place is.
            while count < most ?? .max {
                places = ends(of: part, from: places, in: name).subtracting(found)
                if places.isEmpty { break }
                found.formUnion(places)
                count += 1
            }
            return found
        }
    }

    /// Shell style (Python's `fnmatch`): `*`, `?`, `[seq]`, `[!seq]`.
    private static func glob(_ text: [Unicode.Scalar]) -> Part {
        var parts: [Part] = []
        var index = 0
        while index < text.count {
            defer { index += 1 }
            switch text[index] {
            case "*": parts.append(.repeated(.any, 0, nil))
            case "?": parts.append(.any)
            case "[":
                let isInverted = index + 1 < text.count && text[index + 1] == "!"
                let first = index + (isInverted ? 2 : 1)
                // A bracket that stands first is one of the characters.
                guard first < text.count, let close = text[(first + 1)...].firstIndex(of: "]") else {
                    parts.append(.literal("["))
                    continue
                }
                var set = CharacterSet(isInverted: isInverted)
                var at = first
                while at < close {
                    if at + 2 < close, text[at + 1] == "-" {
                        if text[at] <= text[at + 2] { set.ranges.append(text[at]...text[at + 2]) }
                        at += 3
                    } else {
                        set.ranges.append(text[at]...text[at])
                        at += 1
                    }
                }
                parts.append(.set(set))
                index = close
            case let scalar: parts.append(.literal(scalar))
            }
        }
        return .sequence(parts)
    }
}

extension NodePattern.Part {
    static func literal(_ scalar: Unicode.Scalar) -> NodePattern.Part { .set(.init(ranges: [scalar...scalar])) }
}
