import Foundation
import JSON
import TestSupport
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test(
        "reads every kind of value",
        arguments: [
            ("null", JSONValue.null), (" true ", true), ("false", false), ("0", 0), ("-17", -17),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number("9223372036854775808")), ("1.5e3", .double(1500)), ("\"\"", ""),
            ("[]", []), ("{}", [:]), ("[1,[2],{\"a\":null}]", [1, [2], ["a": nil]]),
            (#""a\"\\\/\b\f\n\r\té中😀""#, "a\"\\/\u{8}\u{c}\n\r\té中😀"),
            (#""\ud83d\ude00 \ud83d x \u4e2d""#, "😀 \u{FFFD} x 中"),
        ] as [(String, JSONValue)]
    )
    func reads(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == expected)
    }

    @Test(
        "refuses what is no JSON",
        arguments: [
            "", " ", "{", "[", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01", "-", "1.", "1e", ".5",
            "+1", "NaN", "Infinity", "tru", "nul", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\n\"",
            "1 2", "[1]]", "'a'", "\u{FEFF}1",
        ]
    )
    func refuses(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test(
        "refuses what is not UTF-8 inside strings",
        arguments: [
            [0x80], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3], [0xFF],
        ]
            as [[UInt8]]
    )
    func refusesBrokenUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + bytes + [0x22]) }
    }

    @Test("nesting is bounded")
    func nesting() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONValue(parsing: nested(10), maximumDepth: 10)
        #expect(throws: JSONError(.tooDeep, at: 10)) { try JSONValue(parsing: nested(11), maximumDepth: 10) }
    }

    @Test("members keep their order, and the last of equal keys counts")
    func order() throws {
        let value = try JSONValue(parsing: #"{"z":1,"a":2,"z":3}"#)
        #expect(value["z"] == 3)
        #expect(value.object?.members.map(\.key) == ["z", "a", "z"])
        #expect(try JSONValue(parsing: #"{"z":1,"a":2}"#).text == #"{"z":1,"a":2}"#)
    }

    @Test("what is written reads back as the same, whatever stands where", arguments: 0..<200)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let value = randomValue(depth: 4, using: &generator)
        #expect(try JSONValue(parsing: value.bytes) == value)
        let foundation = try JSONSerialization.jsonObject(with: Data(value.bytes), options: .fragmentsAllowed)
        let back = try JSONSerialization.data(withJSONObject: foundation, options: .fragmentsAllowed)
        #expect(try sorted(JSONValue(parsing: Array(back))) == sorted(value))
    }

    @Test("a text cut short at any byte is refused, never read beyond its end")
    func cut() throws {
        let text = Array(#"{"a":[1.5e2,"x\u00e9\ud83d\ude00é中😀",true],"b":{"c":null}}"#.utf8)
        _ = try JSONValue(parsing: text)
        for end in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text[..<end])) }
        }
    }

    @Test("a typed value may hold a part of any shape")
    func codable() throws {
        struct Envelope: Codable, Equatable { let name: String, rest: JSONValue }
        let value = Envelope(name: "n", rest: ["list": [1, 2.5, "x", nil, true]])
        let decoded = try JSONDecoder().decode(Envelope.self, from: JSONEncoder().encode(value))
        #expect(decoded == value)
    }

    /// Foundation loses the order of members and the difference between 1 and 1.0.
    private func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let values): return .array(values.map(sorted))
        case .object(let object):
            var result = JSONObject()
            for member in object.members.sorted(by: { $0.key < $1.key }) { result[member.key] = sorted(member.value) }
            return .object(result)
        case .integer(let integer): return .double(Double(integer))
        default: return value
        }
    }

    private func randomValue(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .integer(Int64.random(in: -1_000_000...1_000_000, using: &generator))
        case 3: return .double(Double(Int.random(in: -1000...1000, using: &generator)) / 8 + 0.0625)
        case 4: return .string(randomString(using: &generator))
        case 5:
            return .array(
                (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
                    randomValue(depth: depth - 1, using: &generator)
                }
            )
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<4, using: &generator) {
                object[randomString(using: &generator)] = randomValue(depth: depth - 1, using: &generator)
            }
            return .object(object)
        }
    }

    private func randomString(using generator: inout SeededGenerator) -> String {
        let pieces = [
            "a", "\"", "\\", "\n", "\u{1}", "é", "中", "😀", "/", "plain text of some length", "\u{7f}", "\u{2028}",
        ]
        return (0..<Int.random(in: 0..<12, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? ""
        }.joined()
    }
}
