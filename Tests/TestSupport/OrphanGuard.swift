import Foundation
import NIOConcurrencyHelpers

/// Ends the servers that tests started when the test process itself ends without stopping them, even by a crash.
///
/// A shell reads process numbers from a pipe that only this process holds; when the pipe closes it kills those that
/// still run in their own directory, and removes the directory.
final class OrphanGuard: Sendable {
    static let shared = OrphanGuard()

    private static let script = """
        while read -r verb pid directory; do
          case $verb in watch) list="$list $pid:$directory" ;; forget) list=${list//" $pid:"/" 0:"} ;; esac
        done
        for entry in $list; do
          pid=${entry%%:*} directory=${entry#*:}
          if [ "$(readlink "/proc/$pid/cwd")" = "$directory" ]; then kill -9 "$pid"; fi
          rm -rf "$directory"
        done
        """

    private let pipe = NIOLockedValueBox<FileHandle?>(nil)

    private init() {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", Self.script]
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        // Without a shell the tests still run; then only their own clean-up ends the servers.
        guard (try? process.run()) != nil else { return }
        pipe.withLockedValue { $0 = input.fileHandleForWriting }
    }

    func watch(_ pid: Int32, directory: String) { tell("watch \(pid) \(directory)") }

    func forget(_ pid: Int32) { tell("forget \(pid)") }

    private func tell(_ line: String) {
        pipe.withLockedValue { handle in
            _ = try? handle?.write(contentsOf: Data((line + "\n").utf8))
        }
    }
}
