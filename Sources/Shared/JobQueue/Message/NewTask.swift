import JSON

/// A task to be written to a list.
package struct NewTask: Sendable {
    package var id: TaskID
    package var name: TaskName
    package var queue: QueueName
    /// JSON text of an object.
    package var keywordArguments: [UInt8]
    package var eta: WireTime?
    package var expires: WireTime?
    package var timeLimit = TaskTimeLimit()
    package var rootID: TaskID?
    package var parentID: TaskID?
    package var ignoresResult: Bool?
    package var orderingKey: OrderingKey?
    /// What happens where another task of the ordering key runs when its turn comes.
    package var whileBusy = LanePolicy.queue
    /// Whose turn it takes.
    package var fairnessKey: FairnessKey?
    /// 0, the most urgent, to 9.
    package var priority = 0
    /// Units by limit.
    package var limits: [LimitName: Int] = [:]
    /// The unique key that it has, escaped, until it begins or ends.
    package var uniqueness: Uniqueness?

    /// The body in another form than plain text; nil where it is that.
    package var encodedBody: EncodedBody?
    /// What the key of its body ends in, where it stands in one.
    package var bodyReference: String?

    /// Further headers, none of them the protocol's.
    package var headers: [(key: String, value: String)] = []

    package init(id: TaskID, name: TaskName, queue: QueueName, keywordArguments: [UInt8]) {
        self.id = id
        self.name = name
        self.queue = queue
        self.keywordArguments = keywordArguments
    }

    /// Appends the message in the form every Celery since 5.3 runs: all headers of protocol 2, and the body as readable
    /// JSON text rather than base64. `origin` says who publishes, `gen<pid>@<host>`, and `time` when.
    package func encode(into output: inout [UInt8], origin: String, at time: WireTime) {
        func append(_ text: StaticString) { JSONText.append(text, to: &output) }
        func quoted(_ text: String) { JSONText.appendQuoted(text, to: &output) }
        func orNull(_ text: String?) { if let text { quoted(text) } else { append("null") } }
        func seconds(_ duration: Duration?) {
            guard let duration else { return append("null") }
            JSONValue.double(Double(duration.milliseconds) / 1000).write(into: &output)
        }

        if let encodedBody {
            append(#"{"body":""#)
            if !encodedBody.isAside { Base64Body.append(encodedBody.bytes, to: &output) }
            append(#"","content-encoding":"utf-8","content-type":"#)
            quoted(encodedBody.isReadable ? "application/json" : BodyForm.contentType)
            append(#","headers":{"lang":"swift","task":"#)
        } else {
            append(#"{"body":"[[], "#)
            JSONText.appendEscaped(keywordArguments, to: &output)
            append(#", {\"callbacks\": null, \"errbacks\": null, \"chain\": null, \"chord\": null}]","#)
            append(#""content-encoding":"utf-8","content-type":"application/json","headers":{"lang":"swift","task":"#)
        }
        quoted(name.rawValue)
        append(#","id":"#)
        quoted(id.rawValue)
        append(#","shadow":null,"eta":"#)
        orNull(eta?.text)
        append(#","expires":"#)
        orNull(expires?.text)
        append(#","group":null,"group_index":null,"retries":0,"timelimit":["#)
        seconds(timeLimit.hard)
        append(",")
        seconds(timeLimit.soft)
        append(#"],"root_id":"#)
        quoted((rootID ?? id).rawValue)
        append(#","parent_id":"#)
        orNull(parentID?.rawValue)
        append(#","argsrepr":"()","kwargsrepr":"{…}","origin":"#)
        quoted(origin)
        append(#","enqueued_at":"#)
        output.append(contentsOf: String(time.milliseconds).utf8)
        append(#","ignore_result":"#)
        append(ignoresResult.map { $0 ? "true" : "false" } ?? "null")
        if let orderingKey {
            append(#","ordering_key":"#)
            quoted(orderingKey.rawValue)
            if whileBusy != .queue {
                append(#","while_busy":"#)
                quoted(whileBusy.rawValue)
            }
        }
        if let fairnessKey {
            append(#","fairness_key":"#)
            quoted(fairnessKey.rawValue)
        }
        if !limits.isEmpty {
            append(#","limits":{"#)
            var isFirst = true
            for (name, units) in limits.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                if !isFirst { append(",") }
                isFirst = false
                quoted(name.rawValue)
                append(":")
                output.append(contentsOf: String(units).utf8)
            }
            append("}")
        }
        if let uniqueness {
            append(#","unique_key":"#)
            quoted(uniqueness.key)
            append(#","unique_until":"#)
            quoted(uniqueness.until.rawValue)
        }
        if let encodedBody { appendForm(of: encodedBody, to: &output) }
        for header in headers {
            append(",")
            quoted(header.key)
            append(":")
            quoted(header.value)
        }
        append(#","replaced_task_nesting":0,"stamped_headers":null,"stamps":{}},"properties":{"correlation_id":"#)
        quoted(id.rawValue)
        append(#","reply_to":"","delivery_mode":2,"delivery_info":{"exchange":"","routing_key":"#)
        quoted(queue.rawValue)
        append(#"},"priority":"#)
        output.append(contentsOf: String(priority).utf8)
        if let encodedBody, !encodedBody.isAside { append(#","body_encoding":"base64""#) }
        append(#","delivery_tag":""#)
        RandomUUID.append(to: &output)
        append(#""}}"#)
    }

    /// The headers that say in what form the body is.
    private func appendForm(of body: EncodedBody, to output: inout [UInt8]) {
        let texts = [
            ("compression", body.compression), ("encryption", body.encryption), ("encryption_key", body.keyID),
            ("body_ref", bodyReference),
        ]
        for case (let name, let value?) in texts {
            output.append(UInt8(ascii: ","))
            JSONText.appendQuoted(name, to: &output)
            output.append(UInt8(ascii: ":"))
            JSONText.appendQuoted(value, to: &output)
        }
        guard body.isAside else { return }
        JSONText.append(#","body_bytes":"#, to: &output)
        output.append(contentsOf: String(body.bytes.count).utf8)
    }

    // MARK: Bodies in another form

    /// The task with its body in the form that `payload` gives it.
    func encoded(by payload: any PayloadCoding) -> NewTask {
        guard payload.changes(bodyOf: keywordArguments.count + Self.bodyFrame.count) else { return self }
        let encoded = payload.encode(plainBody, of: PayloadOwner(id: id, name: name))
        guard !encoded.isPlain else { return self }
        var task = self
        task.encodedBody = encoded
        if encoded.isAside { task.bodyReference = id.bodyReference() }
        return task
    }

    /// What stands around the keyword arguments.
    private static let bodyFrame = Array(
        #"[[], , {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]"#.utf8
    )
    private static let bodyFrameStart = 5

    /// The JSON text of the body.
    private var plainBody: [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(keywordArguments.count + Self.bodyFrame.count)
        body += Self.bodyFrame[..<Self.bodyFrameStart]
        body += keywordArguments
        body += Self.bodyFrame[Self.bodyFrameStart...]
        return body
    }
}

extension TaskMessage {
    /// The message of the next attempt: retries raised by `spending`, or where that is 0 one more time put off; due at
    /// `eta`, a new delivery tag; all else, members we do not know included, as it was (celery.app.task, `Task.retry`).
    package func retried(at eta: WireTime, spending attempts: Int, now: WireTime = .now) -> [UInt8] {
        guard case .object(var envelope)? = try? JSONValue(parsing: raw),
            case .object(var headers)? = envelope["headers"]
        else { preconditionFailure("a message that was read once can be read again") }
        headers["retries"] = .integer(Int64(retries + attempts))
        headers["eta"] = .string(eta.text)
        if attempts == 0 {
            let putOffs = PutOffs.after(putOffs, at: now)
            headers["put_offs"] = .array([.integer(Int64(putOffs.count)), .integer(putOffs.since.milliseconds)])
        }
        envelope["headers"] = .object(headers)
        if case .object(var properties)? = envelope["properties"] {
            properties["delivery_tag"] = .string(RandomUUID.text())
            envelope["properties"] = .object(properties)
        }
        return JSONValue.object(envelope).bytes
    }
}
