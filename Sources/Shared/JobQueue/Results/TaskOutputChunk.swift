/// A piece of a task's output.
public struct TaskOutputChunk: Sendable, Hashable {
    /// Where it begins, in bytes.
    ///
    /// Before the end of what was read so far where the task cut its output off: then this piece, which may be empty,
    /// takes the place of everything from here on.
    public let offset: Int
    public let bytes: [UInt8]

    /// The bytes as text. A piece may end within a character; gather bytes where that matters.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Where a reader of a task's output stands. Decides, does no I/O.
struct OutputCursor {
    /// What the script said at one look.
    struct Look {
        let cuts: Int64
        let kept: Int
        let isEnded: Bool
        let bytes: [UInt8]
    }

    enum Step: Equatable {
        case chunk(TaskOutputChunk)
        /// The place has moved back: look again.
        case again
        case wait
        case end
    }

    private(set) var offset: Int
    private var cuts: Int64?
    private var wasCut = false

    init(offset: Int) { self.offset = offset }

    mutating func take(_ look: Look) -> Step {
        defer { cuts = look.cuts }
        if let cuts, cuts != look.cuts {
            let kept = look.cuts == cuts + 1 ? look.kept : 0
            if kept < offset {
                offset = kept
                wasCut = true
                return .again
            }
        }
        if !look.bytes.isEmpty || wasCut {
            defer { offset += look.bytes.count }
            wasCut = false
            return .chunk(TaskOutputChunk(offset: offset, bytes: look.bytes))
        }
        return look.isEnded ? .end : .wait
    }
}
