/// Writes what tasks carry in another form than Celery's readable text, and reads it again: compressed, encrypted, or
/// in a key of its own.
///
/// Given to `JobProducer` and `JobWorker`; `JobPayload` of the module of that name is the one to use. Called for every
/// task, on any thread; must not block. Without one a producer writes plain bodies, and a worker reads these and those
/// that are only stored aside.
public protocol PayloadCoding: Sendable {
    /// Whether a body of so many bytes is written in another form. Asked for every task, before the body is put
    /// together.
    func changes(bodyOf byteCount: Int) -> Bool

    /// The form in which a body is written.
    ///
    /// - Parameters:
    ///   - body: The JSON text `[args, kwargs, embed]`.
    ///   - task: The task that it belongs to.
    /// - Returns: The same bytes with nothing said of them where the body stays as it is.
    func encode(_ body: [UInt8], of task: PayloadOwner) -> EncodedBody

    /// The body that was written.
    ///
    /// - Parameters:
    ///   - body: As it was written, by whomever.
    ///   - task: The task that it came with.
    /// - Returns: The JSON text.
    /// - Throws: Why it cannot be read. The task goes to the dead list with it, and its caller is told; say nothing
    ///   secret in it.
    func decode(_ body: EncodedBody, of task: PayloadOwner) throws(TaskFailure) -> [UInt8]

    /// What stands in Redis for a value that a task leaves there: a result, or the result of a step.
    ///
    /// - Returns: Nil where the value stands for itself.
    func seal(_ value: [UInt8], _ use: SealedUse, of id: TaskID) -> [UInt8]?

    /// The value that `seal` was given; a value that was never sealed as it is.
    ///
    /// - Throws: Why it cannot be read; nothing secret in it.
    func open(_ value: [UInt8], _ use: SealedUse, of id: TaskID) throws(TaskFailure) -> [UInt8]
}

/// What a body is bound to, so that it cannot be taken for another task's.
public struct PayloadOwner: Sendable, Hashable {
    public let id: TaskID
    public let name: TaskName

    public init(id: TaskID, name: TaskName) {
        self.id = id
        self.name = name
    }
}

/// What a sealed value is, so that one cannot be taken for another.
public enum SealedUse: Sendable, Hashable {
    /// The result of a task: JSON, and JSON when it is sealed, since Celery's clients read what stands around it.
    case result
    /// The result of the step with this name: JSON, and any bytes when it is sealed.
    case step(String)
}

/// A body in the form in which it is written.
public struct EncodedBody: Sendable, Hashable {
    public var bytes: [UInt8]
    /// Content type of the compression, as kombu names it (kombu.compression): `application/x-gzip`; nil for none.
    public var compression: String?
    /// The cipher; nil for none. What is encrypted may be compressed.
    public var encryption: String?
    /// The name of the key that it is encrypted with.
    public var keyID: String?
    /// Whether it stands in a key of its own, and not in the message.
    public var isAside: Bool

    public init(
        _ bytes: [UInt8],
        compression: String? = nil,
        encryption: String? = nil,
        keyID: String? = nil,
        isAside: Bool = false
    ) {
        self.bytes = bytes
        self.compression = compression
        self.encryption = encryption
        self.keyID = keyID
        self.isAside = isAside
    }

    /// Whether nothing was done to it.
    var isPlain: Bool { compression == nil && encryption == nil && !isAside }
    /// Whether a Python worker can read it, too.
    var isReadable: Bool { encryption == nil && !isAside }
}
