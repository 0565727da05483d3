import Dispatch
import Foundation
import NIOConcurrencyHelpers
import TestSupport

/// One run of the real program on a terminal of its own.
final class TerminalRun: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// `TIOCSPTLCK` and `TIOCGPTN`, macros with arguments in the C library.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    private let terminal: FileHandle
    private let process: Process
    private let seen = NIOLockedValueBox("")

    init(_ arguments: [String], environment: [String: String]) throws {
        // As posix_openpt, unlockpt and ptsname do (pty(7), ioctl_tty(2)), which Swift is not shown by this C library.
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var locked: CInt = 0
        var number: CUnsignedInt = 0
        guard master >= 0, ioctl(master, Self.setLock, &locked) == 0, ioctl(master, Self.getNumber, &number) == 0 else {
            throw Failure(description: "there is no terminal to be had")
        }
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard slave >= 0 else { throw Failure(description: "the terminal cannot be opened") }
        terminal = FileHandle(fileDescriptor: master, closeOnDealloc: true)
        let end = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
        process = Process()
        process.executableURL = ToolRun.programs.appending(path: "ai-assistant")
        process.arguments = arguments
        process.environment = environment
        process.standardInput = end
        process.standardOutput = end
        process.standardError = end
        try process.run()
        // A thread of its own, which holds the terminal until the last user of the other end is gone: then reading fails
        // (pty(7)).
        DispatchQueue(label: "terminal").async { [seen, terminal] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(terminal.fileDescriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                seen.withLockedValue { $0 += String(decoding: buffer.prefix(count), as: UTF8.self) }
            }
        }
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// All that was written so far.
    var screen: String { seen.withLockedValue { $0 } }

    func says(_ text: String) async throws {
        try await eventually("\"\(text)\" on the terminal") { screen.contains(text) }
    }

    func type(_ text: String) { terminal.write(Data(text.utf8)) }

    func interrupt() { process.interrupt() }

    /// Waits for the end and tells the exit status.
    func ended() async throws -> Int {
        try await eventually("the end") { !process.isRunning }
        return Int(process.terminationStatus)
    }
}
