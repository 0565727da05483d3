import Foundation
import Testing

@testable import JSON

/// `JSONDecoder` is the reference: what it makes of a text, ours must, and refuse for the same reason at the same place.
@Suite("Decoding typed values", .serialized)
struct JSONTapeTests {
    @Test("decodes as JSONDecoder does, every type from every text", arguments: 0..<8)
    func agrees(seed: UInt64) async {
        var texts = RandomJSON(seed: seed)
        for _ in 0..<60 {
            let text = texts.value(depth: 0)
            for comparison in Comparison.all { comparison.compare(Array(text.utf8)) }
            await Task.yield()  // Others wait for few threads.
        }
    }

    @Test("decodes as JSONDecoder does from what every type was encoded to", arguments: 0..<4)
    func roundTrips(seed: UInt64) async throws {
        var texts = RandomJSON(seed: seed &+ 100)
        for _ in 0..<8 {
            let values: [any Codable] = [
                Everything(&texts), Shape.circle(radius: texts.double()), Shape.none, [Everything(&texts)],
                Sub(&texts), ["a": Everything(&texts), "Ключ": Everything(&texts)],
            ]
            for value in values {
                let text = Array(try JSONEncoder().encode(value))
                for comparison in Comparison.all { comparison.compare(text) }
                await Task.yield()
            }
        }
    }

    @Test(
        "numbers at the edges of their types",
        arguments: [
            "0", "-0", "0.0", "-0.0", "0e9", "1.0", "34.0", "1e2", "1E+2", "15e-1", "1.0000000000000001", "127", "128",
            "-128", "-129", "255", "256", "65535", "65536", "4294967295", "4294967296", "9007199254740993",
            "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
            "18446744073709551615", "18446744073709551616", "1e19", "1e400", "-1e400", "1e-400", "4.9e-324", "2e-324",
            "3.4028235e38", "3.5e38", "1e-46", "1e-45", "170141183460469231731687303715884105727", "0.1", "1e23",
            "123456789012345678901234567890", "1.7976931348623157e308", "16777217", "0.30000000000000004", "1e127",
            "1e128", "12345678901234567890123456789012345678901234567890",
        ]
    )
    func numbers(text: String) {
        for comparison in Comparison.all {
            comparison.compare(Array(text.utf8))
            comparison.compare(Array("[\(text)]".utf8))
            comparison.compare(Array(#"{"number":\#(text)}"#.utf8))
        }
    }

    @Test(
        "refuses what JSONDecoder refuses, whatever the text",
        arguments: [
            "", " ", "{", "[", "[1,", "{\"number\":1", "{\"number\":1,}", "{\"number\" 1}", "01", "-", "1.", "1e",
            "nul",
            "1 2", "{}}", "[1 2]", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud800\\u0041\"", "\"\\ud83d\\ude00\"",
            "{\"\\ud800\":1}", "{\"n\\u0075mber\":1}", "{\"n\\u0075mber\":1,\"number\":2}",
            "{\"number\":1,\"number\":2}",
            "\"\\x\"", "\"\n\"", "\"\\ufffd\"", "\"\u{0}\"", "'a'", "{\"é\":1}", "{\"e\u{301}\":1}",
        ]
    )
    func hostile(text: String) {
        for comparison in Comparison.all { comparison.compareStrictly(Array(text.utf8)) }
    }

    @Test("refuses texts that were cut or broken anywhere", arguments: 0..<4)
    func broken(seed: UInt64) async {
        var texts = RandomJSON(seed: seed &+ 200)
        for _ in 0..<80 {
            var text = Array(texts.value(depth: 0).utf8)
            guard !text.isEmpty else { continue }
            let place = texts.number(below: text.count)
            switch texts.number(below: 4) {
            case 0: text.removeSubrange(place...)
            case 1: text[place] = UInt8(truncatingIfNeeded: texts.number(below: 256))
            case 2: text.remove(at: place)
            default: text.insert(UInt8(truncatingIfNeeded: texts.number(below: 256)), at: place)
            }
            for comparison in Comparison.all { comparison.compareStrictly(text) }
            await Task.yield()
        }
    }

    @Test(
        "nesting is bounded where JSONDecoder bounds it, also in a type that holds itself",
        arguments: [1, 511, 512, 513, 90_000]
    )
    func nesting(depth: Int) {
        let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let objects = String(repeating: #"{"inner":"#, count: depth) + "null" + String(repeating: "}", count: depth)
        for text in [arrays, objects] {
            Comparison(Chain.self).compare(Array(text.utf8))
            Comparison([[Int]].self).compare(Array(text.utf8))
        }
    }

    @Test("an object of many members costs a look-up each")
    func many() throws {
        let text = "{" + (0..<5_000).map { "\"key\($0)\":\($0)" }.joined(separator: ",") + "}"
        let value = try JSONTape.decode([String: Int].self, from: Array(text.utf8), in: 0..<text.utf8.count)
        #expect(value.count == 5_000 && value["key4999"] == 4_999)
    }

    @Test("decodes a part of a larger text, and says where in it something was wrong")
    func part() throws {
        let text = Array(#"[[], {"outer":[1,{"number":"x"}]}, {}]"#.utf8)
        let range = 5..<33
        #expect(try JSONTape.decode([String: [Either]].self, from: text, in: range)["outer"]?.count == 2)
        let error = #expect(throws: DecodingError.self) {
            try JSONTape.decode(
                [String: [OneNumber]].self,
                from: Array(#"{"outer":[{"number":1},{"number":"x"}]}"#.utf8),
                in: 0..<39
            )
        }
        guard case .typeMismatch(_, let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.codingPath.map(\.stringValue) == ["outer", "Index 1", "number"])
        #expect(context.codingPath.map(\.intValue) == [nil, 1, nil])
    }

    @Test("any value keeps the order of its members")
    func order() throws {
        let text = #"{"z":1,"a":{"y":[1,null,2.5,"x"],"b":true}}"#
        let value = try JSONTape.decode(JSONValue.self, from: Array(text.utf8), in: 0..<text.utf8.count)
        #expect(value.text == text)
    }

    @Test("a decoder may be kept and used later")
    func escaping() throws {
        let kept = try JSONTape.decode(Kept.self, from: Array(#"{"a":[1,2,3]}"#.utf8), in: 0..<13)
        #expect(try [String: [Int]](from: kept.decoder) == ["a": [1, 2, 3]])
    }
}

// MARK: Comparing

/// One type, decoded by both.
private struct Comparison: Sendable {
    let run: @Sendable ([UInt8]) -> (ours: Outcome, theirs: Outcome)
    let type: String

    enum Outcome: Equatable {
        case value(String)
        case failure(String)
    }

    /// - Parameters:
    ///   - type: What both decode.
    ///   - isOrdered: Whether the first of several errors is always the same: members of a dictionary come in any order
    ///     from `JSONDecoder`.
    init<T: Decodable & Equatable & SendableMetatype>(_ type: T.Type, isOrdered: Bool = true) {
        self.type = "\(type)"
        run = { text in
            let theirs = Result { try JSONDecoder().decode(T.self, from: Data(text)) }
            let ours = Result { try JSONTape.decode(T.self, from: text, in: text.indices) }
            if case .success(let mine) = ours, case .success(let other) = theirs, mine == other {
                return (.value("equal"), .value("equal"))
            }
            if !isOrdered, case .failure = ours, case .failure = theirs { return (.failure(""), .failure("")) }
            return (Self.outcome(ours), Self.outcome(theirs))
        }
    }

    private static func outcome<T>(_ result: Result<T, any Error>) -> Outcome {
        switch result {
        case .success(let value): return .value("\(value)")
        case .failure(let error):
            func path(_ context: DecodingError.Context) -> String {
                // Ours leaves out the key of a super decoder that has no value.
                context.codingPath.filter { $0.stringValue != "super" }
                    .map { "\($0.stringValue)/\($0.intValue.map(String.init) ?? "")" }.joined(separator: ".")
            }
            switch error {
            case DecodingError.keyNotFound(let key, let context):
                return .failure("no \(key.stringValue) \(path(context))")
            case DecodingError.typeMismatch(let type, let context): return .failure("no \(type) \(path(context))")
            case DecodingError.valueNotFound(let type, let context): return .failure("null \(type) \(path(context))")
            case DecodingError.dataCorrupted(let context): return .failure("corrupted \(path(context))")
            default: return .failure("\(error)")
            }
        }
    }

    /// Both make the same of it.
    func compare(_ text: [UInt8]) {
        let (ours, theirs) = run(text)
        if ours != theirs { report(ours, theirs, text) }
    }

    /// Ours may refuse what is broken where theirs did not look, and must not accept more.
    func compareStrictly(_ text: [UInt8]) {
        let (ours, theirs) = run(text)
        if ours == theirs { return }
        if case .failure("corrupted ") = ours { return }
        report(ours, theirs, text)
    }

    private func report(_ ours: Outcome, _ theirs: Outcome, _ text: [UInt8]) {
        Issue.record("\(type) of \(String(decoding: text.prefix(200), as: UTF8.self)): \(ours), JSONDecoder: \(theirs)")
    }

    static let all: [Comparison] = [
        Comparison(Int.self), Comparison(Int8.self), Comparison(Int16.self), Comparison(Int32.self),
        Comparison(Int64.self), Comparison(Int128.self), Comparison(UInt.self), Comparison(UInt8.self),
        Comparison(UInt16.self), Comparison(UInt32.self), Comparison(UInt64.self), Comparison(UInt128.self),
        Comparison(Double.self), Comparison(Float.self), Comparison(Bool.self), Comparison(String.self),
        Comparison(Date.self), Comparison(Data.self), Comparison(URL.self), Comparison(Decimal.self),
        Comparison(UUID.self), Comparison([Int].self), Comparison([String: Int].self, isOrdered: false),
        Comparison([Int: String].self, isOrdered: false),
        Comparison([Double?].self), Comparison([String: [Bool?]].self, isOrdered: false), Comparison(Int?.self),
        Comparison([[Int]].self),
        Comparison(Set<String>.self), Comparison(OneNumber.self), Comparison(Everything.self), Comparison(Shape.self),
        Comparison(Sub.self), Comparison(Either.self), Comparison([Everything].self),
        Comparison([String: Everything].self, isOrdered: false),
        Comparison(Chain.self), Comparison(Pair.self), Comparison(Wide.self), Comparison(WideElement.self),
        Comparison([UUID: URL].self),
    ]
}

// MARK: Types

private struct OneNumber: Codable, Equatable { let number: Int }

private struct Wide: Codable, Equatable {
    let number: Int128
    let a: UInt128?
}

private struct WideElement: Decodable, Equatable {
    let number: Int128

    init(from decoder: any Decoder) throws {
        var elements = try decoder.unkeyedContainer()
        number = try elements.decode(Int128.self)
    }
}

private struct Chain: Codable, Equatable {
    let inner: [Chain]
    enum CodingKeys: String, CodingKey { case inner }
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        inner = try container.decodeIfPresent(Chain.self, forKey: .inner).map { [$0] } ?? []
    }
}

private struct Everything: Codable, Equatable {
    var a: Int
    var b: String?
    var c: [Double]
    var d: Date?
    var e: Data
    var f: URL?
    var g: Decimal
    var h: UUID?
    var i: [String: Int8]
    var j: Shape
    var k: Bool
    var l: Float?
    var m: UInt64?
    var n: [OneNumber?]
    var ключ: String?

    init(_ random: inout RandomJSON) {
        a = random.number(below: .max)
        b = random.number(below: 3) == 0 ? nil : random.text()
        c = (0..<random.number(below: 4)).map { _ in random.double() }
        d = random.number(below: 2) == 0 ? nil : Date(timeIntervalSinceReferenceDate: random.double())
        e = Data((0..<random.number(below: 20)).map { UInt8($0) })
        f = random.number(below: 2) == 0 ? nil : URL(string: "https://example.com/\(random.number(below: 100))?q=ü")
        g = Decimal(string: "\(random.number(below: .max)).\(random.number(below: 1000))") ?? 0
        h = random.number(below: 2) == 0 ? nil : UUID()
        i = ["x": 1, random.text(): -3]
        j = random.number(below: 2) == 0 ? .none : .square(2.5, name: random.text())
        k = random.number(below: 2) == 0
        l = random.number(below: 2) == 0 ? nil : Float(random.double())
        m = random.number(below: 2) == 0 ? nil : .max
        n = [nil, OneNumber(number: 3)]
        ключ = random.number(below: 2) == 0 ? nil : "значение"
    }
}

private enum Shape: Codable, Equatable {
    case none
    case circle(radius: Double)
    case square(Double, name: String)
}

private class Base: Codable {
    var number: Int
    init(number: Int) { self.number = number }
}

/// Decodes its base from the member `super`, as classes do.
private final class Sub: Base, Equatable {
    var text: String?

    enum CodingKeys: String, CodingKey { case text }

    init(_ random: inout RandomJSON) {
        text = random.text()
        super.init(number: random.number(below: 1000))
    }

    required init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        text = try container.decodeIfPresent(String.self, forKey: .text)
        try super.init(from: container.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(text, forKey: .text)
        try super.encode(to: container.superEncoder())
    }

    static func == (left: Sub, right: Sub) -> Bool { left.text == right.text && left.number == right.number }
}

/// Tries one form after the other, and the members by hand.
private enum Either: Decodable, Equatable {
    case number(Double)
    case text(String)
    case list([Int?])
    case members([String], isA: Bool, nested: Int?)

    struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let number = try? decoder.singleValueContainer().decode(Double.self) {
            self = .number(number)
        } else if let text = try? String(from: decoder) {
            self = .text(text)
        } else if var elements = try? decoder.unkeyedContainer() {
            var list: [Int?] = []
            while !elements.isAtEnd {
                if try elements.decodeNil() {
                    list.append(nil)
                } else if let nested = try? elements.nestedUnkeyedContainer() {
                    list.append(nested.count)
                } else {
                    list.append(try elements.decode(Int.self))
                }
            }
            self = .list(list)
        } else {
            let members = try decoder.container(keyedBy: AnyKey.self)
            let names = members.allKeys.map(\.stringValue).sorted()
            let nested = try? members.nestedContainer(keyedBy: AnyKey.self, forKey: AnyKey(stringValue: "a")).allKeys
                .count
            self = .members(names, isA: members.contains(AnyKey(stringValue: "a")), nested: nested)
        }
    }
}

private struct Pair: Decodable, Equatable {
    let first: Int
    let second: String?
    let third: Int

    init(from decoder: any Decoder) throws {
        var elements = try decoder.unkeyedContainer()
        first = try elements.decode(Int.self)
        second = elements.isAtEnd ? nil : try elements.decodeIfPresent(String.self)
        third = try Int(from: elements.superDecoder())
    }
}

private struct Kept: Decodable {
    let decoder: any Decoder
    init(from decoder: any Decoder) throws { self.decoder = decoder }
}

// MARK: Texts

/// Random JSON texts, the same for the same seed.
private struct RandomJSON: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    mutating func double() -> Double {
        let exponent = Double(number(below: 40) - 20)
        return Double.random(in: -1...1, using: &self) * pow(10, exponent)
    }

    mutating func text() -> String {
        let pieces = [
            "a", "number", "ü", "中文", "😀", "\"", "\\", "\n", "\u{0}", "/", "e\u{301}", " ", "long text of words ",
        ]
        return (0..<number(below: 4)).map { _ in pieces[number(below: pieces.count)] }.joined()
    }

    private mutating func quoted() -> String {
        let pieces = [
            "a", "number", "ü", "中", "😀", #"\""#, #"\\"#, #"\/"#, #"\n"#, #"\u0041"#, #"\ud83d\ude00"#, #"\ud83d"#,
            #"\udc00"#,
            #"\u0000"#, " ", "aGk=", "https://example.com/a b", "E621E1F8-C36C-495A-93FC-0C247A3E6E5F", "12",
        ]
        return "\"" + (0..<number(below: 3)).map { _ in pieces[number(below: pieces.count)] }.joined() + "\""
    }

    private mutating func key() -> String {
        let keys = [
            "a", "b", "c", "number", "text", "super", "inner", "none", "circle", "radius", "_0", "1", "ключ",
            #"\u0061"#,
        ]
        return "\"" + keys[number(below: keys.count)] + "\""
    }

    private mutating func digits() -> String {
        switch number(below: 6) {
        case 0: "\(number(below: 300) - 150)"
        case 1: "\(Int64(bitPattern: next()))"
        case 2: "\(next())"
        case 3: "\(double())"
        case 4: "\(number(below: 100)).0"
        default: "\(number(below: 100))e\(number(below: 30))"
        }
    }

    mutating func value(depth: Int) -> String {
        let blank = [" ", "", "", "\n", "\t"][number(below: 5)]
        switch number(below: depth > 4 ? 5 : 8) {
        case 0: return "null"
        case 1: return ["true", "false"][number(below: 2)]
        case 2: return quoted()
        case 3, 4: return digits()
        case 5:
            let elements = (0..<number(below: 4)).map { _ in value(depth: depth + 1) }
            return "[" + elements.joined(separator: blank + ",") + blank + "]"
        default:
            let count = [0, 1, 2, 3, 5, 20][number(below: 6)]
            let members = (0..<count).map { _ in "\(key())\(blank):\(blank)\(value(depth: depth + 2))" }
            return "{" + members.joined(separator: ",") + "}"
        }
    }
}
