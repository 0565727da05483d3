import Testing

@testable import Redis

@Suite struct EncodingTests {
    @Test("a command is an array of bulk strings with byte lengths")
    func encoding() {
        let command = RedisCommand("SET", "钥匙", [UInt8]([0, 13, 10]), -42, Int64.min, "")
        let expected: [UInt8] =
            Array("*6\r\n$3\r\nSET\r\n$6\r\n钥匙\r\n$3\r\n".utf8) + [0, 13, 10]
            + Array("\r\n$3\r\n-42\r\n$20\r\n-9223372036854775808\r\n$0\r\n\r\n".utf8)
        #expect(command.bytes == expected)
    }

    @Test(
        "a script is named by its SHA-1",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
        ]
    )
    func digest(text: String, expected: String) {
        #expect(ScriptDigest.hexadecimal(of: text) == expected)
    }

    @Test("replies of every type are decoded, wherever the bytes are cut")
    func decoding() throws {
        let wire =
            "+OK\r\n:-7\r\n$5\r\nhe\r\nl\r\n$-1\r\n*-1\r\n*0\r\n"
            + "*3\r\n:1\r\n*1\r\n$0\r\n\r\n-ERR inner\r\n-WRONG x\r\n"
        let expected: [RedisReply] = [
            .status("OK"), .integer(-7), .bytes(Array("he\r\nl".utf8)), .null, .null, .array([]),
            .array([.integer(1), .array([.bytes([])]), .error("ERR inner")]), .error("WRONG x"),
        ]
        for step in [1, 2, 7, wire.utf8.count] {
            #expect(try decode(Array(wire.utf8), step: step) == expected, "in pieces of \(step)")
        }
    }

    @Test(
        "bytes that are no RESP, and replies over the bound, are refused",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n", "$x\r\n", ":12a\r\n", String(repeating: "*1\r\n", count: 9) + ":1\r\n",
            "$100\r\n" + String(repeating: "a", count: 100),
        ]
    )
    func refusing(wire: String) {
        let error = #expect(throws: RedisError.self) { try decode(Array(wire.utf8), step: 50, limit: 90) }
        #expect(error?.code == .protocolViolation)
    }

    private func decode(_ wire: [UInt8], step: Int, limit: Int = 1 << 20) throws -> [RedisReply] {
        var decoder = ReplyDecoder(maximumReplyBytes: limit)
        var replies: [RedisReply] = []
        for start in stride(from: 0, to: wire.count, by: step) {
            try unsafe wire[start..<min(start + step, wire.count)].withUnsafeBytes { try unsafe decoder.feed($0) }
            while let reply = try decoder.next() { replies.append(reply) }
        }
        return replies
    }
}
