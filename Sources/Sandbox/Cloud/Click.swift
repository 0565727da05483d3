package import JSON

/// What somebody does to a component of a card.
package struct Click: Sendable {
    package var person: String
    /// Which component: by its `element_id`, its `name`, its label, or its place among those people act on.
    package var elementID: String?
    package var name: String?
    package var label: String?
    package var index: Int?
    /// What the person chose or wrote in it.
    package var option: String?
    package var options: [String]?
    package var inputValue: String?
    package var isChecked: Bool?
    /// What the form around a submit button holds, by the components' names.
    package var formValue: JSONValue?

    package init(person: String) { self.person = person }
}

/// What the person sees of a click.
package struct ClickOutcome: Sendable, Equatable {
    /// The code of the error shown, such as 200341 for a callback that took too long.
    package var error: Int?
    /// The toast of the answer, as it came.
    package var toast: JSONValue?
    /// Whether the answer changed the card.
    package var changedCard = false
    /// Milliseconds the callback took; nil when nothing was called.
    package var milliseconds: Int64?

    var json: JSONValue {
        var object: JSONObject = ["changed_card": .bool(changedCard)]
        object["error"] = error.map { .integer(Int64($0)) }
        object["toast"] = toast
        object["milliseconds"] = milliseconds.map(JSONValue.integer)
        return .object(object)
    }
}
