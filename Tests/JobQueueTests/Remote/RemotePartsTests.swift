import JSON
import Testing

@testable import JobQueue

@Suite("Parts of events and remote control")
struct RemotePartsTests {
    // MARK: Names

    @Test(
        "a pattern for a node's name is filled in as Celery's --hostname is, and numbered where processes share it",
        arguments: [
            ("w1@%h", Int?.none, "w1@box.example.org"), ("w-%i@%n", 3, "w-3@box"), ("w@%d", nil, "w@example.org"),
            ("plain", nil, "plain@box.example.org"), ("w1@%h", 2, "w1-2@box.example.org"),
            ("100%%", nil, "100%@box.example.org"),
            ("a b\n@h@i", nil, "a-b-@h-i"), ("%x@h", nil, "%x@h"), ("%", nil, "%@box.example.org"),
        ]
    )
    func nodeNames(pattern: String, process: Int?, name: String) {
        #expect(NodeName(pattern: pattern, process: process, host: "box.example.org").rawValue == name)
    }

    @Test("without a pattern no two names are alike, and a name has a bound")
    func uniqueNames() {
        let names = Set((0..<100).map { _ in NodeName(pattern: "", process: 1, host: "h") })
        #expect(names.count == 100)
        #expect(names.allSatisfy { $0.rawValue.hasPrefix("worker-") && $0.rawValue.hasSuffix("@h") })
        #expect(NodeName(String(repeating: "n", count: 10_000)).rawValue.count == NodeName.maximumLength)
    }

    @Test(
        "glob and regular expressions select as Python's fnmatch and re.match do",
        arguments: [
            ("celery@host*", "glob", "celery@host1", true), ("celery", "glob", "celery@host1", false),
            ("c?l[a-f]ry@*", "glob", "celery@host1", true), ("[!c]*", "glob", "celery@host1", false),
            ("*[", "glob", "a[", true), ("[]]", "glob", "]", true), ("web*", "glob", "celery@host1", false),
            ("celery@host[0-9]", "pcre", "celery@host12", true), ("host", "pcre", "celery@host1", false),
            (".*@host\\d+$", "pcre", "celery@host12", true), (".*@host\\d$", "pcre", "celery@host12", false),
            ("^(web|celery)@(?:a|h)o?", "pcre", "celery@host", true), ("c{2}", "pcre", "cc@h", true),
            ("c{2,3}@", "pcre", "cccc@h", false), ("[^@]+@h", "pcre", "celery@h", true), ("a|", "pcre", "x", true),
            ("\\w+@[\\w.-]+", "pcre", "w-1@h", false), ("(a*)*b", "pcre", "aab", true), ("x{,2}y", "pcre", "xxy", true),
        ]
    )
    func patterns(pattern: String, matcher: String, name: String, matches: Bool) {
        #expect(NodePattern(pattern, matcher: matcher)?.matches(name) == matches)
    }

    @Test(
        "what is no pattern, is too long, or would need a search backwards is refused",
        arguments: [
            "(", "[", "*", "a{1001}", "(?=a)", "(a)\\1", "\\q", String(repeating: "(", count: 400),
            "((a{0,60}){0,60}){0,60}b",
        ]
    )
    func brokenPatterns(pattern: String) {
        #expect(NodePattern(pattern, matcher: "pcre") == nil)
        #expect(NodePattern(pattern, matcher: "perl") == nil)
    }

    @Test("a pattern made to take for ever takes milliseconds")
    func hostilePatterns() {
        let name = String(repeating: "a", count: 200)
        let began = ContinuousClock.now
        for pattern in ["(a+)+$x", "(a|a)*(a|a)*(a|a)*b", "((a{0,9}){0,9}){0,9}b", "(.*)*(.*)*(.*)*(.*)*b"] {
            #expect(NodePattern(pattern, matcher: "pcre")?.matches(name) == false)
        }
        #expect(NodePattern(String(repeating: "*a", count: 200) + "b", matcher: "glob")?.matches(name) == false)
        #expect(ContinuousClock.now - began < .seconds(5))
    }

    // MARK: Clocks

    @Test("the logical clock rises with each event, past what was received, and believes no absurd one")
    func clocks() {
        let clock = LamportClock()
        #expect([clock.tick(), clock.tick()] == [1, 2])
        clock.adjust(to: 10)
        #expect(clock.tick() == 12)
        clock.adjust(to: 3)
        #expect(clock.tick() == 14)
        for absurd in [Int64.max, LamportClock.limit, -5] { clock.adjust(to: absurd) }
        #expect(clock.value == 17)
    }

    // MARK: Texts

    @Test("values are shown as Python shows them")
    func representations() {
        let value: JSONValue = [
            "a": [1, 2.5, nil, true, "it's", "say \"hi\" 'so'", "line\n\u{1}\u{85}\\"], "键": [:], "e": [], "n": "😀",
        ]
        let shown =
            "{'a': [1, 2.5, None, True, \"it's\", 'say \"hi\" \\'so\\'', 'line\\n\\x01\\x85\\\\'], '键': {}, 'e': [], 'n': '😀'}"
        #expect(PythonRepr.of(value) == shown)
        #expect(PythonRepr.ofTuple([]) == "()")
        #expect(PythonRepr.ofTuple(["x"]) == "('x',)")
        #expect(PythonRepr.ofTuple([1, 2]) == "(1, 2)")
        #expect(PythonRepr.ofSet([]) == "set()")
        #expect(PythonRepr.ofSet(["b", "a"]) == "{'b', 'a'}")
        #expect(PythonRepr.ofException("KeyError", "x") == "KeyError('x')")
    }

    @Test("what is long is cut off, however deep it lies")
    func longRepresentations() {
        let long = PythonRepr.of(["x": [.string(String(repeating: "y", count: 1 << 20))]], maximum: 20)
        #expect(long == "{'x': ['yyyyyyyyyyyy...")
        #expect(PythonRepr.of("exactly", maximum: 9) == "'exactly'")
    }

    // MARK: Bounds

    @Test("revoked ids are kept in order, once each, the latest 50,000 for three hours")
    func revokedTasks() {
        var revoked = RevokedTasks()
        let start = ContinuousClock.now
        #expect(revoked.insert(["a", "b", "a"], at: start) == ["a", "b"])
        revoked.insert(["a"], at: start + .seconds(100))
        #expect(revoked.ids == ["b", "a"])
        revoked.purge(at: start + .seconds(10_850))
        #expect(revoked.ids == ["a"])
        revoked.insert((0..<60_000).map { "\($0)" }, at: start + .seconds(10_860))
        #expect(revoked.count == RevokedTasks.maximumCount)
        #expect(revoked.contains("59999"))
        #expect(!revoked.contains("a") && !revoked.contains("9999"))
        #expect(revoked.ids.count == RevokedTasks.maximumCount)
    }

    @Test("events are collected into messages of bounded size; what finds no room is counted and not even made")
    func eventBuffer() {
        var buffer = EventBuffer()
        #expect(buffer.add { [1] } == .soon)
        for _ in 2..<EventBuffer.batchEvents { #expect(buffer.add { [1] } == .nothing) }
        #expect(buffer.add { [1] } == .now)
        var made = buffer.count
        for _ in 0..<30_000 {
            _ = buffer.add {
                made += 1
                return [2]
            }
        }
        #expect(made == EventBuffer.maximumEvents)
        let batches = buffer.takeBatches()
        #expect(batches.count == EventBuffer.maximumEvents / EventBuffer.batchEvents)
        #expect(batches.allSatisfy { $0.count <= EventBuffer.batchEvents })
        #expect(buffer.takeDropped() == 30_000 + EventBuffer.batchEvents - EventBuffer.maximumEvents)
        #expect(buffer.takeDropped() == 0 && buffer.takeBatches().isEmpty)

        let large = [UInt8](repeating: 3, count: EventBuffer.batchBytes)
        for _ in 0..<40 { _ = buffer.add { large } }
        let few = buffer.takeBatches()
        #expect(few.count == EventBuffer.maximumBytes / EventBuffer.batchBytes)
        #expect(few.allSatisfy { $0.count == 1 })
    }

    @Test("a request is read in every form of Celery's, and is for whom it names")
    func requests() throws {
        func read(_ name: String) throws -> ControlRequest {
            let raw = try #require(try CeleryFixture.load(name)["request"]?["raw"]?.string)
            return try #require(ControlRequest(reading: Array(raw.utf8)))
        }
        let host1 = NodeName("celery@host1")
        for name in ["pidbox-ping", "pidbox-destination", "pidbox-pattern-glob", "pidbox-pattern-pcre"] {
            let request = try read(name)
            #expect(request.isFor(host1), "\(name)")
            #expect(request.method == "ping")
            #expect(request.replyTo?.ticket != nil)
        }
        for name in ["pidbox-destination-other", "pidbox-pattern-no-match"] {
            #expect(try !read(name).isFor(host1), "\(name)")
        }
        #expect(try read("pidbox-heartbeat-cast").replyTo == nil)
        for broken in ["", "{}", "[]", #"{"body":5}"#, #"{"body":"[]"}"#, #"{"body":"{\"method\":1}"}"#] {
            #expect(ControlRequest(reading: Array(broken.utf8)) == nil)
        }
        let long = RemoteEnvelope.write(
            JSONValue(["method": "ping", "arguments": ["x": .string(String(repeating: "x", count: 1 << 20))]]).bytes,
            headers: [:],
            exchange: "",
            routingKey: ""
        )
        #expect(ControlRequest(reading: long) == nil)
    }
}

extension JSONValue {
    fileprivate init(_ object: JSONObject) { self = .object(object) }
}
