import JSON

extension IncomingTask {
    /// A message that follows from a task, as if its producer had just made it.
    ///
    /// What cannot be read is taken all the same, as Redis takes it: who runs it finds out.
    ///
    /// - Parameters:
    ///   - text: The message.
    ///   - body: Its body, where that does not stand in it.
    ///   - payload: What decodes that.
    init(reading text: [UInt8], aside body: CanvasPlan.Message.Body?, _ payload: (any PayloadCoding)?) {
        var task: NewTask
        do throws(UnreadableMessage) {
            task = NewTask(try TaskMessage(decoding: text), aside: body?.bytes, payload)
        } catch {
            task = NewTask(id: error.id ?? "", name: error.name ?? "", queue: "", keywordArguments: Array("{}".utf8))
        }
        if let body {
            task.bodyReference = body.reference
            task.encodedBody = EncodedBody(body.bytes, isAside: true)
        }
        self.init(
            task: task,
            message: text,
            deduplicationKeys: [],
            deduplicationMemory: .zero,
            uniqueness: nil,
            debounce: nil
        )
    }
}

extension NewTask {
    fileprivate init(_ message: TaskMessage, aside body: [UInt8]?, _ payload: (any PayloadCoding)?) {
        let envelope = (try? CeleryJSON.parse(message.raw)) ?? .null
        let properties = envelope["properties"]
        self.init(
            id: message.id,
            name: message.name,
            queue: QueueName(properties?["delivery_info"]?["routing_key"]?.string ?? ""),
            keywordArguments: Array("{}".utf8)
        )
        // Where there is no key for it, its arguments stay unknown.
        if let readable = message.bodyForm == nil ? message : try? message.opened(body ?? message.body, with: payload) {
            arguments = Array(readable.body[readable.arguments])
            keywordArguments = Array(readable.body[readable.keywordArguments])
        }
        groupID = message.groupID
        groupIndex = message.groupIndex
        retries = message.retries
        replacedTaskNesting = message.replacedTaskNesting
        eta = message.eta
        expires = message.expires
        timeLimit = message.timeLimit
        rootID = message.rootID
        parentID = message.parentID
        ignoresResult = message.ignoresResult
        orderingKey = message.orderingKey
        priority = Int(clamping: min(9, max(0, properties?["priority"]?.integer ?? 0)))
        for header in envelope["headers"]?.object?.members ?? [] {
            switch header.key {
            case "while_busy": whileBusy = header.value.string.flatMap { LanePolicy(rawValue: $0) } ?? .queue
            case "fairness_key": fairnessKey = header.value.string.flatMap { FairnessKey(wire: $0) }
            case "limits":
                for limit in header.value.object?.members ?? [] {
                    guard let name = LimitName(wire: limit.key), let units = limit.value.integer else { continue }
                    limits[name] = Int(clamping: max(0, units))
                }
            case SealedResults.header: break
            default: add(header: header.key, header.value)
            }
        }
    }

    /// Reads the arguments as a worker does.
    ///
    /// - Parameters:
    ///   - type: The job's.
    ///   - parameters: What its positional arguments are called.
    /// - Returns: The arguments.
    /// - Throws: Where they do not fit.
    package func arguments<Arguments: Decodable>(as type: Arguments.Type, parameters: [String]) throws -> Arguments {
        guard arguments.count > 2 else { return try CeleryJSON.decode(type, from: keywordArguments) }
        return try CeleryJSON.decode(
            type,
            from: ArgumentBinding.named(arguments, keywordArguments, by: parameters)
        )
    }
}
