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
