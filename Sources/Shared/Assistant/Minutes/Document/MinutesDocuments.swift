package import Feishu

/// Documents that hold minutes.
///
/// All of it throws errors of the platform, which advise on trying again where they can.
package protocol MinutesDocuments: Sendable {
    /// Makes an empty document that only the app sees. A second call makes a second one.
    ///
    /// - Parameters:
    ///   - title: What stands above it.
    ///   - neighbour: An address of the same tenant's; nil where none is known.
    ///   - appID: Whose it is.
    /// - Returns: The document, without blocks.
    /// - Throws: Errors of the platform.
    func createDocument(title: String, beside neighbour: String?, ofApp appID: String) async throws -> MinutesPage

    /// Has the platform make blocks of Markdown. Changes nothing.
    func blocks(ofMarkdown markdown: String, ofApp appID: String) async throws -> DocumentBlocks

    /// Puts blocks into a document, once for a key.
    ///
    /// - Parameters:
    ///   - batch: What one call takes.
    ///   - documentID: The document.
    ///   - index: Before which block of the first level; nil for the end.
    ///   - appID: Whose it is.
    ///   - key: Names this change among all.
    /// - Returns: The ids that the blocks have now, by those that they have in the batch.
    /// - Throws: Errors of the platform.
    func insert(
        _ batch: DocumentBatch,
        into documentID: String,
        at index: Int?,
        ofApp appID: String,
        key: String
    ) async throws -> [String: String]

    /// Lets people and groups read a document. A repetition changes nothing.
    ///
    /// Those who cannot be let in keep nobody else out; it throws what concerns all.
    func share(_ documentID: String, with members: [DocumentMember], ofApp appID: String) async throws
        -> DocumentSharing
}

/// What came of sharing a document.
package struct DocumentSharing: Sendable, Equatable, Codable {
    /// How many were let in.
    package var admitted: Int
    /// Why others were not, as far as it was said; safe to log.
    package var refusal: String?

    package init(admitted: Int, refusal: String? = nil) {
        self.admitted = admitted
        self.refusal = refusal
    }
}

extension FeishuMinutesWorkplace {
    package func createDocument(
        title: String,
        beside neighbour: String?,
        ofApp appID: String
    ) async throws -> MinutesPage {
        let client = try client(appID)
        let made = try await client.createDocument(title: title)
        let host = neighbour.flatMap { MinutesLink(url: $0)?.host }
        return MinutesPage(documentID: made.id, url: client.url(ofDocument: made.id, host: host))
    }

    package func blocks(ofMarkdown markdown: String, ofApp appID: String) async throws -> DocumentBlocks {
        try await client(appID).blocks(ofMarkdown: markdown)
    }

    package func insert(
        _ batch: DocumentBatch,
        into documentID: String,
        at index: Int?,
        ofApp appID: String,
        key: String
    ) async throws -> [String: String] {
        try await client(appID).insert(batch, into: documentID, at: index, key: key)
    }

    package func share(
        _ documentID: String,
        with members: [DocumentMember],
        ofApp appID: String
    ) async throws -> DocumentSharing {
        let client = try client(appID)
        let together = try await Self.sharing { () async throws(FeishuError) in
            try await client.share(documentID, withAll: members).count
        }
        guard together.refusal != nil, members.count > 1 else { return together }
        // One who is impossible may keep out all that are named with them.
        var sharing = together
        for member in members {
            let alone = try await Self.sharing { () async throws(FeishuError) in
                try await client.share(documentID, with: member)
                return 1
            }
            sharing.admitted += alone.admitted
            sharing.refusal = alone.refusal ?? sharing.refusal
        }
        return sharing
    }

    /// What comes of a call that says how many it let in.
    private static func sharing(
        _ call: () async throws(FeishuError) -> Int
    ) async throws(FeishuError) -> DocumentSharing {
        do {
            return DocumentSharing(admitted: try await call())
        } catch {
            guard error.concernsMember else { throw error }
            return DocumentSharing(admitted: 0, refusal: "\(error)")
        }
    }
}

extension FeishuError {
    /// Whether it may be about one of those whom something is shared with, and not about the app, which lacks a scope or
    /// is not let do it.
    fileprivate var concernsMember: Bool {
        switch kind {
        case .content, .identifier: true
        case .permission: code == 1_063_002 && missingScopes.isEmpty
        case .token, .credentials, .denied, .rateLimited, .busy, .notReady, .gone, .conflict, .transport, .cancelled,
            .badResponse, .other:
            false
        }
    }
}
