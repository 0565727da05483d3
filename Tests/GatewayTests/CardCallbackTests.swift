import Cryptography
import Feishu
import JobQueue
import Logging
import Redis
import TestSupport
import Testing

@testable import Gateway

@Suite("Clicks on cards are answered with a toast", .timeLimit(.minutes(1)))
struct CardCallbackTests {
    private static func click(_ action: String, id: String = "e1") -> String {
        let header = #""event_id":"\#(id)","event_type":"card.action.trigger","token":"token","app_id":"cli_first""#
        let event =
            #"{"action":{"value":\#(action),"tag":"button"},"context":{"open_message_id":"om_1","open_chat_id":"oc_1"}}"#
        return delivery(#"{"schema":"2.0","header":{\#(header)},"event":\#(event)}"#)
    }

    /// The old form: flat, in clear text, signed with SHA-1 and the token.
    private static func oldClick() -> String {
        let body =
            #"{"open_id":"ou_1","open_message_id":"om_1","open_chat_id":"oc_1","token":"c-1","action":{"value":{"action":"stop"},"tag":"button"}}"#
        let signature = Hex.encode(SHA1.hash(Array("0ntoken\(body)".utf8)))
        return delivery(
            body,
            headers: "X-Lark-Request-Timestamp: 0\r\nX-Lark-Request-Nonce: n\r\nX-Lark-Signature: \(signature)\r\n"
        )
    }

    private static func toast(_ chinese: String, _ english: String) -> String {
        #"{"toast":{"type":"info","content":"\#(chinese)","i18n":{"zh_cn":"\#(chinese)","en_us":"\#(english)"}}}"#
    }

    @Test(
        "by what the button wants, in Chinese and English, and a repeat gets the same",
        arguments: [
            (#"{"action":"stop","task":"t"}"#, "收到，正在停止", "Stopping"),
            (#"{"task":"t","action":"useful"}"#, "谢谢反馈", "Thanks for your feedback"),
            (#"{"action":"useless"}"#, "谢谢反馈", "Thanks for your feedback"),
            (#"{"action":"feedback"}"#, "谢谢反馈", "Thanks for your feedback"),
            (#"{"action":"minutes_task","minutes":"m","item":0}"#, "正在建任务…", "Making the task…"),
            (#"{"action":"minutes_all_tasks","minutes":"m"}"#, "正在为每条待办建任务…", "Making a task for each item…"),
            (#"{"minutes":"m","action":"minutes_markdown"}"#, "正在发送文件…", "Sending the file…"),
            (#"{"action":"regenerate"}"#, "收到", "Got it"), (#""stop""#, "收到", "Got it"), ("{}", "收到", "Got it"),
        ]
    )
    func toasts(value: String, chinese: String, english: String) async throws {
        try await withGateway { gateway in
            for _ in 0..<2 {
                let response = try await gateway.request(Self.click(value))
                #expect(response.status == 200)
                #expect(response.headers["content-type"] == "application/json; charset=utf-8")
                #expect(response.body == Self.toast(chinese, english))
            }
            #expect(gateway.sink.events.map(\.eventID) == ["e1"])
        }
    }

    @Test("a click in the old form is answered and stored the same way")
    func oldForm() async throws {
        try await withGateway { gateway in
            let response = try await gateway.request(Self.oldClick())
            #expect(response.status == 200)
            #expect(response.body == Self.toast("收到，正在停止", "Stopping"))
            #expect(gateway.sink.events.map(\.type) == [EventType.oldCardAction])
        }
    }

    @Test("a click that cannot be stored is 503, and a forged one refused")
    func failures() async throws {
        try await withGateway(sink: FakeSink(.fail)) { gateway in
            try await gateway.expect(503, for: Self.click("{}"))
            try await gateway.expect(
                403,
                for: Self.click("{}").replacing(#""token":"token""#, with: #""token":"tokem""#)
            )
        }
    }

    @Test("clicks, recalls and stop commands wait for no turn in their conversation; other messages do")
    func order() async throws {
        try await RedisServer.with { server in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: logger)
            defer { redis.close() }
            let producer = JobProducer(redis: redis)
            try await withGateway(
                storingIn: { QueueEventSink(producer: producer, timeout: .seconds(20), group: $0) }
            ) { gateway in
                func message(_ id: String, _ text: String) -> String {
                    let header = #""event_id":"\#(id)","event_type":"im.message.receive_v1","token":"token""#
                    let content = #"{\"text\":\"\#(text)\"}"#
                    let message =
                        #"{"message_id":"\#(id)","chat_id":"oc_1","message_type":"text","content":"\#(content)"}"#
                    return delivery(#"{"schema":"2.0","header":{\#(header)},"event":{"message":\#(message)}}"#)
                }
                let recall = #""event_id":"e5","event_type":"im.message.recalled_v1","token":"token""#
                let recalled = #"{"message_id":"om_1","chat_id":"oc_1"}"#
                let requests = [
                    message("e1", "stop smoking"), message("e2", "@_user_1 停止"), Self.click("{}", id: "e3"),
                    Self.oldClick(), delivery(#"{"schema":"2.0","header":{\#(recall)},"event":\#(recalled)}"#),
                ]
                for request in requests { try await gateway.expect(200, for: request) }
                let stored = try await redis.send(RedisCommand("LRANGE", "interactive", 0, -1))
                let tasks = try #require(stored.array).reversed().map { $0.string ?? "" }
                #expect(tasks.count == 5)
                #expect(tasks.map { $0.contains("ordering_key") } == [true, false, false, false, false])
                #expect(tasks.allSatisfy { $0.contains(#""task":"feishu.event""#) })
            }
        }
    }
}
