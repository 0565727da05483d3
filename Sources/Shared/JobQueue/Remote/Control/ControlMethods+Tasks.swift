import JSON
import Redis

/// What the tasks of a worker are asked about.
extension ControlMethods {
    func active(_ arguments: ControlArguments) -> JSONValue {
        infos(active: true, isSafe: arguments.isTrue("safe"))
    }

    /// What was fetched and has not begun.
    func reserved() -> JSONValue { infos(active: false, isSafe: false) }

    private func infos(active: Bool, isSafe: Bool) -> JSONValue {
        .array(
            view.held(active: active, atMost: TaskInfo.maximumTasks).compactMap {
                TaskInfo.of($0, on: node, process: ProcessFigures.identifier, isSafe: isSafe)
            }
        )
    }

    /// The tasks of the worker's queues that wait for their time, the next due first. They are the fleet's and not this
    /// worker's, as no worker holds them: each worker of a queue names the same, at most 1,000.
    func scheduled() async throws(RedisError) -> [(id: String, value: JSONValue, info: JSONValue)] {
        var found: [(due: Int64, message: [UInt8], queue: QueueName)] = []
        for queue in view.queues {
            let reply = try await redis.send(
                RedisCommand("ZRANGE", redis.keys(of: queue).scheduled, 0, TaskInfo.maximumTasks - 1, "WITHSCORES"),
                timeout: .seconds(2)
            )
            for (message, due) in QueueInspector.scored(reply) { found.append((due, message, queue)) }
        }
        return found.sorted { $0.due < $1.due }.prefix(TaskInfo.maximumTasks).compactMap { task in
            guard let info = TaskInfo.of(task.message, in: task.queue, on: node),
                let id = info["id"]?.string
            else { return nil }
            return (id, ["eta": .string(WireTime(milliseconds: task.due).text), "priority": 6, "request": info], info)
        }
    }

    /// Where tasks are: here, running or waiting for it, or waiting for their time. Ids of others are left out.
    func queryTask(_ arguments: ControlArguments) async throws -> JSONValue {
        let ids = try arguments.texts("ids")
        let held = view.held(among: Set(ids))
        var reply = JSONObject()
        var unknown: Set<String> = []
        for id in ids.prefix(TaskInfo.maximumTasks) {
            guard let task = held[id] else {
                unknown.insert(id)
                continue
            }
            let info = TaskInfo.of(task, on: node, process: ProcessFigures.identifier, isSafe: false)
            reply[id] = [.string(task.isActive ? "active" : "reserved"), info ?? .null]
        }
        guard !unknown.isEmpty else { return .object(reply) }
        for task in try await scheduled() where unknown.contains(task.id) {
            reply[task.id] = ["scheduled", task.info]
        }
        return .object(reply)
    }

    func registered(_ arguments: ControlArguments) async throws -> JSONValue {
        let asked = arguments["taskinfoitems"]?.array?.compactMap(\.string).filter { !$0.hasPrefix("_") } ?? []
        let items = asked.isEmpty ? ["exchange", "routing_key", "rate_limit"] : asked
        let rates = items.contains("rate_limit") ? try await rateLimits() : [:]
        let names = view.registry.names.filter { arguments.isTrue("builtins") || !$0.rawValue.hasPrefix("celery.") }
        return .array(
            names.map { name in
                let shown = items.compactMap { item in
                    (item == "rate_limit" ? rates[.task(name)] : attribute(item, of: name)).map { "\(item)=\($0)" }
                }
                return .string(shown.isEmpty ? name.rawValue : "\(name) [\(shown.joined(separator: " "))]")
            }
        )
    }

    /// How often tasks may begin, in Celery's form, where that is bounded in one of the worker's queues.
    private func rateLimits() async throws -> [LimitName: String] {
        var rates: [LimitName: String] = [:]
        let limits = QueueLimits(redis: redis)
        for queue in view.queues {
            for (name, limit) in try await limits.all(of: queue) { rates[name] = limit.rate?.celeryText }
        }
        return rates
    }

    /// An attribute of a task in Celery's words; nil where it has none.
    private func attribute(_ item: String, of name: TaskName) -> String? {
        guard let job = view.registry[name] else { return nil }
        let told = view.tuning.tasks.timeLimit(of: name)
        func seconds(_ limit: Duration) -> String { "\(Double(limit.milliseconds) / 1000)" }
        return switch item {
        case "name": name.rawValue
        case "max_retries": "\(job.retry.maximumRetries)"
        case "soft_time_limit": seconds(told?.soft ?? job.timeLimit)
        case "time_limit": seconds(told?.hard ?? job.hardTimeLimit)
        case "ignore_result": job.storesResult ? "False" : "True"
        case "acks_late": "True"
        default: nil
        }
    }
}

extension QueueLimit.Rate {
    /// In Celery's form: `10/m`, and for a period that this does not know so many a second.
    fileprivate var celeryText: String {
        let unit = [(Duration.seconds(1), "s"), (.seconds(60), "m"), (.seconds(3600), "h")].first { $0.0 == period }
        let tasks = unit == nil ? units * 1000 / Double(max(1, period.milliseconds)) : units
        let number = tasks == tasks.rounded() && tasks < 1e15 ? "\(Int64(tasks))" : "\(tasks)"
        return "\(number)/\(unit?.1 ?? "s")"
    }
}
