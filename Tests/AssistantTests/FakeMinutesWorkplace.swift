import Feishu
import NIOConcurrencyHelpers

@testable import Assistant

/// A workplace that remembers what was made, once a key.
final class FakeMinutesWorkplace: MinutesWorkplace {
    private let made = NIOLockedValueBox<[String: NewFeishuTask]>([:])
    let documents: FakeDocuments

    init(documents: FakeDocuments = FakeDocuments()) { self.documents = documents }

    /// What was made, by key.
    var tasks: [String: NewFeishuTask] { made.withLockedValue { $0 } }

    func createTask(_ task: NewFeishuTask, ofApp appID: String, key: String) async throws -> String? {
        made.withLockedValue { made in
            if made[key] == nil { made[key] = task }
            return "https://feishu.example/task/\(key)"
        }
    }
}

extension FakeMinutesWorkplace {
    func createDocument(title: String, beside neighbour: String?, ofApp appID: String) async throws -> MinutesPage {
        try await documents.createDocument(title: title, beside: neighbour, ofApp: appID)
    }

    func blocks(ofMarkdown markdown: String, ofApp appID: String) async throws -> DocumentBlocks {
        try await documents.blocks(ofMarkdown: markdown, ofApp: appID)
    }

    func insert(
        _ batch: DocumentBatch,
        into documentID: String,
        at index: Int?,
        ofApp appID: String,
        key: String
    ) async throws -> [String: String] {
        try await documents.insert(batch, into: documentID, at: index, ofApp: appID, key: key)
    }

    func share(
        _ documentID: String,
        with members: [DocumentMember],
        ofApp appID: String
    ) async throws -> DocumentSharing {
        try await documents.share(documentID, with: members, ofApp: appID)
    }
}
