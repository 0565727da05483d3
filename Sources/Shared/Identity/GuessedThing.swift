/// What can be guessed at, and is therefore counted.
enum GuessedThing: Equatable, Sendable {
    /// The password of a person, who may not exist.
    case name(String)
    /// Any password, from one address.
    case address(String)
    /// The code of a person's second step.
    case step(String)

    /// What its key ends with. Names that nobody can have share one, so that no key is as long as somebody likes.
    var name: String {
        switch self {
        case .name(let name): "name:" + (People.isName(name) ? name : "")
        case .address(let address): "address:" + address.prefix(64)
        case .step(let name): "step:" + (People.isName(name) ? name : "")
        }
    }
}
