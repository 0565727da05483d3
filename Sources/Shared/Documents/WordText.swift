import Processes

/// The text of a docx as Markdown, by `pandoc`.
struct WordText: Sendable {
    let program: ConfinedProgram

    func read(_ bytes: [UInt8], limits: DocumentLimits) async throws(DocumentError) -> ReadDocument {
        guard let directory = ZipDirectory(of: bytes) else { throw .damaged }
        guard !directory.isEncrypted else { throw .encrypted }
        guard directory.unfoldedBytes <= limits.unfoldedBytes else { throw .tooLarge }
        // A heap of three quarters ends with a message of its own before the limit of the system does.
        let heap = limits.memoryBytes / 4 * 3 / 1_048_576
        let arguments = [
            "+RTS", "-M\(heap)m", "-RTS", "--from=docx", "--to=gfm-raw_html", "--wrap=none", "--sandbox",
            "--lua-filter=\(ConfinedProgram.inputPath(1))", ConfinedProgram.inputPath(0),
        ]
        let output: ConfinedProgram.Output
        do {
            output = try await program.run(
                arguments,
                inputs: [bytes, Array(Self.filter.utf8)],
                limits: .init(memoryBytes: limits.memoryBytes, time: limits.time, outputBytes: limits.outputBytes)
            )
        } catch {
            throw DocumentError(error)
        }
        guard output.wasCut || output.ending == .status(0) else { throw ToolEnding.error(of: output) }
        return ReadDocument(
            utf8: output.bytes[...],
            kind: .docx,
            wasCut: output.wasCut,
            atMost: limits.outputBytes - 4  // what was cut by bytes may end inside a character
        )
    }
}
