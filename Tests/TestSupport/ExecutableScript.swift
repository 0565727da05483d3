package import Foundation

/// A script that a test writes and has run.
package enum ExecutableScript {
    /// Writes a script that can be run at once.
    ///
    /// Another process writes the file: what a thread of this one starts meanwhile would hold it open for writing for a
    /// moment, and as long as anybody does, the system refuses to run it ("Text file busy").
    ///
    /// - Parameters:
    ///   - text: The script, with its `#!` line.
    ///   - place: Where to; its directory must be there.
    /// - Throws: What writing failed with, or ``ProgramProcess/Failure``.
    package static func write(_ text: String, to place: URL) async throws {
        let draft = place.appendingPathExtension("draft")
        try Data(text.utf8).write(to: draft)
        defer { try? FileManager.default.removeItem(at: draft) }
        let outcome = try await ProgramProcess.run("/usr/bin/install", ["-m", "755", draft.path, place.path])
        guard outcome.ending == .exited(0) else { throw ProgramProcess.Failure(description: outcome.errors) }
    }
}
