import Feishu
import NIOCore
import NIOHTTP1

/// One delivery while its body arrives. A class, so that the growing body has one owner and is never copied.
final class EventDelivery {
    /// What the request's head decided.
    enum Course {
        case receive(EventReceiver)
        /// The body is not kept, only counted.
        case refuse(Answer, EventOutcome)
    }

    let course: Course
    let headers: HTTPHeaders
    private let limit: Int
    private let expected: Int
    private var received = 0
    private(set) var body = ByteBuffer()

    /// - Parameters:
    ///   - course: What the request's head decided.
    ///   - headers: The request's header fields.
    ///   - expected: The announced length in bytes; nil when the body is chunked.
    ///   - limit: Longest body, in bytes.
    init(course: Course, headers: HTTPHeaders, expected: Int?, limit: Int) {
        self.course = course
        self.headers = headers
        self.expected = expected ?? 0
        self.limit = limit
    }

    /// Takes a part of the body.
    ///
    /// - Returns: False when the body has become too long.
    func append(_ part: ByteBuffer) -> Bool {
        received += part.readableBytes
        guard received <= limit else { return false }
        guard case .receive = course else { return true }
        if body.readableBytes == 0 {
            body = part
        } else {
            if body.capacity < expected {
                body.reserveCapacity(min(expected, limit))
            }
            body.writeImmutableBuffer(part)
        }
        return true
    }
}
