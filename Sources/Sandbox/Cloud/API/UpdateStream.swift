import Hummingbird
import JSON
import NIOCore
import ServiceLifecycle

/// `GET /sandbox/events`: everything that happens, as server-sent events, until the page leaves or the server stops.
enum UpdateStream {
    static func response(of cloud: FeishuCloud) throws -> Response {
        guard let updates = cloud.feed.listen() else { throw HTTPError(.serviceUnavailable) }
        let hello: JSONValue = ["kind": "hello", "revision": 0, "value": .null]
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await writer.write(event(hello))
                for await update in updates.cancelOnGracefulShutdown() {
                    try await writer.write(event(update))
                }
                try await writer.finish(nil)
            }
        )
    }

    private static func event(_ value: JSONValue) -> ByteBuffer {
        // JSON text holds no line break, so one data line carries it.
        ByteBuffer(string: "data: \(value.text)\n\n")
    }
}
