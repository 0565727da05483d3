import Processes

/// Reads the text of files that people send.
///
/// Forms of text are read here; PDF by poppler's `pdftotext` and docx by `pandoc`, each in a process with limits, without
/// network, that is given nothing of a file but its bytes. Files are taken for what they contain, whatever their names say.
package struct DocumentReader: Sendable {
    /// How many programs read at once in one process of ours; more documents wait.
    private static let width = 2

    private let pdf: PDFText
    private let word: WordText

    /// - Parameter searchPath: directories of the programs, with colons between them.
    package init(searchPath: String = ConfinedProgram.systemPath) {
        let lane = BlockingLane(width: Self.width)
        pdf = PDFText(program: ConfinedProgram("pdftotext", searchPath: searchPath, lane: lane))
        word = WordText(program: ConfinedProgram("pandoc", searchPath: searchPath, lane: lane))
    }

    /// The text of a file. Cancellation ends the reading.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - name: its name as sent, which decides only between forms of text.
    ///   - limits: what it may take.
    /// - Returns: Its text, never blank.
    /// - Throws: `DocumentError`.
    package func text(
        of bytes: [UInt8],
        name: String,
        limits: DocumentLimits = DocumentLimits()
    ) async throws(DocumentError) -> ReadDocument {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= limits.inputBytes else { throw .tooLarge }
        guard let kind = DocumentKind(name: name, bytes: bytes) else {
            throw CompoundFile.isEncryptedDocument(bytes) ? .encrypted : .unsupported
        }
        let document =
            switch kind {
            case .pdf: try await pdf.read(bytes, limits: limits)
            case .docx: try await word.read(bytes, limits: limits)
            case .csv: try CSVTable.read(bytes, limits: limits)
            case .text, .markdown, .vtt, .srt: try PlainText.read(bytes, as: kind, limits: limits)
            }
        guard !document.hasNoText else { throw .empty }
        return document
    }
}

extension DocumentError {
    init(_ failure: ConfinedProgram.Failure) {
        self =
            switch failure {
            case .missing(let program): .toolMissing(name: program)
            case .notStarted(let program, let code): .toolNotStarted(name: program, code: code)
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            }
    }
}
