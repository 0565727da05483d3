import JSON
import NIOConcurrencyHelpers
import Synchronization

/// The stamps whose tasks are revoked (celery.worker.control, `revoke_by_stamped_headers`): for the life of the worker,
/// in it alone, and bounded. While there are none a task costs a look at one word.
final class RevokedStamps: Sendable {
    /// Most pairs of a header and a stamp; the oldest go first.
    static let maximumCount = 10_000

    private struct Stamp: Hashable {
        let header: String
        let value: JSONValue
    }

    private let hasAny = Atomic<Bool>(false)
    private let stamps = NIOLockedValueBox<(known: Set<Stamp>, order: [Stamp])>(([], []))

    init() {}

    func insert(_ headers: JSONObject) {
        stamps.withLockedValue { stamps in
            for stamp in Self.stamps(headers) where stamps.known.insert(stamp).inserted {
                stamps.order.append(stamp)
                if stamps.order.count > Self.maximumCount { stamps.known.remove(stamps.order.removeFirst()) }
            }
            hasAny.store(!stamps.order.isEmpty, ordering: .relaxed)
        }
    }

    /// Whether a message carries one of them.
    func revoke(_ message: TaskMessage) -> Bool {
        guard hasAny.load(ordering: .relaxed) else { return false }
        let found = Self.stamps(of: message)
        return stamps.withLockedValue { stamps in found.contains { stamps.known.contains($0) } }
    }

    /// The stamps of a message that are among these, by header.
    static func matching(_ headers: JSONObject, in message: TaskMessage) -> [String: Set<JSONValue>] {
        let wanted = Set(stamps(headers))
        var found: [String: Set<JSONValue>] = [:]
        for stamp in stamps(of: message) where wanted.contains(stamp) {
            found[stamp.header, default: []].insert(stamp.value)
        }
        return found
    }

    private static func stamps(of message: TaskMessage) -> [Stamp] {
        guard let headers = (try? CeleryJSON.parse(message.raw))?["headers"]?["stamps"]?.object else { return [] }
        return stamps(headers)
    }

    /// A header has one stamp or a list of them.
    private static func stamps(_ headers: JSONObject) -> [Stamp] {
        headers.members.flatMap { member in
            (member.value.array ?? [member.value]).map { Stamp(header: member.key, value: $0) }
        }
    }
}
