import FeishuSandbox
import HTTP
import JSON
import Testing

@Suite("Files and images", .timeLimit(.minutes(1)))
struct ResourceTests {
    /// The head of a PNG of this size; nobody decodes the rest.
    private static func png(_ width: Int, _ height: Int) -> [UInt8] {
        func big(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + big(width)
            + big(height) + [8, 2, 0, 0, 0]
    }

    private static func gif(_ width: Int) -> [UInt8] {
        Array("GIF89a".utf8) + [UInt8(width & 0xFF), UInt8(width >> 8), 1, 0, 0, 0, 0]
    }

    /// A file of this name inside a form with these fields.
    private static func form(_ fields: [(String, String)], file: (name: String, bytes: [UInt8])?) -> [UInt8] {
        var body: [UInt8] = []
        for (name, value) in fields {
            body += Array("--xyz\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        if let file {
            body += Array(
                "--xyz\r\nContent-Disposition: form-data; name=\"\(file.name)\"; filename=\"a.bin\"\r\n\r\n".utf8
            )
            body += file.bytes + Array("\r\n".utf8)
        }
        return body + Array("--xyz--\r\n".utf8)
    }

    private static func upload(
        _ path: String,
        _ fields: [(String, String)],
        file: (name: String, bytes: [UInt8])?,
        to sandbox: RunningSandbox
    ) async throws -> Answer {
        let response = try await sandbox.client.execute(
            HTTPClientRequest(
                method: "POST",
                url: sandbox.url + "/open-apis/im/v1/" + path,
                headers: [
                    ("Content-Type", "multipart/form-data; boundary=xyz"),
                    ("Authorization", "Bearer " + (try await sandbox.token())),
                ],
                body: form(fields, file: file)
            )
        )
        return Answer(response)
    }

    @Test("what a bot uploads can be sent as its type and read back")
    func uploads() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let image = try await Self.upload(
                "images",
                [("image_type", "message")],
                file: ("image", Self.png(640, 480)),
                to: sandbox
            )
            let key = try #require(image.json["data"]?["image_key"]?.string)
            #expect(key.hasPrefix("img_v3_"))
            let content: JSONValue = ["image_key": .string(key)]
            #expect(try await sandbox.send(to: spoken.chatID, type: "image", content: content, token: token).code == 0)
            let back = try await sandbox.call("GET", "/open-apis/im/v1/images/\(key)", token: token)
            #expect(back.body == Self.png(640, 480))
            #expect(back.header("content-type") == "image/png")
            let bytes = Array("\r\n--xy almost a boundary\r\n".utf8) + [0, 255]
            let audio = try await Self.upload(
                "files",
                [("file_type", "opus"), ("file_name", "语音.opus"), ("duration", "1200")],
                file: ("file", bytes),
                to: sandbox
            )
            let file = try #require(audio.json["data"]?["file_key"]?.string)
            let sound: JSONValue = ["file_key": .string(file)]
            #expect(
                try await sandbox.send(to: spoken.chatID, type: "file", content: sound, token: token).code == 230_055
            )
            #expect(try await sandbox.send(to: spoken.chatID, type: "audio", content: sound, token: token).code == 0)
            let again = try await sandbox.call("GET", "/open-apis/im/v1/files/\(file)", token: token)
            #expect(again.body == bytes)
            #expect(again.header("content-disposition") == "attachment; filename*=UTF-8''%E8%AF%AD%E9%9F%B3.opus")
        }
    }

    @Test("a file of a bot's is shown with the name it was uploaded under")
    func named() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let uploaded = try await Self.upload(
                "files",
                [("file_type", "stream"), ("file_name", "回答.md")],
                file: ("file", [35]),
                to: sandbox
            )
            let key = try #require(uploaded.json["data"]?["file_key"]?.string)
            let content: JSONValue = ["file_key": .string(key)]
            let sent = try await sandbox.send(to: spoken.chatID, type: "file", content: content, token: token)
            let shown = try JSONValue(parsing: sent.json["data"]?["body"]?["content"]?.string ?? "")
            #expect(shown == ["file_key": .string(key), "file_name": "回答.md"])
        }
    }

    /// An upload and its refusal.
    struct Refused: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let path: String
        let fields: [(String, String)]
        let file: [UInt8]?
        let code: Int64
    }

    static let refused = [
        Refused(
            testDescription: "no picture",
            path: "images",
            fields: [("image_type", "message")],
            file: [1, 2, 3],
            code: 234_011
        ),
        Refused(
            testDescription: "an empty picture",
            path: "images",
            fields: [("image_type", "message")],
            file: [],
            code: 234_010
        ),
        Refused(
            testDescription: "a picture without a type",
            path: "images",
            fields: [],
            file: png(1, 1),
            code: 234_001
        ),
        Refused(
            testDescription: "too many pixels",
            path: "images",
            fields: [("image_type", "message")],
            file: png(12_001, 1),
            code: 234_039
        ),
        Refused(
            testDescription: "a large GIF",
            path: "images",
            fields: [("image_type", "message")],
            file: gif(2_001),
            code: 234_039
        ),
        Refused(
            testDescription: "over 10 MB",
            path: "images",
            fields: [("image_type", "message")],
            file: png(1, 1) + Array(repeating: 0, count: 10 << 20),
            code: 234_006
        ),
        Refused(
            testDescription: "an unknown type",
            path: "files",
            fields: [("file_type", "exe"), ("file_name", "a")],
            file: [1],
            code: 234_001
        ),
        Refused(testDescription: "no name", path: "files", fields: [("file_type", "pdf")], file: [1], code: 234_001),
        Refused(
            testDescription: "an empty file",
            path: "files",
            fields: [("file_type", "pdf"), ("file_name", "a")],
            file: [],
            code: 234_010
        ),
        Refused(
            testDescription: "no file",
            path: "files",
            fields: [("file_type", "pdf"), ("file_name", "a")],
            file: nil,
            code: 234_001
        ),
        Refused(
            testDescription: "over 30 MB",
            path: "files",
            fields: [("file_type", "pdf"), ("file_name", "a")],
            file: Array(repeating: 0, count: (30 << 20) + 1),
            code: 234_006
        ),
    ]

    @Test("uploads over the limits are refused", arguments: refused)
    func refusals(_ refused: Refused) async throws {
        try await RunningSandbox.with { sandbox in
            let answer = try await Self.upload(
                refused.path,
                refused.fields,
                file: refused.file.map { (refused.path == "images" ? "image" : "file", $0) },
                to: sandbox
            )
            #expect(answer.code == refused.code)
        }
    }

    /// A person sends a file; gives the message's path and the file's key.
    private static func send(
        _ sandbox: RunningSandbox,
        type: String = "file",
        claiming: Int? = nil
    ) async throws -> (path: String, id: String, key: String) {
        let query = claiming.map { "&claimed_bytes=\($0)" } ?? ""
        let response = try await sandbox.client.execute(
            HTTPClientRequest(
                method: "POST",
                url: sandbox.url + "/sandbox/resources?name=plan.pdf" + query,
                headers: [("Content-Type", "application/octet-stream")],
                body: Array("%PDF-1.4".utf8)
            )
        )
        let key = try #require(Answer(response).json["file_key"]?.string)
        let said = try await sandbox.call(
            "POST",
            "/sandbox/messages",
            [
                "user": "Ann", "message_type": .string(type),
                "content": ["file_key": .string(key), "file_name": "plan.pdf"],
            ]
        )
        let id = try #require(said.json["message_id"]?.string)
        return ("/open-apis/im/v1/messages/\(id)/resources/\(key)", id, key)
    }

    @Test("a bot downloads what a person sent, with the message and key that belong together")
    func downloads() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let sent = try await Self.send(sandbox)
            let file = try await sandbox.call("GET", sent.path + "?type=file", token: token)
            #expect(file.status == 200)
            #expect(file.body == Array("%PDF-1.4".utf8))
            #expect(file.header("content-type") == "application/octet-stream")
            #expect(file.header("content-disposition") == "attachment; filename*=UTF-8''plan.pdf")
            #expect(try await sandbox.call("GET", sent.path, token: token).code == 234_001)
            #expect(try await sandbox.call("GET", sent.path + "?type=image", token: token).code == 234_003)
            let other = try sandbox.say()
            let wrong = "/open-apis/im/v1/messages/\(other.messageID)/resources/\(sent.key)?type=file"
            #expect(try await sandbox.call("GET", wrong, token: token).code == 234_003)
            #expect(try await sandbox.call("GET", "/open-apis/im/v1/files/\(sent.key)", token: token).code == 234_008)
            let content: JSONValue = ["file_key": .string(sent.key)]
            let resent = try await sandbox.send(to: other.chatID, type: "file", content: content, token: token)
            #expect(resent.code == 230_017)
        }
    }

    @Test("over 100 MB, inside a merged forward, and from outside the chat nothing is downloaded")
    func refusedDownloads() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let big = try await Self.send(sandbox, claiming: (100 << 20) + 1)
            #expect(try await sandbox.call("GET", big.path + "?type=file", token: token).code == 234_037)
            let sent = try await Self.send(sandbox)
            let forwarded = try await sandbox.call(
                "POST",
                "/sandbox/forwards",
                ["user": "Ann", "message_ids": [.string(sent.id)]]
            )
            let id = try #require(forwarded.json["message_id"]?.string)
            let read = try await sandbox.call("GET", "/open-apis/im/v1/messages/\(id)", token: token)
            let part = try #require(read.json["data"]?["items"]?.array?.last?["message_id"]?.string)
            for message in [id, part] {
                let path = "/open-apis/im/v1/messages/\(message)/resources/\(sent.key)?type=file"
                #expect(try await sandbox.call("GET", path, token: token).code == 234_043)
            }
            let chat = try #require(forwarded.json["chat_id"]?.string)
            try sandbox.cloud.setBot(isMember: false, of: chat)
            #expect(try await sandbox.call("GET", sent.path + "?type=file", token: token).code == 234_004)
        }
    }

    @Test("the page is shown pictures as pictures and gets everything else to save")
    func shown() async throws {
        try await RunningSandbox.with { sandbox in
            let html = try sandbox.cloud.uploadByPerson(Array("<script>".utf8), name: "a.html", isImage: false)
            let file = try await sandbox.call("GET", "/sandbox/resources/\(html)")
            #expect(file.header("content-type") == "application/octet-stream")
            #expect(file.header("content-disposition") != nil)
            let image = try sandbox.cloud.uploadByPerson(Self.png(2, 2), name: "a.png", isImage: true)
            #expect(try await sandbox.call("GET", "/sandbox/resources/\(image)").header("content-type") == "image/png")
            #expect(throws: ControlError.self) {
                try sandbox.cloud.uploadByPerson([1, 2], name: "a.png", isImage: true)
            }
        }
    }
}
