import JobQueue
import Testing

@testable import Worker

@Suite("Lines from a worker process to its supervisor")
struct ChildNoticeTests {
    @Test("every notice is read as it was written")
    func written() throws {
        let life = try #require(Incarnation(parsing: "0b6f3c1e-8a2d-4f7b-9c3e-5d1a2b3c4d5e"))
        for notice in [ChildNotice.life(life), .registered, .queue("more.of_it"), .health(port: 65_535), .leaving] {
            #expect(notice.line.hasSuffix("\n"))
            #expect(ChildNotice(notice.line.dropLast()) == notice)
        }
    }

    @Test("a line that a death cut short, at whichever byte, is no other incarnation")
    func cutShort() throws {
        let life = try #require(Incarnation(parsing: "0b6f3c1e-8a2d-4f7b-9c3e-5d1a2b3c4d5e"))
        let line = ChildNotice.life(life).line.dropLast()
        for length in 0..<line.count { #expect(ChildNotice(line.prefix(length)) == nil) }
    }

    @Test(
        "anything else is nothing",
        arguments: [
            "", " ", "life", "life ", "registered now", "health", "queue", "queue ", "queue a b", "leaving now",
            "health x", "health 0", "health 65536", "lives 1",
        ]
    )
    func other(_ line: String) {
        #expect(ChildNotice(line) == nil)
    }
}
