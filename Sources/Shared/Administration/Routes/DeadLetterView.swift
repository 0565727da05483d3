import JSON
import JobQueue

/// A task that failed for good as the API shows it.
enum DeadLetterView {
    static let schema = Schemas.shown([
        "position": Schemas.of("integer"), "at": Schemas.orNull("string"), "error": Schemas.orNull("string"),
        "message": Schemas.orNull("string"), "deliveries": Schemas.orNull("integer"),
        "task": .object(MessageView.schema),
    ])

    /// - Parameters:
    ///   - letter: The dead letter.
    ///   - withContents: Whether what the task carries is shown.
    /// - Returns: What `schema` describes.
    static func of(_ letter: DeadLetterEntry, withContents: Bool = false) -> JSONObject {
        [
            "position": .integer(Int64(letter.position)), "at": letter.at.json, "error": letter.errorType.json,
            "message": letter.errorMessage.json, "deliveries": letter.deliveries.map { .integer($0) } ?? .null,
            "task": .object(MessageView.of(letter.message, withContents: withContents)),
        ]
    }
}
