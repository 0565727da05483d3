import JSON

/// An error that says itself how the task's caller gets it: as which exception, with which arguments.
///
/// Without it an error is written by its type's name, its description and the module `jobqueue`, of which Python's
/// client makes up a class. `TaskFailure(type: "ValueError", message: "…", module: "builtins")` arrives there as that
/// very class. Name no module and type that Python has and that is no exception: its client refuses that.
public protocol TaskFailureConvertible: Error {
    /// Seen by the task's caller: no secrets.
    var taskFailure: TaskFailure { get }
}

extension TaskFailure {
    /// Reads an exception object (celery.backends.base, `exception_to_python`): `exc_type`, `exc_message`, a list of
    /// the constructor's arguments or a text, and `exc_module`.
    init(exceptionObject json: JSONValue) {
        let message = json["exc_message"] ?? .null
        let arguments = message.array ?? (message.isNull ? [] : [message])
        let texts = arguments.map { $0.string ?? $0.text }
        self.init(
            type: json["exc_type"]?.string ?? "Exception",
            message: texts.count == 1 ? texts[0] : texts.joined(separator: ", "),
            module: json["exc_module"]?.string ?? "builtins",
            arguments: arguments
        )
    }

    /// What stands where Python has its traceback: Swift keeps none, so who ran what, and the last line as Python has
    /// it. In the form that `tblib` reads (`task_remote_tracebacks`). Nil for what Celery itself says without one.
    func traceback(of message: TaskMessage) -> String? {
        guard module != "celery.exceptions", module != "kombu.exceptions" else { return nil }
        let place = message.name.rawValue.filter { $0 != "\"" && $0 != "\n" }
        let last =
            (module == "builtins" ? type : "\(module).\(type)") + (self.message.isEmpty ? "" : ": \(self.message)")
        return """
            Traceback (most recent call last):
              File "<swift>", line 1, in \(place)
                attempt \(message.retries + 1)
            \(last)

            """
    }
}
