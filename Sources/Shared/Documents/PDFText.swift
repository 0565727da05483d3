import Processes

/// The text of a PDF, by poppler's `pdftotext`.
struct PDFText: Sendable {
    let program: ConfinedProgram

    func read(_ bytes: [UInt8], limits: DocumentLimits) async throws(DocumentError) -> ReadDocument {
        // A page more than there may be tells whether there are more.
        let arguments = ["-enc", "UTF-8", "-eol", "unix", "-l", "\(limits.pages + 1)"]
        let output: ConfinedProgram.Output
        do {
            output = try await program.run(
                arguments + [ConfinedProgram.inputPath(0), "-"],
                inputs: [bytes],
                limits: .init(memoryBytes: limits.memoryBytes, time: limits.time, outputBytes: limits.outputBytes)
            )
        } catch {
            throw DocumentError(error)
        }
        let pageEnds = output.bytes.indices.filter { output.bytes[$0] == 0x0C }
        if !output.wasCut, output.ending != .status(0) || pageEnds.isEmpty { throw Self.error(of: output) }
        let hasMorePages = pageEnds.count > limits.pages
        let end = hasMorePages ? pageEnds[limits.pages - 1] : output.wasCut ? output.bytes.endIndex : pageEnds.last ?? 0
        return ReadDocument(
            utf8: output.bytes[..<end],
            kind: .pdf,
            pages: min(limits.pages, pageEnds.count + (output.wasCut ? 1 : 0)),
            wasCut: output.wasCut || hasMorePages,
            atMost: limits.outputBytes - 4  // what was cut by bytes may end inside a character
        )
    }

    /// Its statuses, from pdftotext(1): 1 for a file that does not open, 3 for one that must not be copied from.
    private static func error(of output: ConfinedProgram.Output) -> DocumentError {
        if output.ending == .status(3) || output.complaint.contains("Incorrect password") { return .encrypted }
        return ToolEnding.error(of: output)
    }
}

/// What it means that a tool did not end well.
enum ToolEnding {
    static func error(of output: ConfinedProgram.Output) -> DocumentError {
        // Of signal(7): 24, for using up the processor's time, then 9.
        if output.ending == .signal(24) || output.ending == .signal(9) { return .timedOut }
        // 251 is the status of a Haskell program whose heap was too small.
        let isOutOfMemory =
            output.ending == .status(251)
            || ["bad_alloc", "ut of memory", "eap exhausted"].contains(where: output.complaint.contains)
        return isOutOfMemory ? .tooLarge : .damaged
    }
}
