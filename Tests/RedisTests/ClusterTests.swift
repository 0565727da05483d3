import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Redis

@Suite("Keys, slots and commands of a Cluster")
struct ClusterRoutingTests {
    @Test(
        "slots as the specification says",
        arguments: [
            ("123456789", 12_739), ("foo", 12_182), ("{foo}:bar", 12_182), ("x{foo}{bar}", 12_182), ("", 0),
            ("interactive", HashSlot.slot(of: "{interactive}:scheduled")),
        ]
    )
    func slots(key: String, slot: Int) { #expect(HashSlot.slot(of: key) == slot) }

    @Test("a tag counts only where it is closed and not empty")
    func tags() {
        #expect(HashSlot.slot(of: "foo{}{bar}") != HashSlot.slot(of: "bar"))
        #expect(HashSlot.slot(of: "foo{bar") != HashSlot.slot(of: "bar"))
        #expect(HashSlot.slot(of: "foo{{bar}}zap") == HashSlot.slot(of: "{bar"))
    }

    @Test("finds the key of each command of a pipeline")
    func scan() {
        let script = RedisScript(name: "s", source: "return 1")
        let commands = [
            RedisCommand("GET", "foo"), RedisCommand("WAIT", 1, 100), RedisCommand("TIME"),
            script.command(keys: ["foo", "bar"], arguments: ["baz"]), script.command(keys: [], arguments: ["foo"]),
            RedisCommand("eval", "return 1", 1, "foo"), RedisCommand("BLMOVE", "foo", "foo", "RIGHT", "RIGHT", 1.5),
        ]
        let scanned = CommandScanner.commands(in: commands.flatMap(\.bytes))
        #expect(scanned.map(\.slot) == [12_182, nil, nil, 12_182, nil, 12_182, 12_182])
        var start = 0
        for (command, found) in zip(commands, scanned) {
            #expect(found.bytes == start..<start + command.bytes.count)
            start += command.bytes.count
        }
    }

    @Test(
        "a script gets a key more, in the slot of its first, and only then",
        arguments: ["foo", "x{foo}y", "{foo}:bar"]
    )
    func guarded(key: String) {
        let keys: RedisArguments = [key, "{foo}:more"]
        let command = RedisCommand("GET", "{foo}:nothing")
        #expect(keys.guarded.count == 3)
        #expect(Array(keys.guarded.bytes.suffix(20)) == Array(command.bytes.suffix(20)))
        #expect(RedisArguments().guarded.count == 0)
    }

    @Test("reads redirections; unknown hosts are the node's own")
    func redirections() {
        let asked = RedisEndpoint.tcp(host: "here", port: 1)
        func read(_ text: String) -> Redirection? { Redirection(RedisError(server: text, command: "GET"), from: asked) }
        #expect(read("MOVED 3999 10.0.0.1:6381") == .moved(slot: 3999, .tcp(host: "10.0.0.1", port: 6381)))
        #expect(read("MOVED 3999 :6381") == .moved(slot: 3999, .tcp(host: "here", port: 6381)))
        #expect(read("ASK 1 ::1:6381") == .ask(.tcp(host: "::1", port: 6381)))
        #expect(read("TRYAGAIN Multiple keys request during rehashing of slot") == .later)
        for junk in ["MOVED", "MOVED x h:1", "MOVED 16384 h:1", "MOVED 1 h", "ERR no"] { #expect(read(junk) == nil) }
    }
}

@Suite("Commands on their way through a Cluster", .timeLimit(.minutes(1)))
struct ClusterCommandTests {
    /// The reply to `CLUSTER SLOTS` that gives the lower half of the slots to one port and the upper to another.
    private static func slots(_ lower: Int, _ upper: Int) -> String {
        func range(_ first: Int, _ last: Int, _ port: Int) -> String {
            let node = Reply.array(Reply.bulk("127.0.0.1"), Reply.integer(port), Reply.bulk("id"))
            return Reply.array(Reply.integer(first), Reply.integer(last), node)
        }
        return Reply.array(range(0, 8191, lower), range(8192, 16_383, upper))
    }

    /// "bar" (5061) is in the lower half, "foo" (12182) in the upper.
    private struct Nodes {
        let lower: ScriptedServer
        let upper: ScriptedServer
        let redis: RedisClient

        /// What a node was asked, but for the map.
        static func commands(_ node: ScriptedServer) -> [[String]] { node.commands.filter { $0[0] != "CLUSTER" } }
    }

    private func withNodes(_ body: (Nodes) async throws -> Void) async throws {
        let lower = try await ScriptedServer.start { _ in "+lower\r\n" }
        let upper = try await ScriptedServer.start { _ in "+upper\r\n" }
        let map = Self.slots(lower.port, upper.port)
        lower.answer { $0[0] == "CLUSTER" ? map : "+lower\r\n" }
        upper.answer { $0[0] == "CLUSTER" ? map : "+upper\r\n" }
        var configuration = try RedisConfiguration(url: "redis+cluster://127.0.0.1:\(lower.port)")
        configuration.commandTimeout = .seconds(5)
        let redis = try RedisClient(configuration: configuration, logger: .silent)
        defer { redis.close() }
        try await body(Nodes(lower: lower, upper: upper, redis: redis))
    }

    @Test("each command goes where its key is, and a pipeline is split and put together again in its order")
    func split() async throws {
        try await withNodes { nodes in
            #expect(try await nodes.redis.send(RedisCommand("GET", "foo")) == .status("upper"))
            #expect(try await nodes.redis.send(RedisCommand("GET", "bar")) == .status("lower"))
            let replies = try await nodes.redis.send(pipeline: [
                RedisCommand("GET", "foo"), RedisCommand("WAIT", 1, 1), RedisCommand("GET", "bar"),
                RedisCommand("GET", "foo"),
            ])
            #expect(try replies.map { try $0.get().string } == ["upper", "upper", "lower", "upper"])
            #expect(Nodes.commands(nodes.lower) == [["GET", "bar"], ["GET", "bar"]])
        }
    }

    @Test("MOVED is followed, with what belongs to the command, and remembered")
    func moved() async throws {
        try await withNodes { nodes in
            let map = Self.slots(nodes.lower.port, nodes.upper.port)
            let port = nodes.lower.port
            nodes.upper.answer { command in
                command[0] == "CLUSTER" ? map : command[0] == "WAIT" ? ":0\r\n" : "-MOVED 12182 127.0.0.1:\(port)\r\n"
            }
            let replies = try await nodes.redis.send(pipeline: [
                RedisCommand("SET", "foo", 1), RedisCommand("WAIT", 1, 1),
            ])
            #expect(try replies.map { try $0.get().string } == ["lower", "lower"])
            #expect(Nodes.commands(nodes.lower) == [["SET", "foo", "1"], ["WAIT", "1", "1"]])
        }
    }

    @Test("ASK is followed once, announced; TRYAGAIN is tried again")
    func asked() async throws {
        try await withNodes { nodes in
            let map = Self.slots(nodes.lower.port, nodes.upper.port)
            let port = nodes.lower.port
            let tries = NIOLockedValueBox(0)
            nodes.upper.answer { command in
                if command[0] == "CLUSTER" { return map }
                let count = tries.withLockedValue { tries in
                    tries += 1
                    return tries
                }
                return count < 3 ? "-TRYAGAIN not now\r\n" : "-ASK 12182 127.0.0.1:\(port)\r\n"
            }
            #expect(try await nodes.redis.send(RedisCommand("GET", "foo")) == .status("lower"))
            #expect(Nodes.commands(nodes.lower) == [["ASKING"], ["GET", "foo"]])
            #expect(Nodes.commands(nodes.upper).count == 3)
            _ = try await nodes.redis.send(RedisCommand("GET", "foo"))
            #expect(Nodes.commands(nodes.upper).count == 4, "the slot has not moved yet")
        }
    }

    @Test("what a node cannot be given for want of a connection goes to whoever has its slot by then")
    func unreachable() async throws {
        try await withNodes { nodes in
            let gone = try FreePort.next()
            let port = nodes.lower.port
            let asked = NIOLockedValueBox(0)
            nodes.lower.answer { command in
                guard command[0] == "CLUSTER" else { return "+lower\r\n" }
                let count = asked.withLockedValue { asked in
                    asked += 1
                    return asked
                }
                return Self.slots(port, count < 3 ? gone : port)
            }
            #expect(try await nodes.redis.send(RedisCommand("GET", "foo")) == .status("lower"))
        }
    }

    @Test("an error that is the answer is handed over; one that may pass is not, until the deadline")
    func refused() async throws {
        try await withNodes { nodes in
            let map = Self.slots(nodes.lower.port, nodes.upper.port)
            nodes.upper.answer {
                $0[0] == "CLUSTER" ? map : $0[1] == "foo" ? "-WRONGTYPE no\r\n" : "-CLUSTERDOWN no\r\n"
            }
            let error = await #expect(throws: RedisError.self) {
                try await nodes.redis.send(RedisCommand("GET", "foo"))
            }
            #expect(error?.prefix == "WRONGTYPE")
            let late = await #expect(throws: RedisError.self) {
                try await nodes.redis.send(RedisCommand("GET", "{foo}x"), timeout: .seconds(2))
            }
            #expect(late?.isTransient == true && late?.outcomeUnknown == false)
            #expect(Nodes.commands(nodes.upper).count > 2, "it was tried again")
        }
    }
}
