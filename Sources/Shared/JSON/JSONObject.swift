/// The members of a JSON object in the order in which they were written.
///
/// Looked up one after the other: made for the small objects of messages, where that beats hashing.
public struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    public struct Member: Sendable, Hashable {
        public let key: String
        public var value: JSONValue
    }

    public private(set) var members: [Member]

    public init() { members = [] }

    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        members = elements.map { Member(key: $0.0, value: $0.1) }
    }

    /// Members in their order; where a key comes more than once the last one counts.
    package init(_ members: [(key: String, value: JSONValue)]) {
        self.members = members.map { Member(key: $0.key, value: $0.value) }
    }

    public var isEmpty: Bool { members.isEmpty }
    public var count: Int { members.count }

    /// The value under `key`; setting nil removes the member, setting a new key appends it.
    public subscript(key: String) -> JSONValue? {
        get { members.last { $0.key == key }?.value }
        set {
            guard let newValue else {
                // One that was written twice is gone altogether, and not the older one back.
                members.removeAll { $0.key == key }
                return
            }
            if let index = members.lastIndex(where: { $0.key == key }) {
                members[index].value = newValue
            } else {
                members.append(Member(key: key, value: newValue))
            }
        }
    }

    /// Adds a member without looking whether the key is there; the last of several counts.
    mutating func append(key: String, value: JSONValue) {
        members.append(Member(key: key, value: value))
    }
}
