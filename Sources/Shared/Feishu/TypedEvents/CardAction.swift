package import JSON

/// Somebody acted on a card: clicked a button, chose an option, submitted a form.
package struct CardAction: Sendable, Equatable {
    /// Who did it. The open id may be missing where the user id is there.
    package let user: UserIdentity
    /// Serves to change the card within 30 minutes, twice (`FeishuClient.updateClickedCard`).
    package let token: String?
    /// What the card's author attached to the component: an object as a rule, a text where the author wrote one.
    package let value: JSONValue
    /// The kind of component: `button`, `select_static`, `form_submit` and others.
    package let tag: String?
    /// The component's name; in forms there always is one.
    package let name: String?
    /// What was entered into a form, by the names of its components: a text, or an array of texts.
    package let formValues: JSONObject
    /// What was entered into an input outside a form.
    package let input: String?
    /// What was chosen outside a form; empty where nothing was.
    package let options: [String]
    /// Whether a checker is checked; nil for everything else.
    package let isChecked: Bool?
    /// The message that shows the card.
    package let messageID: String?
    package let chatID: String?
    /// Milliseconds since 1970; nil for the old form, which does not say.
    package let at: Int64?

    /// What our own buttons want: `action` of the value.
    package var action: String? { value["action"]?.nonEmpty }

    init(_ envelope: EventEnvelope) {
        let event = envelope.event
        // In the old form the operator and the context stand beside the action.
        user = UserIdentity(event["operator"]?.object == nil ? event : event["operator"])
        token = event["token"]?.nonEmpty
        let action = event["action"]
        value = action?["value"] ?? .object([:])
        tag = action?["tag"]?.nonEmpty
        name = action?["name"]?.nonEmpty
        formValues = action?["form_value"]?.object ?? [:]
        input = action?["input_value"]?.nonEmpty
        let several = (action?["options"]?.array ?? []).compactMap(\.string)
        options = several.isEmpty ? [action?["option"]?.nonEmpty].compactMap(\.self) : several
        isChecked = action?["checked"]?.bool
        messageID = event["context"]?["open_message_id"]?.nonEmpty ?? event["open_message_id"]?.nonEmpty
        chatID = event["context"]?["open_chat_id"]?.nonEmpty ?? event["open_chat_id"]?.nonEmpty
        at = envelope.createdAt
    }
}
