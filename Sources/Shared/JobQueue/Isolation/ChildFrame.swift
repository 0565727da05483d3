import FoundationEssentials
import JSON

/// What a worker and the process of one attempt tell each other.
///
/// On their line: a byte for the kind, four for the length (big endian), then so many bytes. Both sides are the same
/// program, so it needs no version.
enum ChildFrame: Sendable, Equatable {
    /// To the child: what it is to run.
    case task(ChildTask)
    /// To the child: the attempt is cancelled.
    case cancel
    /// To the child: the worker stops.
    case stop
    /// To the worker: a sign of progress.
    case progress
    /// To the worker, before the end: what the attempt spent of limits.
    case spent([String: Int])
    /// To the worker: the job returned this, as JSON.
    case output([UInt8])
    /// To the worker: the job threw.
    case failure(ChildFailure)

    /// Longer ones end the child: its memory is not to become the worker's.
    static let maximumBytes = 64 << 20

    /// As it stands on the line.
    var bytes: [UInt8] {
        let payload: [UInt8]
        switch self {
        case .task(let task): payload = Self.encoded(task)
        case .failure(let failure): payload = Self.encoded(failure)
        case .spent(let spent): payload = Self.encoded(spent)
        case .output(let output): payload = output
        case .cancel, .stop, .progress: payload = []
        }
        let length = UInt32(clamping: payload.count)
        return [kind.rawValue] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + payload
    }

    fileprivate enum Kind: UInt8 { case task = 1, cancel, stop, progress, spent, output, failure }

    private var kind: Kind {
        switch self {
        case .task: .task
        case .cancel: .cancel
        case .stop: .stop
        case .progress: .progress
        case .spent: .spent
        case .output: .output
        case .failure: .failure
        }
    }

    fileprivate init(_ kind: Kind, _ payload: ArraySlice<UInt8>) throws {
        switch kind {
        case .task: self = .task(try JSONDecoder().decode(ChildTask.self, from: Data(payload)))
        case .failure: self = .failure(try JSONDecoder().decode(ChildFailure.self, from: Data(payload)))
        case .spent: self = .spent(try JSONDecoder().decode([String: Int].self, from: Data(payload)))
        case .output: self = .output(Array(payload))
        case .cancel: self = .cancel
        case .stop: self = .stop
        case .progress: self = .progress
        }
    }

    private static func encoded(_ value: some Encodable) -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(value))
        } catch {
            preconditionFailure("texts and numbers can be encoded: \(error)")
        }
    }
}

/// The attempt that a child runs: its delivery, and for whom it writes.
struct ChildTask: Codable, Sendable, Equatable {
    let queue: QueueName
    let incarnation: String
    let tag: Int64
    let crashes: Int
    let clockOffset: Int64
    let message: Data
    /// The body's JSON, where it is not in the message as that.
    let body: Data?
    /// What the worker is called.
    var node: String?
}

/// How an attempt failed in a child, and what its job said of that.
struct ChildFailure: RetryAdvising, Codable, Equatable {
    private enum Advice: String, Codable { case byPolicy, never, after, putOff, rest, giveBack, ignore, replace }

    let type: String
    let message: String
    let module: String
    /// As `TaskFailure` has them.
    let arguments: [JSONValue]?
    private let advice: Advice
    private let milliseconds: Int64
    /// The limit that rests.
    private let limit: String?
    /// What takes the task's place.
    private let replacement: JSONValue?

    init(_ error: any Error, _ job: JobRegistry.Entry) {
        let failure = TaskFailure(error)
        (type, message, module) = (failure.type, failure.message, failure.module)
        arguments = failure.arguments
        replacement = (error as? JobContext.Replacement)?.signature.json
        let end: Advice? =
            switch error {
            case is JobContext.GiveBack: .giveBack
            case is JobContext.Ignore: .ignore
            case is JobContext.Replacement: .replace
            default: nil
            }
        if let end {
            (advice, milliseconds, limit) = (end, 0, nil)
            return
        }
        switch job.advice(error) ?? (error as? any RetryAdvising)?.retryAdvice ?? .byPolicy {
        case .byPolicy: (advice, milliseconds, limit) = (.byPolicy, 0, nil)
        case .never: (advice, milliseconds, limit) = (.never, 0, nil)
        case .after(let delay): (advice, milliseconds, limit) = (.after, delay.milliseconds, nil)
        case .putOff(let delay): (advice, milliseconds, limit) = (.putOff, delay.milliseconds, nil)
        case .rest(let limit, for: let delay):
            (advice, milliseconds, self.limit) = (.rest, delay.milliseconds, limit.rawValue)
        }
    }

    /// What stands for it in the worker.
    var error: any Error {
        switch advice {
        case .giveBack: JobContext.GiveBack()
        case .ignore: JobContext.Ignore()
        case .replace:
            if let replacement, let signature = try? Signature(json: replacement) {
                JobContext.Replacement(signature: signature)
            } else {
                self
            }
        case .byPolicy, .never, .after, .putOff, .rest: self
        }
    }

    var failure: TaskFailure { TaskFailure(type: type, message: message, module: module, arguments: arguments) }

    var retryAdvice: RetryAdvice {
        switch advice {
        case .byPolicy, .giveBack, .ignore, .replace: .byPolicy
        case .never: .never
        case .after: .after(.milliseconds(milliseconds))
        case .putOff: .putOff(.milliseconds(milliseconds))
        case .rest:
            limit.flatMap { LimitName(wire: $0) }.map { .rest($0, for: .milliseconds(milliseconds)) }
                ?? .putOff(.milliseconds(milliseconds))
        }
    }
}

/// Puts frames together from what comes through a line, in pieces of any size.
struct ChildFrameReader {
    /// What came is none of our frames.
    struct Garbled: Error {}

    private var buffer: [UInt8] = []

    /// The frames that are whole with these bytes.
    mutating func frames(adding bytes: [UInt8]) throws -> [ChildFrame] {
        buffer += bytes
        var frames: [ChildFrame] = []
        var start = 0
        while buffer.count - start >= 5 {
            let length = buffer[(start + 1)..<(start + 5)].reduce(0) { $0 << 8 | Int($1) }
            guard let kind = ChildFrame.Kind(rawValue: buffer[start]), length <= ChildFrame.maximumBytes else {
                throw Garbled()
            }
            guard buffer.count - start - 5 >= length else { break }
            frames.append(try ChildFrame(kind, buffer[(start + 5)..<(start + 5 + length)]))
            start += 5 + length
        }
        buffer.removeFirst(start)
        return frames
    }
}
