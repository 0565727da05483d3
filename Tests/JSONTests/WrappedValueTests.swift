import Foundation
import Testing

@testable import JSON

@Suite("Values that Python wraps")
struct WrappedValueTests {
    private struct All: Codable, Equatable {
        var date: Date
        var uuid: UUID
        var decimal: Decimal
        var text: Data
        var bytes: Data
    }

    private func decode<T: Decodable>(_ type: T.Type, _ text: String, words: Bool = false) throws -> T {
        let bytes = Array(text.utf8)
        return try JSONTape.decode(type, from: bytes, in: bytes.indices, allowsNonFinite: words)
    }

    private func encode<T: Encodable>(_ value: T) throws -> String { try JSONTreeEncoder.value(of: value).text }

    @Test("types of Swift are written as kombu writes Python's, and read back as they were")
    func roundTrip() throws {
        let uuid = try #require(UUID(uuidString: "00000000-0000-0000-0000-00000000000A"))
        let all = All(
            date: Date(timeIntervalSince1970: 1_893_553_445.123457),
            uuid: uuid,
            decimal: try #require(Decimal(string: "12.5")),
            text: Data("会议".utf8),
            bytes: Data([0xFF, 0x00, 0xFE])
        )
        let text = try encode(all)
        let expected = [
            #""date":{"__type__":"datetime","__value__":"2030-01-02T03:04:05.123457+00:00"}"#,
            #""uuid":{"__type__":"uuid","__value__":{"hex":"0000000000000000000000000000000a"}}"#,
            #""decimal":{"__type__":"decimal","__value__":"12.5"}"#,
            #""text":{"__type__":"bytes","__value__":"会议"}"#,
            #""bytes":{"__type__":"base64","__value__":"/wD+"}"#,
        ]
        #expect(text == "{" + expected.joined(separator: ",") + "}")
        let back = try decode(All.self, text)
        #expect(abs(back.date.timeIntervalSince(all.date)) < 1e-6)
        #expect(try encode(back) == text)
    }

    @Test("what kombu wrapped is read by the types that stand for it, whichever member comes first")
    func reading() throws {
        func wrapped(_ type: String, _ value: String) -> String { #"{"__type__": "\#(type)", "__value__": \#(value)}"# }
        let moment = Date(timeIntervalSince1970: 1_893_553_445)
        #expect(try decode(Date.self, wrapped("datetime", #""2030-01-02T03:04:05+00:00""#)) == moment)
        #expect(try decode(Date.self, #"{"__value__":"2030-01-02T05:04:05+02:00","__type__":"datetime"}"#) == moment)
        #expect(try decode(Date.self, #""2030-01-02T03:04:05Z""#) == moment)
        #expect(try decode(Date?.self, "null") == nil)
        let midnight = Date(timeIntervalSince1970: 1_893_542_400)
        #expect(try decode([Date].self, "[\(wrapped("date", #""2030-01-02""#))]") == [midnight])
        #expect(try decode(Decimal.self, wrapped("decimal", #""1.50""#)) == Decimal(string: "1.5"))
        #expect(try decode([UInt8].self, wrapped("bytes", #""text""#)) == Array("text".utf8))
        #expect(try decode([UInt8].self, wrapped("base64", #""//4=""#)) == [0xFF, 0xFE])
        #expect(try decode([UInt8].self, "[1, 2]") == [1, 2])
        // As text, in Python's own words.
        #expect(try decode(String.self, wrapped("time", #""03:04:05""#)) == "03:04:05")
        #expect(try decode(String.self, wrapped("decimal", #""1.50""#)) == "1.50")
        let hex = #"{"hex": "0000000000000000000000000000000a"}"#
        #expect(try decode(String.self, wrapped("uuid", hex)) == "00000000-0000-0000-0000-00000000000a")
        // Whoever takes any value gets the object.
        let object = wrapped("datetime", #""2030-01-02T03:04:05+00:00""#)
        #expect(try decode(JSONValue.self, object) == JSONValue(parsing: object))
    }

    @Test(
        "what no type stands for fails by itself",
        arguments: [
            #"{"__type__": "set", "__value__": "x"}"#, #"{"__type__": "datetime", "__value__": 5}"#,
            #"{"__type__": "datetime", "__value__": "soon"}"#, #"{"__type__": "uuid", "__value__": {"hex": "12"}}"#,
            #"{"__type__": "base64", "__value__": "?"}"#, #"{"__type__": "datetime"}"#, "{}", "[]",
        ]
    )
    func unknown(text: String) {
        #expect(throws: DecodingError.self) { try decode(Date.self, text) }
        #expect(throws: DecodingError.self) { try decode(UUID.self, text) }
        #expect(throws: DecodingError.self) { try decode(Data.self, text) }
    }

    @Test("an object of ours that Python would take for such a value is refused")
    func accident() throws {
        #expect(throws: EncodingError.self) { try encode(["__type__": "datetime", "__value__": "x"]) }
        #expect(throws: EncodingError.self) { try encode([["a": ["__type__": 1, "__value__": 2]]]) }
        #expect(try encode(["__type__": 1]) == #"{"__type__":1}"#)
        // Read as it came, it may go as it came.
        let value: JSONValue = ["__type__": "date", "__value__": "2030-01-02"]
        #expect(try encode(["kept": value]) == #"{"kept":{"__type__":"date","__value__":"2030-01-02"}}"#)
    }

    @Test("integers of any size and Python's words for what is not finite are kept exactly where a type can hold them")
    func numbers() throws {
        let big = "1180591620717411303424"
        #expect(try decode(Int128.self, big) == 1 << 70)
        #expect(try encode(decode([JSONValue].self, "[\(big), -\(big)]")) == "[\(big),-\(big)]")
        #expect(try encode(UInt64.max) == "18446744073709551615")
        #expect(try encode([Int128(1) << 70]) == "[\(big)]")
        #expect(throws: DecodingError.self) { try decode(Int.self, big) }
        #expect(try decode(Double.self, "NaN", words: true).isNaN)
        #expect(try decode([Double].self, "[Infinity, -Infinity]", words: true) == [.infinity, -.infinity])
        #expect(try encode([Double.nan, .infinity, -.infinity, 1, 0.1]) == "[NaN,Infinity,-Infinity,1.0,0.1]")
        #expect(try encode(decode(JSONValue.self, #"{"a": NaN}"#, words: true)) == #"{"a":NaN}"#)
        #expect(throws: DecodingError.self) { try decode(Int.self, "NaN", words: true) }
        for text in ["NaN", "Infinity", "-Infinity", "[Nan]"] {
            #expect(throws: DecodingError.self) { try decode(JSONValue.self, text) }
        }
        for text in ["Na", "nan", "+Infinity", "-NaN", "Infinit", "[NaN1]"] {
            #expect(throws: DecodingError.self) { try decode(JSONValue.self, text, words: true) }
        }
    }

    /// What a type may ask of an encoder.
    private struct Containers: Encodable {
        enum Key: String, CodingKey { case list, object, `super` }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            var list = container.nestedUnkeyedContainer(forKey: .list)
            try list.encode(1)
            var inner = list.nestedContainer(keyedBy: Key.self)
            try inner.encodeNil(forKey: .object)
            try list.encodeNil()
            var object = container.nestedContainer(keyedBy: Key.self, forKey: .object)
            try object.encode("x", forKey: .list)
            try ["y"].encode(to: container.superEncoder())
        }
    }

    @Test("all kinds of containers are written, and nothing where a type encodes nothing")
    func containers() throws {
        #expect(try encode(Containers()) == #"{"list":[1,{"object":null},null],"object":{"list":"x"},"super":["y"]}"#)
        #expect(try encode([Int]()) == "[]")
        #expect(try encode([String: Int]()) == "{}")
        #expect(try encode(Int?.none) == "null")
        struct Nothing: Encodable { func encode(to encoder: any Encoder) throws {} }
        #expect(throws: EncodingError.self) { try encode(Nothing()) }
    }

    @Test(
        "dates are read in every form that Python reads, none without an offset but as UTC",
        arguments: [
            ("2026-11-23T14:02:23.777958123+00:00", 777_958_123), ("2026-11-23T14:02:23.7+00:00", 700_000_000),
            ("2026-11-23 14:02:23,5", 500_000_000), ("20261123T140223Z", 0), ("2026-11-23T15:02:23+01:00", 0),
            ("2026-11-23T15:02:23+0100", 0), ("2026-11-23T15:02:23+01", 0), ("2026-11-23T08:32:23-05:30", 0),
            ("20261123T140223.123456789", 123_456_789), ("2026-11-23T14:02:23", 0),
        ] as [(String, Int64)]
    )
    func dates(text: String, nanoseconds: Int64) {
        #expect(ISODate(text) == ISODate(seconds: 1_795_442_543, nanoseconds: nanoseconds))
    }

    @Test(
        "what is no day of the calendar is no date",
        arguments: ["2026-02-29", "2026-04-31", "2100-02-29", "2026-00-01"]
    )
    func noDays(text: String) { #expect(ISODate(text) == nil) }
}
