import JSON

/// Changing the running worker.
extension ControlMethods {
    /// `pool_grow` and `pool_shrink`: so many places more, or fewer.
    func resize(_ arguments: ControlArguments, by sign: Int) throws -> Answer {
        let count = try arguments.integer("n") ?? 1
        do throws(WorkerTuningError) {
            if sign > 0 { try view.tuning.grow(by: count) } else { try view.tuning.shrink(by: count) }
        } catch  where error.code == .autoscaling {
            let text = "\(arguments.method) is not supported with autoscale. Adjust autoscale range instead."
            return .reply(["error": .string(text)])
        } catch {
            throw ControlError.valueError(error.description)
        }
        return ok(sign > 0 ? "pool will grow" : "pool will shrink")
    }

    /// Only where the worker scales itself already, as in Celery.
    func autoscale(_ arguments: ControlArguments) throws -> Answer {
        try arguments.only("max", "min")
        guard view.tuning.autoscale != nil else { throw ControlError.valueError("Autoscale not enabled") }
        let (most, least) = (try arguments.integer("max"), try arguments.integer("min"))
        do throws(WorkerTuningError) {
            let range = try view.tuning.autoscale(min: least, max: most)
            return ok("autoscale now max=\(range.upperBound) min=\(range.lowerBound)")
        } catch {
            throw ControlError.valueError(error.description)
        }
    }

    /// The queue is the list of that name: exchanges and routing keys are for brokers that have them.
    func addConsumer(_ arguments: ControlArguments) throws -> Answer {
        let queue = try arguments.text("queue")
        do throws(WorkerTuningError) {
            try view.tuning.addConsumer(QueueName(queue))
        } catch {
            throw ControlError.valueError(error.description)
        }
        return ok("add consumer \(queue)")
    }

    func cancelConsumer(_ arguments: ControlArguments) throws -> Answer {
        let queue = try arguments.text("queue")
        view.tuning.cancelConsumer(QueueName(queue))
        return ok("no longer consuming from \(queue)")
    }

    func setTimeLimit(_ arguments: ControlArguments) throws -> Answer {
        let task = try arguments.text("task_name")
        let (hard, soft) = (try arguments.seconds("hard"), try arguments.seconds("soft"))
        do throws(WorkerTuningError) {
            try view.tuning.setTimeLimit(TaskName(task), hard: hard, soft: soft)
        } catch  where error.code == .unknownTask {
            return .reply(["error": "unknown task"])
        } catch {
            throw ControlError.valueError(error.description)
        }
        return ok("time limits set successfully")
    }

    /// The bound holds for the fleet, not for this worker alone; several workers that are told set the same.
    func setRateLimit(_ arguments: ControlArguments) async throws -> Answer {
        let task = try arguments.text("task_name")
        let rate = try taskRate(try arguments.required("rate_limit"))
        do throws(WorkerTuningError) {
            try await view.tuning.setRateLimit(TaskName(task), rate)
        } catch  where error.code == .unknownTask {
            return .reply(["error": "unknown task"])
        } catch {
            throw ControlError.valueError(error.description)
        }
        return ok(rate == .unlimited ? "rate limit disabled successfully" : "new rate limit set successfully")
    }

    /// A number for each second or such as `10/m`; nothing, 0 and an empty text for no bound (celery.utils.time, `rate`).
    private func taskRate(_ value: JSONValue) throws(ControlError) -> TaskRate {
        let text = value.string
        if value.isNull || text?.isEmpty == true { return .unlimited }
        do throws(WorkerTuningError) {
            let rate =
                if let text { try TaskRate(text) } else { try TaskRate(perSecond: value.double ?? -1) }
            return rate.tasks > 0 ? rate : .unlimited
        } catch {
            let parts = text?.split(separator: "/", maxSplits: 1) ?? []
            if parts.count == 2, !["s", "m", "h"].contains(parts[1]) {
                throw ControlError(text: PythonRepr.ofException("KeyError", String(parts[1])))
            }
            let number = String(parts.first ?? "")
            let reason = ControlError.valueError("could not convert string to float: \(PythonRepr.of(.string(number)))")
            throw ControlError(text: "Invalid rate limit string: \(reason.text)")
        }
    }
}

extension ControlArguments {
    /// A whole number, also as text; nil where there is none.
    ///
    /// - Throws: `ControlError` where it is something else.
    func integer(_ name: String) throws(ControlError) -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = value.integer ?? value.string.flatMap({ Int64($0) }) else {
            throw .wrongType(name, of: method)
        }
        return Int(number)
    }

    /// Seconds; nil where there are none.
    ///
    /// - Throws: `ControlError` where it is no number, or one that nobody means.
    func seconds(_ name: String) throws(ControlError) -> Duration? {
        guard let value = self[name] else { return nil }
        guard let number = value.double ?? value.string.flatMap({ Double($0) }), abs(number) < 1e9 else {
            throw .wrongType(name, of: method)
        }
        return .seconds(number)
    }
}
