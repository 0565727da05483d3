import Feishu
import FeishuSandbox
import JSON
import TestSupport
import Testing

@Suite("Documents", .timeLimit(.minutes(1)))
struct DocumentTests {
    private static let unlimited = SandboxConfiguration(verifiesEventURL: false, rates: .none)

    private static let markdown = """
        # 产品周会 纪要

        **时间** 2026年11月23日

        ## 决定

        - 周五上线 ([#12 韩梅梅](https://acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3?t=4&x=1))
        - *风险*：`账单`导出
          - 下周 ~~复查~~ 再看
        - 完成

        1. 第一
        2. 第二

        - [ ] 更新检查清单
        - [x] 通知客户

        > 原话
        > 第二行

        | 事项 | 负责人 |
        | --- | --- |
        | 检查清单 | Li Lei |
        | a\\|b | **周五** |

        ```
        let x = 1 * 2
        ```

        ---

        结尾 \\*不是斜体\\*
        """

    @Test("Markdown comes back from its blocks as it was written")
    func roundTrip() async throws {
        try await RunningSandbox.with(Self.unlimited) { sandbox in
            let client = sandbox.feishu()
            let made = try await client.createDocument(title: "产品周会 纪要")
            #expect(try await sandbox.control.document(made.id).markdown.isEmpty)
            try await client.append(Self.markdown, to: made.id, key: "k")
            let document = try await sandbox.control.document(made.id)
            #expect(document.markdown == Self.markdown.replacing("\\*", with: "*"))
            #expect(document.title == made.title)
            #expect(document.text.contains("周五上线 (#12 韩梅梅)") && !document.text.contains("**"))
            #expect(document.text.contains("检查清单\tLi Lei"))

            let page = try await sandbox.call("GET", "/docx/\(made.id)")
            let html = String(decoding: page.body, as: UTF8.self)
            #expect(client.url(ofDocument: made.id) == sandbox.url + "/docx/\(made.id)")
            #expect(html.contains("<strong>时间</strong>") && html.contains("<th>"))
            #expect(html.contains("href=\"https://acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3?t=4&amp;x=1\""))
            #expect(try await sandbox.call("GET", "/docx/none").status == 404)
        }
    }

    @Test("nothing in a document becomes markup of its page, and only web addresses become links")
    func page() async throws {
        try await RunningSandbox.with(Self.unlimited) { sandbox in
            let client = sandbox.feishu()
            let made = try await client.createDocument(title: "<script>t</script>")
            let text =
                "<img src=x onerror=alert(1)> [x](javascript:alert(1)) [y](https://a.example/\"onclick=1) "
                + "[z](https://sandbox.feishu.cn/minutes/obcn#t3)"
            try await client.append(text, to: made.id, key: "k")
            let html = String(decoding: try await sandbox.call("GET", "/docx/\(made.id)").body, as: UTF8.self)
            for forbidden in ["<script", "<img", "href=\"javascript", "\"onclick"] {
                #expect(!html.contains(forbidden))
            }
            // What the sandbox's own tenant has is a page of the sandbox.
            #expect(html.contains("href=\"/minutes/obcn#t3\""))
        }
    }

    @Test("blocks come before others where they are told to, and each is found on the page by its id")
    func places() async throws {
        try await RunningSandbox.with(Self.unlimited) { sandbox in
            let client = sandbox.feishu()
            let made = try await client.createDocument(title: "x")
            let below = DocumentBlocks([
                WrittenBlock(.heading(2), [.init("Transcript")]),
                WrittenBlock(.text, [.init("#1 Ann ", isBold: true), .init("*hi*")]),
            ])
            let ids = try await client.insert(#require(try below.batches().first), into: made.id, key: "k1")
            let id = try #require(ids["b2"])
            let address = "\(client.url(ofDocument: made.id))#\(id)"
            let above = try await client.blocks(ofMarkdown: "## Decisions\n\n- Cedar ([#1](\(address)))\n- Oak")
            try await client.insert(#require(try above.batches().first), into: made.id, at: 0, key: "k2")
            #expect(
                try await sandbox.control.document(made.id).markdown
                    == "## Decisions\n\n- Cedar ([#1](\(address)))\n- Oak\n\n## Transcript\n\n**#1 Ann ***hi*"
            )
            let html = String(decoding: try await sandbox.call("GET", "/docx/\(made.id)").body, as: UTF8.self)
            #expect(html.contains("<p id=\"\(id)\"><strong>#1 Ann </strong>*hi*</p>"))
            #expect(html.contains("href=\"\(address)\""))
        }
    }

    @Test("the same change again makes nothing twice, also where its answer was lost, and goes on where it ended")
    func repetition() async throws {
        try await RunningSandbox.with(Self.unlimited) { sandbox in
            let client = sandbox.feishu()
            let made = try await client.createDocument(title: "x")
            let long = (1...1_500).map { "第\($0)行" }.joined(separator: "\n\n")
            let fault: JSONValue = ["kind": "code", "code": 1_770_001, "count": 1, "path": "/descendant"]
            try await client.append(long, to: made.id, key: "k")
            #expect(try await sandbox.control.document(made.id).revision == 3)
            try await client.append(long, to: made.id, key: "k")
            let document = try await sandbox.control.document(made.id)
            #expect(document.revision == 3)
            #expect(document.text.split(separator: "\n").map(String.init) == (1...1_500).map { "第\($0)行" })
            // Another key is another change, and one that was refused can be made again.
            try await sandbox.control.inject(fault)
            await #expect(throws: FeishuError.self) { try await client.append("再来", to: made.id, key: "k2") }
            try await client.append("再来", to: made.id, key: "k2")
            #expect(try await sandbox.control.document(made.id).text.hasSuffix("\n再来"))

            try await sandbox.control.inject(["kind": "lost_answer", "count": 1, "path": "/descendant"])
            try? await client.append("一次", to: made.id, key: "k3")
            try await client.append("一次", to: made.id, key: "k3")
            let text = try await sandbox.control.document(made.id).text
            #expect(text.split(separator: "\n").count { $0 == "一次" } == 1)
        }
    }

    @Test("documents are shared with people and with chats that the bot is in, and with nobody else")
    func sharing() async throws {
        try await RunningSandbox.with(Self.unlimited) { sandbox in
            let client = sandbox.feishu()
            let meeting = try await sandbox.control.endMeeting(transcript: "Ann: hi\nBen: hello")
            let chat = try await sandbox.control.makeGroup("Team", members: ["Ann"])
            let made = try await client.createDocument(title: "x")
            let ann = try #require(meeting.participants["Ann"])
            let ben = try #require(meeting.participants["Ben"])
            try await client.share(made.id, with: .chat(chat))
            let members: [DocumentMember] = [.person(ann), .person("ou_nobody"), .person(ben)]
            #expect(try await client.share(made.id, withAll: members, access: .edit) == [.person(ann), .person(ben)])
            // Once more changes what they may do, and lets nobody in twice.
            try await client.share(made.id, with: .person(ben), access: .view)
            #expect(try await sandbox.control.document(made.id).members == [chat: "view", ann: "edit", ben: "view"])

            #expect(try await sandbox.control.documents().map(\.documentID) == [made.id])

            let refusals: [(String, DocumentMember, Int64)] = [
                (made.id, .person("ou_nobody"), 1_063_003), (made.id, .chat("oc_nowhere"), 1_063_003),
                ("doxnone", .person(ann), 1_063_005),
            ]
            for (token, member, code) in refusals {
                let error = await #expect(throws: FeishuError.self) { try await client.share(token, with: member) }
                #expect(error?.code == code)
            }
            let foreign = await #expect(throws: FeishuError.self) {
                try await client.share(meeting.minuteToken, as: .minutes, with: .person(ann))
            }
            #expect(foreign?.kind == .permission)
            try await sandbox.control.changeScopes(withdraw: ["docs:permission.member:create"])
            let lacking = await #expect(throws: FeishuError.self) { try await client.share(made.id, with: .chat(chat)) }
            #expect(lacking?.missingScopes.contains("docs:permission.member:create") == true)
        }
    }

    @Test("blocks that no document may have are refused, and nothing of them stays")
    func refusals() async throws {
        try await RunningSandbox.with(Self.unlimited) { sandbox in
            let token = try await sandbox.token()
            let client = sandbox.feishu()
            let made = try await client.createDocument(title: "x")
            let text: JSONValue = ["elements": [["text_run": ["content": "x"]]]]
            func block(_ id: JSONValue, _ type: Int64 = 2, _ children: JSONValue = [], _ more: JSONObject = [:])
                -> JSONValue
            {
                var block = more
                block["block_id"] = id
                block["block_type"] = .integer(type)
                block["children"] = children
                if more.isEmpty { block["text"] = text }
                return .object(block)
            }
            func insert(
                _ children: JSONValue,
                _ blocks: JSONValue,
                token uuid: String = ClientToken.uuid(of: "x"),
                into document: String? = nil
            ) async throws -> Int64? {
                let id = document ?? made.id
                let path = "/open-apis/docx/v1/documents/\(id)/blocks/\(id)/descendant?client_token=\(uuid)"
                let body: JSONValue = ["children_id": children, "descendants": blocks, "index": -1]
                return try await sandbox.call("POST", path, body, token: token).code
            }
            let many = (0...1_000).map { JSONValue.string("b\($0)") }
            let merged: JSONObject = [
                "table": ["property": ["row_size": 1, "column_size": 1, "merge_info": [["row_span": 1]]]]
            ]
            let bare: JSONObject = ["table": ["property": ["row_size": 2, "column_size": 1]]]
            let cell = block("c", 32, ["t"], ["table_cell": [:]])
            #expect(try await insert([], []) == 99_992_402)
            #expect(try await insert(.array(many), .array(many.map { block($0) })) == 99_992_402)
            #expect(try await insert(["a"], [block("b")]) == 1_770_001)
            #expect(try await insert(["a"], [block("a"), block("b")]) == 1_770_001)
            #expect(try await insert(["a"], [block("a", 2, ["a"])]) == 1_770_001)
            #expect(try await insert(["a"], [block("a", 3)]) == 1_770_006)
            #expect(try await insert(["a"], [block("a", 31, ["c"], merged), cell, block("t")]) == 1_770_001)
            #expect(try await insert(["a"], [block("a", 31, ["c"], bare), cell, block("t")]) == 1_770_001)
            #expect(try await insert(["c"], [block("c", 32, [], ["table_cell": [:]])]) == 1_770_001)
            #expect(try await insert(["a"], [block("a")], token: "no-uuid") == 1_770_001)
            #expect(try await insert(["a"], [block("a")], into: "doxnone") == 1_770_002)
            #expect(try await sandbox.control.document(made.id).revision == 1)
            #expect(try await insert(["a"], [block("a")]) == 0)
            let long: JSONValue = ["title": .string(String(repeating: "长", count: 801))]
            #expect(
                try await sandbox.call("POST", "/open-apis/docx/v1/documents", long, token: token).code == 1_770_001
            )
            let folder: JSONValue = ["title": "x", "folder_token": "fld1"]
            #expect(
                try await sandbox.call("POST", "/open-apis/docx/v1/documents", folder, token: token).code == 1_770_040
            )
        }
    }

    @Test("more than three a second are too many: of an interface with 400, of a document with 429")
    func limits() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let token = try await sandbox.token()
            func create() async throws -> Answer {
                try await sandbox.call("POST", "/open-apis/docx/v1/documents", ["title": "x"], token: token)
            }
            var id = ""
            for _ in 0..<3 {
                id = try await create().json["data"]?["document"]?["document_id"]?.string ?? ""
            }
            let refused = try await create()
            #expect(refused.status == 400 && refused.code == 99_991_400)
            #expect(refused.header("x-ogw-ratelimit-reset") == "1")
            time.advance(.seconds(1))

            try await sandbox.control.setRates(["scale": 10])
            let path = "/open-apis/docx/v1/documents/\(id)/blocks/\(id)/descendant"
            let body: JSONValue = [
                "children_id": ["a"], "descendants": [["block_id": "a", "block_type": 2, "text": ["elements": []]]],
            ]
            for _ in 0..<30 { #expect(try await sandbox.call("POST", path, body, token: token).code == 0) }
            #expect(try await sandbox.call("POST", path, body, token: token).code == 99_991_400)
        }
    }

    @Test("a hundred times a minute something may be shared")
    func sharingLimit() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let token = try await sandbox.token()
            let path = "/open-apis/drive/v1/permissions/x/members?type=docx"
            let body: JSONValue = ["member_type": "openid", "member_id": "ou_1", "perm": "view", "type": "user"]
            for number in 0..<100 {
                #expect(try await sandbox.call("POST", path, body, token: token).code == 1_063_005)
                if number % 40 == 39 { time.advance(.seconds(1)) }
            }
            #expect(try await sandbox.call("POST", path, body, token: token).code == 99_991_400)
        }
    }

    @Test("a task keeps where it comes from, and takes only a link of the web")
    func origin() async throws {
        try await RunningSandbox.with { sandbox in
            let client = sandbox.feishu()
            var task = NewFeishuTask(summary: "更新检查清单", due: 1_795_564_800_000, isDueAllDay: true)
            task.origin = FeishuTaskOrigin(
                chineseName: "AI 助理",
                englishName: "AI Assistant",
                title: "纪要",
                url: "https://acme.feishu.cn/docx/x"
            )
            let made = try await client.createTask(task, clientToken: "k")
            #expect(try await client.createTask(task, clientToken: "k") == made)
            let listed = try await sandbox.control.tasks()
            #expect(listed.map { $0["origin"]?["href"]?["title"] } == ["纪要"])
            #expect(listed.first?["due"]?["is_all_day"] == true)
            task.origin?.url = "javascript:x"
            let error = await #expect(throws: FeishuError.self) { try await client.createTask(task, clientToken: "k2") }
            #expect(error?.code == 1_470_400)
        }
    }
}
