import Feishu
import JSON
import TestSupport
import Testing

@Suite("Files and images")
struct ResourceTests {
    @Test("what a user sent is downloaded as it is, be it JSON, too")
    func downloads() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            server.lineUp(
                .init(headers: [("Content-Type", "application/pdf")], body: "%PDF-1.7"),
                .init(
                    headers: [("Content-Type", "application/json"), ("Content-Disposition", "attachment")],
                    body: #"{"code":7}"#
                )
            )
            let file = try await client.download("file_v3_1", as: .file, of: "om_1")
            #expect(file.bytes == Array("%PDF-1.7".utf8))
            #expect(file.contentType == "application/pdf")
            let json = try await client.download("img_v3_1", as: .image, of: "om_1")
            #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"code":7}"#)
            #expect(
                server.calls.map(\.target) == [
                    "/open-apis/im/v1/messages/om_1/resources/file_v3_1?type=file",
                    "/open-apis/im/v1/messages/om_1/resources/img_v3_1?type=image",
                ]
            )
            #expect(server.calls.first?.values(of: "Authorization") == ["Bearer t-1"])
        }
    }

    @Test("an answer of JSON is a failure, whatever its status")
    func downloadFailures() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let recorded = try RecordedCall("api_resources", "download, wrong pair")
            let json = [("Content-Type", "application/json; charset=utf-8")]
            server.lineUp(
                recorded.answer,
                .init(headers: json, body: #"{"code":234037,"msg":"m"}"#),
                .init(headers: json, body: "{}"),
                .init(status: 502, body: "<html>")
            )
            let expected: [(FeishuError.Kind, FeishuError.Reason?)] = [
                (.content, nil), (.content, .tooLarge), (.badResponse, nil), (.busy, nil),
            ]
            for (kind, reason) in expected {
                let error = await #expect(throws: FeishuError.self) {
                    try await client.download("k", as: .file, of: "om_1")
                }
                #expect(error?.kind == kind)
                #expect(error?.reason == reason)
            }
        }
    }

    @Test("a file over the bound is not taken, and a token that is too old is renewed")
    func downloadBounds() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            server.lineUp(.failure(99_991_663), .init(body: String(repeating: "x", count: 101)))
            let error = await #expect(throws: FeishuError.self) {
                try await client.download("k", as: .file, of: "om_1", maximumBytes: 100)
            }
            #expect(error?.kind == .content)
            #expect(error?.reason == .tooLarge)
            #expect(server.calls.map { $0.values(of: "Authorization") } == [["Bearer t-1"], ["Bearer t-2"]])
        }
    }

    @Test("uploads are forms that a server can read, and give keys")
    func uploads() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let image = try RecordedCall("api_resources", "upload image (multipart: image_type, image)")
            let file = try RecordedCall(
                "api_resources",
                "upload file (multipart: file_type, file_name, duration, file)"
            )
            server.lineUp(image.answer, file.answer)
            let imageKey = try await client.uploadImage([0x89, 0x50, 0, 0xFF], fileName: "a\"b\r\nX: y.png")
            #expect(imageKey == "img_v3_028f_4e677bcf-385c-ca27-9a99-079994707c3g")
            let fileKey = try await client.uploadFile(
                Array("data".utf8),
                fileName: "周报.xlsx",
                duration: .milliseconds(1500)
            )
            #expect(fileKey == "file_v3_00b8_9a73a89e-aa88-2f60-4e98-8e5ae5fee72g")
            #expect(server.calls.map(\.target) == [image.target, file.target])

            let parts = try server.calls.map(Self.parts)
            #expect(
                parts[0].map(\.head) == [
                    #"form-data; name="image_type""#, #"form-data; name="image"; filename="a%22b%0D%0AX: y.png""#,
                ]
            )
            #expect(parts[0].map(\.body) == [Array("message".utf8), [0x89, 0x50, 0, 0xFF]])
            #expect(
                parts[1].map(\.head) == [
                    #"form-data; name="file_type""#, #"form-data; name="file_name""#, #"form-data; name="duration""#,
                    #"form-data; name="file"; filename="周报.xlsx""#,
                ]
            )
            #expect(parts[1].map { String(decoding: $0.body, as: UTF8.self) } == ["xls", "周报.xlsx", "1500", "data"])
        }
    }

    @Test("what cannot be uploaded is not sent")
    func uploadBounds() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let calls: [(FeishuError.Reason?, @Sendable () async throws -> Void)] = [
                (nil, { _ = try await client.uploadImage([]) }),
                (nil, { _ = try await client.uploadFile([], fileName: "a") }),
                (.tooLarge, { _ = try await client.uploadImage(Array(repeating: 0, count: (10 << 20) + 1)) }),
                (
                    .tooLarge,
                    { _ = try await client.uploadFile(Array(repeating: 0, count: (30 << 20) + 1), fileName: "a") }
                ),
            ]
            for (reason, call) in calls {
                let error = await #expect(throws: FeishuError.self) { try await call() }
                #expect(error?.kind == .content)
                #expect(error?.reason == reason)
            }
            #expect(server.calls.isEmpty)
        }
    }

    /// The parts of a form, split as RFC 2046 has it: each one's disposition, and what it holds.
    private static func parts(of request: ScriptedHTTPServer.Request) throws -> [(head: String, body: [UInt8])] {
        let type = try #require(request.values(of: "Content-Type").first)
        #expect(type.hasPrefix("multipart/form-data; boundary="))
        let boundary = "--" + type.dropFirst("multipart/form-data; boundary=".count)
        let pieces = split(request.body, at: Array(boundary.utf8))
        #expect(pieces.first?.isEmpty == true)
        #expect(pieces.last == Array("--\r\n".utf8))
        return pieces.dropFirst().dropLast().map { piece in
            #expect(piece.starts(with: "\r\n".utf8) && Array(piece.suffix(2)) == Array("\r\n".utf8))
            let halves = split(piece, at: Array("\r\n\r\n".utf8))
            let lines = String(decoding: halves[0].dropFirst(2), as: UTF8.self).split(separator: "\r\n")
            let head = lines.first { $0.hasPrefix("Content-Disposition: ") }?.dropFirst("Content-Disposition: ".count)
            return (String(head ?? ""), halves.dropFirst().joined(separator: "\r\n\r\n".utf8).dropLast(2))
        }
    }

    private static func split(_ bytes: [UInt8], at separator: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = [[]]
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: separator) {
                pieces.append([])
                index += separator.count
            } else {
                pieces[pieces.count - 1].append(bytes[index])
                index += 1
            }
        }
        return pieces
    }
}
