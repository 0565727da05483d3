import FoundationEssentials
import Hummingbird
import JSON

/// One request to the open interface, its body collected and its JSON read.
struct Call {
    let request: Request
    let parameters: Parameters
    /// Whose token was shown; empty where none is needed.
    let appID: String
    /// The body, or null when there is none or it is no JSON.
    let body: JSONValue
    /// The body as it came.
    let bytes: [UInt8]
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

    /// A number in the query.
    ///
    /// - Throws: 99992402 naming the field, for what is no number of ours.
    func number(_ name: String) throws(APIError) -> Int64? {
        guard let text = query(name) else { return nil }
        guard let value = Int64(text), value >= 0, value < 1 << 40 else { throw .missingField(name) }
        return value
    }

    /// The type of identifiers asked for, `open_id` when nothing is said.
    ///
    /// - Throws: 99992402 for an unknown one.
    func idType(_ name: String) throws(APIError) -> String {
        let type = query(name) ?? "open_id"
        guard ["open_id", "union_id", "user_id"].contains(type) else { throw .missingField(name) }
        return type
    }

    /// The body of an upload.
    ///
    /// - Throws: 234001 when it is not well-formed `multipart/form-data`.
    func form() throws(APIError) -> Multipart {
        guard let type = request.headers[.contentType], let form = Multipart(bytes, contentType: type) else {
            throw .resourceParameter
        }
        return form
    }
}

/// What a call is answered with when it is not refused.
enum Reply {
    /// Members beside `code` and `msg`.
    case members(JSONObject)
    /// A file.
    case resource(Resource)

    static func data(_ value: JSONValue) -> Reply { .members(["data": value]) }
    static let nothing = Reply.members(["data": [:]])
}
