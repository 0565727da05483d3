import Foundation
import Processes
import Testing

@Suite("Programs that are started")
struct ProcessLaunchTests {
    /// What a shell says to a script that may write to its descriptor 3, and how it ended.
    private func run(_ script: String) throws -> (lines: [String], ending: ProcessEnding) {
        let pipe = Pipe()
        let environment = ["PATH": "/usr/bin:/bin", "A": "b c"]
        var launch = ProcessLaunch("sh", arguments: ["-c", script], environment: environment)
        launch.descriptors = [3: pipe.fileHandleForWriting.fileDescriptor]
        let processID = try launch.spawn()
        try pipe.fileHandleForWriting.close()
        var lines: [String] = []
        LineReader(descriptor: pipe.fileHandleForReading.fileDescriptor).forEachLine { lines.append($0) }
        ProcessEnding.waitLeaving(processID)
        return (lines, ProcessEnding(of: processID))
    }

    @Test("get the environment and the descriptor that are named, and nothing else of ours")
    func inheritance() throws {
        // Such a descriptor is inherited by default. The shell's own have small numbers.
        let ours = fcntl(STDERR_FILENO, F_DUPFD, 100)
        #expect(ours >= 100)
        defer { close(ours) }
        let run = try run(#"echo "$A" >&3; for d in /proc/$$/fd/*; do echo "${d##*/}" >&3; done"#)
        #expect(run.lines.first == "b c")
        #expect(run.lines.dropFirst().allSatisfy { Int($0).map { $0 < 10 } ?? false })
        #expect(run.ending == .status(0))
    }

    @Test("lead a process group of their own, with no signal blocked or ignored")
    func groupAndSignals() throws {
        // By what is built into the shell, which blocks signals while it starts a program.
        let masksOfShell = """
            while read -r line; do case $line in SigBlk*|SigIgn*) echo "$line" >&3 ;; esac; done < /proc/$$/status
            """
        let run = try run("ps -o pid=,pgid= -p $$ >&3\n\(masksOfShell)")
        let numbers = try #require(run.lines.first).split(separator: " ")
        #expect(numbers.count == 2)
        #expect(numbers.first == numbers.last)
        // Signals 32 and 33 are glibc's own, see nptl(7).
        let masks = run.lines.dropFirst().map { UInt64($0.split { $0.isWhitespace }.last ?? "", radix: 16) ?? .max }
        #expect(masks.map { $0 & ~0x1_8000_0000 } == [0, 0])
    }

    @Test(
        "end with a status or by a signal",
        arguments: [("exit 7", ProcessEnding.status(7)), ("kill -9 $$", .signal(9))]
    )
    func endings(_ script: String, _ ending: ProcessEnding) throws {
        #expect(try run(script).ending == ending)
    }

    @Test("what cannot be started is said")
    func missing() {
        let launch = ProcessLaunch("/nowhere/to-be-found", arguments: [], environment: [:])
        #expect(throws: ProcessLaunch.Failure.self) { try launch.spawn() }
    }

    @Test("lines come whole, and the last one without an end, too")
    func lines() throws {
        let run = try run("printf 'one\\ntw' >&3; printf 'o\\n\\nrest' >&3")
        #expect(run.lines == ["one", "two", "", "rest"])
    }
}
