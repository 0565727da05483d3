import JSON

/// A document of Feishu's that the app made.
package struct FeishuDocument: Sendable, Equatable, Codable {
    package let id: String
    package let title: String

    package init(id: String, title: String) {
        self.id = id
        self.title = title
    }
}

/// Documents (docx). Feishu takes three calls a second of each, and three changes a second of one document.
///
/// Source: interface specification, section 5.10. A text comes into a document so that a job that runs again makes
/// nothing twice:
///
/// 1. ``createDocument(title:folder:)`` makes an empty one. Feishu knows no token for it, so the job has to remember its id
///    at once. Should it die in between, there is one more document, which is empty and stands in the app's own space,
///    shared with nobody: nobody sees it but for its title, which should therefore tell nothing secret.
/// 2. ``append(_:to:key:)``, or ``insert(_:into:at:key:)``, fills it, each call under a `client_token` that follows from the
///    key.
/// 3. Only then is it shared (``share(_:as:with:access:)``): a repetition of that changes nothing.
extension FeishuClient {
    /// Feishu cuts no title: a longer one is refused, in characters.
    package static let maximumTitleCharacters = 800

    /// Makes an empty document (`POST /docx/v1/documents`). Needs the permission `docx:document` or
    /// `docx:document:create`. A second call makes a second one.
    ///
    /// - Parameters:
    ///   - title: shown above it; what is longer than 800 characters is cut.
    ///   - folder: the token of a folder that the app made; nil for the app's own space.
    /// - Returns: the document.
    /// - Throws: `FeishuError`; `mayHaveHappened` tells whether there may be a document all the same.
    package func createDocument(title: String, folder: String? = nil) async throws(FeishuError) -> FeishuDocument {
        let title = String(String.UnicodeScalarView(title.unicodeScalars.prefix(Self.maximumTitleCharacters)))
        let request = FeishuRequest(
            "POST",
            "docx",
            "v1",
            "documents",
            body: ["title": .string(title), "folder_token": .string(folder ?? "")]
        )
        let answer = try await call(request, patience: Self.documentPatience)
        guard let id = answer["data"]?["document"]?["document_id"]?.nonEmpty else {
            throw FeishuError(kind: .badResponse, message: "a document without an id", mayHaveHappened: true)
        }
        return FeishuDocument(id: id, title: title)
    }

    /// Has Feishu make blocks of Markdown (`POST /docx/v1/documents/blocks/convert`): text, headings, lists, to-dos,
    /// quotes, code and tables. Changes nothing. Needs the permission `docx:document.block:convert`.
    ///
    /// - Throws: `FeishuError`.
    package func blocks(ofMarkdown markdown: String) async throws(FeishuError) -> DocumentBlocks {
        let request = FeishuRequest(
            "POST",
            "docx",
            "v1",
            "documents",
            "blocks",
            "convert",
            body: ["content_type": "markdown", "content": .string(markdown)]
        )
        guard let blocks = DocumentBlocks(try await call(request, patience: Self.documentPatience)["data"]) else {
            throw FeishuError(kind: .badResponse, message: "a conversion without blocks")
        }
        return blocks
    }

    /// Puts blocks into a document (`POST /docx/v1/documents/:document_id/blocks/:block_id/descendant`). Needs the
    /// permission `docx:document` or `docx:document:write_only`.
    ///
    /// - Parameters:
    ///   - batch: what one call takes.
    ///   - documentID: the document.
    ///   - index: before which block of the first level, from 0; nil for the end.
    ///   - key: names this change among all: a repetition makes nothing twice, for as long as Feishu remembers it, which
    ///     is told nowhere.
    /// - Returns: the ids that the blocks have now, by those that they have in the batch.
    /// - Throws: `FeishuError`.
    @discardableResult
    package func insert(
        _ batch: DocumentBatch,
        into documentID: String,
        at index: Int? = nil,
        key: String
    ) async throws(FeishuError) -> [String: String] {
        var request = FeishuRequest(
            "POST",
            "docx",
            "v1",
            "documents",
            .id(documentID),
            "blocks",
            .id(documentID),
            "descendant",
            query: [("document_revision_id", "-1"), ("client_token", ClientToken.uuid(of: key))],
            body: [
                "index": .integer(Int64(index ?? -1)), "children_id": .array(batch.children.map(JSONValue.string)),
                "descendants": .array(batch.descendants),
            ]
        )
        request.subjects = [.document(documentID)]
        let answer = try await call(request, patience: Self.documentPatience)
        var ids: [String: String] = [:]
        for relation in answer["data"]?["block_id_relations"]?.array ?? [] {
            if let own = relation["temporary_block_id"]?.nonEmpty { ids[own] = relation["block_id"]?.nonEmpty }
        }
        return ids
    }

    /// Puts Markdown at the end of a document: converted, then in calls of at most 1,000 blocks, in order.
    ///
    /// - Parameters:
    ///   - markdown: the text; the same one for the same key.
    ///   - documentID: the document.
    ///   - key: names this change among all, so that a repetition writes only what is missing.
    /// - Throws: `FeishuError`; what was written until then stays.
    package func append(_ markdown: String, to documentID: String, key: String) async throws(FeishuError) {
        let batches = try await blocks(ofMarkdown: markdown).batches()
        for (number, batch) in batches.enumerated() {
            try await insert(batch, into: documentID, key: "\(key)\u{0}\(number)")
        }
    }

    /// Where people see a document.
    ///
    /// - Parameters:
    ///   - id: of the document.
    ///   - host: the tenant's, such as ``MinutesLink/host`` has it. Without one it is Feishu's common host, which sends
    ///     readers on to their own.
    /// - Returns: the address. Where the API is not Feishu's own (a sandbox, say) it is below the API's.
    package func url(ofDocument id: String, host: String? = nil) -> String {
        let base = endpoint.baseURL
        let path = "/docx/" + PercentEncoding.encode(id)
        for own in ["https://open.feishu.cn", "https://open.larksuite.com"] where base == own {
            return "https://" + (host ?? String(own.dropFirst("https://open.".count))) + path
        }
        return base + path
    }

    /// Three calls a second for all documents of all workers: they wait for each other longer than messages do.
    private static let documentPatience = Duration.seconds(20)
}
