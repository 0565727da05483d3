import JSON

/// Reads typed members of an object; one that is null is as one that is absent.
struct ContextReader {
    private let object: JSONObject
    /// Where the object stands (JSON Pointer).
    private let pointer: String

    init(_ object: JSONObject, at pointer: String) {
        self.object = object
        self.pointer = pointer
    }

    func text(_ name: String) throws(BadContext) -> String? {
        try member(name, "text") { $0.string }
    }

    func integer(_ name: String) throws(BadContext) -> Int64? {
        try member(name, "an integer") { $0.integer }
    }

    func object(_ name: String) throws(BadContext) -> JSONObject? {
        try member(name, "an object") { $0.object }
    }

    func part(_ name: String) throws(BadContext) -> ContextReader? {
        try object(name).map { ContextReader($0, at: "\(pointer)/\(name)") }
    }

    func parts(_ name: String) throws(BadContext) -> [ContextReader] {
        try elements(name, "an object") { $0.object }.enumerated()
            .map { index, object in ContextReader(object, at: "\(pointer)/\(name)/\(index)") }
    }

    func texts(_ name: String) throws(BadContext) -> [String] {
        try elements(name, "text") { $0.string }
    }

    private func elements<T>(
        _ name: String,
        _ expectation: String,
        _ read: (JSONValue) -> T?
    ) throws(BadContext) -> [T] {
        var elements: [T] = []
        for (index, value) in (try member(name, "a list") { $0.array } ?? []).enumerated() {
            guard let element = read(value) else {
                throw BadContext(description: "\(pointer)/\(name)/\(index): expected \(expectation)")
            }
            elements.append(element)
        }
        return elements
    }

    private func member<T>(
        _ name: String,
        _ expectation: String,
        _ read: (JSONValue) -> T?
    ) throws(BadContext) -> T? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let member = read(value) else {
            throw BadContext(description: "\(pointer)/\(name): expected \(expectation)")
        }
        return member
    }
}
