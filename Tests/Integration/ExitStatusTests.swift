import TestSupport
import Testing

@Suite("How programs end", .timeLimit(.minutes(1)))
struct ExitStatusTests {
    private static let programs = ["gateway", "worker", "ai-assistant", "sandbox"]

    @Test("a wrong argument is 2, and what is wrong is said", arguments: programs)
    func wrongArgument(program: String) async throws {
        let run = try await ProgramProcess.run(program, ["--no-such-flag"])
        #expect(run.ending == .exited(2))
        #expect(run.errors.contains("Unknown option '--no-such-flag'"))
        #expect(run.output.isEmpty)
    }

    @Test(
        "so is a wrong setting",
        arguments: [
            ("gateway", ["--port", "x"], "gateway.port"), ("worker", ["--concurrency", "0"], "worker.concurrency"),
            ("ai-assistant", ["queue", "list", "--set", "gateway.port=x"], "gateway.port"),
            ("sandbox", ["--port", "70000"], "SANDBOX_PORT"),
        ]
    )
    func wrongSetting(program: String, arguments: [String], key: String) async throws {
        let run = try await ProgramProcess.run(program, arguments)
        #expect(run.ending == .exited(2))
        #expect(run.errors.contains(key))
    }

    @Test("help is 0 and goes to standard output", arguments: programs)
    func help(program: String) async throws {
        let run = try await ProgramProcess.run(program, ["--help"])
        #expect(run.ending == .exited(0))
        #expect(run.output.contains("USAGE: \(program)"))
        #expect(run.errors.isEmpty)
    }
}
