import Foundation
import Testing

@testable import JSON

/// One type, decoded by both.
struct Comparison: Sendable {
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

struct OneNumber: Codable, Equatable { let number: Int }

struct Wide: Codable, Equatable {
    let number: Int128
    let a: UInt128?
}

struct WideElement: Decodable, Equatable {
    let number: Int128

    init(from decoder: any Decoder) throws {
        var elements = try decoder.unkeyedContainer()
        number = try elements.decode(Int128.self)
    }
}

struct Chain: Codable, Equatable {
    let inner: [Chain]
    enum CodingKeys: String, CodingKey { case inner }
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        inner = try container.decodeIfPresent(Chain.self, forKey: .inner).map { [$0] } ?? []
    }
}

struct Everything: Codable, Equatable {
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

enum Shape: Codable, Equatable {
    case none
    case circle(radius: Double)
    case square(Double, name: String)
}

class Base: Codable {
    var number: Int
    init(number: Int) { self.number = number }
}

/// Decodes its base from the member `super`, as classes do.
final class Sub: Base, Equatable {
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
enum Either: Decodable, Equatable {
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

struct Pair: Decodable, Equatable {
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

struct Kept: Decodable {
    let decoder: any Decoder
    init(from decoder: any Decoder) throws { self.decoder = decoder }
}

// MARK: Texts

/// Random JSON texts, the same for the same seed.
struct RandomJSON: RandomNumberGenerator {
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
