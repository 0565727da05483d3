import JSON

/// A schema in its document.
struct SchemaPlace: Sendable {
    let schema: JSONValue
    let pointer: JSONPointer
    /// The address of the resource that it belongs to, without a fragment: that of the nearest `$id`, its own included.
    let base: String

    /// - Parameters:
    ///   - schema: The schema, or what stands on the way to one.
    ///   - pointer: Where it stands in the document.
    ///   - base: The address of what it stands in.
    init(_ schema: JSONValue, at pointer: JSONPointer, in base: String) {
        self.schema = schema
        self.pointer = pointer
        self.base = schema["$id"]?.string.map { URIReference($0).resolved(against: base).document } ?? base
    }

    /// What stands under a keyword, a name or an index.
    func child(_ token: String) -> SchemaPlace? {
        schema.child(token).map { SchemaPlace($0, at: pointer.appending(token), in: base) }
    }
}

/// Where keywords hold schemas.
enum SchemaKeywords {
    /// One schema.
    static let single = [
        "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then", "unevaluatedItems",
        "unevaluatedProperties",
    ]
    /// A list of schemas.
    static let lists = ["allOf", "anyOf", "oneOf", "prefixItems"]
    /// An object of schemas.
    static let maps = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"]
}
