import JSON

extension Click {
    /// The component this is about, with the form around it.
    func component(of card: JSONValue) -> (component: JSONValue, form: JSONValue?)? {
        let all = CardTree.interactive(in: card)
        if let index { return all.indices.contains(index) ? all[index] : nil }
        return all.first { component, _ in
            if let elementID { return component["element_id"]?.string == elementID }
            if let name { return component["name"]?.string == name }
            if let label { return component["text"]?["content"]?.string == label }
            return false
        }
    }

    /// The `event` of `card.action.trigger`.
    func event(
        value: JSONValue,
        component: JSONValue,
        form: JSONValue?,
        person: Person,
        message: CloudMessage,
        token: String,
        tenantKey: String,
        showingUserID: Bool
    ) -> JSONValue {
        var action: JSONObject = ["value": value, "tag": component["tag"] ?? "button"]
        action["name"] = component["name"]
        action["timezone"] = "Asia/Shanghai"
        action["option"] = option.map(JSONValue.string)
        action["options"] = options.map { .array($0.map(JSONValue.string)) }
        action["input_value"] = inputValue.map(JSONValue.string)
        action["checked"] = isChecked.map(JSONValue.bool)
        if let form { action["form_value"] = .object(formValues(in: form)) }
        var by = person.identifiers(showingUserID: showingUserID).object ?? [:]
        by["tenant_key"] = .string(tenantKey)
        return [
            "operator": .object(by),
            "token": .string(token),
            "action": .object(action),
            "host": "im_message",
            "context": ["open_message_id": .string(message.id), "open_chat_id": .string(message.chatID)],
        ]
    }

    /// What the person entered, for the components the form has; those left alone keep what they began with.
    private func formValues(in form: JSONValue) -> JSONObject {
        var values: JSONObject = [:]
        let inside: JSONValue = ["body": ["elements": form["elements"] ?? []]]
        for (component, _) in CardTree.interactive(in: inside) where component["tag"] != "button" {
            guard let name = component["name"]?.string else { continue }
            let initial =
                component["default_value"] ?? component["initial_option"] ?? component["selected_values"]
                ?? component["initial_date"] ?? component["initial_time"] ?? component["initial_datetime"]
                ?? component["checked"]
            values[name] = formValue?[name] ?? initial
        }
        return values
    }
}
