import Feishu
import NIOConcurrencyHelpers

@testable import Assistant

/// A workplace that remembers what was made, once a key.
final class FakeMinutesWorkplace: MinutesWorkplace {
    let recordings = FakeRecordings()
    let documents: FakeDocuments
    private struct State {
        var made: [(key: String, task: NewFeishuTask)] = []
        var tokens: [String: String] = [:]
        var calls = 0
        var members: [String: [MinutesPerson]] = [:]
        var check: @Sendable (NewFeishuTask) throws -> Void = { _ in }
        var answer: @Sendable () async throws -> Void = {}
    }

    private let state = NIOLockedValueBox(State())

    init(documents: FakeDocuments = FakeDocuments()) { self.documents = documents }

    /// What was made, in order.
    var tasks: [NewFeishuTask] { state.withLockedValue { $0.made.map(\.task) } }
    /// How often one was asked for.
    var calls: Int { state.withLockedValue { $0.calls } }

    /// These are in a chat; of other chats nothing may be known.
    func seat(_ people: [MinutesPerson], in chatID: String) { state.withLockedValue { $0.members[chatID] = people } }
    /// Looks at each task before it is made, and may refuse it.
    func check(_ check: @escaping @Sendable (NewFeishuTask) throws -> Void) {
        state.withLockedValue { $0.check = check }
    }
    /// Comes between a task that is made and the answer that tells so.
    func beforeAnswering(_ answer: @escaping @Sendable () async throws -> Void) {
        state.withLockedValue { $0.answer = answer }
    }
    /// More than five minutes pass.
    func forgetTokens() { state.withLockedValue { $0.tokens = [:] } }

    func createTask(_ task: NewFeishuTask, ofApp appID: String, key: String) async throws -> String? {
        let (url, answer) = try state.withLockedValue { state in
            state.calls += 1
            try state.check(task)
            if let known = state.tokens[key] { return (known, state.answer) }
            state.made.append((key, task))
            let url = "https://feishu.example/task/\(state.made.count)"
            state.tokens[key] = url
            return (url, state.answer)
        }
        try await answer()
        return url
    }

    func members(ofChat chatID: String, ofApp appID: String) async throws -> [MinutesPerson]? {
        state.withLockedValue { $0.members[chatID] }
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
