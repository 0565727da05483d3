import Feishu
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// The events' routes: which requests they are, and which of them are worth reading.
///
/// `POST /api/feishu/events` belongs to the first app configured, `POST /api/feishu/{app_id}/events` to the one named.
struct EventIngress: Sendable {
    /// What a request's head says.
    enum Opening {
        /// Another route's request.
        case elsewhere
        /// A delivery to this app, once its body is here.
        case delivery(EventReceiver)
        /// Refused whatever its body is.
        case refused(Answer, EventOutcome)
    }

    private static let path = "/api/feishu/events"
    private static let prefix = "/api/feishu/"
    private static let suffix = "/events"

    let sink: any EventSink
    /// Unix seconds, against which signatures' timestamps are held.
    let now: @Sendable () -> Int64
    let budget: BodyBudget
    private let apps: EventApps

    /// Makes the routes of these apps.
    ///
    /// - Parameters:
    ///   - apps: The first also answers the path without an app id.
    ///   - sink: Where accepted events go.
    ///   - budget: Memory for bodies that are arriving.
    ///   - now: Unix seconds.
    init(
        apps: EventApps,
        sink: any EventSink,
        budget: BodyBudget = BodyBudget(limit: 256 << 20),
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) {
        self.sink = sink
        self.budget = budget
        self.now = now
        self.apps = apps
    }

    /// Decides by the head alone.
    func open(_ head: HTTPRequestHead) -> Opening {
        let receiver: EventReceiver?
        if head.uri == Self.path {
            receiver = apps.first
        } else {
            let path = head.uri.prefix { $0 != "?" }
            guard path.hasPrefix(Self.prefix) else { return .elsewhere }
            if path == Self.path {
                receiver = apps.first
            } else if path.hasSuffix(Self.suffix), path.utf8.count > Self.prefix.utf8.count + Self.suffix.utf8.count {
                receiver = apps[String(path.dropFirst(Self.prefix.count).dropLast(Self.suffix.count))]
            } else {
                return .elsewhere
            }
        }
        guard let receiver else { return .refused(.unknownApp, .unknownApp) }
        guard head.method == .POST else { return .refused(.wrongMethod, .wrongMethod) }
        guard Self.isJSON(head.headers.first(name: "content-type")) else {
            return .refused(.wrongContentType, .wrongContentType)
        }
        return .delivery(receiver)
    }

    /// Judges a delivery that has arrived completely.
    func judge(_ delivery: EventDelivery, for receiver: EventReceiver) -> EventVerdict {
        let headers = EventHeaders(
            timestamp: delivery.headers.first(name: "x-lark-request-timestamp"),
            nonce: delivery.headers.first(name: "x-lark-request-nonce"),
            signature: delivery.headers.first(name: "x-lark-signature")
        )
        let body = delivery.body
        return receiver.receive(body: body.readableBytesUInt8Span, headers: headers, now: now())
    }

    /// Whether a content type is `application/json`, in any case and with any parameters.
    private static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        let type = contentType.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        return type.elementsEqual("application/json".utf8) { $0 | 0x20 == $1 | 0x20 }
    }
}
