import Foundation
import JSON
import JobPayload
import Testing

@testable import JobQueue

@Suite("Results as Celery stores them")
struct ResultStateTests {
    /// The last text that a capture has.
    private func text(_ name: String) throws -> [UInt8] {
        let file = try CeleryFixture.load(name)
        if let hex = file["raw_hex"]?.string {
            let digits = Array(hex.utf8)
            return try stride(from: 0, to: digits.count, by: 2).map { index in
                try #require(UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16))
            }
        }
        let raw =
            file["stored_value_finally"]?["raw"]?.string ?? file["raw"]?.string
            ?? file["published_on_channel_same_name_in_order"]?.array?.last?["raw"]?.string
        return Array(try #require(raw).utf8)
    }

    private func read(_ name: String, _ payload: (any PayloadCoding)? = JobPayload()) throws -> ResultState {
        try ResultState(stored: text(name), of: "any", payload: payload)
    }

    private static let captures = [
        ("result-success", "SUCCESS"), ("result-success-null", "SUCCESS"), ("result-failure", "FAILURE"),
        ("result-failure-custom-nested", "FAILURE"), ("result-failure-notregistered", "FAILURE"),
        ("result-failure-unserializable", "FAILURE"), ("result-retry-exhausted", "FAILURE"),
        ("result-retry-then-success", "SUCCESS"), ("result-revoked", "REVOKED"), ("result-expired", "REVOKED"),
        ("result-revoked-terminated", "REVOKED"), ("result-soft-time-limit", "FAILURE"),
        ("result-hard-time-limit", "FAILURE"), ("result-rejected", "FAILURE"), ("result-ignored", "IGNORED"),
        ("result-progress", "SUCCESS"), ("result-extended", "SUCCESS"), ("result-compressed", "SUCCESS"),
        ("result-type-nan", "SUCCESS"), ("result-type-bigint", "SUCCESS"), ("result-type-bytes", "SUCCESS"),
        ("result-children", "SUCCESS"), ("result-children-chord", "SUCCESS"), ("result-replaced", "SUCCESS"),
    ]

    @Test("every captured state is read, and final ones have their time", arguments: captures)
    func captured(name: String, status: String) throws {
        let state = try read(name)
        #expect(state.status.rawValue == status)
        #expect(state.isFinal == (status != "IGNORED"))
        if state.isFinal, status != "REVOKED" { #expect(state.doneAt != nil) }
    }

    @Test("a failure tells its class, its arguments, its module and its traceback")
    func failure() throws {
        let state = try read("result-failure")
        #expect(state.failure == TaskFailure(type: "ValueError", message: "boom žluť", module: "builtins"))
        #expect(state.traceback?.hasSuffix("ValueError: boom žluť\n") == true)
        let nested = try #require(try read("result-failure-custom-nested").failure)
        #expect(nested.type == "AppError.Nested")
        #expect(nested.arguments == ["nested", ["a": 1]])
        #expect(nested.message == "nested, {\"a\":1}")
        let revoked = try read("result-expired")
        let error = #expect(throws: TaskRevokedError.self) { try revoked.outcome(of: "t", as: Int.self) }
        #expect(error?.reason == "expired")
        #expect(throws: TaskFailedError.self) { try state.outcome(of: "t", as: Int.self) }
    }

    @Test("children are tasks and groups, with their members in order")
    func children() throws {
        let chord = try read("result-children-chord")
        let group = try #require(chord.children.first)
        #expect(chord.children.count == 1)
        #expect(group.members?.map(\.id.rawValue.count) == [36, 36])
        #expect(group.tasks == group.members?.map(\.id))
        let next = try #require(try read("result-chain-first").children.first)
        #expect(next.members == nil && next.parent == nil)
        #expect(try read("result-callback-child").parentID != nil)
        #expect(try read("result-group-member").groupID != nil)
        let saved = try #require(try JSONValue(parsing: text("result-group-saved"))["result"])
        let reference = try #require(ResultReference(saved))
        #expect(reference.members?.count == 2)
        #expect(reference.json == saved)
    }

    @Test("a reference carries what stood before it, and nonsense is none")
    func references() throws {
        let chain = ResultReference("c", parent: ResultReference("b", parent: ResultReference("a")))
        #expect(ResultReference(chain.json) == chain)
        #expect(chain.json.text == #"[["c",[["b",[["a",null],null]],null]],null]"#)
        for text in ["null", "[]", "[1,2]", "[[1,null],null]", #"[["a",3],null]"#, #"[["a",null],[4]]"#] {
            #expect(ResultReference(try JSONValue(parsing: text)) == nil, "\(text)")
        }
        let deep = String(repeating: #"[["a","#, count: 100) + "null" + String(repeating: "],null]", count: 100)
        #expect(ResultReference(try JSONValue(parsing: Array(deep.utf8), maximumDepth: 300)) == nil)
    }

    @Test("what a worker adds is told, stamps too")
    func details() throws {
        let state = try read("result-extended")
        #expect(state.name == "demo.add")
        #expect(state.worker == "celery@host1")
        #expect(state.retries == 0)
        #expect(state.details["args"] == [1])
        #expect(state.details["tenant"] == "acme")
    }

    @Test("compressed results are read, with and without a payload coding; a damaged one is refused")
    func compressed() throws {
        for payload in [JobPayload(), nil] as [(any PayloadCoding)?] {
            #expect(try read("result-compressed", payload).value.decode(as: String.self).allSatisfy { $0 == "z" })
        }
        var broken = try text("result-compressed")
        broken[broken.count - 8] ^= 0xff
        let damaged = #expect(throws: JobQueueError.self) { try ResultState(stored: broken, of: "t", payload: nil) }
        #expect(damaged?.code == .unreadableResult)
        let other = [0] + Array("celery-compressed".utf8) + [0] + Array("application/x-bz2".utf8) + [0, 1, 2]
        let unknown = #expect(throws: JobQueueError.self) { try ResultState(stored: other, of: "t", payload: nil) }
        #expect(unknown?.description.contains("application/x-bz2") == true)
    }

    @Test("dates and bytes are read as Python's codec wraps them")
    func wrapped() throws {
        #expect(try read("result-type-bytes").value.decode(as: Data.self) == Data("hello".utf8))
        let date = try read("result-type-datetime").value.decode(as: Date.self)
        #expect(date == Date(timeIntervalSince1970: 1_893_553_445))
    }

    @Test("numbers that JSON or 64 bits cannot hold come as they are")
    func numbers() throws {
        #expect(try read("result-type-nan").value.decode(as: Double.self).isNaN)
        let bigger = try read("result-type-bigint").value
        #expect(try bigger.json() == .number("1180591620717411303424"))
        #expect(try bigger.decode(as: JSONValue.self) == .number("1180591620717411303424"))
        #expect(try bigger.decode(as: Int128.self) == 1_180_591_620_717_411_303_424)
        let text = #"{"status": "SUCCESS", "result": {"a": [NaN, -Infinity, "NaN \" Infinity"], "b": Infinity}}"#
        let state = try ResultState(parsing: Array(text.utf8))
        struct Value: Decodable { var b: Double }
        #expect(try state.value.decode(as: Value.self).b == .infinity)
        let json = try state.value.json()
        #expect(json["a"]?.array?[0].double?.isNaN == true)
        #expect(json["a"]?.array?[1].double == -.infinity)
        #expect(json["a"]?.array?[2] == "NaN \" Infinity")
    }

    @Test(
        "what is no result is refused",
        arguments: ["", "null", "{}", "[1]", "{\"status\": 3}", "{\"status\": \"SUCCESS\""]
    )
    func nonsense(text: String) {
        let error = #expect(throws: JobQueueError.self) {
            try ResultState(stored: Array(text.utf8), of: "t", payload: nil)
        }
        #expect(error?.code == .unreadableResult)
    }

    @Test("a value of another type than expected says so, and holds none of it")
    func mistyped() throws {
        let state = try ResultState(parsing: Array(#"{"status": "SUCCESS", "result": "secret"}"#.utf8))
        let error = #expect(throws: JobQueueError.self) { try state.outcome(of: "t", as: Int.self) }
        #expect(error?.code == .unreadableResult)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("only names of a job's own are its to set")
    func custom() {
        for name in ["PROGRESS", "HALF_WAY", "P2"] { #expect(ResultStatus(name).isCustom) }
        for name in ["", "SUCCESS", "PENDING", "REVOKED", "progress", "A B", "A\"", String(repeating: "A", count: 65)] {
            #expect(!ResultStatus(name).isCustom, "\(name)")
        }
    }
}
