import NIOCore
import NIOHTTP1

/// A whole HTTP/1.1 response, encoded once and written as it is.
struct Answer: Sendable {
    let status: HTTPResponseStatus
    private let keepAlive: ByteBuffer
    private let closing: ByteBuffer
    private let bodyBytes: Int

    /// Encodes a response.
    ///
    /// - Parameters:
    ///   - status: Its status.
    ///   - json: The body: JSON text.
    ///   - headers: Complete further header lines, each ended by CRLF.
    init(_ status: HTTPResponseStatus, json: some Collection<UInt8>, headers: String = "") {
        self.status = status
        self.bodyBytes = json.count
        let head = """
            HTTP/1.1 \(status.code) \(status.reasonPhrase)\r
            content-type: application/json; charset=utf-8\r
            content-length: \(json.count)\r
            \(headers)
            """
        self.keepAlive = ByteBuffer(bytes: Array((head + "\r\n").utf8) + json)
        self.closing = ByteBuffer(bytes: Array((head + "connection: close\r\n\r\n").utf8) + json)
    }

    /// A refusal in the shape all errors of the API have: `{"error":{"code":…,"message":…}}`.
    ///
    /// - Parameters:
    ///   - status: Its status.
    ///   - code: For programs; lower case with underscores.
    ///   - message: For people; plain ASCII without quotes.
    ///   - headers: Complete further header lines, each ended by CRLF.
    init(refusing status: HTTPResponseStatus, _ code: StaticString, _ message: StaticString, headers: String = "") {
        self.init(status, json: #"{"error":{"code":"\#(code)","message":"\#(message)"}}"#.utf8, headers: headers)
    }

    /// The bytes for the wire.
    ///
    /// - Parameters:
    ///   - closing: Whether this is the connection's last response.
    ///   - headOnly: Whether the request was `HEAD`, whose response has no body.
    /// - Returns: A buffer that shares its storage with all other answers of its kind.
    func bytes(closing: Bool, headOnly: Bool) -> ByteBuffer {
        var buffer = closing ? self.closing : keepAlive
        if headOnly {
            buffer.moveWriterIndex(to: buffer.writerIndex - bodyBytes)
        }
        return buffer
    }
}

extension Answer {
    static let accepted = Answer(.ok, json: "{}".utf8)
    static let malformedRequest = Answer(refusing: .badRequest, "malformed_request", "not a valid HTTP request")
    static let timedOut = Answer(refusing: .requestTimeout, "request_timeout", "the request took too long to arrive")
    static let bodyTooLarge = Answer(refusing: .payloadTooLarge, "body_too_large", "the body is larger than accepted")
    static let headersTooLarge = Answer(
        refusing: .requestHeaderFieldsTooLarge,
        "headers_too_large",
        "the headers are larger than accepted"
    )
    static let unavailable = Answer(
        refusing: .serviceUnavailable,
        "unavailable",
        "cannot be stored now, deliver it again",
        headers: "retry-after: 1\r\n"
    )
    static let routeTimedOut = Answer(refusing: .serviceUnavailable, "timeout", "the answer took too long")
    static let tooManyConnections = Answer(
        refusing: .serviceUnavailable,
        "too_many_connections",
        "try again later",
        headers: "retry-after: 1\r\n"
    )
    static let wrongMethod = Answer(
        refusing: .methodNotAllowed,
        "method_not_allowed",
        "events are delivered by POST",
        headers: "allow: POST\r\n"
    )
    static let unknownApp = Answer(refusing: .notFound, "unknown_app", "no app of this id is configured")
    static let wrongContentType = Answer(
        refusing: .badRequest,
        "wrong_content_type",
        "the content type must be application/json"
    )
    static let malformedEvent = Answer(refusing: .badRequest, "malformed_event", "not an event this app can receive")
    static let badSignature = Answer(refusing: .unauthorized, "bad_signature", "signature or timestamp is not valid")
    static let wrongToken = Answer(
        refusing: .forbidden,
        "not_this_app",
        "verification token or app id are not this app's"
    )
}
