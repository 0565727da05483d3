/// The people, bots and chats of the tenant. People come into being when first named, groups too.
struct Directory: Sendable {
    static let limit = 10_000
    /// Members of one group.
    static let memberLimit = 2_000

    let tenantKey: String
    private let mainApp: String
    /// App ids by their bot's open id.
    private let bots: [String: String]
    private(set) var people: [String: Person] = [:]
    private(set) var chats: [String: Chat] = [:]
    /// Open ids of the departments that people are in, by their open ids.
    private(set) var departments: [String: [String]] = [:]
    private var privateChats: [String: String] = [:]

    init(apps: [SandboxApp]) {
        tenantKey = String(Identifier.stable("", "tenant").prefix(16))
        mainApp = apps.first?.id ?? ""
        bots = Dictionary(apps.map { (Self.botOpenID(of: $0.id), $0.id) }) { first, _ in first }
    }

    static func botOpenID(of app: String) -> String { Identifier.stable("ou_", app) }
    static func botUnionID(of app: String) -> String { Identifier.stable("on_", app) }

    /// The app whose bot has this open id.
    func app(ofBot openID: String) -> String? { bots[openID] }

    /// The person of that name, or nil when there are too many already.
    mutating func person(named name: String) -> Person? {
        let person = Person(name: name)
        if let known = people[person.openID] { return known }
        guard people.count < Self.limit else { return nil }
        people[person.openID] = person
        return person
    }

    /// The person with this identifier of this type. Identifiers cannot be guessed, so only someone who was named is
    /// found.
    func person(_ id: String, type: String = "open_id") -> Person? {
        if type == "open_id" { return people[id] }
        return people.values.first { $0.identifier(ofType: type) == id }
    }

    /// The chat between this person and the app's bot, and whether it is new.
    mutating func privateChat(with person: Person, app: String) -> (chat: Chat, isNew: Bool) {
        let key = person.openID + app
        if let id = privateChats[key], let chat = chats[id] { return (chat, false) }
        let name = app == mainApp ? "p2p " + person.openID : "p2p \(person.openID) \(app)"
        var chat = Chat(id: Identifier.stable("oc_", name), kind: .p2p, name: person.name)
        chat.members = [person.openID]
        chat.bots = [app]
        chats[chat.id] = chat
        privateChats[key] = chat.id
        return (chat, true)
    }

    /// The group of that name, with the main app's bot in it when it is new; nil when there are too many chats.
    mutating func group(named name: String) -> Chat? {
        let id = Identifier.stable("oc_", "group " + name)
        if let chat = chats[id] { return chat }
        return addGroup(id: id, name: name, bots: [mainApp])
    }

    /// A new group; nil when there are too many chats.
    mutating func addGroup(id: String, name: String, bots: Set<String>) -> Chat? {
        guard chats.count < Self.limit else { return nil }
        var chat = Chat(id: id, kind: .group, name: name)
        chat.bots = bots
        chats[id] = chat
        return chat
    }

    /// Puts somebody into departments, and out of all others.
    mutating func place(_ person: Person, in departments: [String]) { self.departments[person.openID] = departments }

    /// Changes a chat that is there.
    mutating func change(_ id: String, _ body: (inout Chat) -> Void) {
        guard var chat = chats[id] else { return }
        body(&chat)
        chats[id] = chat
    }

    /// Makes someone a member of a group; the first one owns it. Too many are not added.
    mutating func join(_ person: Person, _ chatID: String) {
        change(chatID) { chat in
            guard chat.kind == .group, !chat.members.contains(person.openID), chat.members.count < Self.memberLimit
            else { return }
            chat.members.append(person.openID)
            if chat.ownerID == nil { chat.ownerID = person.openID }
        }
    }
}
