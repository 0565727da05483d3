import Feishu
import JSON
import TestSupport
import Testing

@Suite("Documents, sharing and tasks through the API")
struct DocumentClientTests {
    private static let document = "doxf29olip6hxkosylx2uriy44b"

    @Test("a document is made empty, converted text is put into it without what must not be sent back")
    func writes() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let creation = try RecordedCall("api_docs_tasks_calendar", "create document")
            server.lineUp(creation.answer)
            let document = try await client.createDocument(title: "产品周会 纪要")
            try creation.expectLast(of: server)
            #expect(document == FeishuDocument(id: Self.document, title: "产品周会 纪要"))

            let conversion = try RecordedCall("api_docs_tasks_calendar", "convert Markdown")
            server.lineUp(conversion.answer, .success())
            try await client.append("# 决定\n\n- 周五上线", to: document.id, key: "job-1")
            let calls = server.calls.suffix(2).map(\.target)
            #expect(calls.first == conversion.target)
            let place = "/open-apis/docx/v1/documents/\(Self.document)/blocks/\(Self.document)/descendant"
            let token = ClientToken.uuid(of: "job-1\u{0}0")
            #expect(calls.last == "\(place)?document_revision_id=-1&client_token=\(token)")
            let body = try #require(server.bodies.last)
            #expect(body["index"] == -1)
            #expect(body["children_id"] == ["b1", "b2"])
            let blocks = body["descendants"]?.array ?? []
            #expect(blocks.map { $0["block_id"] } == ["b1", "b2"])
            #expect(blocks.map { $0["block_type"] } == [3, 12])
            #expect(blocks.first?["heading1"]?["elements"]?.array?.first?["text_run"]?["content"] == "决定")
            #expect(blocks.allSatisfy { $0["parent_id"] == nil && $0["revision_id"] == nil })
        }
    }

    @Test("blocks come before others, keep their words whatever these look like, and their ids are told")
    func writtenBlocks() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let relations =
                #"[{"temporary_block_id":"b1","block_id":"dox1"},{"temporary_block_id":"b2","block_id":"dox2"}]"#
            server.lineUp(.success(#"{"block_id_relations":\#(relations)}"#), .success())
            let blocks = DocumentBlocks([
                WrittenBlock(.heading(2), [.init("# T")]),
                WrittenBlock(.text, [.init("#1 ", isBold: true), .init("**x**\u{7}\n\"y\"")]),
                WrittenBlock(.divider),
            ])
            let batch = try #require(try blocks.batches().first)
            let ids = try await client.insert(batch, into: Self.document, at: 3, key: "k")
            #expect(ids == ["b1": "dox1", "b2": "dox2"])
            #expect(try await client.insert(batch, into: Self.document, key: "k") == [:])
            #expect(server.bodies.suffix(2).map { $0["index"] } == [3, -1])
            let body = try #require(server.bodies.last)
            #expect(body["children_id"] == ["b1", "b2", "b3"])
            let sent = body["descendants"]?.array ?? []
            #expect(sent.map { $0["block_type"] } == [4, 2, 22])
            #expect(sent.last?["divider"] == [:])
            let runs = sent[1]["text"]?["elements"]?.array?.compactMap { $0["text_run"] } ?? []
            #expect(runs.map { $0["content"] } == ["#1 ", "**x** \n\"y\""])
            #expect(runs.map { $0["text_element_style"] } == [["bold": true], [:]])
        }
    }

    /// Blocks of a conversion: as many paragraphs as said, then a table of one column with so many rows.
    private static func converted(paragraphs: Int, rows: Int = 0) throws -> JSONValue {
        var blocks = (0..<paragraphs).map { number -> JSONValue in
            ["block_id": .string("p\(number)"), "block_type": 2, "text": ["elements": []], "children": []]
        }
        var first = (0..<paragraphs).map { JSONValue.string("p\($0)") }
        if rows > 0 {
            first.append("t")
            let cells = (0..<rows).map { JSONValue.string("c\($0)") }
            blocks.append(
                [
                    "block_id": "t", "block_type": 31, "parent_id": "", "children": .array(cells),
                    "table": [
                        "cells": .array(cells),
                        "property": ["row_size": .integer(Int64(rows)), "column_size": 1, "merge_info": [[:]]],
                    ],
                ]
            )
            for row in 0..<rows {
                blocks.append(
                    [
                        "block_id": .string("c\(row)"), "block_type": 32, "table_cell": [:],
                        "children": [.string("x\(row)")],
                    ]
                )
                blocks.append(["block_id": .string("x\(row)"), "block_type": 2, "text": ["elements": []]])
            }
        }
        return ["first_level_block_ids": .array(first), "blocks": .array(blocks.reversed())]
    }

    private static func batches(_ data: JSONValue) async throws -> [DocumentBatch] {
        var batches: [DocumentBatch] = []
        try await APIServer.with { server, endpoint in
            server.lineUp(.success(data.text))
            batches = try await FeishuClient.scripted(endpoint).blocks(ofMarkdown: "x").batches()
        }
        return batches
    }

    @Test("blocks go in calls of at most a thousand, cut between those of the first level, in order")
    func batches() async throws {
        let batches = try await Self.batches(Self.converted(paragraphs: 1_990, rows: 300))
        #expect(batches.map(\.descendants.count) == [1_000, 990, 601])
        #expect(batches.map(\.children.count) == [1_000, 990, 1])
        let ids = batches.flatMap(\.descendants).compactMap { $0["block_id"]?.string }
        #expect(ids == (1...2_591).map { "b\($0)" })
        let table = try #require(batches.last?.descendants.first)
        #expect(table["table"]?["property"]?["merge_info"] == nil)
        #expect(table["table"]?["property"]?["row_size"] == 300)
        #expect(table["table"]?["cells"] == table["children"])
        #expect(table["parent_id"] == nil)
        // The same text makes the same calls, whatever ids Feishu gives.
        #expect(try await Self.batches(Self.converted(paragraphs: 1_990, rows: 300)) == batches)
    }

    @Test("a block that is more than a call takes is refused, and blocks that go in circles are taken once")
    func hostileBlocks() async throws {
        let huge = try Self.converted(paragraphs: 1, rows: 500)
        let error = await #expect(throws: FeishuError.self) { try await Self.batches(huge) }
        #expect(error?.reason == .tooLarge)
        let circle: JSONValue = [
            "first_level_block_ids": ["a", "a", "missing"],
            "blocks": [
                ["block_id": "a", "block_type": 12, "bullet": [:], "children": ["b", "a"]],
                ["block_id": "b", "block_type": 12, "bullet": [:], "children": ["a"]],
            ],
        ]
        let batches = try await Self.batches(circle)
        #expect(batches.count == 1 && batches[0].descendants.count <= 4)
    }

    @Test("changes of a document wait for its turn as well as the API's")
    func governed() async throws {
        try await APIServer.with { server, endpoint in
            let governor = ScriptedGovernor()
            let client = FeishuClient.scripted(endpoint, governor: governor)
            server.lineUp(.success())
            try await client.insert(DocumentBatch(children: ["b1"], descendants: [[:]]), into: "d", key: "k")
            #expect(
                governor.asked == [
                    GovernedCall(
                        api: "POST docx/v1/documents/:id/blocks/:id/descendant",
                        subjects: [.document("d")]
                    )
                ]
            )
        }
    }

    @Test("the token of a change has the form of a random UUID, and is the same for the same key")
    func clientTokens() {
        let token = ClientToken.uuid(of: "job")
        #expect(token == ClientToken.uuid(of: "job"))
        #expect(token != ClientToken.uuid(of: "job2"))
        let parts = token.split(separator: "-")
        #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
        #expect(parts[2].first == "4")
        #expect(parts[3].first.map { "89ab".contains($0) } == true)
    }

    @Test("a document's address is Feishu's own, its tenant's where that is known, or below another API's")
    func addresses() async throws {
        try await APIServer.with { _, endpoint in
            let client = FeishuClient.scripted(endpoint)
            #expect(client.url(ofDocument: "dox1", host: "acme.feishu.cn") == endpoint.baseURL + "/docx/dox1")
            let feishu = FeishuClient.scripted(FeishuEndpoint(http: endpoint.http))
            #expect(feishu.url(ofDocument: "dox1") == "https://feishu.cn/docx/dox1")
            #expect(feishu.url(ofDocument: "a/b", host: "acme.feishu.cn") == "https://acme.feishu.cn/docx/a%2Fb")
            let lark = FeishuClient.scripted(FeishuEndpoint(baseURL: "https://open.larksuite.com", http: endpoint.http))
            #expect(lark.url(ofDocument: "dox1") == "https://larksuite.com/docx/dox1")
        }
    }

    @Test("a document is shared with a chat and with people, ten a call, and those left out are told")
    func sharing() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let chat = try RecordedCall("api_docs_tasks_calendar", "share with a chat")
            server.lineUp(chat.answer)
            try await client.share(Self.document, with: .chat("oc_0e225d6fcc442f31e9a0a8f19499a288"))
            try chat.expectLast(of: server)

            let people = try RecordedCall("api_docs_tasks_calendar", "share with people")
            server.lineUp(people.answer)
            let one = DocumentMember.person("ou_1220c71eb4dd751541679411c1ff879d")
            #expect(try await client.share(Self.document, withAll: [one], access: .edit) == [one])
            try people.expectLast(of: server)

            let many = (0..<12).map { DocumentMember.person("ou_\($0)") }
            server.lineUp(
                .success(#"{"members":[{"member_id":"ou_0"},{"member_id":"ou_9"}]}"#),
                .success(#"{"members":[{"member_id":"ou_11"}]}"#)
            )
            let admitted = try await client.share(Self.document, as: .minutes, withAll: many)
            #expect(admitted == [many[0], many[9], many[11]])
            #expect(server.bodies.suffix(2).map { $0["members"]?.array?.count } == [10, 2])
            #expect(server.calls.last?.target.hasSuffix("members/batch_create?type=minutes") == true)
        }
    }

    @Test(
        "refusals about documents say what to do",
        arguments: [
            (1_770_001, 400, .content, nil), (1_770_002, 404, .gone, nil), (1_770_004, 400, .content, .tooLarge),
            (1_770_032, 403, .permission, nil), (1_771_001, 500, .busy, nil), (1_063_002, 403, .permission, nil),
            (1_063_003, 400, .content, nil), (1_063_005, 404, .gone, nil), (1_061_045, 400, .rateLimited, nil),
        ] as [(Int64, Int, FeishuError.Kind, FeishuError.Reason?)]
    )
    func refusals(code: Int64, status: Int, kind: FeishuError.Kind, reason: FeishuError.Reason?) async throws {
        try await APIServer.with { server, endpoint in
            let answer = APIServer.Answer.failure(Int(code), status: status)
            // A limit is waited for, for twenty seconds in all.
            for _ in 0..<25 { server.lineUp(answer) }
            let error = await #expect(throws: FeishuError.self) {
                try await FeishuClient.scripted(endpoint).createDocument(title: "x")
            }
            #expect(error?.kind == kind)
            #expect(error?.reason == reason)
        }
    }

    @Test("a task has people, a day or a time, where it comes from, and a token")
    func tasks() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let made = #"{"task":{"guid":"g1","url":"https://applink.feishu.cn/t"}}"#
            server.lineUp(.success(made), .success(made))
            let task = NewFeishuTask(
                summary: "更新检查清单",
                description: "来自产品周会",
                due: 1_795_564_800_000,
                isDueAllDay: true,
                assignees: ["ou_1"],
                followers: ["ou_2"],
                origin: FeishuTaskOrigin(
                    chineseName: "AI 助理",
                    englishName: "AI Assistant",
                    title: "产品周会 纪要",
                    url: "https://acme.feishu.cn/docx/dox1"
                )
            )
            #expect(try await client.createTask(task, clientToken: "k").url == "https://applink.feishu.cn/t")
            let body = try #require(server.bodies.last)
            #expect(body["due"] == ["timestamp": "1795564800000", "is_all_day": true])
            #expect(
                body["members"] == [
                    ["id": "ou_1", "type": "user", "role": "assignee"],
                    ["id": "ou_2", "type": "user", "role": "follower"],
                ]
            )
            #expect(body["origin"]?["href"]?["url"] == "https://acme.feishu.cn/docx/dox1")
            #expect(body["origin"]?["platform_i18n_name"]?["zh_cn"] == "AI 助理")
            #expect(body["client_token"] == "k")
            _ = try await client.createTask(NewFeishuTask(summary: "x", due: 7), clientToken: "k2")
            #expect(server.bodies.last?["due"]?["is_all_day"] == false)
            #expect(server.bodies.last?["origin"] == nil && server.bodies.last?["members"] == nil)
        }
    }
}
