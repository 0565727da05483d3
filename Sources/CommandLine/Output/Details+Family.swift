import JSON

extension Details {
    /// What a task belongs to, as the API shows it; a person is spared it where it is alone.
    mutating func add(family: JSONValue?) {
        add("PARENT", family?["parent"])
        add("ROOT", family?["root"])
        add("GROUP", family?["group"])
        add("GROUP INDEX", family?["group_index"])
        add("CHORD", family?["chord"])
        add("CHORD ENDED", family?["chord_ended"])
        add("CHORD PARTS", family?["chord_parts"])
        add("CHORD BODY", family?["chord_body"])
        add("CHORD BODY ID", family?["chord_body_id"])
        add("NEXT", list(family?["next"]))
        add("CHILDREN", list(family?["children"]))
    }

    private func list(_ value: JSONValue?) -> JSONValue? { value?.array?.isEmpty == true ? nil : value }
}
