/// Why a plugin cannot be served as it was asked.
struct ServingError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
