import JSON

/// Documents that apps make: empty ones, blocks of Markdown, and blocks put into them.
///
/// Source: interface specification, section 5.10.
extension FeishuCloud {
    private static let titleLimit = 800
    private static let changesPerSecond = 3

    func createDocument(_ body: JSONValue, by app: String) throws(APIError) -> JSONValue {
        let title = body["title"]?.string ?? ""
        guard title.unicodeScalars.count <= Self.titleLimit else { throw .documentParameter("title is too long") }
        // There are no folders here that it could be put into.
        guard (body["folder_token"]?.string ?? "").isEmpty else { throw .folderForbidden }
        let document = CloudDocument(id: Identifier.document(), title: title, appID: app, created: time.now())
        let revision = withState { state in
            state.documents.append(document)
            return state.nextRevision()
        }
        publish("document", revision: revision) { view(of: document) }
        return [
            "document": ["document_id": .string(document.id), "revision_id": 1, "title": .string(document.title)]
        ]
    }

    func convert(_ body: JSONValue) throws(APIError) -> JSONValue {
        guard body["content_type"]?.string == "markdown" else { throw .documentParameter("content_type") }
        guard let content = body["content"]?.string, !content.isEmpty else { throw .documentParameter("content") }
        return MarkdownConversion(content).json
    }

    /// Puts blocks into a document; the same `client_token` again gives the first one's answer.
    func insert(
        _ body: JSONValue,
        into documentID: String,
        below parent: String,
        token: String?,
        by app: String
    ) throws(APIError) -> JSONValue {
        if let token, !Self.isUUID(token) { throw .documentParameter("client_token") }
        let now = time.now()
        let (answer, document, revision) = try locked { (state) throws(APIError) -> (JSONValue, CloudDocument, Int64) in
            guard var document = state.documents[documentID] else { throw .documentMissing }
            guard document.appID == app else { throw .documentForbidden }
            let limit = FrequencyLimiter.Rule(
                count: state.rates.perSecond(of: Self.changesPerSecond),
                milliseconds: 1_000
            )
            if let wait = state.limiter.admit("document \(documentID)", rules: [limit], now: now) {
                throw .tooOften(reset: Int((wait + 999) / 1_000))
            }
            let key = token.map { "\(app) \(documentID) \($0)" }
            if let key, case .repeated(let text) = state.documentTokens.begin(key, now: now) {
                guard let answer = try? JSONValue(parsing: text) else { throw .documentMissing }
                return (answer, document, state.revision)
            }
            do throws(APIError) {
                let change = try BlockInsertion(body, into: document, below: parent)
                var answer = change.apply(to: &document).object ?? [:]
                answer["client_token"] = token.map(JSONValue.string)
                state.documents[documentID] = document
                if let key { state.documentTokens.finish(key, messageID: JSONValue.object(answer).text) }
                return (.object(answer), document, state.nextRevision())
            } catch {
                // What failed leaves its token free.
                if let key { state.documentTokens.abandon(key) }
                throw error
            }
        }
        publish("document", revision: revision) { view(of: document) }
        return answer
    }

    private static func isUUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts[2].first == "4"
            && parts.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }

    // MARK: Reading back

    /// The documents so far, oldest first.
    func documents() -> JSONValue { ["documents": .array(withState { $0.documents.all }.map(view))] }

    /// A document with what it shows; nil when unknown.
    func document(_ id: String) -> JSONValue? {
        guard let document = withState({ $0.documents[id] }) else { return nil }
        var shown = view(of: document).object ?? [:]
        shown["markdown"] = .string(DocumentText(document: document, isMarkdown: true).text)
        shown["text"] = .string(DocumentText(document: document, isMarkdown: false).text)
        return .object(shown)
    }

    private func view(of document: CloudDocument) -> JSONValue {
        let (people, chats) = withState { ($0.directory.people, $0.directory.chats) }
        return [
            "document_id": .string(document.id), "title": .string(document.title), "app_id": .string(document.appID),
            "created_at": .integer(document.created), "revision": .integer(document.revision),
            "blocks": .integer(Int64(document.blocks.count)), "url": .string("/docx/\(document.id)"),
            "members": .array(
                document.members.map {
                    [
                        "member_type": .string($0.type), "member_id": .string($0.id), "perm": .string($0.access),
                        "name": .string(people[$0.id]?.name ?? chats[$0.id]?.name ?? $0.id),
                    ]
                }
            ),
        ]
    }
}
