import Feishu
import JobQueue
import LanguageModel
import Logging
import MeetingMinutes

/// Writes the document of minutes, each part once: what is done is in the task's journal, and what was done just before an
/// attempt died is known to Feishu by its key.
///
/// The transcript comes first, as the minutes above it lead to its blocks, whose ids only Feishu gives. Nobody sees the
/// document before all of it stands.
struct MinutesPageWriting {
    /// How many are let in by one step: as many as one call takes.
    private static let sharedAtOnce = 10

    let assistant: AssistantParts
    let context: JobContext
    let id: MinutesID

    /// Makes the document.
    ///
    /// - Parameters:
    ///   - minutes: What stands above.
    ///   - material: What they are of.
    /// - Returns: The document; nil where nobody could be let in.
    /// - Throws: Errors of the platform and of the journal.
    func page(of minutes: Minutes, _ material: MinutesMaterial) async throws -> MinutesPage? {
        let transcript = material.making.transcript
        let title = MinutesDocument(minutes, of: transcript).title
        let made = try await context.step("document") {
            try await assistant.workplace.createDocument(
                title: title,
                beside: material.request.recording,
                ofApp: id.appID
            )
        }
        let said = TranscriptBlocks(transcript, heading: AssistantTexts(minutes.language).minutesTranscript)
        let ids = try await write(try DocumentBlocks(said.blocks).batches(), "transcript", into: made, isAbove: false)
        let page = MinutesPage(documentID: made.documentID, url: made.url, blocks: said.page(of: ids))
        var document = MinutesDocument(minutes, of: transcript) { page.url(of: $0) }
        document.headings = .marked
        let above = try await assistant.workplace.blocks(ofMarkdown: document.markdown, ofApp: id.appID)
        _ = try await write(try above.batches(), "minutes", into: made, isAbove: true)
        return try await share(page, with: material.request.readers) ? page : nil
    }

    /// Puts blocks at the end of the document, or above what is there.
    ///
    /// - Returns: Their ids, by the names that they have in the batches.
    private func write(
        _ batches: [DocumentBatch],
        _ part: String,
        into page: MinutesPage,
        isAbove: Bool
    ) async throws -> [String: String] {
        var ids: [String: String] = [:]
        var index = 0
        for (number, batch) in batches.enumerated() {
            let step = "\(part):\(number)"
            let place = isAbove ? index : nil
            let placed = try await context.step(step) {
                try await assistant.workplace.insert(
                    batch,
                    into: page.documentID,
                    at: place,
                    ofApp: id.appID,
                    key: "\(id.appID)/\(id.task)/\(step)"
                )
            }
            ids.merge(placed) { first, _ in first }
            index += batch.children.count
        }
        return ids
    }

    /// Lets the readers in.
    ///
    /// - Returns: Whether anybody can read it.
    private func share(_ page: MinutesPage, with readers: [DocumentMember]) async throws -> Bool {
        var admitted = 0
        var refusal: String?
        for start in stride(from: 0, to: readers.count, by: Self.sharedAtOnce) {
            let members = Array(readers[start..<min(start + Self.sharedAtOnce, readers.count)])
            let sharing = try await context.step("share:\(start)") {
                try await assistant.workplace.share(page.documentID, with: members, ofApp: id.appID)
            }
            admitted += sharing.admitted
            refusal = sharing.refusal ?? refusal
        }
        if admitted < readers.count || readers.isEmpty {
            context.logger.warning(
                "the document of minutes is not shared with all that it is for",
                metadata: ["readers": "\(readers.count)", "admitted": "\(admitted)", "error": "\(refusal ?? "none")"]
            )
        }
        return admitted > 0
    }
}
