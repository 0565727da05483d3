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

    enum AppendResult {
        case taken
        /// The body is longer than any may be.
        case tooLarge
        /// The bodies of all deliveries together take too much memory.
        case overBudget
    }

    let course: Course
    let headers: HTTPHeaders
    private(set) var body = ByteBuffer()
    private let expected: Int
    private let limit: Int
    private let budget: BodyBudget
    private var received = 0
    private var share = 0

    /// Makes one without a body yet.
    ///
    /// - Parameters:
    ///   - course: What the request's head decided.
    ///   - headers: The request's header fields.
    ///   - expected: The announced length in bytes; nil when the body is chunked.
    ///   - limit: Longest body, in bytes.
    ///   - budget: What all bodies share.
    init(course: Course, headers: HTTPHeaders, expected: Int?, limit: Int, budget: BodyBudget) {
        self.course = course
        self.headers = headers
        self.expected = expected ?? 0
        self.limit = limit
        self.budget = budget
    }

    deinit {
        if share > 0 {
            budget.giveBack(share)
        }
    }

    /// Takes a part of the body.
    func append(_ part: ByteBuffer) -> AppendResult {
        received += part.readableBytes
        guard received <= limit else { return .tooLarge }
        guard case .receive = course else { return .taken }
        guard body.readableBytes > 0 else {
            body = part
            return .taken
        }
        if received > max(share, BodyBudget.free) {
            // A chunked body's share doubles like its buffer.
            let wanted = min(max(expected, 2 * received), limit)
            guard budget.take(wanted - share) else { return .overBudget }
            share = wanted
        }
        if body.capacity < expected {
            body.reserveCapacity(expected)
        }
        body.writeImmutableBuffer(part)
        return .taken
    }
}
