import Redis

/// Why the body of a message cannot be had.
enum BodyProblem: Error {
    /// Redis did not answer: later it may.
    case unavailable(RedisError)
    /// It is gone, or cannot be read.
    case refused(TaskFailure)
}

extension AttemptScope {
    /// The message with its body as JSON: fetched, decrypted and decompressed as its headers say. Nothing is done for
    /// a plain one.
    ///
    /// - Throws: `BodyProblem`.
    func readable(_ message: TaskMessage) async throws(BodyProblem) -> TaskMessage {
        guard let form = message.bodyForm else { return message }
        var body = message.body
        if let reference = form.reference {
            let stored: [UInt8]?
            do throws(RedisError) {
                stored = try await store.body(reference, bytes: form.storedBytes)
            } catch {
                throw .unavailable(error)
            }
            guard let stored else { throw .refused(.bodyMissing(reference, in: keys)) }
            body = stored
        }
        do {
            return try message.opened(body, with: producer.payload)
        } catch let failure as TaskFailure {
            throw .refused(failure)
        } catch {
            throw .refused(TaskFailure(error))
        }
    }
}

extension TaskMessage {
    /// The message with its body as JSON.
    ///
    /// - Parameters:
    ///   - body: The body in the form that the headers say.
    ///   - payload: What was given to the worker.
    /// - Returns: The message, as it can be run.
    /// - Throws: `TaskFailure` and `UnreadableMessage`, to be told to the caller.
    func opened(_ body: [UInt8], with payload: (any PayloadCoding)?) throws -> TaskMessage {
        guard let form = bodyForm else { return self }
        var body = body
        if form.needsCoding, payload == nil {
            guard form.encryption == nil, let compression = form.compression else { throw TaskFailure.noPayload(form) }
            body = try BodyCompression.undo(compression, body)
        } else if let payload, form.needsCoding {
            let encoded = EncodedBody(
                body,
                compression: form.compression,
                encryption: form.encryption,
                keyID: form.keyID,
                isAside: form.reference != nil
            )
            body = try payload.decode(encoded, of: PayloadOwner(id: id, name: name))
            body = try SealedResults.completed(self, body, with: payload)
        }
        return try carrying(body)
    }
}

extension TaskFailure {
    fileprivate static func bodyMissing(_ reference: String, in keys: QueueKeys) -> TaskFailure {
        TaskFailure(
            type: "BodyMissing",
            message: "the body of this task is not where its message says: \(keys.body(reference))"
        )
    }

    fileprivate static func noPayload(_ form: BodyForm) -> TaskFailure {
        let what = [form.compression.map { "compressed (\($0))" }, form.encryption.map { "encrypted (\($0))" }]
        return TaskFailure(
            type: "PayloadUnsupported",
            message: "the body is \(what.compactMap { $0 }.joined(separator: " and ")), "
                + "and this worker was given no payload coding that could read it"
        )
    }
}
