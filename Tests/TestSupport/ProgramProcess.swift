package import Foundation
import NIOConcurrencyHelpers

/// One of the programs of this package as a process of its own, in a directory of its own, with its log in a file.
///
/// It is gone when ``kill()`` is called, when the object is released, and when the test process ends in any way.
package final class ProgramProcess: Sendable {
    package enum Ending: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// How a program that ended by itself did so, and what it said.
    package struct Outcome: Sendable {
        package let ending: Ending
        package let output: String
        package let errors: String
    }

    package let name: String
    package let pid: Int32
    private let directory: URL
    private let ownsDirectory: Bool
    /// Guards waiting for the process too: until it was waited for, its number cannot become another's.
    private let known = NIOLockedValueBox<Ending?>(nil)

    /// Starts a program of this package, found beside the test bundle, or where `AI_ASSISTANT_BINARIES` says; a name that
    /// is an absolute path is any program. Of our own environment it gets only the few variables that a program needs to
    /// run at all.
    ///
    /// Its working directory is `place`, which the caller removes, or else one that is removed with this object.
    ///
    /// Throws ``Failure`` where there is no such program or the system would not start it.
    package init(
        _ name: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        in place: URL? = nil
    ) throws {
        let program = name.hasPrefix("/") ? name : try Self.builtPrograms().appendingPathComponent(name).path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Failure(description: "\(program) was not built")
        }
        let directory =
            place
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("p\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let inherited = ProcessInfo.processInfo.environment.filter { key, _ in
            ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"].contains(key) || key.hasSuffix("SAN_OPTIONS")
        }
        self.name = name
        self.directory = directory
        ownsDirectory = place == nil
        pid = try Self.spawn(
            [program] + arguments,
            environment: inherited.merging(environment) { $1 },
            in: directory.path
        )
        OrphanGuard.shared.watch(pid, directory: directory.path)
    }

    deinit {
        kill()
        if ownsDirectory { try? FileManager.default.removeItem(at: directory) }
    }

    /// Runs a program until it ends by itself.
    package static func run(
        _ name: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        within timeout: Duration = .seconds(30)
    ) async throws -> Outcome {
        let process = try ProgramProcess(name, arguments, environment: environment)
        let ending = try await process.ended(within: timeout)
        return Outcome(ending: ending, output: process.text(of: "output"), errors: process.text(of: "errors"))
    }

    /// What it has written so far, standard output first.
    package var log: String { text(of: "output") + text(of: "errors") }

    /// How it ended; nil while it runs.
    package var ending: Ending? {
        known.withLockedValue { known in
            if known == nil { known = reap(WNOHANG) }
            return known
        }
    }

    package var isRunning: Bool { ending == nil }

    /// The file names of the shared libraries that it has loaded, such as `libssl.so.3`.
    ///
    /// Source: proc_pid_maps(5), whose lines end in the path of the file that is mapped there.
    package var loadedLibraries: Set<String> {
        get throws {
            // Such a file has no size and comes in pieces; `String(contentsOfFile:)` takes the first for the whole.
            let maps = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/\(pid)/maps")).readToEnd() ?? Data()
            let names = String(decoding: maps, as: UTF8.self).split(separator: "\n")
                .compactMap { line in line.lastIndex(of: "/").map { String(line[line.index(after: $0)...]) } }
            return Set(names.filter { $0.contains(".so") })
        }
    }

    /// The first line of its log that contains `text`, as soon as it is there.
    ///
    /// - Throws: when it ends before, or says nothing of it in time.
    @discardableResult
    package func says(_ text: String, within timeout: Duration = .seconds(30)) async throws -> String {
        var found: String?
        try await eventually("\"\(text)\" of \(name)", within: timeout) {
            let isOver = !isRunning
            // Only whole lines: the end of the last one may still be on its way.
            found = log.components(separatedBy: "\n").dropLast().first { $0.contains(text) }
            guard found == nil, isOver else { return found != nil }
            throw Failure(description: "\(name) ended before it said \"\(text)\": \(log.suffix(2_000))")
        }
        return found ?? ""
    }

    /// Sends a signal, unless it has ended.
    package func signal(_ number: Int32) {
        known.withLockedValue { known in
            if known == nil { _ = Foundation.kill(pid, number) }
        }
    }

    /// Waits until it has ended.
    package func ended(within timeout: Duration = .seconds(30)) async throws -> Ending {
        try await eventually("the end of \(name)", within: timeout) { !isRunning }
        guard let ending else { throw Failure(description: "\(name) still runs") }
        return ending
    }

    /// Asks it to stop gracefully and waits until it has.
    package func terminate(within timeout: Duration = .seconds(30)) async throws -> Ending {
        signal(SIGTERM)
        return try await ended(within: timeout)
    }

    /// Ends it at once, as a crash would, frozen or not; returns when it is gone.
    package func kill() {
        known.withLockedValue { known in
            guard known == nil else { return }
            Foundation.kill(pid, SIGKILL)
            known = reap(0)
        }
    }

    // MARK: The system's side

    private func reap(_ options: Int32) -> Ending? {
        var status: Int32 = 0
        guard waitpid(pid, &status, options) == pid else { return nil }
        OrphanGuard.shared.forget(pid)
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }

    private func text(of file: String) -> String {
        let data = try? Data(contentsOf: directory.appendingPathComponent(file))
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    private static func builtPrograms() throws -> URL {
        if let directory = ProcessInfo.processInfo.environment["AI_ASSISTANT_BINARIES"] {
            return URL(fileURLWithPath: directory)
        }
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: bundle).deletingLastPathComponent()
    }

    /// Goes to the directory, closes what was inherited, and becomes the program.
    private static let entrance = """
        cd "$0" || exit 127
        for descriptor in /proc/self/fd/*; do
          number=${descriptor##*/}
          if [ "$number" -gt 2 ]; then exec {number}>&-; fi
        done
        exec "$@"
        """

    /// Starts a process with nothing of ours but what is named: no open files, no blocked signals. (`Process` leaves
    /// both to chance where many are started at once.)
    private static func spawn(
        _ arguments: [String],
        environment: [String: String],
        in directory: String
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Emptied, since a server that is started again in its directory must not be taken for the one before.
        let writing = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, directory + "/output", writing, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, directory + "/errors", writing, 0o600)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let shell = "/bin/bash"
        var argv = ([shell, "-c", entrance, directory] + arguments).map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let problem = posix_spawn(&pid, shell, &actions, &attributes, &argv, &envp)
        guard problem == 0 else {
            throw Failure(description: "\(shell) did not start: \(String(cString: strerror(problem)))")
        }
        return pid
    }
}
