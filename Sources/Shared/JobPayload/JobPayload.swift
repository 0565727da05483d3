import Cryptography
public import JobQueue

/// Compresses what tasks carry, encrypts it, and stores large bodies aside, in this order.
///
/// Give the same to `JobProducer` and `JobWorker`. A small body without encryption stays the readable text that Celery
/// writes, and costs nothing. What is only compressed is read by Python workers, too; what is encrypted or stored aside
/// is not, and these refuse it by its content type.
///
/// It reads more than it writes: bodies that a Python producer compressed, all that any key of the ring encrypted, and
/// what stands aside, whatever its own settings say. So change workers first and producers afterwards.
public struct JobPayload: PayloadCoding {
    private let compression: PayloadThreshold
    private let level: Int32
    private let encryption: PayloadKeyRing?
    private let storedAside: PayloadThreshold
    private let maximumBytes: Int

    /// - Parameters:
    ///   - compression: Which bodies are compressed. One that would not become smaller is left as it is.
    ///   - level: 1, the fastest, to 9, the smallest.
    ///   - encryption: The keys; nil where nothing is encrypted. With keys every body, result and step is.
    ///   - storedAside: Which bodies go to a key of their own, by their size after the other two.
    ///   - maximumBytes: The most that a body may decompress to. More is refused, to the dead list.
    public init(
        compression: PayloadThreshold = .never,
        level: Int = 6,
        encryption: PayloadKeyRing? = nil,
        storedAside: PayloadThreshold = .never,
        maximumBytes: Int = JobProducer.maximumArgumentBytes + 1024
    ) {
        self.compression = compression
        self.level = Int32(min(max(1, level), 9))
        self.encryption = encryption
        self.storedAside = storedAside
        self.maximumBytes = maximumBytes
    }

    /// As settings say: 0 bytes stands for never.
    ///
    /// - Throws: `PayloadKeyError` where the file holds no keys.
    package init(keysFile: String?, compressingOver: Int, storingAsideOver: Int) throws(PayloadKeyError) {
        var keys: PayloadKeyRing?
        if let keysFile { keys = try PayloadKeyRing(contentsOf: keysFile) }
        self.init(
            compression: compressingOver > 0 ? .over(bytes: compressingOver) : .never,
            encryption: keys,
            storedAside: storingAsideOver > 0 ? .over(bytes: storingAsideOver) : .never
        )
    }

    public func changes(bodyOf byteCount: Int) -> Bool {
        encryption != nil || compression.isPassed(by: byteCount) || storedAside.isPassed(by: byteCount)
    }

    public func encode(_ body: [UInt8], of task: PayloadOwner) -> EncodedBody {
        var encoded = EncodedBody(body)
        if compression.isPassed(by: body.count), let smaller = ZlibStream.compress(body, level: level) {
            encoded.bytes = smaller
            encoded.compression = ZlibStream.contentType
        }
        if let encryption {
            encoded.encryption = SealedBytes.algorithm
            encoded.keyID = encryption.current
            encoded.bytes = SealedBytes.seal(
                encoded.bytes,
                key: encryption.currentKey,
                binding: Self.binding(of: encoded, task)
            )
        }
        encoded.isAside = storedAside.isPassed(by: encoded.bytes.count)
        return encoded
    }

    public func decode(_ body: EncodedBody, of task: PayloadOwner) throws(TaskFailure) -> [UInt8] {
        var bytes = body.bytes
        if let algorithm = body.encryption {
            bytes = try open(bytes, algorithm, keyID: body.keyID, binding: Self.binding(of: body, task), "the body")
        }
        guard let compression = body.compression else { return bytes }
        return try BodyCompression.undo(compression, bytes, bound: maximumBytes)
    }

    public func seal(_ value: [UInt8], _ use: SealedUse, of id: TaskID) -> [UInt8]? {
        guard let encryption else { return nil }
        let name = encryption.current
        let bytes = SealedBytes.seal(value, key: encryption.currentKey, binding: Self.binding(of: use, id, keyID: name))
        return SealedText.write(bytes, keyID: name, as: use)
    }

    public func open(_ value: [UInt8], _ use: SealedUse, of id: TaskID) throws(TaskFailure) -> [UInt8] {
        guard let sealed = SealedText.read(value, as: use) else { return value }
        let binding = Self.binding(of: use, id, keyID: sealed.keyID)
        return try open(sealed.bytes, SealedBytes.algorithm, keyID: sealed.keyID, binding: binding, use.words)
    }

    // MARK: Parts

    private func open(
        _ bytes: [UInt8],
        _ algorithm: String,
        keyID: String?,
        binding: [UInt8],
        _ what: String
    ) throws(TaskFailure) -> [UInt8] {
        guard algorithm == SealedBytes.algorithm else {
            throw TaskFailure(type: "PayloadUnsupported", message: "encryption \(algorithm) is not supported")
        }
        let name = keyID ?? ""
        guard let key = encryption?[name] else {
            throw TaskFailure(
                type: "PayloadKeyMissing",
                message: "\(what) is encrypted with key `\(name)`, which this worker does not have"
            )
        }
        guard let plaintext = SealedBytes.open(bytes, key: key, binding: binding) else {
            throw TaskFailure(
                type: "PayloadUnreadable",
                message: "\(what) cannot be decrypted with key `\(name)`: it was changed, or belongs to another task"
            )
        }
        return plaintext
    }

    /// What a body is bound to: its task, its key, and what else its headers say of it.
    private static func binding(of body: EncodedBody, _ task: PayloadOwner) -> [UInt8] {
        SealedBytes.binding(["body", task.id.rawValue, task.name.rawValue, body.keyID ?? "", body.compression ?? ""])
    }

    private static func binding(of use: SealedUse, _ id: TaskID, keyID: String) -> [UInt8] {
        switch use {
        case .result: SealedBytes.binding(["result", id.rawValue, keyID])
        case .step(let name): SealedBytes.binding(["step", id.rawValue, keyID, name])
        }
    }
}

extension SealedUse {
    fileprivate var words: String {
        switch self {
        case .result: "the result"
        case .step: "the stored step"
        }
    }
}
