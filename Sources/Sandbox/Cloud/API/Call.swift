import FoundationEssentials
import Hummingbird
import JSON

/// One request to the open interface, its body collected and its JSON read.
struct Call {
    let request: Request
    let parameters: Parameters
    /// The body, or null when there is none.
    let body: JSONValue
    /// Length of the body.
    let bytes: Int
    /// How long a fault wants the effect to take.
    let pause: Duration?

    /// The percent-decoded path parameter.
    func parameter(_ name: String) -> String { parameters.get(name) ?? "" }

    func query(_ name: String) -> String? { request.uri.queryParameters[Substring(name)].map(String.init) }

    /// A string member of the body.
    ///
    /// - Throws: 99992402 naming the field.
    func string(_ name: String) throws(APIError) -> String {
        guard let value = body[name]?.string else { throw .missingField(name) }
        return value
    }

    func number(_ name: String) throws(APIError) -> Int64? {
        guard let text = query(name) else { return nil }
        guard let value = Int64(text), value >= 0, value < 1 << 40 else { throw .missingField(name) }
        return value
    }
}
