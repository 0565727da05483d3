import JSON
import JobQueue

/// A periodic job as the API shows it.
enum ScheduleView {
    static let schema = Schemas.shown([
        "name": Schemas.of("string"), "when": Schemas.orNull("string"), "task": Schemas.orNull("string"),
        "queue": Schemas.orNull("string"), "next": Schemas.orNull("string"), "in_seconds": Schemas.orNull("number"),
        "last": Schemas.orNull("string"), "last_task": Schemas.orNull("string"), "tasks": Schemas.of("integer"),
        "catch_up": Schemas.orNull("string"), "source": Schemas.orNull("string"), "owner": Schemas.orNull("string"),
        "missed": Schemas.orNull("string"), "paused_since": Schemas.orNull("string"),
        "paused_by": Schemas.orNull("string"), "paused_reason": Schemas.orNull("string"),
        "problem": Schemas.orNull("string"),
    ])

    /// When one happens: `next`, and what its zone's clocks show then and the two times after it.
    static let times = Schemas.shown([
        "name": Schemas.of("string"), "when": Schemas.of("string"), "next": Schemas.orNull("string"),
        "clocks": .object(Schemas.list(of: ["type": "string"])),
    ])

    /// - Parameter listing: The job, and what became of it.
    /// - Returns: What `schema` describes.
    static func of(_ listing: PeriodicListing) -> JSONObject {
        let job = try? listing.job.get()
        var problem: String?
        if case .failure(let error) = listing.job { problem = error.description }
        return [
            "name": .string(listing.name), "when": (job?.schedule.description).json,
            "task": (job?.task.rawValue).json, "queue": (job?.queue.rawValue).json, "next": (listing.next?.text).json,
            "in_seconds": listing.wait.json, "last": (listing.last?.text).json,
            "last_task": (listing.lastTask?.rawValue).json, "tasks": .integer(listing.count),
            "catch_up": (job?.catchUpText).json, "source": (job?.source.rawValue).json,
            "owner": (job?.otherOwner).json, "missed": (listing.skipped?.text).json,
            "paused_since": listing.pause.map { .string($0.at?.text ?? "unknown") } ?? .null,
            "paused_by": (listing.pause?.by).json, "paused_reason": (listing.pause?.reason).json,
            "problem": problem.json,
        ]
    }

    /// - Parameters:
    ///   - job: A job.
    ///   - next: When it happens next; nil for never.
    /// - Returns: What `times` describes.
    static func of(_ job: PeriodicJob, next: WireTime?) -> JSONObject {
        var clocks: [JSONValue] = []
        var time = next
        while clocks.count < 3, let moment = time, let shown = job.schedule.clocks(at: moment) {
            clocks.append(.string(shown))
            time = job.next(after: moment)
        }
        return [
            "name": .string(job.name), "when": .string(job.schedule.description), "next": (next?.text).json,
            "clocks": .array(clocks),
        ]
    }
}

extension PeriodicJob {
    /// Whose it is, where that is not the owner of most: `automation` for a rule.
    fileprivate var otherOwner: String? { owner == Self.defaultOwner ? nil : owner }

    /// What becomes of times that were missed: `all (7), within 1800 s`.
    fileprivate var catchUpText: String {
        let rule =
            switch catchUp {
            case .skip: "skip"
            case .once: "once"
            case .all(let atMost): "all (\(atMost))"
            }
        return rule + (catchUpWithin.map { ", within \($0.milliseconds / 1_000) s" } ?? "")
    }
}
