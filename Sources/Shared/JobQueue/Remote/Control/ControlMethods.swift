import JSON
import Logging
import NIOConcurrencyHelpers
import Redis

/// The methods of remote control (celery.worker.control): what a request asks for is done, and its answer made.
struct ControlMethods: Sendable {
    let node: NodeName
    let clock: LamportClock
    let view: WorkerView
    let events: TaskEvents
    let stamps: RevokedStamps
    let beacon: WorkerBeacon
    let redis: RedisClient
    let logger: Logger
    let revoked = NIOLockedValueBox(RevokedTasks())

    /// What became of a request.
    enum Answer: Equatable {
        case reply(JSONValue)
        /// No reply, although one may be wanted.
        case none
    }

    /// Does what is asked for; whatever goes wrong is the answer.
    func answer(_ method: String, _ arguments: JSONObject) async -> Answer {
        let arguments = ControlArguments(method: method, values: arguments)
        do {
            return try await perform(method, arguments)
        } catch let error as ControlError {
            return .reply(["error": .string(error.text)])
        } catch {
            logger.warning("request of remote control failed", metadata: ["error": "\(error)"])
            return .reply(["error": .string(PythonRepr.ofException("OperationalError", "Redis did not answer"))])
        }
    }

    private func perform(_ method: String, _ arguments: ControlArguments) async throws -> Answer {
        switch method {
        case "ping": return ok("pong")
        case "clock": return .reply(["clock": .integer(clock.value)])
        case "heartbeat":
            try arguments.only()
            await beacon.beat()
            return .reply(.null)
        case "hello": return .reply(try await hello(arguments))
        case "election":
            _ = try arguments.required("id")
            _ = try arguments.required("topic")
            return .reply(.null)
        case "enable_events":
            try arguments.only()
            return ok(events.enable(true) ? "task events enabled" : "task events already enabled")
        case "disable_events":
            try arguments.only()
            return ok(events.enable(false) ? "task events disabled" : "task events already disabled")
        case "shutdown":
            logger.warning("shutdown asked for by remote control")
            view.tuning.shutdown()
            return .none

        case "active", "dump_active": return .reply(active(arguments))
        case "reserved", "dump_reserved": return .reply(reserved())
        case "scheduled", "dump_schedule": return .reply(.array(try await scheduled().map(\.value)))
        case "query_task": return .reply(try await queryTask(arguments))
        case "registered", "dump_tasks": return .reply(try await registered(arguments))
        case "active_queues":
            try arguments.only()
            return .reply(.array(view.queues.map { QueueDescription.of($0) }))
        case "stats": return .reply(stats)
        case "conf", "dump_conf": return .reply(.object(settings(withDefaults: arguments.isTrue("with_defaults"))))
        case "report":
            try arguments.only()
            return ok(report)
        case "memsample": return .reply(ProcessFigures.residentSize.map { .string($0) } ?? .null)
        case "memdump":
            let size = ProcessFigures.residentSize
            return .reply(.string(size.map { "- rss (end): \($0).\n" } ?? "- rss: (unknown).\n"))

        case "revoked", "dump_revoked": return .reply(.array(revokedIDs.map { .string($0) }))
        case "revoke": return try await revoke(arguments, terminates: arguments.isTrue("terminate"))
        case "terminate":
            _ = try arguments.required("signal")
            return try await revoke(arguments, terminates: true)
        case "revoke_by_stamped_headers": return ok(try revokeByStamps(arguments))

        case "pool_grow": return try resize(arguments, by: 1)
        case "pool_shrink": return try resize(arguments, by: -1)
        case "pool_restart": throw ControlError.valueError("Pool restarts not enabled")
        case "autoscale": return try autoscale(arguments)
        case "add_consumer": return try addConsumer(arguments)
        case "cancel_consumer": return try cancelConsumer(arguments)
        case "time_limit": return try setTimeLimit(arguments)
        case "rate_limit": return try await setRateLimit(arguments)
        default: throw ControlError.unknownMethod(method)
        }
    }

    func ok(_ text: String) -> Answer { .reply(["ok": .string(text)]) }
}
