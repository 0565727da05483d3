extension Settlement {
    /// Adds to a result what the worker and the job say of all of them: how long it is kept, and the fields of
    /// `result_extended`.
    ///
    /// - Parameters:
    ///   - message: The task; nil where the fields are not wanted.
    ///   - job: Its job; nil where nobody knows it.
    ///   - scope: Whose worker and queue it is.
    mutating func completeResult(
        _ message: TaskMessage?,
        _ job: JobRegistry.Entry?,
        in scope: AttemptScope
    ) {
        guard var result else { return }
        let configuration = scope.configuration
        let isFailure = result.text.starts(with: Self.failureMark)
        result.life = (isFailure ? configuration.resultFailureExpires : nil) ?? job?.resultExpires
        if let message, configuration.extendsResults {
            let details = ResultDetails.text(message, from: scope.keys.queue, on: configuration.nodeName)
            ResultDetails.add(details, to: &result.text, of: result.id)
        }
        self.result = result
    }

    private static let failureMark = Array("{\"status\": \"FAILURE\"".utf8)
}
