/// Someone who chats with the bot.
package struct Person: Sendable, Hashable {
    package let name: String
    package let openID: String
    package let unionID: String
    package let userID: String

    init(name: String) {
        self.name = name
        openID = Identifier.stable("ou_", name)
        unionID = Identifier.stable("on_", name)
        userID = String(Identifier.stable("", name).prefix(8))
    }
}

/// A conversation the bot is part of.
package struct Chat: Sendable, Equatable {
    package enum Kind: String, Sendable { case p2p, group }

    package let id: String
    package let kind: Kind
    package let name: String
    /// Whether the bot was removed from it (sends are refused with 230002).
    package var botIsOutside = false
}

/// The people and chats of the tenant. They come into being when first named.
struct Directory: Sendable {
    static let limit = 10_000

    let tenantKey: String
    let botOpenID: String
    let botUnionID: String
    private(set) var people: [String: Person] = [:]
    private(set) var chats: [String: Chat] = [:]
    private var privateChats: [String: String] = [:]

    init(app: SandboxApp) {
        tenantKey = String(Identifier.stable("", "tenant").prefix(16))
        botOpenID = Identifier.stable("ou_", app.id)
        botUnionID = Identifier.stable("on_", app.id)
    }

    /// The person of that name, or nil when there are too many already.
    mutating func person(named name: String) -> Person? {
        let person = Person(name: name)
        if let known = people[person.openID] { return known }
        guard people.count < Self.limit else { return nil }
        people[person.openID] = person
        return person
    }

    /// The person with this identifier. Identifiers cannot be guessed, so only someone who has spoken is found.
    func person(openID: String) -> Person? { people[openID] }

    /// The chat between the bot and this person.
    mutating func privateChat(with person: Person) -> Chat {
        if let id = privateChats[person.openID], let chat = chats[id] { return chat }
        let chat = Chat(id: Identifier.stable("oc_", "p2p " + person.openID), kind: .p2p, name: person.name)
        chats[chat.id] = chat
        privateChats[person.openID] = chat.id
        return chat
    }

    /// The group of that name, or nil when there are too many chats already.
    mutating func group(named name: String) -> Chat? {
        let id = Identifier.stable("oc_", "group " + name)
        if let chat = chats[id] { return chat }
        guard chats.count < Self.limit else { return nil }
        let chat = Chat(id: id, kind: .group, name: name)
        chats[id] = chat
        return chat
    }

    mutating func setBot(outside: Bool, of chatID: String) -> Bool {
        guard chats[chatID] != nil else { return false }
        chats[chatID]?.botIsOutside = outside
        return true
    }
}
