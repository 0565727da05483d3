/// How large a schema may be, and how much work a value may make.
package struct SchemaBounds: Sendable {
    /// Of the schema's text.
    package var bytes: Int
    /// How deep schemas may be nested in schemas, and how many may be entered in each other for a value.
    package var depth: Int
    /// Of the schemas in the document, the document itself among them.
    package var schemas: Int
    /// Of one validation, and of one pass that looks for secrets or defaults: a step is a schema that is held against a
    /// value, a member that is looked at, or some characters.
    package var steps: Int

    package init(bytes: Int = 256 << 10, depth: Int = 256, schemas: Int = 4_096, steps: Int = 2_000_000) {
        self.bytes = bytes
        self.depth = depth
        self.schemas = schemas
        self.steps = steps
    }
}
