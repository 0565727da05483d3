import Feishu
import JSON
import Testing

@testable import Assistant

@Suite("Documents of minutes through Feishu's API", .timeLimit(.minutes(1)))
struct FeishuMinutesDocumentsTests {
    /// An answer as Feishu gives it.
    private static func refusal(_ code: Int, _ more: String = "") -> (Int, String) {
        (400, #"{"code":\#(code),"msg":"no"\#(more)}"#)
    }

    private static func ids(_ call: ScriptedFeishu.Call) -> [String] {
        (call.body["members"]?.array ?? [call.body]).compactMap { $0["member_id"]?.string }
    }

    @Test("who cannot be let in keeps nobody else out")
    func sharing() async throws {
        let answer: @Sendable (ScriptedFeishu.Call) -> (Int, String)? = { call in
            guard !call.path.contains("batch_create"), !Self.ids(call).contains("ou_2") else {
                return Self.refusal(1_063_003)
            }
            return nil
        }
        try await ScriptedFeishu.with(answer: answer, register: { _, _ in }) { feishu in
            let workplace = FeishuMinutesWorkplace(clients: [feishu.client])
            let members: [DocumentMember] = [.chat("oc_1"), .person("ou_1"), .person("ou_2"), .person("ou_3")]
            let sharing = try await workplace.share("dox1", with: members, ofApp: "cli_1")
            #expect(sharing.admitted == 3 && sharing.refusal?.contains("1063003") == true)
            #expect(feishu.calls.map(Self.ids) == [members.map(\.id)] + members.map { [$0.id] })
            #expect(
                feishu.calls.allSatisfy { ($0.body["members"]?.array ?? [$0.body]).allSatisfy { $0["perm"] == "view" } }
            )
            let alone = try await workplace.share("dox1", with: [.person("ou_2")], ofApp: "cli_1")
            #expect(alone.admitted == 0 && alone.refusal != nil)
        }
    }

    @Test("what concerns all is thrown at once, and names the permission that lacks")
    func lacking() async throws {
        let violations = #","error":{"permission_violations":[{"subject":"docs:permission.member:create"}]}"#
        let answer: @Sendable (ScriptedFeishu.Call) -> (Int, String)? = { _ in Self.refusal(99_991_672, violations) }
        try await ScriptedFeishu.with(answer: answer, register: { _, _ in }) { feishu in
            let workplace = FeishuMinutesWorkplace(clients: [feishu.client])
            let error = await #expect(throws: FeishuError.self) {
                try await workplace.share("dox1", with: [.person("ou_1"), .person("ou_2")], ofApp: "cli_1")
            }
            #expect(error?.missingScopes == ["docs:permission.member:create"])
            #expect(feishu.calls.count == 1)
        }
    }

    @Test("a document stands at the tenant's own address where one is known, and other addresses are none")
    func address() async throws {
        let answer: @Sendable (ScriptedFeishu.Call) -> (Int, String)? = { _ in
            (200, #"{"code":0,"data":{"document":{"document_id":"dox1"}}}"#)
        }
        try await ScriptedFeishu.with(answer: answer, register: { _, _ in }) { feishu in
            let workplace = FeishuMinutesWorkplace(clients: [feishu.client])
            for neighbour in [nil, "https://evil.example/minutes/obcn9rvqs208mtkb3zu0h4z3"] {
                let page = try await workplace.createDocument(title: "t", beside: neighbour, ofApp: "cli_1")
                #expect(page.documentID == "dox1" && page.url.hasSuffix("/docx/dox1"))
                #expect(!page.url.contains("evil") && page.blocks.isEmpty)
            }
            await #expect(throws: UnknownApp.self) {
                try await workplace.createDocument(title: "t", beside: nil, ofApp: "cli_2")
            }
        }
    }
}
