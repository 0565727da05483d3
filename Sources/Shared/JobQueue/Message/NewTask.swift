package import JSON

/// A task to be written to a list.
package struct NewTask: Sendable {
    package var id: TaskID
    package var name: TaskName
    package var queue: QueueName
    /// JSON text of a list.
    package var arguments: [UInt8] = Array("[]".utf8)
    /// JSON text of an object.
    package var keywordArguments: [UInt8]
    /// What follows it: JSON text of the body's third part; nil for nothing.
    package var embed: [UInt8]?
    package var groupID: String?
    package var groupIndex: Int64?
    package var retries = 0
    /// How often a task of its id was replaced by others before.
    package var replacedTaskNesting = 0
    package var shadow: String?
    package var replyTo: String?
    /// Names of its stamps; nil for none.
    package var stampedHeaders: JSONValue?
    package var stamps = JSONObject()
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
    package private(set) var headers: [(key: String, value: JSONValue)] = []

    package init(id: TaskID, name: TaskName, queue: QueueName, keywordArguments: [UInt8]) {
        self.id = id
        self.name = name
        self.queue = queue
        self.keywordArguments = keywordArguments
    }

    /// Adds a header to those of the protocol; one of these names is passed over, of two of one name the last counts.
    package mutating func add(header name: String, _ value: JSONValue) {
        guard !Self.ownHeaders.contains(name) else { return }
        headers.removeAll { $0.key == name }
        headers.append((name, value))
    }

    /// Appends the message in the form every Celery since 5.3 runs: all headers of protocol 2, and the body as readable
    /// JSON text rather than base64. `origin` says who publishes, `gen<pid>@<host>`, and `time` when.
    package func encode(into output: inout [UInt8], origin: String, at time: WireTime) {
        func append(_ text: StaticString) { JSONText.append(text, to: &output) }
        func quoted(_ text: String) { JSONText.appendQuoted(text, to: &output) }
        func integer(_ value: Int64) { output.append(contentsOf: String(value).utf8) }
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
            append(#"{"body":"["#)
            JSONText.appendEscaped(arguments, to: &output)
            append(", ")
            JSONText.appendEscaped(keywordArguments, to: &output)
            if let embed {
                append(", ")
                JSONText.appendEscaped(embed, to: &output)
                append(#"]","#)
            } else {
                append(#", {\"callbacks\": null, \"errbacks\": null, \"chain\": null, \"chord\": null}]","#)
            }
            append(#""content-encoding":"utf-8","content-type":"application/json","headers":{"lang":"swift","task":"#)
        }
        quoted(name.rawValue)
        append(#","id":"#)
        quoted(id.rawValue)
        append(#","shadow":"#)
        orNull(shadow)
        append(#","eta":"#)
        orNull(eta?.text)
        append(#","expires":"#)
        orNull(expires?.text)
        append(#","group":"#)
        orNull(groupID)
        append(#","group_index":"#)
        if let groupIndex { integer(groupIndex) } else { append("null") }
        append(#","retries":"#)
        integer(Int64(retries))
        append(#","timelimit":["#)
        seconds(timeLimit.hard)
        append(",")
        seconds(timeLimit.soft)
        append(#"],"root_id":"#)
        quoted((rootID ?? id).rawValue)
        append(#","parent_id":"#)
        orNull(parentID?.rawValue)
        append(arguments.count > 2 ? #","argsrepr":"(…)"# : #","argsrepr":"()"#)
        append(#"","kwargsrepr":"{…}","origin":"#)
        quoted(origin)
        append(#","enqueued_at":"#)
        integer(time.milliseconds)
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
                integer(Int64(units))
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
            header.value.write(into: &output)
        }
        append(#","replaced_task_nesting":"#)
        integer(Int64(replacedTaskNesting))
        append(#","stamped_headers":"#)
        (stampedHeaders ?? .null).write(into: &output)
        append(#","stamps":"#)
        JSONValue.object(stamps).write(into: &output)
        append(#"},"properties":{"correlation_id":"#)
        quoted(id.rawValue)
        append(#","reply_to":"#)
        quoted(replyTo ?? "")
        append(#","delivery_mode":2,"delivery_info":{"exchange":"","routing_key":"#)
        quoted(queue.rawValue)
        append("}")
        if let expires {
            // For who looks at it: Redis does not act on it (kombu.messaging, `Producer.publish`).
            append(#","expiration":""#)
            integer(max(0, expires.milliseconds - time.milliseconds))
            append(#"""#)
        }
        append(#","priority":"#)
        integer(Int64(priority))
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
        let count = arguments.count + keywordArguments.count + (embed ?? Self.noEmbed).count
        guard payload.changes(bodyOf: count + Self.bodyFrameCount) else { return self }
        let encoded = payload.encode(plainBody, of: PayloadOwner(id: id, name: name))
        guard !encoded.isPlain else { return self }
        var task = self
        task.encodedBody = encoded
        if encoded.isAside { task.bodyReference = id.bodyReference() }
        return task
    }

    /// `[`, `, `, `, ` and `]`.
    private static let bodyFrameCount = 6
    /// Nothing follows.
    private static let noEmbed = Array(#"{"callbacks": null, "errbacks": null, "chain": null, "chord": null}"#.utf8)

    /// The JSON text of the body.
    private var plainBody: [UInt8] {
        let embed = embed ?? Self.noEmbed
        var body: [UInt8] = []
        body.reserveCapacity(arguments.count + keywordArguments.count + embed.count + Self.bodyFrameCount)
        JSONText.append("[", to: &body)
        body += arguments
        JSONText.append(", ", to: &body)
        body += keywordArguments
        JSONText.append(", ", to: &body)
        body += embed
        JSONText.append("]", to: &body)
        return body
    }
}

extension TaskMessage {
    /// The message of the next attempt: retries raised by `spending`, or where that is 0 one more time put off; due at
    /// `eta`, published by this process, a new delivery tag and no mark of a redelivery; all else, members we do not know
    /// included, as it was (celery.app.task, `Task.retry`).
    package func retried(at eta: WireTime, spending attempts: Int, now: WireTime = .now) -> [UInt8] {
        guard case .object(var envelope)? = try? JSONValue(parsing: raw),
            case .object(var headers)? = envelope["headers"]
        else { preconditionFailure("a message that was read once can be read again") }
        headers["retries"] = .integer(Int64(retries + attempts))
        headers["eta"] = .string(eta.text)
        headers["origin"] = .string(ProcessOrigin.text)
        headers["redelivered"] = nil
        if attempts == 0 {
            let putOffs = PutOffs.after(putOffs, at: now)
            headers["put_offs"] = .array([.integer(Int64(putOffs.count)), .integer(putOffs.since.milliseconds)])
        }
        envelope["headers"] = .object(headers)
        if case .object(var properties)? = envelope["properties"] {
            properties["delivery_tag"] = .string(RandomUUID.text())
            if var info = properties["delivery_info"]?.object {
                info["redelivered"] = nil
                properties["delivery_info"] = .object(info)
            }
            envelope["properties"] = .object(properties)
        }
        return JSONValue.object(envelope).bytes
    }
}
