import JSON
import Testing

@Suite("JSON Pointers")
struct JSONPointerTests {
    // The values of RFC 6901, section 5, and more.
    private let document: JSONValue = [
        "foo": ["bar", "baz"], "": 0, "a/b": 1, "m~n": 8, "01": 2, "键": ["x": nil],
    ]

    @Test(
        "lead to a member or an element",
        arguments: [
            ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/m~0n", 8), ("/01", 2),
            ("/键/x", JSONValue.null),
            ("/foo/2", Optional.none), ("/foo/-1", .none), ("/foo/00", .none), ("/foo/+1", .none), ("/foo/-", .none),
            ("/foo/0/x", .none), ("/none", .none),
        ] as [(String, JSONValue?)]
    )
    func lookup(text: String, value: JSONValue?) throws {
        let pointer = try #require(JSONPointer(text))
        #expect(pointer.value(in: document) == value)
        #expect(pointer.description == text)
    }

    @Test("a text that is none is refused", arguments: ["a", "a/b", "/~", "/~2", "/a~", "#/a"])
    func refusals(text: String) { #expect(JSONPointer(text) == nil) }

    @Test("names keep their signs, also where these look like escapes")
    func escapes() {
        #expect(JSONPointer(["~1", "/", "~0"]).description == "/~01/~1/~00")
        #expect(JSONPointer("/~01")?.tokens == ["~1"])
        #expect(JSONPointer("")?.value(in: document) == document)
        #expect(JSONPointer().appending("a/b").value(in: document) == 1)
    }

    @Test("a member that was written twice is gone altogether once it is removed")
    func removal() throws {
        var object = try #require(try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#).object)
        #expect(object["a"] == 3)
        object["a"] = nil
        #expect(object == ["b": 2])
    }
}
