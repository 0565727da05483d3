import Foundation
import NIOConcurrencyHelpers
import Processes
import TestSupport
import Testing

@testable import Plugins

/// Files that everybody may read, so that it is not for its user that a plugin may not: where we are root it has one of its
/// own. That the same holds for who runs as we do is in `ProcessSandboxTests`.
@Suite("What confines plugins that run as child processes", .serialized)
struct RunningConfinementTests {
    @Test("they reach their own files and the system's, and nothing of ours", .enabled(if: ProcessSandbox.isAvailable))
    func files() async throws {
        try await RunningPlugin.with { plugin in
            let other = FileManager.default.temporaryDirectory.appendingPathComponent("other-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: other) }
            try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: other.path)
            let secret = other.appendingPathComponent("secret").path
            try Data("swordfish".utf8).write(to: URL(fileURLWithPath: secret))
            try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: secret)

            plugin.supervisor.apply([try plugin.desired()])
            try await plugin.reaches(.healthy)
            for (act, answer) in [
                ("read \(secret)", "EACCES"), ("write \(secret)", "EACCES"), ("write \(other.path)/new", "EACCES"),
                ("list \(other.path)", "EACCES"), ("list /", "EACCES"),
                ("list /tmp", "EACCES"), ("list /etc", "EACCES"), ("read /proc/\(getpid())/environ", "EACCES"),
                ("signal \(getpid())", "EPERM"), ("write plugin.py", "EACCES"),
                ("read plugin.py", "done"), ("read /etc/passwd", "done"), ("read /etc/hosts", "done"),
                ("list /etc/ssl/certs", "done"), ("write /dev/null", "done"), ("random", "done"), ("temporary", "done"),
                ("program", "done"), ("imports", "done"), ("resolve localhost", "done"),
            ] {
                #expect(try await plugin.call("attempt \(act)") == answer, "\(act)")
            }
        }
    }

    @Test("they read what is named besides", .enabled(if: ProcessSandbox.isAvailable))
    func readable() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("readable-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        try await RunningPlugin.with(readable: [folder.path]) { plugin in
            plugin.supervisor.apply([try plugin.desired()])
            try await plugin.reaches(.healthy)
            #expect(try await plugin.call("attempt list \(folder.path)") == "done")
            #expect(try await plugin.call("attempt write \(folder.path)/new") == "EACCES")
        }
    }

    @Test("what they start ends with them, also what means to leave their group")
    func group() async throws {
        let child = NIOLockedValueBox<Int32?>(nil)
        try await RunningPlugin.with { plugin in
            plugin.supervisor.apply([try plugin.desired()])
            try await plugin.reaches(.healthy)
            let number = try #require(Int32(try await plugin.call("session")))
            child.withLockedValue { $0 = number }
            #expect(getpgid(number) == Int32(try await plugin.call("process")))
        }
        let number = try #require(child.withLockedValue { $0 })
        try await eventually("its end") { kill(number, 0) != 0 || getpgid(number) < 0 || isZombie(number) }
    }

    @Test("they take no more of the processor than their share, and answer all the same")
    func processor() async throws {
        let share = 0.4
        let limit = ProcessorBudget.Limit(share: share, store: .milliseconds(500))
        try await RunningPlugin.with(processor: limit) { plugin in
            plugin.supervisor.apply([try plugin.desired()])
            try await plugin.reaches(.healthy)
            let process = Int32(try await plugin.call("process")) ?? 0
            let table = { ProcessTable.processes(ofGroups: [process]) }
            func used() -> Duration { table().reduce(.zero) { $0 + $1.own + $1.reaped } }
            #expect(try await plugin.call("spin") == "spinning")
            try await eventually("it is held back") { plugin.heldBack.withLockedValue { $0 == [.sample] } }
            #expect(plugin.supervisor.heldBack == [.sample])

            let (before, clock) = (used(), ContinuousClock())
            let start = clock.now
            try await eventually("it took more than its store") { used() - before >= .seconds(1) }
            // A spinning process has a whole processor where nobody stops it, and two threads have two.
            let rate = (used() - before) / (clock.now - start)
            #expect(rate < share * 1.4, "it had \(rate) processors")
            #expect(try await plugin.call("on") == "1.0.0: on")
            #expect(plugin.heldBack.withLockedValue { $0.count } == 1)
            // It is paused half of the time, and told to end at any moment of it.
            let (_, took) = try await unhurried {
                plugin.supervisor.apply([])
                try await eventually("its end") { table().isEmpty }
            }
            #expect(took < .seconds(4), "it could not end by itself")
        }
    }

    @Test("where the kernel has no sandbox they run without")
    func without() async throws {
        try await RunningPlugin.with(canConfine: false) { plugin in
            plugin.supervisor.apply([try plugin.desired()])
            try await plugin.reaches(.healthy)
            #expect(try await plugin.call("attempt list /etc") == "done")
        }
    }

    @Test("a sandbox that is required and not to be had keeps them from starting")
    func required() async throws {
        try await RunningPlugin.with(sandboxing: .required, canConfine: false) { plugin in
            plugin.supervisor.apply([try plugin.desired()])
            let reason = "this kernel has no sandbox (Landlock, Linux 5.13), which plugins.sandbox requires"
            try await plugin.reaches(.failed(reason: reason))
        }
    }
}
