import Foundation
import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// What `celery control` does to worker processes under a supervisor.
extension SupervisorTests {
    /// Sends a request as Celery's client does, and wants no reply.
    private func control(
        _ system: AssistantSystem,
        _ method: String,
        _ arguments: JSONObject = [:],
        to nodes: [String]? = nil
    ) async throws {
        let body: JSONValue = [
            "method": .string(method), "arguments": .object(arguments),
            "destination": nodes.map { .array($0.map { .string($0) }) } ?? .null, "pattern": nil, "matcher": nil,
        ]
        let envelope = RemoteEnvelope.write(
            body.bytes,
            headers: ["clock": 1, "expires": 0],
            exchange: RemoteNames.requestExchange,
            routingKey: ""
        )
        let names = RemoteNames(system.database)
        try await eventually("both listen") {
            try await system.database.send(RedisCommand("PUBSUB", "NUMSUB", names.requests))[1]?.integer ?? 0 > 0
        }
        _ = try await system.database.send(RedisCommand("PUBLISH", names.requests, envelope))
    }

    private func workers(_ system: AssistantSystem, of queue: String) async throws -> Int64 {
        try await system.database.send(RedisCommand("ZCARD", "{\(queue)}:workers")).integer ?? 0
    }

    @Test("a queue added at run time: what a killed process held of it runs on another at once")
    func addedQueue() async throws {
        try await AssistantSystem.with(SupervisedFleet.options(processes: 2, lease: 30)) { system in
            let fleet = SupervisedFleet(system)
            let members = try await fleet.complete(2)
            try await control(system, "add_consumer", ["queue": "extra"])
            try await eventually("both take from it") { try await workers(system, of: "extra") == 2 }
            let ids = try await fleet.push(20, sleeping: 4, to: "extra")
            try await eventually("all under way") {
                var held = 0
                for member in members { held += try await fleet.held(by: member, of: "extra").count }
                return held == 20
            }
            var victim = members[0]
            if try await fleet.held(by: victim, of: "extra").isEmpty { victim = members[1] }
            let death = ContinuousClock.now
            kill(victim.pid, SIGKILL)
            try await eventually("the dead one is forgotten there") { try await workers(system, of: "extra") == 1 }
            #expect(ContinuousClock.now - death < .seconds(5), "its lease is 30 s")
            try await eventually("all done", within: .seconds(30)) { try await fleet.succeeded(ids) == 20 }
            // The next process begins with the configuration, as a worker that is started anew.
            try await fleet.complete(2, without: victim)
            #expect(try await workers(system, of: "extra") == 1)
        }
    }

    @Test("told to shut down, a process finishes what it runs and is not started anew; after the last the program ends")
    func remoteShutdown() async throws {
        let options = SupervisedFleet.options(processes: 2, lease: 30, ["WORKER_NAME": "w%i@fleet"])
        try await AssistantSystem.with(options) { system in
            let fleet = SupervisedFleet(system)
            let members = try await fleet.complete(2)
            let ids = try await fleet.push(10, sleeping: 2)
            try await eventually("all under way") { try await system.census().inFlight == 10 }
            let held = try await fleet.held(by: members[0]).count
            try await control(system, "shutdown", to: ["w1@fleet"])
            try await eventually("one has ended") { fleet.count("worker process ended") == 1 }
            #expect(try await fleet.succeeded(ids) >= held)
            try await eventually("all done") { try await fleet.succeeded(ids) == 10 }
            // Longer than the wait before any first restart.
            try await control(system, "shutdown", to: ["nobody@fleet"])
            let more = try await fleet.push(10, sleeping: 0)
            try await eventually("the other works on") { try await fleet.succeeded(more) == 10 }
            #expect(fleet.count("worker process started") == 2)
            try await control(system, "shutdown")
            #expect(try await fleet.supervisor.ended(within: .seconds(20)) == .exited(0))
            #expect(fleet.count("worker process started") == 2)
            #expect(try await system.census() == QueueCensus())
        }
    }
}
