import Foundation
import NIOConcurrencyHelpers
import Processes
import TestSupport
import Testing

@Suite("Child processes that live for long")
struct ChildProcessTests {
    private func start(
        _ script: String,
        said: NIOLockedValueBox<String>,
        ended: NIOLockedValueBox<ProcessEnding?>
    ) async throws -> ChildProcess {
        let launch = ProcessLaunch("sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
        return try await ChildProcess.start(launch) { bytes in
            said.withLockedValue { $0 += String(decoding: bytes, as: UTF8.self) }
        } ended: { ending in
            ended.withLockedValue { $0 = ending }
        }
    }

    @Test("are heard on both of their outputs, and their end is told")
    func output() async throws {
        let (said, ended) = (NIOLockedValueBox(""), NIOLockedValueBox<ProcessEnding?>(nil))
        _ = try await start("echo a; echo b >&2; exit 3", said: said, ended: ended)
        try await eventually("the end") { ended.withLockedValue { $0 == .status(3) } }
        try await eventually("both lines") { said.withLockedValue { $0 == "a\nb\n" } }
    }

    @Test("end alone at a signal, and with their group at the kill")
    func signals() async throws {
        let (said, ended) = (NIOLockedValueBox(""), NIOLockedValueBox<ProcessEnding?>(nil))
        let child = try await start(
            "trap 'echo heard' TERM; echo ready; while :; do sleep 0.05; done",
            said: said,
            ended: ended
        )
        try await eventually("the trap") { said.withLockedValue { $0.contains("ready") } }
        child.terminate()
        try await eventually("the signal") { said.withLockedValue { $0.contains("heard") } }
        #expect(ended.withLockedValue { $0 } == nil)
        child.kill()
        try await eventually("the end") { ended.withLockedValue { $0 == .signal(SIGKILL) } }
        // Its number may be another's by now.
        child.terminate()
    }

    @Test("start in the folder that is named")
    func folder() async throws {
        let (said, ended) = (NIOLockedValueBox(""), NIOLockedValueBox<ProcessEnding?>(nil))
        var launch = ProcessLaunch("sh", arguments: ["-c", "pwd"], environment: ["PATH": "/usr/bin:/bin"])
        launch.directory = "/usr"
        _ = try await ChildProcess.start(launch) { bytes in
            said.withLockedValue { $0 += String(decoding: bytes, as: UTF8.self) }
        } ended: { ending in
            ended.withLockedValue { $0 = ending }
        }
        try await eventually("the folder") { said.withLockedValue { $0 == "/usr\n" } }
    }

    @Test("what cannot be started is said")
    func missing() async {
        let launch = ProcessLaunch("/nowhere/to-be-found", arguments: [], environment: [:])
        await #expect(throws: ProcessLaunch.Failure.self) {
            _ = try await ChildProcess.start(launch) { _ in
            } ended: { _ in
            }
        }
    }
}
